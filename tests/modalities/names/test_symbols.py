"""Forms of one name."""

import pytest

from allpoints.modalities.names.symbols import symbols_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bill", "william"),
        ("peggy", "margaret"),
        ("sasha", "александр"),
        ("yusuf", "joseph"),
        ("volodymyr", "владимир"),
        ("pepe", "jose"),
        ("miguel", "михаил"),
        ("jack", "john"),
    ],
)
def test_short_forms_and_the_forms_of_other_languages_are_one_name(one: str, other: str) -> None:
    assert symbols_of(one) & symbols_of(other)


@pytest.mark.parametrize(("one", "other"), [("hans", "peter"), ("ali", "omar"), ("anna", "maria")])
def test_other_names_share_nothing(one: str, other: str) -> None:
    assert not symbols_of(one) & symbols_of(other)


@pytest.mark.parametrize("word", ["bin", "al", "a", "van", "xqzt", "", "12"])
def test_what_is_no_name_has_no_forms(word: str) -> None:
    assert symbols_of(word) == frozenset()
