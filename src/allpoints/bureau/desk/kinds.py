"""What can wait for somebody: each kind with those for whom it waits and the page that shows it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from allpoints.records import Role

CASEWORK = (Role.OPERATOR, Role.SUPERVISOR)
EXAMINERS = (Role.EXAMINER, Role.SUPERVISOR)
KEEPERS = (Role.ADMINISTRATOR,)


class Kind(Struct, frozen=True):
    """One kind of matter."""

    roles: tuple[Role, ...]
    path: str
    """Of the page that shows it, with names of its detail in braces; `/inbox/{matter}` is the matter's own page."""
    priority: str = "routine"

    def path_of(self, detail: Mapping[str, Any]) -> str:
        """The page for one matter; empty where the detail lacks what the path names."""
        try:
            return self.path.format_map(detail)
        except (KeyError, IndexError, AttributeError, ValueError):
            return ""


KINDS: Mapping[str, Kind] = {
    # A check of somebody else found a record of ours.
    "hit": Kind(CASEWORK, "/records/{record}"),
    "link": Kind((*CASEWORK, Role.ANALYST), "/links/{link}"),
    "link-decision": Kind((*CASEWORK, Role.ANALYST), "/links/{link}"),
    # People have decided on a candidate that is a record of ours.
    "examined": Kind(CASEWORK, "/records/{record}"),
    "examination": Kind(EXAMINERS, "/examinations/{examination}"),
    "confirmation-asked": Kind(CASEWORK, "/confirmations/{confirmation}", "priority"),
    "confirmation-reminder": Kind(CASEWORK, "/confirmations/{confirmation}", "urgent"),
    "confirmation-escalated": Kind((Role.SUPERVISOR,), "/confirmations/{confirmation}", "urgent"),
    "confirmation-answered": Kind((*CASEWORK, Role.OFFICER), "/confirmations/{confirmation}", "priority"),
    "confirmation-lapsed": Kind(CASEWORK, "/confirmations/{confirmation}", "priority"),
    "confirmation-withdrawn": Kind((*CASEWORK, Role.OFFICER), "/confirmations/{confirmation}"),
    "message": Kind((*CASEWORK, Role.ANALYST), "/messages/{id}"),
    "notice": Kind(CASEWORK, "/notices/{notice}"),
    "review": Kind(CASEWORK, "/records/{record}"),
    "approval": Kind((Role.SUPERVISOR, Role.ADMINISTRATOR), "/administration/proposals"),
}
OTHER = Kind(CASEWORK, "")
"""What a newer hub tells of in a word that this program does not know: shown as it is."""
