"""Every page of the console, in the order of its navigation.

A page is a module with `ROUTES`, its handlers; `SECTION`, where it stands in the navigation and for which roles, if it
does; and `ACTS`, what its held acts do when their time comes, if it has any.
"""

from types import ModuleType

from allpoints.bureau.console.pages import (
    account,
    acts,
    check,
    confirmations,
    contributing,
    correspondents,
    drafts,
    examinations,
    inbox,
    invitation,
    links,
    live,
    messages,
    receipts,
    records,
    session,
    signing_in,
    statistics,
    uploads,
    writing,
)

PAGES: tuple[ModuleType, ...] = (
    inbox,
    check,
    confirmations,
    examinations,
    records,
    contributing,
    uploads,
    messages,
    writing,
    correspondents,
    links,
    receipts,
    statistics,
    account,
    acts,
    drafts,
    live,
    session,
    signing_in,
    invitation,
)
