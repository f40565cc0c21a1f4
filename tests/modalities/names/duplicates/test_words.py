"""Words of names that stand for each other."""

import pytest

from allpoints.modalities.names.duplicates.words import Words, known_words


def near(words: Words, vocabulary: list[str], word: str) -> set[str]:
    at = vocabulary.index(word)
    return {vocabulary[i] for i in words.near[words.near_start[at] : words.near_start[at + 1]]}


@pytest.mark.parametrize(
    ("one", "other"),
    [("bellini", "belini"), ("thomas", "tohmas"), ("katharina", "catarina"), ("соколов", "sokolov")],
)
def test_slips_spellings_and_transliterations_are_near_from_both_sides(one: str, other: str) -> None:
    vocabulary = ["unrelated", one, "petersen", other]
    words = known_words(vocabulary)
    assert near(words, vocabulary, one) == {other}
    assert near(words, vocabulary, other) == {one}


def test_what_is_near_stands_in_ascending_order() -> None:
    vocabulary = ["marta", "martha", "marte", "marthe", "olaf"]
    words = known_words(vocabulary)
    for at in range(len(vocabulary)):
        row = words.near[words.near_start[at] : words.near_start[at + 1]].tolist()
        assert row == sorted(set(row))
        assert at not in row


def test_different_names_are_not_near() -> None:
    words = known_words(["anna", "bruno", "castellanos", "dvorak"])
    assert len(words.near) == 0


def test_a_familiar_ending_leaves_the_stem() -> None:
    words = known_words(["charlie", "freddy", "wally", "will"])
    assert words.stem.tolist() == [len("charl"), len("fred"), len("wal"), len("will")]


def test_an_initial_tells_nothing() -> None:
    assert known_words(["j", "jo", "李"]).telling.tolist() == [False, True, True]


def test_an_empty_vocabulary_is_known() -> None:
    words = known_words([])
    assert len(words.near) == len(words.classes) == 0
