"""Marked Latin letters, by ICAO Doc 9303 part 3 section 6 A and by sound."""

import pytest

from allpoints.modalities.names.romanise.latin import as_printed, as_spoken, bare, korean, pinyin, somali


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("müller", "muller"),
        ("wałęsa", "walesa"),
        ("nguyễn", "nguyen"),
        ("yılmaz", "yilmaz"),
        ("muñoz", "munoz"),
        ("munxxoz", "munoz"),
        ("muxxller", "muller"),
        ("straße", "strasse"),
        ("sørensen", "sorensen"),
    ],
)
def test_marks_are_left_out(word: str, expected: str) -> None:
    assert bare(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("müller", "mueller"), ("håkon", "haakon"), ("björn", "bjoern"), ("sørensen", "soerensen")],
)
def test_marked_vowels_are_printed_as_two(word: str, expected: str) -> None:
    assert as_printed(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("šimić", "shimich"), ("şahin", "shahin"), ("čech", "chech"), ("muñoz", "munyoz")]
)
def test_marked_consonants_are_read_by_sound(word: str, expected: str) -> None:
    assert as_spoken(word) == expected


def test_korean_and_pinyin_are_recognised() -> None:
    assert korean("jeong") == "jeong"
    assert korean("theodor") == ""
    assert pinyin("xiaoping") == "xiaoping"
    assert pinyin("christopher") == ""


def test_somali_spelling_is_undone() -> None:
    assert somali("maxamed") == "mahamed"
    assert somali("cumar") == "umar"
    assert somali("carlos") == ""
