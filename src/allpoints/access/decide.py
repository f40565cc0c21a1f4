"""Who may do what: the decisions of the Cedar policies in `policies/`."""

from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import cedarpy
from msgspec.structs import replace

from allpoints.errors import Forbidden
from allpoints.records.bureaus import AgencyKind, Asker, Purpose, Role

_HUB = {"type": "Hub", "id": "hub"}
_ASKER = {"type": "Asker", "id": "asker"}
_MAX_DECISIONS = 2**16
"""Decisions remembered: more than one bureau can ask for, at about 1 kB each."""


class Action(StrEnum):
    """What an asker may want to do."""

    CHECK = "check"
    CHECK_IN_BULK = "check-in-bulk"
    CHECK_BIOMETRICS = "check-biometrics"
    """A check that brings fingerprints or faces, whatever else it brings."""
    READ_LOG = "read-log"
    """Receipts, checkpoints and consistency proofs."""
    READ_WHOLE_LOG = "read-whole-log"
    LIST_BUREAUS = "list-bureaus"
    CONTRIBUTE = "contribute"
    CONTRIBUTE_BIOMETRICS = "contribute-biometrics"
    """A contribution or a correction that brings fingerprints or faces; asked beside the action itself."""
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    READ_OWN_RECORDS = "read-own-records"
    READ_READS = "read-reads"
    """Who read the owner's records."""
    READ_NOTIFICATIONS = "read-notifications"
    ACKNOWLEDGE = "acknowledge"
    READ_LINKS = "read-links"
    DECIDE_LINK = "decide-link"
    """Say for one's bureau whether the two records of a link have one source."""
    READ_EXAMINATIONS = "read-examinations"
    """What one's own bureau's biometric checks found, for examiners to look at."""
    ASSIGN_EXAMINATION = "assign-examination"
    EXAMINE = "examine"
    """Decide whether two pictures show one source; only a person does."""
    ASK_CONFIRMATION = "ask-confirmation"
    """Have the owner of a record confirm a hit on it."""
    ANSWER_CONFIRMATION = "answer-confirmation"
    """Confirm or refute for the owner; nothing else does."""
    READ_CONFIRMATIONS = "read-confirmations"
    READ_STATISTICS = "read-statistics"
    """How fast one's own bureau answers and is answered, and the medians of all members."""
    REQUEST_NOTICE = "request-notice"
    SEND_DIFFUSION = "send-diffusion"
    CORRECT_NOTICE = "correct-notice"
    """Correct one's own notice or diffusion."""
    CANCEL_NOTICE = "cancel-notice"
    """End one's own notice or diffusion; the secretariat ends any notice."""
    REVIEW_NOTICE = "review-notice"
    SUSPEND_NOTICE = "suspend-notice"
    """Hold a notice back, and let it go again."""
    READ_NOTICES = "read-notices"
    SEND_MESSAGE = "send-message"
    UPLOAD_ATTACHMENT = "upload-attachment"
    RECALL_MESSAGE = "recall-message"
    READ_DELIVERY = "read-delivery"
    """What became of a message that one's own bureau sent."""
    READ_MESSAGES = "read-messages"
    """Fetch what waits for one's own bureau; the hub keeps it until it is collected."""
    COLLECT_MESSAGES = "collect-messages"
    PUBLISH_SEALING_KEY = "publish-sealing-key"
    RETIRE_SEALING_KEY = "retire-sealing-key"
    ENROL = "enrol"
    APPROVE_ENROLMENT = "approve-enrolment"
    ROTATE_KEY = "rotate-key"
    REVOKE_KEY = "revoke-key"

    @property
    def asked_of_hub(self) -> bool:
        """Whether it is asked of the hub itself; everything else is done to what a bureau owns."""
        return self in _ASKED_OF_HUB


_ASKED_OF_HUB = frozenset(
    {
        Action.CHECK,
        Action.CHECK_IN_BULK,
        Action.CHECK_BIOMETRICS,
        Action.READ_LOG,
        Action.READ_WHOLE_LOG,
        Action.LIST_BUREAUS,
    }
)


class BureauStatus(StrEnum):
    """Whether the hub trusts a bureau's signature."""

    PENDING = "pending"
    """It asked to enrol, and the secretariat has not yet approved it."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


def policy_texts() -> dict[str, str]:
    """Return the shipped policies by file name, for who wants to read them."""
    folder = files(__package__) / "policies"
    return {
        f.name: f.read_text("utf-8") for f in sorted(folder.iterdir(), key=str) if f.name.endswith(".cedar")
    }


def schema_text() -> str:
    """Return the schema: every word that the policies may use."""
    return (files(__package__) / "policies" / "schema.cedarschema").read_text("utf-8")


class Policies:
    """The shipped policies, read once and ready to decide. Safe to share between threads.

    What nobody permits is refused. Decisions are remembered per distinct asker (without the user), action,
    owner and status: a policy cannot see anything else, so a remembered decision never goes stale.
    """

    def __init__(self) -> None:
        self._policies = cedarpy.PolicySet.from_str("\n".join(policy_texts().values()))
        self._schema = cedarpy.Schema.from_str(schema_text())
        self._refusal = lru_cache(_MAX_DECISIONS)(self._find_refusal)

    def decide(
        self, asker: Asker, action: Action, *, bureau_status: BureauStatus, owner: str | None = None
    ) -> None:
        """Return where the policies permit `action`, and raise `Forbidden` with the reason where they do not.

        `owner` is the code of the bureau that owns what is acted upon, and None for what is asked of the hub.
        `bureau_status` is that of the asker's bureau. Raises `TypeError` where an owner is missing or one too
        many is named: the caller was written wrongly.
        """
        if refusal := self._refusal(replace(asker, user=""), action, owner, bureau_status):
            raise Forbidden(refusal)

    def _find_refusal(
        self, asker: Asker, action: Action, owner: str | None, status: BureauStatus
    ) -> str | None:
        if action.asked_of_hub != (owner is None):
            raise TypeError(f"{action} is asked of the hub itself" if owner else f"{action} needs an owner")
        allowed, forbidden_by = self._decision(asker, action, owner, status)
        if allowed:
            return None
        if status is not BureauStatus.ACTIVE and action is not Action.ENROL:
            return f"{asker.bureau} is {status}; only an active bureau may {action}"
        who = f"role {asker.role}, agency {asker.agency}, purpose {asker.purpose}"
        because = f" (policy {', '.join(forbidden_by)})" if forbidden_by else ""
        return f"{action} is not open to {who}{because}; {self._who_may(asker, action, owner, status)}"

    def _who_may(self, asker: Asker, action: Action, owner: str | None, status: BureauStatus) -> str:
        """Say which one change would help: another role, purpose or agency."""
        for attribute, values in (("role", Role), ("purpose", Purpose), ("agency", AgencyKind)):
            others = {value: replace(asker, **{attribute: value}) for value in values}
            if could := [v for v, other in others.items() if self._decision(other, action, owner, status)[0]]:
                return f"with another {attribute} it is: {', '.join(could)}"
        if owner not in (None, asker.bureau):
            return "it belongs to another bureau"
        return "no other role, purpose or agency alone would open it"

    def _decision(
        self, asker: Asker, action: Action, owner: str | None, status: BureauStatus
    ) -> tuple[bool, list[str]]:
        """Return whether it is allowed, and the ids of the policies that forbid it."""
        request = {
            "principal": _ASKER,
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Bureau", "id": owner} if owner is not None else _HUB,
            "context": {"purpose": _entity("Purpose", asker.purpose)},
        }
        result = cedarpy.is_authorized(request, self._policies, [_principal(asker, status)], self._schema)
        # Cedar skips a policy that fails, a forbidding one too: whatever fails is therefore a refusal.
        allowed = result.allowed and not result.diagnostics.errors
        return allowed, sorted(result.diagnostics.id_annotations_by_reason.values())


def _principal(asker: Asker, status: BureauStatus) -> dict[str, Any]:
    return {
        "uid": _ASKER,
        "attrs": {
            "bureau": _entity("Bureau", asker.bureau),
            "bureau_status": _entity("Status", status),
            "agency": _entity("Agency", asker.agency),
            "role": _entity("Role", asker.role),
            "clearance": _entity("Clearance", asker.clearance),
        },
        "parents": [],
    }


def _entity(kind: str, name: str) -> dict[str, dict[str, str]]:
    return {"__entity": {"type": kind, "id": name}}
