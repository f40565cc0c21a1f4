"""Greek by ELOT 743."""

import pytest

from allpoints.modalities.names.romanise.greek import by_letter, modern


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("μπακογιάννη", "bakoyanni"),
        ("ντόρα", "dora"),
        ("ευάγγελος", "evangelos"),
        ("παυλόπουλος", "pavlopoulos"),
        ("ευθύμιος", "efthimios"),
        ("ιωάννης", "ioannis"),
    ],
)
def test_as_it_sounds(word: str, expected: str) -> None:
    assert modern(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("χρήστος", "christos"), ("άγγελος", "angelos"), ("ξενοφών", "xenofon"), ("κυριάκος", "kyriakos")],
)
def test_letter_for_letter(word: str, expected: str) -> None:
    assert by_letter(word) == expected
