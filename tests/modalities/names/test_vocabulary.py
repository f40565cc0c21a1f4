"""The small words of names."""

import pytest

from allpoints.modalities.names import vocabulary as v
from allpoints.modalities.names.scripts import words


@pytest.mark.parametrize("name", [name for name in dir(v) if isinstance(getattr(v, name), frozenset)])
def test_every_small_word_is_written_as_names_are_split(name: str) -> None:
    for word in getattr(v, name):
        assert words(word) == [word]


@pytest.mark.parametrize("word", ["al", "el", "abd", "bin", "van", "ali", "omar", "kim", "le", "do"])
def test_no_particle_or_name_is_taken_for_a_title(word: str) -> None:
    assert word not in v.TITLES


def test_what_may_open_a_name_is_a_particle() -> None:
    assert v.LEADING_PARTICLES <= v.PARTICLES
    assert v.OF_FATHER_BEFORE <= v.PARTICLES


def test_a_title_is_either_always_weightless_or_only_in_front() -> None:
    assert not v.TITLES & v.TITLES_OR_NAMES
