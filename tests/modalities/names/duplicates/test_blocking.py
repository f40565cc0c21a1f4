"""Which records are compared."""

import numpy as np

from allpoints.modalities.names.duplicates import blocking
from allpoints.modalities.names.duplicates.columns import columns
from allpoints.modalities.names.duplicates.evidence import Facts
from allpoints.modalities.names.duplicates.shares import rarity
from allpoints.modalities.names.duplicates.words import known_words
from allpoints.records.people import Person


def pairs(*people: Person) -> tuple[set[tuple[int, int]], int]:
    """The pairs that share a block, and how many pairs of blocks were left out."""
    read = columns(enumerate(people), lambda done: None)
    words = known_words(read.vocabulary)
    facts = Facts(read.columns, words, rarity(read, words, np.arange(len(people))))
    chunks = list(blocking.candidate_pairs(facts))
    found = {
        (int(pair >> np.uint64(32)), int(pair & np.uint64(0xFFFFFFFF))) for c in chunks for pair in c.pairs
    }
    return found, sum(chunk.left_out for chunk in chunks)


def test_two_features_in_common_bring_records_together_whichever_is_wrong() -> None:
    one = Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur", residence="Aarau")
    for other in (
        Person(names=("Berta Zwingli",)),
        Person(names=("Zwyngli",), birth="1961-04-17"),
        Person(names=("Berta Nadig",), birth="1961-04-17"),
        Person(names=("Zwingli",), birth="1961"),
        Person(names=("Zwingli",), birth="1916-04-17"),
        Person(names=("Zwingli",), birthplace="Chur"),
        Person(names=("Ulla Nadig",), birth="1961-04-17", birthplace="Chur"),
        Person(names=("Ulla Nadig",), birth="1961", residence="Aarau"),
    ):
        assert pairs(one, other)[0] == {(0, 1)}, other


def test_records_with_nothing_in_common_are_not_compared() -> None:
    assert pairs(
        Person(names=("Berta Zwingli",), birth="1961-04-17", birthplace="Chur"),
        Person(names=("Goran Petrović",), birth="1975-09-02", birthplace="Niš"),
    ) == (set(), 0)


def test_a_large_block_is_walked_and_never_dropped() -> None:
    size = 4 * blocking.WINDOW
    crowd = [Person(names=("Berta Zwingli",), birth="1961-04-17") for _ in range(size)]
    found, left_out = pairs(*crowd)
    everything = size * (size - 1) // 2
    assert size * blocking.WINDOW // 2 < len(found) < everything
    assert left_out > 0
    assert {record for pair in found for record in pair} == set(range(size))


def test_a_block_that_fits_the_window_is_compared_whole() -> None:
    size = blocking.WINDOW + 1
    found, left_out = pairs(*[Person(names=("Berta Zwingli",), birth="1961-04-17") for _ in range(size)])
    assert (len(found), left_out) == (size * (size - 1) // 2, 0)


def test_a_chunk_holds_no_pair_twice() -> None:
    crowd = [Person(names=("Berta Maria Zwingli",), birth="1961-04-17", birthplace="Chur") for _ in range(20)]
    read = columns(enumerate(crowd), lambda done: None)
    words = known_words(read.vocabulary)
    facts = Facts(read.columns, words, rarity(read, words, np.arange(20)))
    for chunk in blocking.candidate_pairs(facts):
        assert len(np.unique(chunk.pairs)) == len(chunk.pairs)
        assert 0 <= chunk.share <= 1
