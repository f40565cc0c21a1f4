"""Names of every region and script."""

import unicodedata

import pytest

from allpoints.demo.cultures import STATES_OF_CULTURES, Spelling, culture, culture_state
from allpoints.formats.mrz import transliterate
from allpoints.records.states import STATES

SCRIPTS = {
    "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN", "DEVANAGARI", "THAI", "CJK", "HANGUL",
}  # fmt: skip


def spellings(state: str) -> list[Spelling]:
    names = culture(state, "seed")
    return [one for table in (names.surnames, names.given) for sex in "FM" for one in table[sex]]


@pytest.mark.parametrize("state", STATES_OF_CULTURES)
def test_every_latin_spelling_can_stand_in_a_machine_readable_zone(state: str) -> None:
    for spelling in spellings(state):
        assert spelling.latin.isascii()
        assert transliterate(spelling.latin)


def test_the_scripts_of_the_world_are_there() -> None:
    found = {
        unicodedata.name(spelling.native[0]).split()[0]
        for state in STATES_OF_CULTURES
        for spelling in spellings(state)
    }
    assert found >= SCRIPTS


def test_another_seed_names_other_people() -> None:
    assert culture("FRA", "one") == culture("FRA", "one")
    assert culture("FRA", "one") != culture("FRA", "two")


def test_every_state_has_names() -> None:
    assert {culture_state(state) for state in STATES} <= set(STATES_OF_CULTURES)
    assert culture_state("JPN") == "JPN"
