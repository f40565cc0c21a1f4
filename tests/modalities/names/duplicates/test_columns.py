"""People as columns of numbers."""

import pytest

from allpoints.modalities.names.duplicates.columns import FAMILY, GIVEN, UNKNOWN, columns, digits
from allpoints.records.people import Name, Person


@pytest.mark.parametrize(
    ("birth", "number"),
    [
        ("1970-03-12", 19700312),
        ("1970-03", 19700300),
        ("1970", 19700000),
        ("1835-81-01", 18358101),
        ("", 0),
        ("about 1970", 0),
        ("1968/1972", 0),
    ],
)
def test_a_birth_keeps_the_digits_that_are_there(birth: str, number: int) -> None:
    assert digits(birth) == number


def test_a_value_has_one_number_wherever_it_stands() -> None:
    one = Person(names=("Anna Bellini", "Anna Rossi"), birthplace="Bergamo", sex="F")
    other = Person(names=("Bellini Anna",), residence="BERGAMO", birthplace="Lecco")
    people = columns([(7, one), (4, other)], lambda done: None)
    c = people.columns
    assert people.ids.tolist() == [7, 4]
    assert c.name_start.tolist() == [0, 2, 3]
    names = [people.vocabulary[w] for w in c.word]
    assert names == ["anna", "bellini", "anna", "rossi", "bellini", "anna"]
    assert c.birthplace[0] == c.residence[1] != c.birthplace[1]
    assert c.residence[0] == UNKNOWN
    assert c.sex.tolist() == [1, 0]


def test_parts_keep_their_roles() -> None:
    person = Person(names=(Name(family="Bellini", given="Anna"),))
    people = columns([(1, person)], lambda done: None)
    assert dict(zip(people.vocabulary, people.columns.role.tolist(), strict=True)) == {
        "anna": GIVEN,
        "bellini": FAMILY,
    }


def test_the_words_of_a_place_have_no_order() -> None:
    people = columns(
        [
            (1, Person(names=("A B",), residence="12 Via Roma")),
            (2, Person(names=("A B",), residence="via roma 12")),
        ],
        lambda done: None,
    )
    assert people.columns.residence[0] == people.columns.residence[1]
    assert people.place_words == 3
