"""Burmese names as their bearers spell them."""

import pytest

from allpoints.modalities.names.romanise.burmese import conventional


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("အောင်", "aung"),
        ("ဝင်း", "win"),
        ("မောင်", "maung"),
        ("ကျော်", "kyaw"),
        ("လှိုင်", "hlaing"),
        ("ခင်", "khin"),
        ("သန့်", "than"),
    ],
)
def test_names_are_read_by_rimes(word: str, expected: str) -> None:
    assert conventional(word) == expected
