"""The scripts of India and Sri Lanka."""

import pytest

from allpoints.modalities.names.romanise.indic import full, worn


@pytest.mark.parametrize(
    ("word", "expected"),
    [("राहुल", "raahul"), ("मनमोहन", "manmohan"), ("শেখ", "shekh"), ("ਸਿੰਘ", "singh"), ("ज्ञान", "gyaan")],
)
def test_the_north_drops_inherent_vowels(word: str, expected: str) -> None:
    assert worn(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ரஜினி", "rajini"),
        ("రామ", "raama"),
        ("ವಿಜಯ", "vijaya"),
        ("വിജയൻ", "vijayan"),
        ("මහින්ද", "mahinda"),
        ("ଓଡ଼ିଶା", "orishaa"),
        ("ख़ान", "khaana"),
        ("সৌরভ", "saurabha"),
        ("মোদি", "modi"),
    ],
)
def test_the_south_speaks_them(word: str, expected: str) -> None:
    assert full(word) == expected
