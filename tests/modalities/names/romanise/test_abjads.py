"""The consonants of Arabic script, Hebrew and Syriac."""

import pytest

from allpoints.modalities.names.romanise.abjads import arabic, arabic_without_article, hebrew, persian, syriac


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("محمد", "mhmd"),
        ("مُحَمَّد", "mhmd"),
        ("حسين", "hsyn"),
        ("عمر", "emr"),
        ("الله", "elh"),
        ("گلبدین", "glbdyn"),
        ("سهيل", "sehyl"),
    ],
)
def test_arabic_script_is_read_without_short_vowels(word: str, expected: str) -> None:
    assert arabic(word) == expected


def test_a_joined_article_may_go() -> None:
    assert arabic_without_article("القذافي") == "qdhafy"
    assert arabic_without_article("علي") == ""


def test_persian_reads_some_letters_as_z() -> None:
    assert persian("رضا") == "rza"
    assert persian("علی") == ""


@pytest.mark.parametrize(
    ("word", "expected"),
    [("דוד", "dwd"), ("חיים", "khym"), ("ג׳ורג׳", "jwrj"), ("כהן", "kehn"), ("יצחק", "ytskhq")],
)
def test_hebrew(word: str, expected: str) -> None:
    assert hebrew(word) == expected


def test_syriac() -> None:
    assert syriac("ܝܘܚܢܢ") == "ywhnn"
