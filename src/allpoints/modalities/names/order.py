"""What the order of the parts and their roles say: who bears the father's name, what was turned or swapped."""

from functools import lru_cache

from allpoints.modalities.base import Finding, Outcome
from allpoints.modalities.names import model as m
from allpoints.modalities.names import vocabulary as v
from allpoints.modalities.names.alignment import Pair, Unit
from allpoints.modalities.names.alike import Agreement, alike
from allpoints.modalities.names.parts import (
    ParsedName,
    Part,
    PartRole,
    fathers_name,
    is_initial,
    is_written_as_a_chain,
)


def said_by_order(probe: ParsedName, reference: ParsedName, pairs: tuple[Pair, ...]) -> tuple[Finding, ...]:
    """Return what the order of the parts and their roles say, at most one finding."""
    agreeing = [pair for pair in pairs if pair.probe and pair.reference and pair.quality > 0]
    if against := _against(probe, reference, pairs, agreeing):
        return (against,)
    if len(agreeing) < 2:
        return ()
    crossings = {(pair.probe[0].role, pair.reference[0].role) for pair in agreeing}
    crossed = {(PartRole.GIVEN, PartRole.FAMILY), (PartRole.FAMILY, PartRole.GIVEN)} <= crossings
    if crossed and probe.stated and reference.stated:
        return (_said("given and family name swapped", m.CROSSED),)
    places = [reference.parts.index(pair.reference[0]) for pair in agreeing]
    if probe.stated or reference.stated or places == sorted(places):
        return ()
    falls = sum(a > b for a, b in zip(places, places[1:] + places[:1], strict=True))
    if falls == 1:
        return (_said("in another order", m.TURNED),)
    return (_said("in a mixed order", m.SHUFFLED),)


def _against(
    probe: ParsedName, reference: ParsedName, pairs: tuple[Pair, ...], agreeing: list[Pair]
) -> Finding | None:
    """What speaks against one person though parts agree."""
    if agreeing and all(pair.agreement is Agreement.INITIAL for pair in agreeing):
        return _said("only initials agree", m.INITIALS_ONLY)
    if _are_father_and_child(probe, reference, agreeing):
        return _said("given name and father's name swapped", m.SWAPPED_WITH_FATHER)
    if len(agreeing) < 2:
        contradicted = any(pair.agreement is Agreement.CONTRADICTING for pair in pairs)
        alone = agreeing and len(pairs) > 1 and not contradicted
        return _said("only one part agrees", m.ONE_PART_ONLY) if alone else None
    if _is_the_fathers(probe, reference, agreeing) or _is_the_fathers(reference, probe, agreeing):
        return _said("the given name is missing and the father's stands first", m.FATHER)
    return None


def _are_father_and_child(probe: ParsedName, reference: ParsedName, agreeing: list[Pair]) -> bool:
    """Whether each side's given name is what the other's patronymic is made of: Ivan Petrovich, Pyotr Ivanovich."""
    crossings = {(pair.probe[0].role, pair.reference[0].role) for pair in agreeing}
    if {(PartRole.GIVEN, PartRole.PATRONYMIC), (PartRole.PATRONYMIC, PartRole.GIVEN)} <= crossings:
        return True
    ours, theirs = _of_role(probe, PartRole.GIVEN), _of_role(reference, PartRole.GIVEN)
    our_father, their_father = _of_role(probe, PartRole.PATRONYMIC), _of_role(reference, PartRole.PATRONYMIC)
    if not (our_father and their_father) or _any_alike(ours, theirs):
        return False
    return _any_alike(ours, their_father) and _any_alike(theirs, our_father)


def _of_role(name: ParsedName, role: PartRole) -> list[Part]:
    return [part for part in name.parts if part.role is role]


def _any_alike(some: list[Part], others: list[Part]) -> bool:
    return any(
        alike(fathers_name(one), fathers_name(other)).quality > _ONE_NAME_OR_A_FORM
        for one in some
        for other in others
    )


def _is_the_fathers(short: ParsedName, long: ParsedName, agreeing: list[Pair]) -> bool:
    """Whether the short name lacks the long one's given name and begins with what is the father's there.

    So it is only among peoples who write the father's name after their own; others go by a second given name.
    """
    met = {part for pair in agreeing for side in pair[:2] for part in side}
    first = next((at for at, part in enumerate(long.parts) if part in met), 0)
    lacking, father = long.parts[:first], long.parts[first]
    if not any(_is_a_given_name_alone(part) for part in lacking) or short.parts[0] not in met:
        return False
    if not any(
        short.parts[0] in side and father in other for pair in agreeing for side, other in _both_ways(pair)
    ):
        return False
    if father.role is PartRole.PATRONYMIC:
        return short.parts[0].role is not PartRole.PATRONYMIC
    return (
        is_written_as_a_chain(short)
        or is_written_as_a_chain(long)
        or _is_one_of(father.word, v.CHAINED_NAMES)
    )


def _both_ways(pair: Pair) -> tuple[tuple[Unit, Unit], tuple[Unit, Unit]]:
    return (pair.probe, pair.reference), (pair.reference, pair.probe)


def _is_a_given_name_alone(part: Part) -> bool:
    if part.role is PartRole.KUNYA or is_initial(part.word):
        return False
    return not _is_one_of(part.word, v.DOUBLED_NAMES)


@lru_cache(maxsize=16_384)
def _is_one_of(word: str, known: frozenset[str]) -> bool:
    """Whether it is one of these names, but for its spelling: not the form of another people, as Joseph of Yusuf."""
    found = (alike(word, each) for each in known)
    return any(each.quality > _ONE_NAME and each.agreement is not Agreement.SYMBOL for each in found)


_ONE_NAME = 0.8
_ONE_NAME_OR_A_FORM = 0.6


def _said(told: str, weight: float) -> Finding:
    outcome = Outcome.COMPATIBLE if weight > -1 else Outcome.DIFFERENT
    return Finding("names", "", "", outcome, told, weight, told)
