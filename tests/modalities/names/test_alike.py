"""Two words of names: how they agree, and how far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.alike import Agreement, alike


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("aliyev", "aliyev", Agreement.EQUAL),
        ("gonzález", "gonzalez", Agreement.EQUAL),
        ("алиев", "aliyev", Agreement.TRANSLITERATION),
        ("محمد", "mohammed", Agreement.TRANSLITERATION),
        ("김", "kim", Agreement.TRANSLITERATION),
        ("mohammed", "muhamed", Agreement.SPELLING),
        ("stephanopoulos", "stephanopouhos", Agreement.TYPO),
        ("william", "bill", Agreement.SYMBOL),
        ("j", "joachim", Agreement.INITIAL),
        ("в", "vladimir", Agreement.INITIAL),
    ],
)
def test_the_kind_of_agreement_is_told(one: str, other: str, kind: Agreement) -> None:
    found = alike(one, other)
    assert found.agreement is kind
    assert found.quality > 0.5


@pytest.mark.parametrize(
    ("one", "other"), [("ivan", "oleg"), ("мария", "peter"), ("王", "李"), ("j", "hans"), ("정은", "민준")]
)
def test_what_is_different_has_no_quality(one: str, other: str) -> None:
    assert alike(one, other).quality < -0.5


WORDS = st.sampled_from(
    [
        *("ivan", "иван", "ivanov", "yohannes", "john", "王", "李", "j", "k", "bill", "william", "liam"),
        *("محمد", "محمود", "mohammed", "mahmoud", "abdulhanif", "hanif", "hanifa", "김", "كيم"),
    ]
)


@given(WORDS, WORDS)
def test_likeness_is_symmetric(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert -1 <= alike(one, other).quality <= 1
