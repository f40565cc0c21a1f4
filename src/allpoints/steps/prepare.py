"""Decoding and searching for one request of a group: whatever goes wrong with it is its own error and no other's."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime

import structlog

from allpoints.access import Action
from allpoints.errors import AllpointsError, Defect, InvalidValue, TooLarge
from allpoints.records.identifiers import Pattern
from allpoints.steps.authorise import Authoriser
from allpoints.steps.commit import Case
from allpoints.steps.decode import (
    Question,
    decode_biometric_check,
    decode_check,
    decode_checks,
    may_take_time,
)
from allpoints.steps.search import MAX_LIKE, MAX_LIKE_IN_BULK, Candidate, Gallery
from allpoints.steps.templates import Probe, probes_of

MAX_PATTERNS = 8
"""Patterns that one request may search: each looks through everything that is held."""
MAX_PEOPLE = 500
"""People that one request may describe: those on a large aircraft."""
MAX_NAMES = 1_000
"""Names that these people may have in all: each is searched."""
COST = 100
"""Identifiers that a pattern or a name counts for in the quota, by the time it takes."""
COST_OF_A_PICTURE = 1_000
"""Identifiers that a fingerprint or a face counts for."""
MAX_CANDIDATES = 10_000
"""Candidates of one request: more would make an answer and a log entry that nobody can take."""
_log = structlog.get_logger("allpoints.prepare")

Asked = list[Question | AllpointsError]


async def decode(case: Case, authoriser: Authoriser, now: datetime) -> None:
    """Decode the case's body into questions, and count against the quota what was not counted before.

    What takes its time is decoded in a thread.
    """
    if case.error:
        return
    single = case.action is not Action.CHECK_IN_BULK
    body, today = case.admitted.body, now.date()
    try:
        if case.action is Action.CHECK_BIOMETRICS or may_take_time(body):
            questions = await asyncio.to_thread(_questions, body, today, case.action)
        else:
            questions = _questions(body, today, case.action)
        costly = sum(map(_patterns, questions)) + sum(map(_names, questions))
        if costly:
            for count, most, what in (
                (_patterns, MAX_PATTERNS, "patterns"),
                (_people, MAX_PEOPLE, "people"),
                (_names, MAX_NAMES, "names"),
            ):
                error = InvalidValue(f"a request searches at most {most:,} {what}", field="evidence")
                questions = _within_budget(questions, count, most, error, single=single)
        case.questions = questions
        if uncounted := _uncounted(questions, costly):
            authoriser.charge(case.admitted.asker, uncounted)
    except AllpointsError as error:
        case.error = error
    except Exception as error:
        case.error = _defect(error)


def _questions(body: bytes, today: date, action: Action) -> Asked:
    match action:
        case Action.CHECK:
            return [decode_check(body, today=today)]
        case Action.CHECK_BIOMETRICS:
            return [decode_biometric_check(body, today=today)]
        case _:
            return decode_checks(body, today=today)


async def search(case: Case, gallery: Gallery) -> None:
    """Search for the case's candidates; what takes its time in a thread."""
    if case.error:
        return
    identifiers = [q.identifiers if isinstance(q, Question) else () for q in case.questions]
    try:
        if any(isinstance(template, Pattern) for several in identifiers for template in several):
            found = await asyncio.to_thread(gallery.search, identifiers)
        else:
            found = gallery.search(identifiers)
        if any(map(_people, case.questions)) or any(map(_pictures, case.questions)):
            found += await asyncio.to_thread(_search_probes, case, gallery)
        case.candidates = _few_enough(found)
    except AllpointsError as error:
        case.error = error
    except Exception as error:
        case.error = _defect(error)


def _search_probes(case: Case, gallery: Gallery) -> list[Candidate]:
    """Encode and search what is more than identifiers. Raises what is wrong with the only question."""
    case.probes = []
    for number, question in enumerate(case.questions):
        probes: tuple[Probe, ...] = ()
        if isinstance(question, Question):
            try:
                probes = probes_of(question)
            except InvalidValue as error:
                if case.action is not Action.CHECK_IN_BULK:
                    raise
                case.questions[number] = error
        case.probes.append(probes)
    share = MAX_CANDIDATES // 2 // max(1, sum(map(len, case.probes)))
    limit = min(MAX_LIKE_IN_BULK if case.action is Action.CHECK_IN_BULK else MAX_LIKE, share)
    found, case.cut = gallery.search_probes(case.probes, limit)
    return found


def _few_enough(found: list[Candidate]) -> list[Candidate]:
    if len(found) <= MAX_CANDIDATES:
        return found
    raise TooLarge(
        f"more than {MAX_CANDIDATES} candidates", field="body", remedy="Ask fewer questions at once."
    )


def _within_budget(
    questions: Asked,
    count: Callable[[Question | AllpointsError], int],
    most: int,
    error: InvalidValue,
    *,
    single: bool,
) -> Asked:
    """Turn the questions that ask for more than is left into errors; the only question into the request's."""
    left = most
    kept: Asked = []
    for question in questions:
        asked = count(question)
        left -= asked
        if asked and left < 0 and single:
            raise error
        kept.append(error if asked and left < 0 else question)
    return kept


def _uncounted(questions: Asked, costly: int) -> int:
    """Each question was counted as one identifier before it was decoded."""
    sizes = [len(q.identifiers) + _names(q) for q in questions if isinstance(q, Question)]
    pictures = sum(map(_pictures, questions)) * COST_OF_A_PICTURE
    return max(0, sum(sizes) - len(sizes)) + costly * (COST - 1) + pictures


def _patterns(question: Question | AllpointsError) -> int:
    if isinstance(question, AllpointsError):
        return 0
    return sum(type(template) is Pattern for template in question.identifiers)


def _people(question: Question | AllpointsError) -> int:
    return 0 if isinstance(question, AllpointsError) else len(question.people)


def _names(question: Question | AllpointsError) -> int:
    return 0 if isinstance(question, AllpointsError) else sum(len(person.names) for person in question.people)


def _pictures(question: Question | AllpointsError) -> int:
    return 0 if isinstance(question, AllpointsError) else len(question.pictured)


def _defect(error: Exception) -> Defect:
    _log.exception("check.failed", error=type(error).__name__)
    return Defect("the hub failed at this request")
