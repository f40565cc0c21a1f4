"""The words for what codes mean: purposes, roles, kinds, states. Pages show these and never a code as such."""

from collections.abc import Mapping

from allpoints.bureau.desk import MatterState
from allpoints.records import (
    AgencyKind,
    Confidentiality,
    NameKind,
    Purpose,
    RecordKind,
    RecordState,
    Release,
    Role,
)
from allpoints.wire.confirmations import ConfirmationState, Urgency
from allpoints.wire.corridor import CandidateOutcome, Decision, ExaminationState, ExaminerDecision
from allpoints.wire.messages import CopyState, Priority


def P_(context: str, message: str) -> tuple[str, str]:  # noqa: N802 - as gettext's own names
    """Mark a word for translation where it is shown later."""
    return context, message


def N_(message: str) -> str:  # noqa: N802 - as gettext's own names
    """Mark a sentence for translation where it is shown later."""
    return message


WORDS: dict[str, Mapping[str, tuple[str, str]]] = {
    "role": {
        Role.OFFICER: P_("role", "officer"),
        Role.OPERATOR: P_("role", "operator"),
        Role.EXAMINER: P_("role", "examiner"),
        Role.ANALYST: P_("role", "analyst"),
        Role.SUPERVISOR: P_("role", "supervisor"),
        Role.DATA_PROTECTION_OFFICER: P_("role", "data protection officer"),
        Role.ADMINISTRATOR: P_("role", "administrator"),
    },
    "purpose": {
        Purpose.BORDER_CONTROL: P_("purpose", "border control"),
        Purpose.CRIMINAL_INVESTIGATION: P_("purpose", "criminal investigation"),
        Purpose.COUNTER_TERRORISM: P_("purpose", "counter-terrorism"),
        Purpose.FIREARMS_CONTROL: P_("purpose", "firearms control"),
        Purpose.VEHICLE_CRIME: P_("purpose", "vehicle crime"),
        Purpose.DRUG_CONTROL: P_("purpose", "drug control"),
        Purpose.FINANCIAL_CRIME: P_("purpose", "financial crime"),
        Purpose.MISSING_PERSONS: P_("purpose", "missing persons"),
        Purpose.VICTIM_IDENTIFICATION: P_("purpose", "victim identification"),
        Purpose.OVERSIGHT: P_("purpose", "oversight"),
        Purpose.ADMINISTRATION: P_("purpose", "administration"),
    },
    "agency": {
        AgencyKind.BUREAU: P_("agency", "bureau"),
        AgencyKind.BORDER_POLICE: P_("agency", "border police"),
        AgencyKind.POLICE: P_("agency", "police"),
        AgencyKind.CUSTOMS: P_("agency", "customs"),
        AgencyKind.IMMIGRATION: P_("agency", "immigration"),
        AgencyKind.JUDICIARY: P_("agency", "judiciary"),
        AgencyKind.FINANCIAL_INTELLIGENCE: P_("agency", "financial intelligence"),
        AgencyKind.FISHERIES: P_("agency", "fisheries"),
        AgencyKind.VEHICLE_REGISTRATION: P_("agency", "vehicle registration"),
        AgencyKind.FIREARMS_REGISTRY: P_("agency", "firearms registry"),
        AgencyKind.LABORATORY: P_("agency", "laboratory"),
    },
    "confidentiality": {
        Confidentiality.OFFICIAL: P_("confidentiality", "official"),
        Confidentiality.RESTRICTED: P_("confidentiality", "restricted"),
        Confidentiality.CONFIDENTIAL: P_("confidentiality", "confidential"),
    },
    "record-kind": {
        RecordKind.PERSON: P_("record-kind", "person"),
        RecordKind.TRAVEL_DOCUMENT: P_("record-kind", "travel document"),
        RecordKind.VEHICLE: P_("record-kind", "vehicle"),
        RecordKind.VESSEL: P_("record-kind", "vessel"),
        RecordKind.FIREARM: P_("record-kind", "firearm"),
        RecordKind.ITEM: P_("record-kind", "item"),
        RecordKind.TRACE: P_("record-kind", "trace"),
    },
    "record-state": {
        RecordState.ACTIVE: P_("record-state", "active"),
        RecordState.WITHDRAWN: P_("record-state", "withdrawn"),
        RecordState.HELD: P_("record-state", "held until it is published"),
    },
    "reason": {
        "stolen": P_("reason", "stolen"),
        "lost": P_("reason", "lost"),
        "revoked": P_("reason", "revoked"),
        "counterfeit": P_("reason", "counterfeit"),
        "blank-stolen": P_("reason", "stolen blank"),
        "wanted": P_("reason", "wanted"),
        "missing": P_("reason", "missing"),
        "seen": P_("reason", "seen"),
        "seized": P_("reason", "seized"),
        "suspect": P_("reason", "suspect"),
        "information": P_("reason", "information"),
    },
    "release": {
        Release.FULL: P_("release", "in full"),
        Release.CONTACT: P_("release", "contact only"),
        Release.SILENT: P_("release", "silent"),
    },
    "name-kind": {
        NameKind.PRIMARY: P_("name-kind", "name"),
        NameKind.MAIDEN: P_("name-kind", "maiden name"),
        NameKind.ALIAS: P_("name-kind", "alias"),
        NameKind.WEAK_ALIAS: P_("name-kind", "weak alias"),
        NameKind.DOCUMENT: P_("name-kind", "as printed in the document"),
    },
    "examination-state": {
        ExaminationState.OPEN: P_("examination-state", "open"),
        ExaminationState.ASSIGNED: P_("examination-state", "assigned"),
        ExaminationState.AWAITING_VERIFICATION: P_("examination-state", "awaiting verification"),
        ExaminationState.DISPUTED: P_("examination-state", "disputed"),
        ExaminationState.CONCLUDED: P_("examination-state", "concluded"),
        ExaminationState.LAPSED: P_("examination-state", "lapsed"),
    },
    "examiner-decision": {
        ExaminerDecision.IDENTIFICATION: P_("examiner-decision", "identification"),
        ExaminerDecision.EXCLUSION: P_("examiner-decision", "exclusion"),
        ExaminerDecision.INCONCLUSIVE: P_("examiner-decision", "inconclusive"),
    },
    "outcome": {
        CandidateOutcome.CONFIRMED: P_("outcome", "confirmed"),
        CandidateOutcome.REFUTED: P_("outcome", "refuted"),
        CandidateOutcome.INCONCLUSIVE: P_("outcome", "inconclusive"),
        CandidateOutcome.DISPUTED: P_("outcome", "disputed"),
    },
    "decision": {
        Decision.SAME: P_("decision", "same"),
        Decision.DIFFERENT: P_("decision", "different"),
    },
    "urgency": {
        Urgency.GATE: P_("urgency", "held at a gate"),
        Urgency.URGENT: P_("urgency", "urgent"),
        Urgency.ROUTINE: P_("urgency", "routine"),
    },
    "confirmation-state": {
        ConfirmationState.ASKED: P_("confirmation-state", "asked"),
        ConfirmationState.CONFIRMED: P_("confirmation-state", "confirmed"),
        ConfirmationState.REFUTED: P_("confirmation-state", "refuted"),
        ConfirmationState.LAPSED: P_("confirmation-state", "lapsed"),
        ConfirmationState.WITHDRAWN: P_("confirmation-state", "record withdrawn"),
    },
    "priority": {
        Priority.URGENT: P_("priority", "urgent"),
        Priority.PRIORITY: P_("priority", "priority"),
        Priority.ROUTINE: P_("priority", "routine"),
    },
    "copy-state": {
        CopyState.WAITING: P_("copy-state", "waiting"),
        CopyState.COLLECTED: P_("copy-state", "collected"),
        CopyState.RECALLED: P_("copy-state", "recalled"),
        CopyState.EXPIRED: P_("copy-state", "expired"),
    },
    "matter": {
        "hit": P_("matter", "hit on our record"),
        "link": P_("matter", "link"),
        "link-decision": P_("matter", "link decided by the other owner"),
        "examined": P_("matter", "candidate examined"),
        "examination": P_("matter", "examination"),
        "confirmation-asked": P_("matter", "confirmation owed"),
        "confirmation-escalated": P_("matter", "confirmation running out"),
        "confirmation-awaited": P_("matter", "confirmation awaited"),
        "confirmation-answered": P_("matter", "confirmation answered"),
        "confirmation-lapsed": P_("matter", "confirmation lapsed"),
        "confirmation-withdrawn": P_("matter", "record withdrawn before it was confirmed"),
        "message": P_("matter", "message"),
        "message-recalled": P_("matter", "message recalled by its sender"),
        "message-expired": P_("matter", "message that nobody fetched in time"),
        "message-stuck": P_("matter", "message that cannot be sent"),
        "answer-due": P_("matter", "answer that we owe"),
        "answer-overdue": P_("matter", "answer that we owe and that is overdue"),
        "reply-due": P_("matter", "answer that we wait for"),
        "reply-overdue": P_("matter", "answer that we wait for and that is overdue"),
        "key-changed": P_("matter", "new key of a bureau, to be accepted"),
        "quarantined": P_("matter", "message that was not let in"),
        "proposal": P_("matter", "act that needs a second person"),
        "notice-published": P_("matter", "our notice was published"),
        "notice-returned": P_("matter", "our notice was returned"),
        "notice-refused": P_("matter", "our notice was refused"),
        "notice-suspended": P_("matter", "our notice was suspended"),
        "notice-lifted": P_("matter", "suspension of our notice was lifted"),
        "notice-cancelled": P_("matter", "our notice was cancelled"),
        "notice-expired": P_("matter", "our notice has expired"),
        "diffusion-received": P_("matter", "diffusion received"),
        "diffusion-corrected": P_("matter", "diffusion corrected"),
        "diffusion-cancelled": P_("matter", "diffusion cancelled"),
        "diffusion-expired": P_("matter", "diffusion expired"),
        "review": P_("matter", "review due"),
    },
    "matter-state": {
        MatterState.OPEN: P_("matter-state", "waiting"),
        MatterState.DONE: P_("matter-state", "handled"),
    },
}
"""By what they are words for. A test holds that none is missing of those that `records` and `wire` know."""
