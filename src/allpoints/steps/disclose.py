"""Fourth step: what is released of the candidates, who is told, and what the log keeps of it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import inf
from operator import itemgetter

import msgspec

from allpoints.access import (
    Action,
    Disclosure,
    Match,
    Outcome,
    Refusal,
    Silent,
    disclosed,
    disclosed_log,
    release,
)
from allpoints.audit.entries import Group, act_entry
from allpoints.errors import AllpointsError
from allpoints.modalities import IDENTIFIERS, Population
from allpoints.records import Asker, HeldRecord
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Case, Line, News
from allpoints.steps.decode import Question
from allpoints.steps.matching import (
    LEAST_LLR,
    View,
    agreeing_identifier,
    found_by_identifier,
    identifier_match,
    one_match,
    template_matches,
    told_llr,
)
from allpoints.steps.search import Candidate
from allpoints.steps.templates import Probe
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
        self._by_eyes: dict[Asker, View] = {}

    def add(self, asker: Asker, view: View) -> None:
        """Keep what one asker sees."""
        self._by_eyes[_eyes(asker)] = view

    def of(self, asker: Asker) -> View:
        """What the asker sees, by record id."""
        return self._by_eyes.get(_eyes(asker), _NOTHING)


_NOTHING = View({})
PATIENCE = 12
"""Comparisons in a row that support nothing, best candidates first, after which those below are not compared. What
the asker is shown has a count of its own: what hidden records say must not change it."""
MAX_LIKE = 20
"""People whom an officer can look through; owners of silent records are told of as many."""
CROWDED = "more people are alike than were compared: add a date of birth, a nationality or a name"
CUT = f"more than {MAX_LIKE} people fit: only the likeliest are shown; add a date of birth, a nationality or a name"


async def reread(act: Act, cases: Iterable[Case]) -> Seen:
    """Read all candidates again in PostgreSQL, as each asker, and their templates where some are compared.

    The index may be stale and knows no rights: what row-level security does not show is not released.
    """
    wanted: dict[Asker, set[int]] = {}
    compared: dict[Asker, set[int]] = {}
    for case in cases:
        if case.candidates and not case.error:
            eyes = _eyes(case.admitted.asker)
            wanted.setdefault(eyes, set()).update(candidate.record_id for candidate in case.candidates)
            compared.setdefault(eyes, set()).update(_to_compare(case))
    seen = Seen()
    for asker, ids in wanted.items():
        await act.name_asker(asker)
        held = await act.candidates(ids)
        seen.add(asker, View(held, await act.templates(compared[asker]) if compared[asker] else {}))
    return seen


class Decided(msgspec.Struct, frozen=True):
    """What is released of each question's candidates, the strongest support first."""

    outcomes: dict[int, list[Outcome]]
    cut: frozenset[int] = frozenset()
    """Questions that more people fit than are shown."""


async def decide_case(case: Case, view: View, now: datetime) -> Decided:
    """As `decide`, for one request; comparing templates takes its time and happens in a thread."""
    arguments = case.candidates, view, case.admitted.asker, now, case.probes
    return await asyncio.to_thread(decide, *arguments) if case.probes else decide(*arguments)


def line(question: Question | AllpointsError, number: int, decided: Decided, *, cut: bool = False) -> Line:
    """The answer to one question of a request. `cut` says that more people are alike than were compared."""
    if not isinstance(question, Question):
        return Line(error=question)
    notes = (*question.notes, *([CUT] if number in decided.cut else []), *([CROWDED] if cut else []))
    return Line(id=question.id, hits=disclosed(decided.outcomes.get(number, ())), notes=notes)


def decide(
    candidates: Sequence[Candidate],
    view: View,
    asker: Asker,
    now: datetime,
    probes: Sequence[Sequence[Probe]] = (),
) -> Decided:
    """Decide for each question of one asker what is released of its candidates; a record counts once a question."""
    by_identifier = _identifier_matches(candidates, view.held, asker, now)
    ranked: dict[int, list[tuple[tuple[float, int], Match, Outcome]]] = {}
    fruitless: Counter[tuple[int, bool]] = Counter()
    for question, record_id in dict.fromkeys((c.question, c.record_id) for c in candidates):
        if (record := view.held.get(record_id)) is None:
            continue
        parts = [by_identifier[question, record_id]] if (question, record_id) in by_identifier else []
        if probes and probes[question]:
            kind = question, shows(record, asker, now)
            if parts or fruitless[kind] < PATIENCE:
                # What an identifier has found is compared in any case, so that a contradiction shows.
                least = -inf if parts else LEAST_LLR
                alike = template_matches(probes[question], view.templates.get(record_id, ()), least=least)
                fruitless[kind] = 0 if alike else fruitless[kind] + 1
                parts += alike
        if match := one_match(parts):
            outcome = release(record, asker, today=now.date(), match=match)
            ranked.setdefault(question, []).append((_rank(outcome, match), match, outcome))
    decided: dict[int, list[Outcome]] = {}
    cut = set()
    for question, found in ranked.items():
        found.sort(key=itemgetter(0), reverse=True)
        decided[question] = _few_enough([(match, outcome) for _, match, outcome in found])
        if len(disclosed(decided[question])) < len(disclosed(outcome for _, _, outcome in found)):
            cut.add(question)
    return Decided(decided, frozenset(cut))


def _identifier_matches(
    candidates: Sequence[Candidate], held: Mapping[int, HeldRecord], asker: Asker, now: datetime
) -> dict[tuple[int, int], Match]:
    """By question and record the identifier that agrees best.

    The strength of evidence counts only the agreeing records that the asker is shown: a number that counted the
    others too would tell that there are some.
    """
    agreeing = [
        (candidate, record)
        for candidate in candidates
        if candidate.modality == IDENTIFIERS.name
        and (record := held.get(candidate.record_id))
        and agreeing_identifier(candidate, record)
    ]
    shown = Counter(
        (candidate.question, candidate.template)
        for candidate, record in agreeing
        if shows(record, asker, now)
    )
    best: dict[tuple[int, int], Match] = {}
    for candidate, record in agreeing:
        agree = max(1, shown[candidate.question, candidate.template])
        match = identifier_match(candidate, record, Population(candidate.population.size, agree))
        place = candidate.question, record.id
        if match and (place not in best or _score(best[place]) < _score(match)):
            best[place] = match
    return best


def hidden_by_identifier(candidates: Iterable[Candidate], held: Mapping[int, HeldRecord]) -> set[int]:
    """The records that an identifier found and that the asker could not see.

    Those that are merely alike are not among them: what the asker cannot see was not compared, so nobody knows
    whether it is meant.
    """
    found = {candidate.record_id for candidate in candidates if candidate.modality == IDENTIFIERS.name}
    return found - held.keys()


def shows(record: HeldRecord, asker: Asker, now: datetime) -> bool:
    """Whether the asker is shown anything of the record."""
    match = Match(modality=IDENTIFIERS.name, agreement="exact")
    return isinstance(release(record, asker, today=now.date(), match=match), Disclosure)


def _to_compare(case: Case) -> set[int]:
    """The candidates of questions that ask for more than identifiers, whatever found them."""
    return {
        candidate.record_id
        for candidate in case.candidates
        if case.probes and case.probes[candidate.question]
    }


def _score(match: Match) -> float:
    return match.score or 0.0


def _rank(outcome: Outcome, match: Match) -> tuple[float, int]:
    """By LLR. A contact stands where its words place it: its rank must not tell more than they do."""
    full = isinstance(outcome, Disclosure) and outcome.level == "full"
    return (match.llr or 0.0) if full else told_llr(match), -outcome.record


def _few_enough(found: Iterable[tuple[Match, Outcome]]) -> list[Outcome]:
    """Without what only a likeness found and nobody could look through: neither the asker nor the owners."""
    left = {Disclosure: MAX_LIKE, Silent: MAX_LIKE}
    kept = []
    for match, outcome in found:
        kind = Disclosure if isinstance(outcome, Disclosure) else type(outcome)
        if kind in left and not found_by_identifier(match):
            left[kind] -= 1
            if left[kind] < 0:
                continue
        kept.append(outcome)
    return kept


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one check: the outcomes of each question, and what the asker could not see at all."""

    asked: int
    decided: Mapping[int, list[Outcome]]
    withheld: set[int]
    """What an identifier found and row-level security did not show this asker, or is no longer in force."""
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


def log_news(group: Group, admitted: Admitted, action: Action, told: Iterable[News], now: datetime) -> None:
    """Tell owners of an act that concerns their records, each with an entry of its own that proves it."""
    for news in told:
        entry = act_entry(
            action.value, admitted.asker, admitted.request, now, reader=news.bureau, records=(news.record,)
        )
        group.tell(group.add_aside(entry), news.bureau, news.body)


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
