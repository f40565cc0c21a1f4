"""Every page of the console, in the order of its navigation.

A page is a module with `ROUTES`, its handlers; `SECTION`, where it stands in the navigation and for which roles, if it
does; and `ACTS`, what its held acts do when their time comes, if it has any.
"""

from types import ModuleType

from allpoints.bureau.console.pages import account, acts, drafts, inbox, live, session, signing_in

PAGES: tuple[ModuleType, ...] = (inbox, account, acts, drafts, live, session, signing_in)
