"""What an asker learns of a record that its check found.

The one place that makes a `Disclosure`, and the only thing about a foreign record that ever leaves the hub.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, Literal

import msgspec

from allpoints.errors import Forbidden, Unavailable
from allpoints.records.bureaus import SECRETARIAT, Asker, Confidentiality, Purpose, Role
from allpoints.records.colours import NoticeMark
from allpoints.records.conditions import Evaluation, Release
from allpoints.records.identifiers import Identifier
from allpoints.records.record import HeldRecord, Particulars, RecordKind, RecordState
from allpoints.records.states import SYNTHETIC_CODES


class Compared(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was compared: what it says in probe and reference, and how the two stand to each other."""

    what: str
    probe: str
    reference: str
    outcome: str
    how: str = ""
    """The kind of agreement, such as `transliteration`."""
    weight: float = 0.0
    """What it adds to the LLR, where a modality adds such weights up."""


class Match(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why the machine proposes a record: what was compared and how strongly it speaks for the same source.

    Whatever could tell what the record says, only a *full* disclosure has: `explanation`, `findings`, `parts`,
    `score` and `llr`. At *contact* the strength in words remains.
    """

    modality: str
    """What was compared; of several modalities the one that speaks most strongly for the same source."""
    agreement: str
    """In which way probe and reference agree, such as `exact` or `name`; words that tell nothing of the
    reference."""
    explanation: tuple[str, ...] = ()
    """What was compared, for a person to read."""
    findings: tuple[Compared, ...] = ()
    """The table behind the explanation."""
    score: float | None = None
    llr: float | None = None
    """log10 likelihood ratio, of all modalities together."""
    strength: str = ""
    """The LLR in words."""
    parts: tuple["Match", ...] = ()
    """Where several modalities found the record: what each of them says."""


class RefusedFor(StrEnum):
    """Which of the owner's conditions an asker does not meet."""

    NOT_IN_FORCE = "not-in-force"
    """Withdrawn, or its time is up."""
    BUREAU = "bureau"
    AGENCY = "agency"
    PURPOSE = "purpose"
    CLEARANCE = "clearance"


class Disclosure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an asker learns of one record. Only `release` makes one.

    A client that reads it from the wire decodes into a subclass of its own. The level *contact* leaves out
    everything from `reference` on.
    """

    record: int
    level: Literal["full", "contact"]
    owner: str
    contact: str
    """How to reach the owner."""
    kind: RecordKind
    match: Match
    synthetic: bool = False
    """True for made-up records; every screen says so."""
    reference: str | None = None
    version: int | None = None
    state: RecordState | None = None
    """Withdrawn only for the owner's own askers: nobody else learns of a withdrawn record."""
    identifiers: tuple[Identifier, ...] = ()
    particulars: Particulars | None = None
    evaluation: Evaluation | None = None
    purposes: tuple[Purpose, ...] = ()
    """For what the owner allows the record to be used."""
    confidentiality: Confidentiality | None = None
    valid_until: date | None = None
    notice: NoticeMark | None = None
    """The notice or diffusion that is about it."""

    def __post_init__(self) -> None:
        if type(self) is Disclosure:
            raise TypeError("only access.release makes a Disclosure")


class _Released(Disclosure, frozen=True, kw_only=True, omit_defaults=True):
    """A disclosure that `release` decided."""


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """The asker sees nothing; the owner is told who asked."""

    record: int
    owner: str


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """The asker sees nothing, and the owner is not told either.

    Telling an owner what an asker whom it does not admit looks for would give away the asker's interest. Only
    the oversight body sees refusals, in the log.
    """

    record: int
    owner: str
    reason: RefusedFor


Outcome = Disclosure | Silent | Refusal


def release(held: HeldRecord, asker: Asker, *, today: date, match: Match) -> Outcome:
    """Decide what `asker` learns of a record that its check found.

    `held` is the record as the database gave it to this asker, after the search. The owner's own askers see
    everything, others a record that is in force as far as its conditions admit them. Raises `Unavailable` where
    the record is to be disclosed in full but came without its particulars: row-level security then disagrees,
    and the stricter of the two prevails.
    """
    if asker.bureau != held.owner:
        if reason := _refusal(held, asker, today):
            return Refusal(record=held.id, owner=held.owner, reason=reason)
        if held.conditions.disclosure is Release.SILENT:
            return Silent(record=held.id, owner=held.owner)
        if held.conditions.disclosure is Release.CONTACT:
            return _contact(held, match)
    return _full(held, match)


def for_review(held: HeldRecord, reviewer: Asker, *, match: Match) -> Disclosure:
    """Return the whole of a record whose notice is to be reviewed, whatever its conditions: who publishes it in
    everybody's name has to see what they publish. Raises `Forbidden` for anybody but the secretariat."""
    if reviewer.bureau != SECRETARIAT:
        raise Forbidden("only the secretariat reviews notices")
    return _full(held, match)


def disclosed(outcomes: Iterable[Outcome]) -> tuple[Disclosure, ...]:
    """Return what the answer to the asker is made of. Silent and refused records leave no trace in it."""
    return tuple(outcome for outcome in outcomes if isinstance(outcome, Disclosure))


def disclosed_log(outcome: Outcome) -> tuple[int, str]:
    """Return what the log keeps of an outcome: the record's id and `full`, `contact`, `silent` or a refusal.

    A refusal names its reason, such as `refused:purpose`.
    """
    match outcome:
        case Disclosure():
            return outcome.record, outcome.level
        case Silent():
            return outcome.record, "silent"
        case Refusal():
            return outcome.record, f"refused:{outcome.reason}"


def may_see_entry(entry: dict[str, Any], asker: Asker) -> bool:
    """Whether `asker` may see an entry of the log, once the policies let it read the log at all.

    An entry names its one `reader`: the asker's bureau for an act, the owner for a read, which the asker's
    bureau must not see because a silent hit would show through its own log. What names no reader, a refused
    record for one, is for the oversight body alone, which sees everything.
    """
    if asker.bureau == SECRETARIAT and asker.role is Role.DATA_PROTECTION_OFFICER:
        return asker.purpose is Purpose.OVERSIGHT
    return asker.role in _LOG_READERS and entry.get("reader") == asker.bureau


_LOG_READERS = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER})


def _refusal(held: HeldRecord, asker: Asker, today: date) -> RefusedFor | None:
    conditions = held.conditions
    if held.state is not RecordState.ACTIVE or held.retention.valid_until < today:
        return RefusedFor.NOT_IN_FORCE
    if not conditions.bureaus.admits(asker.bureau):
        return RefusedFor.BUREAU
    if not conditions.agencies.admits(asker.agency):
        return RefusedFor.AGENCY
    if asker.purpose not in conditions.purposes:
        return RefusedFor.PURPOSE
    if asker.clearance.rank < conditions.confidentiality.rank:
        return RefusedFor.CLEARANCE
    return None


def _contact(held: HeldRecord, match: Match) -> Disclosure:
    # Whether the rest agrees would tell what the record says: only what found it is named.
    first = match.parts[0] if match.parts else match
    return _Released(
        record=held.id,
        level="contact",
        owner=held.owner,
        contact=held.contact,
        kind=held.kind,
        match=Match(modality=first.modality, agreement=first.agreement, strength=first.strength),
        synthetic=_synthetic(held),
    )


def _full(held: HeldRecord, match: Match) -> Disclosure:
    if held.particulars is None:
        raise Unavailable(
            f"the database withheld the particulars of record {held.id}, which its conditions release"
        )
    return _Released(
        record=held.id,
        level="full",
        owner=held.owner,
        contact=held.contact,
        kind=held.kind,
        match=match,
        synthetic=_synthetic(held),
        reference=held.reference,
        version=held.version,
        state=held.state,
        identifiers=held.identifiers,
        particulars=held.particulars,
        evaluation=held.evaluation,
        purposes=held.conditions.purposes,
        confidentiality=held.conditions.confidentiality,
        valid_until=held.retention.valid_until,
        notice=held.notice,
    )


def _synthetic(held: HeldRecord) -> bool:
    return held.owner in SYNTHETIC_CODES or (held.particulars is not None and held.particulars.synthetic)
