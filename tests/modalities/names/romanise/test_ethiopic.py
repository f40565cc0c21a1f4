"""Ethiopic signs are a consonant and a vowel."""

import pytest

from allpoints.modalities.names.romanise.ethiopic import full, short


@pytest.mark.parametrize(
    ("word", "expected"), [("መለስ", "meles"), ("ኃይለ", "hayle"), ("ታደሰ", "tadese"), ("ዜናዊ", "zenawi")]
)
def test_the_sixth_vowel_may_be_unspoken(word: str, expected: str) -> None:
    assert short(word) == expected


def test_or_it_is_spoken_within_the_word() -> None:
    assert full("ምኒልክ") == "minilik"
