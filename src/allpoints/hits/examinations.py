"""The examination of candidate lists: a list is assigned, an examiner decides, and where the check asks for it a second
one verifies blind.

Each is an act within the asker's transaction. What is disclosed of a candidate is decided anew whenever somebody looks:
a record that was withdrawn is no longer in the list. The rules stand in `deciding.py`.
"""

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from allpoints.access import Disclosure
from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.hits.advancing import advance, disclosed_candidates
from allpoints.hits.deciding import assigned, check_may_decide, outcome, seen, undecided
from allpoints.records import Asker, user_id
from allpoints.steps.commit import Work
from allpoints.steps.repeating import REPEATED
from allpoints.store import examinations as store
from allpoints.store.acts import Act
from allpoints.store.examinations import StoredDecision, StoredExamination
from allpoints.wire.corridor import (
    Examination,
    ExaminationState,
    Examined,
    ExaminerDecision,
    Probe,
    Proposed,
)

MAX_REASON = 2_000
MIN_ID, MAX_ID = 16, 64
_ID = re.compile(f"[A-Za-z0-9_-]{{{MIN_ID},{MAX_ID}}}")


class ShownCandidate(Proposed, frozen=True, kw_only=True):
    """A candidate as `access.release` lets this asker see it now."""

    hit: Disclosure


class ShownList(Examination, frozen=True, kw_only=True):
    """A list with what is disclosed of its candidates."""

    probes: tuple[Probe, ...]
    candidates: tuple[ShownCandidate, ...]


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an examiner decides of a candidate, and why.

    `id` is random: it salts the digest that the log keeps of the request, so that nobody can guess what was decided
    from it, and a request that is repeated because its answer was lost is known by it.
    """

    decision: ExaminerDecision
    reason: str
    id: str


async def listed(
    act: Act, asker: Asker, *, after: int, limit: int, state: ExaminationState | None, mine: bool
) -> list[Examination]:
    """A page of the bureau's lists; with `mine` those assigned to the asker."""
    user = asker.user if mine else None
    found = await store.examinations(act, after=after, limit=limit, state=state, mine=user)
    return [_head(examination) for examination in found]


async def shown_list(act: Act, asker: Asker, number: int, now: datetime) -> Work:
    """One list, with what is disclosed of its candidates now. Raises `NotFound`, `Forbidden` for another purpose."""
    examination = await own_list(act, number)
    check_purpose(examination, asker)
    disclosed = await disclosed_candidates(act, asker, number, now)
    decisions = await store.decisions(act, number)
    known = seen(examination, decisions, asker.user)
    shown = ShownList(
        **msgspec.structs.asdict(_head(examination)),
        probes=tuple(Probe(number=n, modality=m) for n, m in await store.probe_kinds(act, number)),
        candidates=tuple(
            ShownCandidate(
                rank=rank,
                decisions=tuple(_examined(made) for made in known if made.record == record),
                outcome=outcome(examination, decisions, record),
                hit=each.disclosure,
            )
            # A gap would tell of a candidate that this asker must not know of.
            for rank, (record, each) in enumerate(disclosed.items(), start=1)
        ),
    )
    return Work(
        result=shown, subject=str(number), disclosed=tuple(each.disclosure for each in disclosed.values())
    )


async def assign(act: Act, asker: Asker, number: int, examiner: str, *, now: datetime) -> Work:
    """Assign a list to an examiner, or to the second one where the first has decided.

    Where nobody has to decide on it any more, since records were withdrawn, it is concluded instead.
    Raises `NotFound`, `InvalidValue` for what is no user, `Conflict` and `Forbidden` as `deciding.assigned`.
    """
    named = user_id(examiner, field="examiner")
    examination = await own_list(act, number, for_change=True)
    decisions = await store.decisions(act, number)
    step = await advance(act, asker.bureau, examination, decisions, decisions, now=now)
    await act.name_asker(asker)
    if step.ended and step.list != examination:
        return Work(result=_head(step.list), subject=step.subject(), told=step.told)
    changed = assigned(step.list, decisions, named, asker)
    await store.change(act, changed)
    return Work(result=_head(changed), subject=f"{number} {named}", told=step.told)


async def decide(act: Act, asker: Asker, number: int, record: int, said: Said, *, now: datetime) -> Work:
    """Keep what the assigned examiner decides of a candidate, for good, and tell the record's owner what it comes to.

    Where a second examiner verifies, nobody is told anything before both have decided on all candidates. With the last
    decision the list is concluded and its probe deleted. Raises `NotFound` for what is not in the list, or no longer
    disclosed; `Conflict` where the candidate is decided already or only a contact, `Forbidden` for whom it is not
    assigned to, `InvalidValue` for a reason that is none.
    """
    _check_said(said)
    examination = await own_list(act, number, for_change=True)
    check_purpose(examination, asker)
    before = await store.decisions(act, number)
    if _repeated(before, asker, record, said):
        step = await advance(act, asker.bureau, examination, before, before, now=now)
        await act.name_asker(asker)
        return Work(
            result=_head(step.list),
            records=(record,),
            subject=f"{number} {record} {REPEATED}",
            told=step.told,
        )
    verification = check_may_decide(examination, asker.user)
    disclosed = await disclosed_candidates(act, asker, number, now)
    if record not in disclosed:
        raise not_a_candidate(number, record)
    contact = disclosed[record].disclosure.level == "contact"
    if contact and said.decision is not ExaminerDecision.INCONCLUSIVE:
        raise Conflict(
            "nobody can compare with a record of which only the contact is disclosed",
            field="decision",
            remedy="Ask its owner to disclose it in full, or decide that it is inconclusive.",
        )
    made = StoredDecision(
        record=record,
        round=examination.round,
        verification=verification,
        examiner=asker.user,
        decision=said.decision,
        reason=said.reason,
        name=said.id,
        decided_at=now,
    )
    if record not in undecided(examination, before, [record]) or not await store.decide(act, number, made):
        raise Conflict(
            "this candidate is decided already", field="record_id", remedy="A decision is never changed."
        )
    step = await advance(
        act, asker.bureau, examination, before, [*before, made], now=now, disclosed=disclosed
    )
    await act.name_asker(asker)
    return Work(
        result=_head(step.list),
        records=(record,),
        subject=step.subject() if step.new else f"{number} {record}",
        told=step.told,
    )


async def own_list(act: Act, number: int, *, for_change: bool = False) -> StoredExamination:
    """One of the bureau's lists. Raises `NotFound`, in the same words for that of another bureau."""
    found = await store.examination(act, number, for_change=for_change) if 0 < number < 2**63 else None
    if found is None:
        raise NotFound(f"your bureau has no candidate list {number}", field="id")
    return found


def check_purpose(examination: StoredExamination, asker: Asker) -> None:
    """Raise `Forbidden` where the asker asks for another purpose than the check: its owners release it for that one."""
    if asker.purpose != examination.purpose:
        raise Forbidden(
            f"the check was made for {examination.purpose}, and the list is examined for nothing else",
            field="purpose",
            remedy="Ask for it with that purpose.",
        )


def not_a_candidate(number: int, record: int) -> NotFound:
    """The same words for what never was one and for what is no longer disclosed."""
    return NotFound(
        f"list {number} has no candidate {record}",
        field="record_id",
        remedy="Read the list again: its owner may have withdrawn the record.",
    )


def _check_said(said: Said) -> None:
    if not said.reason.strip() or len(said.reason) > MAX_REASON or "\x00" in said.reason:
        raise InvalidValue(
            f"a decision has a reason of 1 to {MAX_REASON} characters",
            field="reason",
            remedy="Say what was compared and why it leads to the decision.",
        )
    if not _ID.fullmatch(said.id):
        raise InvalidValue(
            f"a decision has a random name of {MIN_ID} to {MAX_ID} letters without accents, digits, - and _",
            field="id",
            remedy="Draw one anew for each decision: nobody may guess from the log what was decided.",
        )


def _repeated(made: Iterable[StoredDecision], asker: Asker, record: int, said: Said) -> bool:
    """Whether this very decision is kept already."""
    repeated = (asker.user, record, said.decision, said.reason, said.id)
    return any((d.examiner, d.record, d.decision, d.reason, d.name) == repeated for d in made)


def _head(examination: StoredExamination) -> Examination:
    return Examination(**{name: getattr(examination, name) for name in Examination.__struct_fields__})


def _examined(made: StoredDecision) -> Examined:
    return Examined(**{name: getattr(made, name) for name in Examined.__struct_fields__})
