"""Armenian and Georgian by their national systems."""

import pytest

from allpoints.modalities.names.romanise.caucasus import eastern_armenian, georgian, western_armenian


@pytest.mark.parametrize(
    ("word", "expected"),
    [("հակոբյան", "hakobyan"), ("երևան", "yerevan"), ("ոսկանյան", "voskanyan"), ("խաչատուր", "khachatur")],
)
def test_eastern_armenian(word: str, expected: str) -> None:
    assert eastern_armenian(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("հակոբ", "hagop"), ("գարեգին", "karekin"), ("պետրոս", "bedros")]
)
def test_western_armenian(word: str, expected: str) -> None:
    assert western_armenian(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("სააკაშვილი", "saakashvili"), ("შევარდნაძე", "shevardnadze"), ("ჭანტურია", "chanturia")],
)
def test_georgian(word: str, expected: str) -> None:
    assert georgian(word) == expected
