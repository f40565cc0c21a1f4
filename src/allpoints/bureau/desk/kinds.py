"""What can wait for somebody: each kind with those for whom it waits and the page that shows it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from allpoints.records import CASEWORK, Role

EXAMINERS = (Role.EXAMINER, Role.SUPERVISOR)
KEEPERS = (Role.ADMINISTRATOR,)


class Kind(Struct, frozen=True):
    """One kind of matter."""

    roles: tuple[Role, ...]
    path: str
    """Of the page that shows it, with names of its detail in braces."""
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
    "confirmation-escalated": Kind((Role.SUPERVISOR,), "/confirmations/{confirmation}", "urgent"),
    # We have asked, and wait.
    "confirmation-awaited": Kind((*CASEWORK, Role.OFFICER), "/confirmations/{confirmation}"),
    "confirmation-answered": Kind((*CASEWORK, Role.OFFICER), "/confirmations/{confirmation}", "priority"),
    "confirmation-lapsed": Kind(CASEWORK, "/confirmations/{confirmation}", "priority"),
    "confirmation-withdrawn": Kind((*CASEWORK, Role.OFFICER), "/confirmations/{confirmation}"),
    "message": Kind((*CASEWORK, Role.ANALYST), "/messages/{id}"),
    "message-recalled": Kind((*CASEWORK, Role.ANALYST), "/messages/{id}"),
    "message-expired": Kind(CASEWORK, "/messages/{id}", "priority"),
    "message-stuck": Kind(CASEWORK, "/messages/{id}", "priority"),
    "answer-due": Kind(CASEWORK, "/messages/{id}"),
    "answer-overdue": Kind((Role.SUPERVISOR,), "/messages/{id}", "urgent"),
    "reply-due": Kind(CASEWORK, "/messages/{id}"),
    "reply-overdue": Kind(CASEWORK, "/messages/{id}", "urgent"),
    "key-changed": Kind(KEEPERS, "/messages/keys", "priority"),
    "quarantined": Kind((*KEEPERS, Role.SUPERVISOR), "/messages/quarantine", "priority"),
    "notice-published": Kind(CASEWORK, "/notices/{notice}"),
    "notice-returned": Kind(CASEWORK, "/notices/{notice}", "priority"),
    "notice-refused": Kind(CASEWORK, "/notices/{notice}", "priority"),
    "notice-suspended": Kind(CASEWORK, "/notices/{notice}", "priority"),
    "notice-lifted": Kind(CASEWORK, "/notices/{notice}"),
    "notice-cancelled": Kind(CASEWORK, "/notices/{notice}"),
    "notice-expired": Kind(CASEWORK, "/notices/{notice}"),
    "diffusion-received": Kind((*CASEWORK, Role.ANALYST), "/notices/{notice}"),
    "diffusion-corrected": Kind((*CASEWORK, Role.ANALYST), "/notices/{notice}"),
    "diffusion-cancelled": Kind((*CASEWORK, Role.ANALYST), "/notices/{notice}"),
    "diffusion-expired": Kind((*CASEWORK, Role.ANALYST), "/notices/{notice}"),
    "proposal": Kind((*CASEWORK, *KEEPERS), "/administration/proposals", "priority"),
    "review": Kind(CASEWORK, "/records/{record}"),
}
OTHER = Kind(CASEWORK, "")
"""What a newer hub tells of in a word that this program does not know: shown as it is."""
