"""Hangul by the Revised Romanisation of 2000."""

import pytest

from allpoints.modalities.names.romanise.hangul import (
    family_name,
    loan,
    revised,
    with_initial_liquid,
    without_initial_liquid,
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("김", "gim"),
        ("정은", "jeongeun"),
        ("박근혜", "bakgeunhye"),
        ("최", "choe"),
        ("문재인", "munjaein"),
        ("우", "wu"),
    ],
)
def test_syllables_are_read(word: str, expected: str) -> None:
    assert revised(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("이", "ri"), ("유", "ryu"), ("노무현", "romuhyeon"), ("김", "")]
)
def test_a_family_name_may_keep_its_liquid(word: str, expected: str) -> None:
    assert with_initial_liquid(word) == expected


def test_a_foreign_name_is_told_by_its_broken_clusters() -> None:
    assert loan("트럼프") == "teureompeu"
    assert loan("클린턴") == "keullinteon"
    assert loan("정은") == ""


@pytest.mark.parametrize(
    ("word", "read"), [("류", "yu"), ("림", "im"), ("로", "no"), ("라", "na"), ("김", "")]
)
def test_southern_speech_drops_the_initial_liquid(word: str, read: str) -> None:
    assert without_initial_liquid(word) == read


def test_bearers_spell_some_family_names_by_no_rule() -> None:
    assert [family_name(word) for word in ("이", "오", "최", "김")] == ["yi", "oh", "choi", ""]
