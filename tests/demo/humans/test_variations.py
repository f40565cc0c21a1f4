"""The same person told differently."""

from collections import Counter
from datetime import date
from functools import cache
from random import Random

from allpoints.demo.humans import Human, Humans, Variant, Variation, variant
from allpoints.demo.humans.variations import MRZ_ROOM
from allpoints.modalities.names.births import BirthKind, compare_births
from allpoints.records.births import parse_birth
from allpoints.records.people import Name, NameKind, checked_names, named


@cache
def people() -> list[Human]:
    return list(Humans("seed").draw(8_000))


@cache
def all_told() -> list[tuple[Human, Variant]]:
    return [(human, variant(human, Random(human.number))) for human in people()]


def told(kind: Variation) -> list[tuple[str, str]]:
    return [
        (human.text, str(named(other.person.names[0]))) for human, other in all_told() if kind in other.kinds
    ]


def test_every_kind_of_variation_occurs_and_some_tell_the_same() -> None:
    kinds = Counter(kind for _, other in all_told() for kind in other.kinds)
    assert set(kinds) == set(Variation)
    assert any(not other.kinds for _, other in all_told())


def test_the_same_chance_gives_the_same_variant() -> None:
    assert variant(people()[7], Random(1)) == variant(people()[7], Random(1))


def test_every_variant_can_be_contributed() -> None:
    for _, other in all_told()[:1_000]:
        assert checked_names(other.person.names, field="names") == other.person.names
        assert str(parse_birth(other.person.birth)) == other.person.birth


def test_without_a_kind_nothing_differs() -> None:
    for human, other in all_told():
        if not other.kinds:
            assert other.person.names[0] in {human.text, human.text.upper()}
            assert other.person.birth == human.birth.isoformat()
            assert other.person.birthplace == human.birthplace


def test_the_other_script_is_the_other_one() -> None:
    for text, name in told(Variation.OTHER_SCRIPT):
        assert (
            text.replace("ʼ", "").replace("ü", "u").isascii()
            != name.replace("ʼ", "").replace("ü", "u").isascii()
        )


def test_a_zone_has_no_more_room_than_a_document() -> None:
    for human, other in all_told():
        name = other.person.names[0]
        if isinstance(name, Name):
            assert name.kind is NameKind.DOCUMENT
            assert len(name.text) <= max(MRZ_ROOM)
            assert name.text.isupper()
            assert name.truncated == (Variation.MRZ_TRUNCATED in other.kinds), human


def test_births_differ_as_they_are_said_to() -> None:
    expected = {
        Variation.BIRTH_SWAPPED: {BirthKind.SWAPPED},
        Variation.BIRTH_YEAR_BESIDE: {BirthKind.YEAR_BESIDE, BirthKind.NEAR},
        Variation.BIRTH_STAND_IN: {BirthKind.DAY_UNKNOWN},
        Variation.BIRTH_PARTIAL: {BirthKind.SAME_YEAR, BirthKind.SAME_MONTH},
        Variation.BIRTH_ABOUT: {BirthKind.WITHIN},
        Variation.BIRTH_MISSING: {BirthKind.NOT_STATED},
    }
    for human, other in all_told():
        kind = compare_births(parse_birth(other.person.birth), parse_birth(human.birth.isoformat())).kind
        for variation, kinds in expected.items():
            if variation in other.kinds:
                assert kind in kinds, (human.birth, other.person.birth)
        if not any(variation.name.startswith("BIRTH") for variation in other.kinds):
            assert other.person.birth == human.birth.isoformat()


def test_nobody_is_born_in_the_future() -> None:
    assert all(
        parse_birth(other.person.birth, today=date(2011, 1, 1)) is not None
        for _, other in all_told()
        if "~" not in other.person.birth
    )
