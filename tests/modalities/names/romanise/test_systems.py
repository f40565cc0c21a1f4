"""Every script is read, and nothing breaks the reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.romanise import Reading, readings
from allpoints.modalities.names.romanise.systems import MOST, SYSTEMS, VOWELLESS
from allpoints.modalities.names.scripts import LONGEST_WORD, Script


def test_a_plain_latin_word_is_its_own_only_reading() -> None:
    assert readings("smith") == (Reading("smith", "bare"),)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("محمد", "mhmd"),
        ("毛泽东", "maozedong"),
        ("김", "gim"),
        ("иван", "ivan"),
        ("müller", "mueller"),
        ("さくら", "sakura"),
        ("陳", "chan"),
        ("田中", "tanaka"),
    ],
)
def test_the_readings_hold_the_usual_one(word: str, text: str) -> None:
    assert text in {reading.text for reading in readings(word)}


def test_only_abjads_thai_and_khmer_leave_vowels_out() -> None:
    assert {reading.vowelless for word in ("محمد", "דוד", "ราม", "សែន") for reading in readings(word)} == {
        True
    }
    assert {reading.vowelless for word in ("ivan", "김", "田中") for reading in readings(word)} == {False}
    known = {system for systems in SYSTEMS.values() for system, _ in systems}
    assert known >= VOWELLESS


def test_a_script_without_a_file_is_read_by_character() -> None:
    assert readings("ᏣᎳᎩ")[0].system == Script.OTHER


def test_what_has_no_letter_has_no_reading() -> None:
    assert not readings("")
    assert not readings("123")


@given(st.text(st.characters(), max_size=80))
def test_any_word_has_a_few_readings_of_plain_letters(word: str) -> None:
    found = readings(word)
    assert len(found) <= MOST
    assert all(
        reading.text.isascii() and reading.text.isalpha() and reading.text.islower() for reading in found
    )


@pytest.mark.parametrize("letter", "aжمअ김龍カ가แ")
def test_a_flood_is_read_to_the_longest_word(letter: str) -> None:
    assert readings(letter * 5_000) == readings(letter * LONGEST_WORD)
