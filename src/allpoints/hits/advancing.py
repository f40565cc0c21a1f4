"""How far a candidate list comes: as far as decisions bring it, and past what its owners have withdrawn.

What is disclosed of a candidate is decided anew each time. A list whose last undecided candidate is withdrawn needs
nobody's decision any more; `settle` ends it with the next purge, so that its probe is not kept for nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from allpoints.access import Disclosure, Match, release
from allpoints.audit.entries import Entry, Group, entry_name
from allpoints.hits.deciding import advanced, outcome
from allpoints.records import SECRETARIAT, AgencyKind, Asker, HeldRecord, Purpose, Role
from allpoints.steps.commit import News
from allpoints.store import examinations as store
from allpoints.store.acts import Act
from allpoints.store.database import Database
from allpoints.store.examinations import StoredCandidate, StoredDecision, StoredExamination
from allpoints.wire.corridor import CandidateOutcome, ExaminationState

_TOLD = (CandidateOutcome.CONFIRMED, CandidateOutcome.REFUTED)
_ENDED = (ExaminationState.CONCLUDED, ExaminationState.LAPSED)


class ExaminedTold(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner reads when people have decided on its record: the outcome and whose it is, never their reasons."""

    kind: str = "examined"
    record: int
    reference: str
    outcome: CandidateOutcome
    modality: str
    bureau: str
    agency: str
    purpose: str
    at: datetime


class Disclosed(msgspec.Struct, frozen=True):
    """A candidate that an asker is shown now."""

    candidate: StoredCandidate
    held: HeldRecord
    disclosure: Disclosure


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How far a list came, and what of it is now known to all."""

    list: StoredExamination
    new: Mapping[int, CandidateOutcome]
    told: tuple[News, ...]

    @property
    def ended(self) -> bool:
        """Whether nobody decides on it any more."""
        return self.list.state in _ENDED

    def subject(self) -> str:
        """What the bureau's log says of it."""
        return " ".join([str(self.list.id), *(f"{record} {came}" for record, came in self.new.items())])


async def advance(
    act: Act,
    bureau: str,
    examination: StoredExamination,
    before: Sequence[StoredDecision],
    after: Sequence[StoredDecision],
    *,
    now: datetime,
    disclosed: Mapping[int, Disclosed] | None = None,
) -> Step:
    """Take a locked list as far as the decisions bring it; where it is concluded, delete its probe.

    What has to be decided on is what the check's asker is still shown: an examiner who may see less ends nothing, and
    a candidate that is withdrawn holds nothing up. `disclosed` is what whoever decided was shown. Afterwards the act
    is the check's asker's: whoever goes on names another.
    """
    shown = await disclosed_candidates(act, examination.eyes(bureau), examination.id, now)
    ended = examination.state in _ENDED
    changed = examination if ended else advanced(examination, after, list(shown))
    if changed != examination:
        await store.change(act, changed)
        if changed.state is ExaminationState.CONCLUDED:
            await store.delete_probes(act, examination.id)
    known = shown | dict(disclosed or {})
    new = {
        record: came
        for record in known
        if (came := outcome(changed, after, record)) and came is not outcome(examination, before, record)
    }
    return Step(list=changed, new=new, told=_news(examination, new, known, bureau, now))


async def settle(database: Database, bureau: str, number: int, *, now: datetime) -> str | None:
    """Take a bureau's list as far as it comes without anybody; return the log's entry, None where it stays as it is.

    All in one transaction: the owners of what is decided thereby are told with it, each with an entry of its own.
    """
    async with database.act(_bureaus_eyes(bureau)) as act:
        examination = await store.examination(act, number, for_change=True)
        if examination is None:
            return None
        decisions = await store.decisions(act, number)
        step = await advance(act, bureau, examination, decisions, decisions, now=now)
        if step.list == examination:
            return None
        entry = Entry(
            act="settle-examination", at=now, reader=bureau, bureau=SECRETARIAT, subject=step.subject()
        )
        group = Group()
        position = group.add(entry)
        for news in step.told:
            proof = msgspec.structs.replace(
                entry, reader=news.bureau, records=news.records, outcome=news.outcome, subject=""
            )
            group.tell(group.add_aside(proof), news.bureau, news.body)
        return entry_name(await act.append(group), position)


def _bureaus_eyes(bureau: str) -> Asker:
    """Enough to see the bureau's lists; what is disclosed of their candidates, the checks' own askers see."""
    return Asker(
        bureau=bureau,
        user="retention",
        agency=AgencyKind.BUREAU,
        role=Role.OPERATOR,
        purpose=Purpose.ADMINISTRATION,
    )


async def disclosed_candidates(act: Act, eyes: Asker, number: int, now: datetime) -> dict[int, Disclosed]:
    """The candidates of a list that these eyes are shown now, by record, in their order (three statements)."""
    await act.name_asker(eyes)
    proposed = await store.candidates(act, number)
    held = await act.candidates([candidate.record for candidate in proposed])
    found = {}
    for candidate in proposed:
        if record := held.get(candidate.record):
            shown = release(record, eyes, today=now.date(), match=_match(candidate))
            if isinstance(shown, Disclosure):
                found[record.id] = Disclosed(candidate, record, shown)
    return found


def _match(candidate: StoredCandidate) -> Match:
    return Match(
        modality=candidate.modality,
        agreement=candidate.agreement,
        score=candidate.score,
        llr=candidate.llr,
        strength=candidate.strength,
    )


def _news(
    examination: StoredExamination,
    new: Mapping[int, CandidateOutcome],
    disclosed: Mapping[int, Disclosed],
    bureau: str,
    now: datetime,
) -> tuple[News, ...]:
    news: Sequence[tuple[Disclosed, CandidateOutcome]] = [
        (disclosed[record], came) for record, came in new.items() if came in _TOLD
    ]
    return tuple(
        News(
            bureau=each.held.owner,
            record=each.held.id,
            outcome=came,
            body=msgspec.json.encode(
                ExaminedTold(
                    record=each.held.id,
                    reference=each.held.reference,
                    outcome=came,
                    modality=each.candidate.modality,
                    bureau=bureau,
                    agency=examination.agency,
                    purpose=examination.purpose,
                    at=now,
                )
            ),
        )
        for each, came in news
        if each.held.owner != bureau
    )
