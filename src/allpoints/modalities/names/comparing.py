"""Two people compared: their best pair of names, then birth, sex, nationality and places."""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache, partial
from typing import NamedTuple

from allpoints.likelihood.bounds import softly_bounded
from allpoints.likelihood.calibration import Calibration, load
from allpoints.modalities.base import (
    UNKNOWN_POPULATION,
    Comparison,
    Explanation,
    Finding,
    Outcome,
    Population,
)
from allpoints.modalities.names import model as m
from allpoints.modalities.names.alignment import Pair, align
from allpoints.modalities.names.alike import Agreement
from allpoints.modalities.names.births import BirthAgreement, BirthKind, compare_births
from allpoints.modalities.names.order import said_by_order
from allpoints.modalities.names.parts import ParsedName, Part
from allpoints.modalities.names.people import PersonTemplate, prepared
from allpoints.modalities.names.places import (
    NationalityAgreement,
    NationalityKind,
    PlaceAgreement,
    PlaceKind,
    SexAgreement,
    SexKind,
    compare_nationalities,
    compare_places,
    compare_sex,
)
from allpoints.modalities.names.scripts import words
from allpoints.records.people import NameKind, Person, named

_ALTERNATIVES = 8
"""Names of a side that are compared; those that come after are left aside."""


Compared = tuple[float, tuple[Pair, ...], tuple[Finding, ...]]
"""What two names weigh, their pairs of parts, and what the parts' order says."""


class Context(NamedTuple):
    """Something known beside the names that both sides state."""

    what: str
    agreement: BirthAgreement | SexAgreement | NationalityAgreement | PlaceAgreement
    weight: float


class Evidence(NamedTuple):
    """All that two descriptions say about being one person."""

    pairs: tuple[Pair, ...]
    order: tuple[Finding, ...]
    context: list[Context]
    total: float
    """What everything weighs, bounded, in log10 units."""


def compare(
    probe: Person | PersonTemplate,
    reference: Person | PersonTemplate,
    population: Population = UNKNOWN_POPULATION,
) -> Comparison:
    """Compare two descriptions of a person.

    `score` lies between 0 and 1 and rises strictly with the evidence; from 0.5 on more agrees than contradicts.
    `llr` is the bounded log10 likelihood ratio for one person against another one who would come up for such
    a query. Symmetric but for rounding. Raises `InvalidValue` for a date of birth that is none.
    """
    return _comparison(_evidence(prepared(probe), prepared(reference)).total)


def explain(
    probe: Person | PersonTemplate,
    reference: Person | PersonTemplate,
    population: Population = UNKNOWN_POPULATION,
) -> Explanation:
    """Say how `compare` came to its result, part by part with the weight of each."""
    ours, theirs = prepared(probe), prepared(reference)
    evidence = _evidence(ours, theirs)
    written = partial(_as_written, _texts(ours)), partial(_as_written, _texts(theirs))
    return Explanation(
        comparison=_comparison(evidence.total),
        same="The probe and the reference describe one person.",
        different="The reference describes another person who would come up for such a query.",
        findings=(
            *(_finding(pair, *written) for pair in evidence.pairs),
            *evidence.order,
            *map(_finding_beside, evidence.context),
        ),
    )


def _comparison(total: float) -> Comparison:
    score = 1.0 / (1.0 + 10.0**-total)
    return Comparison(score=score, llr=_calibration().llr(score))


@cache
def _calibration() -> Calibration:
    return load(__package__)


def _evidence(probe: PersonTemplate, reference: PersonTemplate) -> Evidence:
    best: Compared | None = None
    agreeing = 0
    for ours in probe.names[:_ALTERNATIVES]:
        for theirs in reference.names[:_ALTERNATIVES]:
            found = max(_of_cuts(ours, theirs), key=_first)
            agreeing += found[0] > 0
            if best is None or found[0] > best[0]:
                best = found
    if best is None:
        best = (m.START, (), ())
    further = m.FURTHER_NAMES * min(agreeing - 1, 3) if agreeing > 1 else 0.0
    context = _context(probe, reference)
    total = best[0] + further + sum(each.weight for each in context)
    return Evidence(best[1], best[2], context, softly_bounded(total, m.LOWER, m.UPPER))


def _first(found: Compared) -> float:
    return found[0]


def _of_cuts(ours: tuple[ParsedName, ...], theirs: tuple[ParsedName, ...]) -> Iterator[Compared]:
    """Compare every way to take apart the one name with every way to take apart the other."""
    for i, probe in enumerate(ours):
        for j, reference in enumerate(theirs):
            weight, pairs, order = _of_names(probe, reference)
            yield weight + m.UNLIKELIER_CUT * (i + j), pairs, order


def _of_names(probe: ParsedName, reference: ParsedName) -> Compared:
    pairs = align(probe, reference)
    order = said_by_order(probe, reference, pairs)
    told = softly_bounded(m.START + sum(map(_told, pairs)), m.NAMES_LOWER, m.NAMES_UPPER)
    doubts = [_doubt(pair) for pair in pairs if pair.probe and pair.reference]
    worst = min(doubts, default=0.0)
    absent = sum(_doubt(pair) for pair in pairs if not (pair.probe and pair.reference))
    weight = told + worst + m.FURTHER_DOUBTS * (sum(doubts) - worst) + absent
    weight += sum(each.weight for each in order)
    if NameKind.WEAK_ALIAS in (probe.kind, reference.kind):
        weight = softly_bounded(weight, m.NAMES_LOWER, m.WEAK_ALIAS_AT_MOST)
    return weight, pairs, order


def weight_of(pair: Pair) -> float:
    """Return what a pair of parts weighs: what its agreement tells, less the doubt that it leaves."""
    return _told(pair) + _doubt(pair)


def _told(pair: Pair) -> float:
    if pair.quality <= 0:
        return 0.0
    return m.AGREEING[pair.agreement] * pair.quality * pair.information


def _doubt(pair: Pair) -> float:
    if not (pair.probe and pair.reference):
        stated = pair.probe or pair.reference
        return m.MISSING[stated[0].role] if pair.agreement is Agreement.MISSING else 0.0
    if pair.agreement is Agreement.UNREAD:
        return m.UNREAD
    worst = max(m.CONTRADICTING[pair.probe[0].role], m.CONTRADICTING[pair.reference[0].role])
    if pair.quality >= 0:
        return m.NEUTRAL * worst * (1.0 - pair.quality)
    return worst * (m.NEUTRAL - (1.0 - m.NEUTRAL) * pair.quality)


def _texts(template: PersonTemplate) -> tuple[str, ...]:
    return tuple(str(named(name)) for name in template.person.names)


def _as_written(texts: tuple[str, ...], part: Part) -> str:
    """The part as the first of the names that has it writes it: folding and the joining of words undone."""
    for text in texts:
        pieces = [(piece, "".join(words(piece[0]))) for piece in _PIECE.finditer(text)]
        for first, (start, _) in enumerate(pieces):
            run = ""
            for piece, word in pieces[first:]:
                run += word
                if run == part.word:
                    return text[start.start() : piece.end()]
                if not part.word.startswith(run):
                    break
        for piece, word in pieces:
            if part.word in word and len(part.word) > _OF_A_SYLLABLE:
                return piece[0]
    return str(part)


_OF_A_SYLLABLE = 2
_PIECE = re.compile(r"[^\s,،、，.<-]+")


def _finding(pair: Pair, *written: Callable[[Part], str]) -> Finding:
    """A pair of parts as an officer reads it."""
    probe, reference = (" ".join(map(told, side)) for told, side in zip(written, pair[:2], strict=True))
    side = pair.probe or pair.reference
    what = str(side[0].role)
    weight = weight_of(pair)
    if not (pair.probe and pair.reference):
        told = f"{probe or reference} only in the {'probe' if probe else 'reference'}"
        return Finding(what, probe, reference, Outcome.NOT_STATED, pair.agreement, weight, told)
    if pair.agreement is Agreement.UNREAD:
        return Finding(what, probe, reference, Outcome.NOT_STATED, pair.agreement, weight)
    if pair.agreement is Agreement.CONTRADICTING:
        return Finding(what, probe, reference, Outcome.DIFFERENT, pair.agreement, weight)
    outcome = Outcome.EQUAL if pair.quality > _PLAINLY else Outcome.COMPATIBLE
    return Finding(what, probe, reference, outcome, pair.agreement, weight)


_PLAINLY = 0.6


def _context(probe: PersonTemplate, reference: PersonTemplate) -> list[Context]:
    """What is known beside the names. What one side does not state says nothing and is left out."""
    ours, theirs = probe.person, reference.person
    context: list[Context] = []
    if probe.birth and reference.birth:
        birth = compare_births(probe.birth, reference.birth)
        context.append(Context("born", birth, m.BIRTH[birth.kind]))
    if ours.sex and theirs.sex:
        sex = compare_sex(ours.sex, theirs.sex)
        context.append(Context("sex", sex, m.SEX[sex.kind]))
    if ours.nationalities and theirs.nationalities:
        states = compare_nationalities(ours.nationalities, theirs.nationalities)
        context.append(Context("nationality", states, m.NATIONALITY[states.kind]))
    if ours.birthplace and theirs.birthplace:
        place = compare_places(ours.birthplace, theirs.birthplace)
        context.append(Context("birthplace", place, m.PLACE[place.kind]))
    if ours.residence and theirs.residence:
        place = compare_places(ours.residence, theirs.residence)
        context.append(Context("residence", place, m.RESIDENCE_SHARE * m.PLACE[place.kind]))
    return context


def _finding_beside(found: Context) -> Finding:
    """What is known beside the names as an officer reads it."""
    agreement = found.agreement
    kind: StrEnum = agreement.kind
    if isinstance(agreement, NationalityAgreement):
        sides = ", ".join(agreement.probe), ", ".join(agreement.reference)
    else:
        sides = agreement.probe, agreement.reference
    if kind == "not stated":
        outcome = Outcome.NOT_STATED
    elif kind in _DIFFERENT:
        outcome = Outcome.DIFFERENT
    else:
        outcome = Outcome.EQUAL if sides[0] == sides[1] else Outcome.COMPATIBLE
    told = _born(agreement) if isinstance(agreement, BirthAgreement) else agreement.remark
    if isinstance(agreement, PlaceAgreement):
        told = f"{found.what} {told}"
    return Finding(found.what, *sides, outcome, kind, found.weight, told)


_DIFFERENT = frozenset(
    {BirthKind.DIFFERENT, SexKind.DIFFERENT, NationalityKind.DIFFERENT, PlaceKind.DIFFERENT}
)


def _born(birth: BirthAgreement) -> str:
    """What an officer reads of two dates of birth; the year stands in front where both have it."""
    year = birth.probe[:4]
    both = year == birth.reference[:4] and year not in birth.remark
    return f"born {year}, {birth.remark}" if both else f"born {birth.remark}"
