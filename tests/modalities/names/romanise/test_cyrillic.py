"""Cyrillic by the usual passports' tables of its countries."""

import pytest

from allpoints.modalities.names.romanise.cyrillic import neighbouring, russian


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ельцин", "yeltsin"),
        ("хрущёв", "khrushchov"),
        ("достоевский", "dostoyevskiy"),
        ("чехов", "chekhov"),
        ("ющенко", "yushchenko"),
        ("қасым", "qasym"),
        ("нұрсұлтан", "nursultan"),
        ("мұхаммед", "mukhammed"),
    ],
)
def test_russian_and_kazakh(word: str, expected: str) -> None:
    assert russian(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("григорій", "hrihoriy"),
        ("згурський", "zgurskiy"),
        ("хрватин", "hrvatin"),
        ("щърбанов", "shtarbanov"),
        ("горбачёв", "horbachev"),
        ("јовановић", "yovanovich"),
    ],
)
def test_ukrainian_bulgarian_and_serbian(word: str, expected: str) -> None:
    assert neighbouring(word) == expected
