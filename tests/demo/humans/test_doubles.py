"""Other people who look alike."""

from functools import cache
from random import Random

from allpoints.demo.humans import Double, Human, Humans, NearMiss, near_miss
from allpoints.modalities.names.births import BirthKind, compare_births
from allpoints.records.births import parse_birth


@cache
def people() -> list[Human]:
    return list(Humans("seed").draw(3_000))


@cache
def doubles() -> list[tuple[Human, NearMiss]]:
    return [(human, near_miss(human, Random(human.number))) for human in people()]


def of_kind(kind: Double) -> list[tuple[Human, Human]]:
    return [(human, double.human) for human, double in doubles() if double.kind is kind]


def part(human: Human, *roles: str) -> list[str]:
    return [word.native for word in human.words if word.role in roles]


def test_a_double_is_somebody_else() -> None:
    for human, double in doubles():
        same_birth = compare_births(
            parse_birth(human.birth.isoformat()), parse_birth(double.human.birth.isoformat())
        ).kind in {BirthKind.SAME_DAY, BirthKind.SAME_STAND_IN}
        assert not same_birth or human.native != double.human.native


def test_siblings_share_family_and_father() -> None:
    for human, sibling in of_kind(Double.SIBLING):
        if "given" in {word.role for word in human.words}:
            assert part(human, "family", "patronymic") == part(sibling, "family", "patronymic")
        assert human.birth != sibling.birth


def test_namesakes_share_the_whole_name_but_not_the_birth() -> None:
    for human, namesake in of_kind(Double.NAMESAKE):
        assert human.native == namesake.native
        assert abs((human.birth - namesake.birth).days) >= 400


def test_the_same_family_and_year_is_another_day() -> None:
    for human, other in of_kind(Double.SAME_FAMILY_AND_YEAR):
        assert human.birth.year == other.birth.year
        assert human.birth != other.birth


def test_swapped_names_are_made_into_each_other() -> None:
    swapped = of_kind(Double.SWAPPED)
    assert swapped
    for human, other in swapped:
        if human.language == "russian":
            assert human.words[0] == other.words[0]
            assert part(human, "patronymic") != part(other, "patronymic")
        elif human.language in {"arabic", "somali", "amharic"}:
            assert part(human, "given") == part(other, "patronymic")[:1]


def test_cached_names_are_those_of_the_double() -> None:
    human = next(human for human in people() if human.language == "english")
    assert human.native
    double = near_miss(human, Random(2)).human
    assert double.native == " ".join(word.native for word in double.words)
