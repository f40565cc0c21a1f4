"""The strength of evidence of two records."""

import math

import numpy as np
import pytest

from allpoints.modalities.names.duplicates.columns import columns
from allpoints.modalities.names.duplicates.evidence import (
    BIRTH,
    CONTRADICTION,
    NAME,
    PLACES,
    SEX,
    SLICE,
    Facts,
    on_all_cores,
    pair_fields,
    pair_llrs,
)
from allpoints.modalities.names.duplicates.shares import rarity
from allpoints.modalities.names.duplicates.words import known_words
from allpoints.records.people import Person

SMITHS = [
    Person(names=(f"John Smith{'ers' * (i % 2)}",), birth=f"19{i:02}-05-0{i % 8 + 1}") for i in range(60)
]


def fields(one: Person, other: Person) -> list[float]:
    """The fields' LLRs of two records among sixty Johns."""
    read = columns(enumerate([one, other, *SMITHS]), lambda done: None)
    words = known_words(read.vocabulary)
    facts = Facts(read.columns, words, rarity(read, words, np.arange(len(read.ids))))
    ends = np.array([0], np.int32), np.array([1], np.int32)
    row: list[float] = pair_fields(*ends, facts)[0].tolist()
    assert pair_llrs(*ends, facts)[0] == pytest.approx(np.nansum(row), abs=1e-4)
    return row


def name(one: str, other: str) -> float:
    return fields(Person(names=(one,)), Person(names=(other,)))[NAME]


def birth(one: str, other: str) -> float:
    return fields(Person(names=("A B",), birth=one), Person(names=("C D",), birth=other))[BIRTH]


def test_a_rare_name_says_more_than_a_common_one() -> None:
    assert (
        name("Berta Zwingli", "Berta Zwingli") > name("John Zwingli", "John Zwingli") > name("John", "John")
    )


def test_agreement_falls_with_what_went_wrong() -> None:
    llrs = [
        name("Berta Zwingli", other)
        for other in ("Zwingli Berta", "Berta Zwimgli", "Berta", "Berta Petersen", "Ulla Petersen")
    ]
    assert llrs == sorted(llrs, reverse=True)
    assert llrs[-1] < 0 < llrs[2]


def test_brothers_have_less_in_common_than_a_wife_with_her_former_name() -> None:
    assert name("Urs Zwingli", "Berta Zwingli") < name("Berta Zwingli", "Berta Nadig")


def test_births_agree_by_degrees() -> None:
    llrs = [birth("1961-04-17", other) for other in ("1961-04-17", "1961-04-11", "1967-01-17", "1942-11-30")]
    assert llrs == sorted(llrs, reverse=True)
    assert llrs[-1] == CONTRADICTION


@pytest.mark.parametrize("other", ["1961-04", "1961", "1961-03-12"])
def test_births_that_may_be_one_support(other: str) -> None:
    one = "1961-12-03" if other.endswith("12") else "1961-04-17"
    assert birth(one, other) > 0


def test_what_is_not_stated_says_nothing() -> None:
    llrs = fields(Person(names=("A B",), birth="1961", birthplace="Chur", sex="F"), Person(names=("A B",)))
    assert [math.isnan(llrs[field]) for field in (BIRTH, PLACES, SEX)] == [True, True, True]


def test_half_a_postcode_says_less_than_all_of_it() -> None:
    one = Person(names=("A B",), residence="tq13 8df")
    whole, half, none = (
        fields(one, Person(names=("A B",), residence=other))[PLACES]
        for other in ("tq13 8df", "tq13 9aa", "bn1 1ee")
    )
    assert whole > half > 0 > none


def test_the_second_of_two_dependent_places_counts_half() -> None:
    one = Person(names=("A B",), birthplace="Chur", residence="Chur")
    only = fields(Person(names=("A B",), birthplace="Chur"), Person(names=("A B",), birthplace="Chur"))[
        PLACES
    ]
    assert only < fields(one, one)[PLACES] < 2 * only


def test_all_cores_do_what_one_does() -> None:
    one = np.arange(2 * SLICE + 5)

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return a + b

    assert on_all_cores(kernel, one, one).tolist() == (one + one).tolist()
    assert len(on_all_cores(kernel, one[:0], one[:0])) == 0
