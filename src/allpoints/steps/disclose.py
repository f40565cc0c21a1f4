"""Fourth step: what is released of the candidates, who is told, and what the log keeps of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from allpoints.access import Disclosure, Match, Outcome, Refusal, disclosed_log, release
from allpoints.audit.entries import Group, act_entry
from allpoints.modalities import IDENTIFIERS, Population
from allpoints.records import Asker, HeldRecord
from allpoints.records.identifiers import Pattern
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Case
from allpoints.steps.search import Candidate
from allpoints.store.acts import Act


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner reads when somebody's check found a record: who, why and when; never more of the asker."""

    kind: str = "hit"
    record: int
    reference: str
    outcome: str
    bureau: str
    agency: str
    user: str
    role: str
    purpose: str
    at: datetime


class Seen:
    """The candidates as each asker may see them, re-read in this transaction."""

    def __init__(self) -> None:
        self._by_eyes: dict[Asker, dict[int, HeldRecord]] = {}

    def add(self, asker: Asker, held: dict[int, HeldRecord]) -> None:
        """Keep what one asker sees."""
        self._by_eyes[_eyes(asker)] = held

    def of(self, asker: Asker) -> dict[int, HeldRecord]:
        """What the asker sees, by record id."""
        return self._by_eyes.get(_eyes(asker), {})


async def reread(act: Act, cases: Iterable[Case]) -> Seen:
    """Read all candidates again in PostgreSQL, as each asker.

    The index may be stale and knows no rights: what row-level security does not show is not released.
    """
    wanted: dict[Asker, set[int]] = {}
    for case in cases:
        if case.candidates and not case.error:
            eyes = _eyes(case.admitted.asker)
            wanted.setdefault(eyes, set()).update(candidate.record_id for candidate in case.candidates)
    seen = Seen()
    for asker, ids in wanted.items():
        await act.name_asker(asker)
        seen.add(asker, await act.candidates(ids))
    return seen


def outcomes(
    candidates: Iterable[Candidate],
    held: Mapping[int, HeldRecord],
    asker: Asker,
    now: datetime,
) -> dict[int, list[Outcome]]:
    """Decide for each question of one asker what is released; a record counts once a question.

    The strength of evidence counts only the agreeing records that the asker is shown: a number that counted
    the others too would tell that there are some.
    """
    agreeing = _agreeing(candidates, held)
    shown = Counter(
        (candidate.question, candidate.template)
        for candidate, record in agreeing
        if shows(record, asker, now)
    )
    decided: dict[int, dict[int, Outcome]] = {}
    for candidate, record in agreeing:
        agree = max(1, shown[candidate.question, candidate.template])
        match = match_of(candidate, record, Population(candidate.population.size, agree))
        of_question = decided.setdefault(candidate.question, {})
        known = of_question.get(record.id)
        if match and (known is None or (isinstance(known, Disclosure) and known.match.score < match.score)):
            of_question[record.id] = release(record, asker, today=now.date(), match=match)
    return {question: list(of_record.values()) for question, of_record in decided.items()}


def shows(record: HeldRecord, asker: Asker, now: datetime) -> bool:
    """Whether the asker is shown anything of the record."""
    match = Match(modality=IDENTIFIERS.name, agreement="exact", score=0.0)
    return isinstance(release(record, asker, today=now.date(), match=match), Disclosure)


def match_of(candidate: Candidate, held: HeldRecord, population: Population) -> Match | None:
    """Confirm a candidate against what PostgreSQL holds; None where a stale index or a hash misled.

    Of several identifiers the one that agrees best counts.
    """
    template = candidate.template
    scored = [
        (IDENTIFIERS.compare(template, identifier, population).score, identifier)
        for identifier in held.identifiers
        if identifier.scheme == template.scheme
    ]
    score, identifier = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if identifier is None or score <= 0:
        return None
    explanation = IDENTIFIERS.explain(template, identifier, population)
    return Match(
        modality=IDENTIFIERS.name,
        agreement="pattern" if isinstance(template, Pattern) else "exact",
        explanation=(*map(str, explanation.findings), *explanation.remarks),
        score=score,
        llr=explanation.comparison.llr,
    )


def _agreeing(
    candidates: Iterable[Candidate], held: Mapping[int, HeldRecord]
) -> list[tuple[Candidate, HeldRecord]]:
    return [
        (candidate, record)
        for candidate in candidates
        if (record := held.get(candidate.record_id)) and match_of(candidate, record, candidate.population)
    ]


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one check: the outcomes of each question, and what the asker could not see at all."""

    asked: int
    decided: Mapping[int, list[Outcome]]
    withheld: set[int]
    """Candidates that row-level security did not show this asker, or that are no longer in force."""
    held: Mapping[int, HeldRecord]


def log_check(group: Group, admitted: Admitted, findings: Findings, now: datetime) -> int:
    """Write one check into the group; return the position of the asker's own entry.

    The asker's entry holds what the asker was shown. Each owner has entries of its own for what was found.
    What the conditions withheld stands in an entry that only the oversight body reads.
    """
    asker, request = admitted.asker, admitted.request
    found = [outcome for of_question in findings.decided.values() for outcome in of_question]
    shown = tuple(disclosed_log(outcome) for outcome in found if isinstance(outcome, Disclosure))
    position = group.add(
        act_entry("check", asker, request, now, reader=asker.bureau, asked=findings.asked, hits=shown)
    )
    for owner, level, records, read in log_reads(group, admitted, found, now):
        if owner != asker.bureau:
            for record_id in records:
                group.tell(read, owner, _told(findings.held[record_id], level, asker, now))
    hidden = {*findings.withheld, *(outcome.record for outcome in found if isinstance(outcome, Refusal))}
    if hidden:
        group.add_aside(
            act_entry("withheld", asker, request, now, reader=None, records=tuple(sorted(hidden)))
        )
    return position


def log_reads(
    group: Group, admitted: Admitted, found: Iterable[Outcome], now: datetime
) -> list[tuple[str, str, tuple[int, ...], int]]:
    """Write for each owner what was found of its records; return owner, level, records and entry position."""
    written = []
    for (owner, level), records in _by_owner(found).items():
        entry = act_entry(
            "read", admitted.asker, admitted.request, now, reader=owner, records=records, outcome=level
        )
        written.append((owner, level, records, group.add_reads(entry, records, owner)))
    return written


def _by_owner(found: Iterable[Outcome]) -> dict[tuple[str, str], tuple[int, ...]]:
    """The found records by owner and level: one entry serves all of a bulk check's hits on one owner."""
    records: dict[tuple[str, str], dict[int, None]] = {}
    for outcome in found:
        if not isinstance(outcome, Refusal):
            record_id, level = disclosed_log(outcome)
            records.setdefault((outcome.owner, level), {})[record_id] = None
    return {key: tuple(ids) for key, ids in records.items()}


def _told(held: HeldRecord, level: str, asker: Asker, now: datetime) -> bytes:
    return msgspec.json.encode(
        Told(
            record=held.id,
            reference=held.reference,
            outcome=level,
            bureau=asker.bureau,
            agency=asker.agency,
            user=asker.user,
            role=asker.role,
            purpose=asker.purpose,
            at=now,
        )
    )


def _eyes(asker: Asker) -> Asker:
    """The asker without the user: everybody with the same eyes shares one look into the database."""
    return msgspec.structs.replace(asker, user="")
