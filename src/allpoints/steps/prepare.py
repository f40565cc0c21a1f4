"""Decoding and searching for one request of a group: whatever goes wrong with it is its own error and no other's."""

import asyncio
from datetime import datetime

import structlog

from allpoints.access import Action
from allpoints.errors import AllpointsError, Defect, InvalidValue, TooLarge
from allpoints.records.identifiers import Pattern
from allpoints.steps.authorise import Authoriser
from allpoints.steps.commit import Case
from allpoints.steps.decode import Question, decode_check, decode_checks
from allpoints.steps.search import Candidate, Gallery

MAX_PATTERNS = 8
"""Patterns that one request may search: each looks through everything that is held."""
PATTERN_COST = 100
"""Identifiers that a pattern counts for in the quota, by the time it takes."""
MAX_CANDIDATES = 10_000
"""Candidates of one request: more would make an answer and a log entry that nobody can take."""
_log = structlog.get_logger("allpoints.prepare")


def decode(case: Case, authoriser: Authoriser, now: datetime) -> None:
    """Decode the case's body into questions, and count against the quota what was not counted before."""
    if case.error:
        return
    try:
        if case.action is Action.CHECK:
            questions: list[Question | AllpointsError] = [decode_check(case.admitted.body, today=now.date())]
        else:
            questions = decode_checks(case.admitted.body, today=now.date())
        if patterns := sum(map(_patterns, questions)):
            questions = _within_budget(questions, single=case.action is Action.CHECK)
        case.questions = questions
        if uncounted := _uncounted(questions, patterns):
            authoriser.charge(case.admitted.asker, uncounted)
    except AllpointsError as error:
        case.error = error
    except Exception as error:
        case.error = _defect(error)


async def search(case: Case, gallery: Gallery) -> None:
    """Search for the case's candidates; patterns in a thread, for they take their time."""
    if case.error:
        return
    templates = [q.templates if isinstance(q, Question) else () for q in case.questions]
    try:
        if any(isinstance(template, Pattern) for several in templates for template in several):
            found = await asyncio.to_thread(gallery.search, templates)
        else:
            found = gallery.search(templates)
        case.candidates = _few_enough(found)
    except AllpointsError as error:
        case.error = error
    except Exception as error:
        case.error = _defect(error)


def _few_enough(found: list[Candidate]) -> list[Candidate]:
    if len(found) <= MAX_CANDIDATES:
        return found
    raise TooLarge(
        f"more than {MAX_CANDIDATES} candidates", field="body", remedy="Ask fewer questions at once."
    )


def _within_budget(
    questions: list[Question | AllpointsError], *, single: bool
) -> list[Question | AllpointsError]:
    left = MAX_PATTERNS
    kept: list[Question | AllpointsError] = []
    for question in questions:
        left -= _patterns(question)
        if left < 0 and _patterns(question):
            error = InvalidValue(f"a request searches at most {MAX_PATTERNS} patterns", field="evidence")
            if single:
                raise error
            kept.append(error)
        else:
            kept.append(question)
    return kept


def _uncounted(questions: list[Question | AllpointsError], patterns: int) -> int:
    """Each question was counted as one identifier before it was decoded."""
    templates = [question.templates for question in questions if isinstance(question, Question)]
    return sum(map(len, templates)) - len(templates) + patterns * (PATTERN_COST - 1)


def _patterns(question: Question | AllpointsError) -> int:
    if isinstance(question, AllpointsError):
        return 0
    return sum(type(template) is Pattern for template in question.templates)


def _defect(error: Exception) -> Defect:
    _log.exception("check.failed", error=type(error).__name__)
    return Defect("the hub failed at this request")
