"""Hangul by the Revised Romanisation of 2000."""

import pytest

from allpoints.modalities.names.romanise.hangul import loan, revised, with_initial_liquid


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
