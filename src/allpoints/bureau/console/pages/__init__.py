"""Every page of the console, in the order of its navigation.

A page is a module with `ROUTES`, its handlers; `SECTION`, where it stands in the navigation and for which roles, if it
does; and `ACTS`, what its held acts do when their time comes, if it has any.
"""

from types import ModuleType

from allpoints.bureau.console.pages import (
    account,
    acts,
    administration,
    announcing,
    check,
    confirmations,
    contributing,
    correspondents,
    dossiers,
    drafts,
    examinations,
    inbox,
    invitation,
    links,
    live,
    messages,
    notices,
    proposals,
    receipts,
    records,
    reviews,
    session,
    signing_in,
    statistics,
    trail,
    uploads,
    writing,
)

PAGES: tuple[ModuleType, ...] = (
    inbox,
    check,
    dossiers,
    confirmations,
    examinations,
    records,
    contributing,
    uploads,
    messages,
    writing,
    correspondents,
    notices,
    announcing,
    reviews,
    links,
    receipts,
    statistics,
    administration,
    proposals,
    trail,
    account,
    acts,
    drafts,
    live,
    session,
    signing_in,
    invitation,
)
