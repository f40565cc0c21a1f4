"""Examples of Doc 9303-3, appendix A, and the algorithm told step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.formats.mrz import check_digit


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        ("520727", "3"),
        ("AB2134<<<", "5"),
        ("HA672242<658022549601086<<<<<<<<<<<<<<0", "8"),
        ("D231458907<<<<<<<<<<<<<<<34071279507122<<<<<<<<<<<", "2"),
        ("HA672242<658022549601086<<<<<<<", "8"),
        ("D23145890734", "9"),
        ("", "0"),
    ],
)
def test_the_examples_of_the_standard(text: str, digit: str) -> None:
    assert check_digit(text) == digit


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<", max_size=90))
def test_weights_seven_three_one_modulo_ten(text: str) -> None:
    values = [0 if character == "<" else int(character, 36) for character in text]
    assert check_digit(text) == str(sum(v * (7, 3, 1)[i % 3] for i, v in enumerate(values)) % 10)


@pytest.mark.parametrize("text", ["ab", "A B", "É", "1-2"])
def test_other_characters_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        check_digit(text)
