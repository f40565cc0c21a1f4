"""Answers of the corridor: checks, records, links, examinations, members, the log."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from allpoints.access.release import Compared, Disclosure
from allpoints.audit import Promise
from allpoints.errors import Problem
from allpoints.records import HeldRecord

Item = TypeVar("Item")


class Hit(Disclosure, frozen=True, kw_only=True, omit_defaults=True):
    """A record that a check found, as far as its owner lets this asker see it."""


class CheckReply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a check. `entry` names the log entry, and `promise` binds the hub to it.

    A promise may be missing where very much was asked at once: the receipt can be had all the same.
    """

    id: str
    at: datetime
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    """What the asker should know of its evidence, such as a wrong check digit."""
    examination: int | None = None
    """The candidate list for an examiner, where a fingerprint or a face found something: the machine proposes, and a
    person decides."""
    entry: str
    promise: Promise | None


class CheckedLine(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one of many checks: `line` counts from 1; a slice has one entry and one promise."""

    line: int
    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    error: Problem | None = None
    entry: str = ""
    promise: Promise | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was contributed, corrected or withdrawn, and the log entry that says so."""

    id: int
    version: int
    entry: str
    promise: Promise | None


class KeptLine(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one of many contributions: `id` and `version`, or an `error`; `line` counts from 1."""

    line: int
    id: int | None = None
    version: int | None = None
    error: Problem | None = None
    entry: str = ""
    promise: Promise | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The last line of an answer in NDJSON."""

    lines: int
    errors: int
    hits: int = 0
    entry: str
    promise: Promise | None


class Page(msgspec.Struct, Generic[Item], frozen=True, kw_only=True):
    """Some of a list. `next` is the `after` of the next page, None on the last."""

    items: tuple[Item, ...]
    next: int | str | None = None


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What a record said before it was corrected."""

    version: int
    content: HeldRecord
    replaced_at: datetime


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One time a record was found: by whom, for what purpose, and how much of it they saw."""

    entry: str
    at: datetime
    bureau: str
    agency: str
    user: str
    role: str
    purpose: str
    outcome: str
    """`full`, `contact` or `silent`."""


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub tells an owner. `entry` names the log entry that proves it."""

    id: int
    body: dict[str, Any]
    entry: str | None = None
    created_at: datetime
    acknowledged_at: datetime | None = None


class Acknowledged(msgspec.Struct, frozen=True):
    """The notifications that were not acknowledged before."""

    ids: tuple[int, ...]


class Decision(StrEnum):
    """What an owner says of a link."""

    SAME = "same"
    DIFFERENT = "different"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Another bureau's record that holds the same identifier as an own `record` or describes the same person.

    The hub proposes, the owners decide, and nothing is merged.
    """

    id: int
    record: int
    scheme: str
    """The identifier's scheme, or the modality that compared the records, such as `names`."""
    raised_at: datetime
    agreements: tuple[str, ...] = ()
    """What agrees, in words; empty unless the other record is disclosed in full, for it tells what that says."""
    decision: Decision | None = None
    """What the asker's own bureau said of it."""
    other_decision: Decision | None = None
    """What the other owner said of it."""
    other: Hit
    """As much of the other record as its owner lets this bureau see."""


class ExaminationState(StrEnum):
    """How far the examination of a candidate list is."""

    OPEN = "open"
    """Assigned to nobody yet."""
    ASSIGNED = "assigned"
    AWAITING_VERIFICATION = "awaiting-verification"
    """The first examiner has decided, the second one, who is not told how, has not."""
    DISPUTED = "disputed"
    """The two examiners differ: a supervisor has it examined anew."""
    CONCLUDED = "concluded"
    LAPSED = "lapsed"
    """Its time was up before it was concluded."""


class ExaminerDecision(StrEnum):
    """What an examiner decides of one candidate."""

    IDENTIFICATION = "identification"
    EXCLUSION = "exclusion"
    INCONCLUSIVE = "inconclusive"


class CandidateOutcome(StrEnum):
    """What came of a candidate: always what people decided, never what the machine proposed."""

    CONFIRMED = "confirmed"
    """A confirmed hit."""
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"
    DISPUTED = "disputed"


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """One examiner's decision on one candidate."""

    examiner: str
    round: int
    """1, and one more each time that a dispute is examined anew."""
    verification: bool
    """Whether it is the second examiner's."""
    decision: ExaminerDecision
    reason: str
    decided_at: datetime


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of the check, by its number in it from 0."""

    number: int
    modality: str
    finger: int | None = None


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate list of one's own bureau, without its candidates."""

    id: int
    state: ExaminationState
    purpose: str
    """Why the check was made: the list is read, and its candidates are decided on, for this purpose only."""
    asked_by: str
    """Whose check it was, and who therefore decides nothing of it."""
    agency: str
    verify: bool
    """Whether a second examiner decides as well, without knowing what the first one decided."""
    round: int
    examiner: str | None
    verifier: str | None
    created_at: datetime
    concluded_at: datetime | None


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a candidate stands in its list, and what was decided of it as far as the asker may know."""

    rank: int
    decisions: tuple[Examined, ...] = ()
    """Only one's own, while the second examination is blind."""
    outcome: CandidateOutcome | None = None


class ExaminedCandidate(Proposed, frozen=True, kw_only=True):
    """A candidate, as far as its owner lets this asker see it now."""

    hit: Hit


class ExaminationList(Examination, frozen=True, kw_only=True):
    """A candidate list of one's own bureau. What is no longer disclosed is not in it."""

    probes: tuple[Probe, ...]
    """None any more once the list is concluded."""
    candidates: tuple[ExaminedCandidate, ...]


class Correspondence(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the probe and the place in the reference that the machine takes for the same, in pixels."""

    number: int
    probe: tuple[float, float]
    reference: tuple[float, float]
    certainty: float
    """From 0 to 1."""
    what: str = ""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of the probe, and the candidate's picture that fits it best."""

    modality: str
    probe: int
    reference: int
    llr: float


class ModalityComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What one modality says of probe and candidate. It is the machine's, and decides nothing."""

    modality: str
    score: float
    llr: float
    strength: str
    same: str
    different: str
    """The two propositions between which the LLR weighs."""
    fmr: float
    fnmr: float
    """What deciding from this LLR on would get wrong, as its calibration measured."""
    findings: tuple[Compared, ...]
    remarks: tuple[str, ...]


class CandidateComparison(msgspec.Struct, frozen=True, kw_only=True):
    """Probe and candidate compared for an examiner's eyes."""

    examination: int
    record: int
    modalities: tuple[ModalityComparison, ...]
    pairs: tuple[Pair, ...]
    """The likeliest first."""
    shown: Pair
    """The pair that `correspondences` and `remarks` and the picture are about."""
    size: tuple[int, int]
    """The picture's width and height in pixels."""
    reference_x: int
    """Where in the picture the candidate's half begins: the places of `correspondences` count from each half's edge."""
    correspondences: tuple[Correspondence, ...]
    remarks: tuple[str, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A bureau and whether the hub trusts it."""

    code: str
    name: str
    contact: str = ""
    status: str


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A key and where it stands: pending, active or revoked."""

    key_id: str
    bureau: str
    status: str
    bureau_name: str = ""
    contact: str = ""
    public_key: str = ""
    created_at: datetime | None = None


class Consistency(msgspec.Struct, frozen=True):
    """The proof (RFC 9162, section 2.1.4) that a later log continues an earlier one."""

    proof: tuple[bytes, ...]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a hub says of itself to everybody. Compare `vkey` with what its secretariat published."""

    name: str
    origin: str
    vkey: str
    version: str
    synthetic: bool
    """True where every record is made up."""


class SealedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The entries that shared a transaction, and the index of the first of them in the tree."""

    group: int
    first_index: int
    entries: tuple[bytes, ...]
