import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.likelihood import Strength, in_words, strength


@pytest.mark.parametrize(
    ("ratio", "word"),
    [
        (1, "no"),
        (1.9, "no"),
        (2, "weak"),
        (9.9, "weak"),
        (10, "moderate"),
        (100, "moderately strong"),
        (1_000, "strong"),
        (9_999, "strong"),
        (10_000, "very strong"),
        (999_999, "very strong"),
        (1_000_000, "extremely strong"),
    ],
)
def test_the_words_are_those_of_the_enfsi_guideline(ratio: float, word: str) -> None:
    from math import log10

    assert strength(log10(ratio)) == word
    assert strength(-log10(ratio)) == word


def test_the_sign_says_which_proposition_is_supported() -> None:
    assert in_words(2.5) == "moderately strong support that both are the same"
    assert in_words(-2.5) == "moderately strong support that they are different"
    assert in_words(0.1) == in_words(-0.1) == "no support either way"


def test_names_alone_never_identify() -> None:
    assert strength(7, modalities=("names",)) is Strength.STRONG
    assert strength(7, modalities=("names", "names")) is Strength.STRONG
    assert strength(7, modalities=("names", "fingerprints")) is Strength.EXTREMELY_STRONG


def test_the_cap_spares_what_speaks_against_and_what_is_weak() -> None:
    assert strength(-7, modalities=("names",)) is Strength.EXTREMELY_STRONG
    assert strength(0.5, modalities=("names",)) is Strength.WEAK


@given(st.floats(-20, 20), st.floats(0, 20))
def test_more_support_never_gets_a_weaker_word(llr: float, more: float) -> None:
    scale = list(Strength)
    further = abs(llr) + more
    assert scale.index(strength(llr)) <= scale.index(strength(further))


def test_what_is_no_number_has_no_word() -> None:
    with pytest.raises(InvalidValue):
        in_words(float("nan"))
