"""All records against all: what is found, what never is, and what a caller is told."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.modalities.names.duplicates import Duplicates, find_duplicates
from allpoints.records.people import Name, Person

GIVEN = [
    "Anna",
    "Bruno",
    "Carla",
    "Dario",
    "Elena",
    "Fabio",
    "Giulia",
    "Hugo",
    "Irene",
    "Jonas",
    "Karin",
    "Lukas",
]
FAMILY = (
    *(
        "Abendroth",
        "Bellini",
        "Castellanos",
        "Dvorak",
        "Eriksson",
        "Fontaine",
        "Grünwald",
        "Horvath",
        "Ivanova",
    ),
    *("Jankowski", "Kovacs", "Lindqvist", "Moretti", "Novotny", "Okafor", "Petrescu", "Quispe", "Rasmussen"),
)
TOWNS = ["Bergamo", "Graz", "Leiden", "Malmö", "Porto", "Split", "Tartu", "Varna", "Ghent", "Cork"]


def strangers(number: int, seed: int = 1) -> list[Person]:
    """People who have nothing to do with each other, as a backdrop."""
    draw = random.Random(seed)
    return [
        Person(
            names=(f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}{draw.choice(['', 'er', 's', 'ek'])}",),
            birth=f"{draw.randint(1940, 2000)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            birthplace=draw.choice(TOWNS),
            sex=draw.choice(["F", "M"]),
        )
        for _ in range(number)
    ]


def found(*people: Person, among: int = 400, threshold_llr: float | None = 4.0) -> set[tuple[int, ...]]:
    """The groups in which the people stand, by position from 0, among strangers with ids from 1000."""
    held = [*enumerate(people), *enumerate(strangers(among), start=1000)]
    groups = find_duplicates(held, threshold_llr=threshold_llr).groups
    return {group for group in groups if group[0] < 1000}


BERTA = Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur", sex="F")


@pytest.mark.parametrize(
    "other",
    [
        Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur", sex="F"),
        Person(names=("ZWINGLI, Berta",), birth="1961-04-17"),
        Person(names=("Betra Zwingli",), birth="1961-04-17", birthplace="Chur"),
        Person(names=("Berta Zwingly",), birth="1961-04-11", birthplace="Chur"),
        Person(names=("B. Zwingli",), birth="1961-04-17", birthplace="Chur"),
        Person(names=("Berta Maria Zwingli",), birth="1961-04", birthplace="Chur"),
        Person(names=("Berta Zwingli",), birthplace="Chur"),
        Person(names=("Ulla Nadig", "Berta Zwingli"), birth="1961-04-17"),
        Person(names=(Name(family="Zwingli", given="Berta"),), birth="1961-14-17", birthplace="Chur"),
    ],
    ids=lambda other: f"{other.names[-1]} {other.birth}",
)
def test_one_person_written_twice_is_found(other: Person) -> None:
    assert found(BERTA, other) == {(0, 1)}


@pytest.mark.parametrize(
    "other",
    [
        Person(names=("Berta Zwingli",), birth="1938-11-02", birthplace="Chur", sex="F"),
        Person(names=("Anna",), birthplace="Chur", sex="F"),
        Person(names=("Berta Moretti",), birth="1974-09-30", birthplace="Chur", sex="F"),
        Person(names=("Anna Moretti",), birth="1961-04-17", sex="F"),
    ],
    ids=lambda other: f"{other.names[-1]} {other.birth}",
)
def test_what_two_people_may_share_makes_no_group(other: Person) -> None:
    assert found(BERTA, other) == set()


def test_brother_and_sister_are_two_people() -> None:
    brother = Person(names=("Urs Zwingli",), birth="1963-09-02", birthplace="Chur", sex="M")
    assert found(BERTA, brother, threshold_llr=None) == set()


def test_nobody_is_chained_to_a_stranger_over_a_record_that_fits_both() -> None:
    """The middle record, with a name only, fits both; their full dates of birth contradict each other."""
    one = Person(names=("Berta Zwingli",), birth="1961-04-17")
    bridge = Person(names=("Berta Zwingli",))
    other = Person(names=("Berta Zwingli",), birth="1938-11-02")
    for group in found(one, bridge, other, threshold_llr=2.0):
        assert not {0, 2} <= set(group)


def test_records_that_are_poor_alone_are_found_together() -> None:
    """The third record has little in common with each of the others and enough with both."""
    full = Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur", sex="F")
    same = Person(names=("Berta Zwingli",), birth="1961-04-17", sex="F")
    slip = Person(names=("Berta Zwinglli",), birth="1961-04-77")
    assert found(full, same, slip) == {(0, 1, 2)}


@pytest.mark.parametrize(
    ("one", "other"),
    [("Мария Соколовская", "Mariya Sokolovskaya"), ("Θεόφιλος Καραβίδης", "Theofilos Karavidis")],
)
def test_scripts_come_together(one: str, other: str) -> None:
    assert found(Person(names=(one,), birth="1970-03-12"), Person(names=(other,), birth="1970-03-12")) == {
        (0, 1)
    }


def test_every_link_lies_within_a_group_and_says_what_it_rests_on() -> None:
    people = [(5, BERTA), (3, BERTA), (9, Person(names=("Berta Zwingli",), birthplace="Chur"))]
    duplicates = find_duplicates([*people, *enumerate(strangers(300), start=1000)], threshold_llr=3.0)
    assert (3, 5, 9) in duplicates.groups
    link = next(each for each in duplicates.links if each.record_a == 5 and each.record_b == 9)
    assert link.name is not None
    assert link.name > 2
    assert link.places is not None
    assert link.places > 0
    assert link.birth is link.sex is None
    assert link.llr == pytest.approx(link.name + link.places)
    together = {
        pair for group in duplicates.groups for pair in ((a, b) for a in group for b in group if a < b)
    }
    assert {(each.record_a, each.record_b) for each in duplicates.links} <= together


def test_the_threshold_rises_with_the_records() -> None:
    """The more people there are, the more of them agree by chance."""
    few, many = (find_duplicates(list(enumerate(strangers(n)))).threshold_llr for n in (50, 2000))
    assert few < many


def test_the_progress_is_told_stage_by_stage() -> None:
    told: list[tuple[str, float]] = []
    find_duplicates(
        list(enumerate(strangers(2000))), progress=lambda stage, share: told.append((stage, share))
    )
    assert list(dict.fromkeys(stage for stage, _ in told)) == [
        "reading",
        "comparing words",
        "comparing records",
        "grouping",
    ]
    assert all(0 <= share <= 1 for _, share in told)


def test_a_record_that_comes_twice_is_named() -> None:
    with pytest.raises(InvalidValue, match="comes twice"):
        find_duplicates([(7, BERTA), (7, BERTA)])


@pytest.mark.parametrize("threshold_llr", [float("nan"), float("inf")])
def test_a_threshold_is_a_finite_number(threshold_llr: float) -> None:
    with pytest.raises(InvalidValue, match="finite"):
        find_duplicates([(7, BERTA)], threshold_llr=threshold_llr)


@pytest.mark.parametrize("people", [[], [(1, BERTA)]])
def test_where_there_is_nothing_to_compare_nothing_is_found(people: list[tuple[int, Person]]) -> None:
    duplicates = find_duplicates(people)
    assert (duplicates.groups, duplicates.links, duplicates.records) == ((), (), len(people))


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(2, 40))
def test_the_order_in_which_records_come_does_not_matter(draw: random.Random, number: int) -> None:
    people = list(enumerate([*strangers(number), *strangers(number // 2)]))
    before = find_duplicates(people, threshold_llr=4.0)
    draw.shuffle(people)
    assert set(find_duplicates(people, threshold_llr=4.0).groups) == set(before.groups)


def test_no_record_stands_in_two_groups() -> None:
    people = [*strangers(300), *strangers(200), *strangers(100)]
    duplicates: Duplicates = find_duplicates(list(enumerate(people)))
    members = [record_id for group in duplicates.groups for record_id in group]
    assert len(members) == len(set(members))
    assert {(i, i + 300) for i in range(200)} <= {
        (a, b) for group in duplicates.groups for a in group for b in group
    }
