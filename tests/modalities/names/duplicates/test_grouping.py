"""Groups without chains."""

import numpy as np
import pytest

from allpoints.modalities.names.duplicates.columns import columns
from allpoints.modalities.names.duplicates.grouping import MOST, grouped, lowest_threshold
from allpoints.modalities.names.duplicates.words import known_words
from allpoints.records.people import Person

FILLERS = [
    Person(names=(f"{given} {family}",), birth=f"19{40 + i}-0{i % 9 + 1}-1{j}")
    for i, given in enumerate(("Anna", "Bruno", "Carla", "Dario", "Elena", "Fabio"))
    for j, family in enumerate(("Abendroth", "Bellini", "Castellanos", "Dvorak", "Eriksson", "Fontaine"))
]


def groups(*people: Person, threshold_llr: float) -> list[int]:
    """The group of each of the people, where every pair is looked at."""
    read = columns(enumerate([*people, *FILLERS]), lambda done: None)
    every = np.triu_indices(len(read.ids), 1)
    pairs = every[0].astype(np.int32), every[1].astype(np.int32)
    group, reached = grouped(read, known_words(read.vocabulary), pairs, threshold_llr, lambda share: None)
    assert reached == threshold_llr
    return group[: len(people)].tolist()


def test_a_contradiction_is_never_bridged_however_low_the_threshold() -> None:
    one = Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur")
    bridge = Person(names=("Berta Zwingli",), birthplace="Chur")
    other = Person(names=("Berta Zwingli",), birth="1938-11-02", birthplace="Chur")
    a, _, b = groups(one, bridge, other, threshold_llr=-5.0)
    assert a != b


def test_a_majority_outvotes_the_one_member_that_fits_a_stranger() -> None:
    """The last member has the stranger's residence, the others do not; transitive closure would chain them."""
    same = [
        Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur", residence="Aarau 5000")
        for _ in range(5)
    ]
    odd = Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur", residence="Wetzikon 8620")
    stranger = Person(names=("Berta",), residence="Wetzikon 8620")
    *ours, theirs = groups(*same, odd, stranger, threshold_llr=2.5)
    assert len(set(ours)) == 1
    assert theirs not in ours
    a, b = groups(odd, stranger, threshold_llr=2.5)
    assert a == b


def test_a_high_threshold_leaves_everybody_alone() -> None:
    one = Person(names=("Berta Zwingli",), birth="1961-04-17")
    a, b = groups(one, one, threshold_llr=50.0)
    assert a != b


def test_the_lowest_threshold_is_that_of_the_most_duplicates() -> None:
    assert lowest_threshold(100_000) - lowest_threshold(10_000) == pytest.approx(1)
    assert lowest_threshold(int(MOST)) < 1
