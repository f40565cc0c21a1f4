"""Fourth step: what is released of the candidates, who is told, and what the log keeps of it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter

import msgspec

from allpoints.access import (
    Disclosure,
    Match,
    Outcome,
    Refusal,
    Silent,
    disclosed,
    release,
)
from allpoints.errors import AllpointsError
from allpoints.modalities import IDENTIFIERS, Population
from allpoints.records import Asker, HeldRecord
from allpoints.steps.commit import Case, Line
from allpoints.steps.decode import Question
from allpoints.steps.examine import open_examination
from allpoints.steps.matching import (
    RULES,
    View,
    agreeing_identifier,
    found_by_identifier,
    identifier_match,
    one_match,
    template_matches,
    told_llr,
)
from allpoints.steps.search import Candidate
from allpoints.steps.templates import Probe, pictured
from allpoints.store.acts import Act


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
"""Comparisons in a row that support nothing, best candidates of each probe first, after which those below are not
compared. What the asker is shown has a count of its own: what hidden records say must not change it."""
MANY = 3
"""Probes of a question, such as a hand's fingers, for each of which there is so much patience: one of them at least is
good enough to bring the right record to the top."""
CROWDED = "more people are alike than were compared: add a date of birth, a nationality or a name"
CUT = (
    f"more than {RULES['names'].most} people fit: only the likeliest are shown; add a date of birth, a nationality"
    " or a name"
)
CUT_PICTURES = f"more than {RULES['fingerprints'].most} records are as alike: only the likeliest are shown"


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
    too_many = CUT if question.people else CUT_PICTURES
    notes = (*question.notes, *([too_many] if number in decided.cut else []), *([CROWDED] if cut else []))
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
    fruitless: Counter[tuple[int, str, bool]] = Counter()
    found_by = {(c.question, c.record_id): c.modality for c in reversed(candidates)}
    for question, record_id in dict.fromkeys((c.question, c.record_id) for c in candidates):
        if (record := view.held.get(record_id)) is None:
            continue
        parts = [by_identifier[question, record_id]] if (question, record_id) in by_identifier else []
        if probes and probes[question]:
            modality = found_by[question, record_id]
            kind = question, modality, shows(record, asker, now)
            asked = sum(probe.modality == modality for probe in probes[question])
            patience = PATIENCE * min(max(1, asked), MANY)
            if parts or fruitless[kind] < patience:
                # What an identifier has found is compared in any case, so that a contradiction shows.
                stored = view.templates.get(record_id, ())
                alike = template_matches(probes[question], stored, found=bool(parts))
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
    counted: Counter[tuple[type, str]] = Counter()
    kept = []
    for match, outcome in found:
        if not isinstance(outcome, Refusal) and not found_by_identifier(match):
            kind = Disclosure if isinstance(outcome, Disclosure) else Silent, match.modality
            counted[kind] += 1
            if counted[kind] > RULES[match.modality].most:
                continue
        kept.append(outcome)
    return kept


async def examined(act: Act, case: Case, answer: Line) -> Line:
    """The answer to a biometric check with the number of the list that its candidates are on, for examiners to look
    at: the machine proposes, and only people decide."""
    [question], [probes] = case.questions, case.probes
    if not isinstance(question, Question) or not answer.hits:
        return answer
    evidence, templates = pictured(probes)
    number = await open_examination(
        act,
        case.admitted,
        evidence=evidence,
        templates=templates,
        found=answer.hits,
        verify=question.verify,
    )
    return msgspec.structs.replace(answer, examination=number)


def _eyes(asker: Asker) -> Asker:
    """The asker without the user: everybody with the same eyes shares one look into the database."""
    return msgspec.structs.replace(asker, user="")
