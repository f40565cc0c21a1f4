"""How common values are among persons, not among records."""

import numpy as np
import pytest

from allpoints.modalities.names.duplicates.columns import columns
from allpoints.modalities.names.duplicates.shares import UNSEEN, rarity
from allpoints.modalities.names.duplicates.words import known_words
from allpoints.records.people import Person

PEOPLE = [
    Person(names=("Anna Bellini",), birth="1970-03-12", birthplace="Chur"),
    Person(names=("Anna Bellini",), birth="1970-03-12", birthplace="Chur"),
    Person(names=("Anna Castellanos",), birth="1970-05-01", residence="Aarau West"),
    Person(names=("Олег Соколов",), birthplace="Aarau"),
]


def test_records_of_one_person_count_once() -> None:
    read = columns(enumerate(PEOPLE), lambda done: None)
    words = known_words(read.vocabulary)
    apart, together = (rarity(read, words, np.array(group)) for group in ([0, 1, 2, 3], [0, 0, 1, 2]))
    anna, bellini = read.vocabulary.index("anna"), read.vocabulary.index("bellini")
    assert apart.word[[anna, bellini]] == pytest.approx([3 / (3 + UNSEEN), 2 / (3 + UNSEEN)])
    assert together.word[[anna, bellini]] == pytest.approx([2 / (2 + UNSEEN), 1 / (2 + UNSEEN)])
    assert together.birth[:3] == pytest.approx([1 / (2 + UNSEEN)] * 3)
    assert together.year[:3] == pytest.approx([2 / (2 + UNSEEN)] * 3)
    assert together.place[read.columns.birthplace[0]] == pytest.approx(1 / (2 + UNSEEN))


def test_a_name_is_as_common_as_among_those_who_write_in_its_script() -> None:
    read = columns(enumerate(PEOPLE), lambda done: None)
    r = rarity(read, known_words(read.vocabulary), np.arange(4))
    assert r.word[read.vocabulary.index("олег")] == pytest.approx(1 / (1 + UNSEEN))
    assert r.word[read.vocabulary.index("anna")] == pytest.approx(3 / (3 + UNSEEN))


def test_a_word_of_a_place_counts_wherever_it_stands() -> None:
    """`aarau` is one person's residence, among one who states it, and one's birthplace, among three who do."""
    read = columns(enumerate(PEOPLE), lambda done: None)
    r = rarity(read, known_words(read.vocabulary), np.arange(4))
    aarau = read.columns.place_word[read.columns.place_start[read.columns.birthplace[3]]]
    assert r.place_word[aarau] == pytest.approx(1 / (1 + UNSEEN))
