"""How much words tell people apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.rarity import LEAST, MOST, information


@pytest.mark.parametrize(
    ("common", "rare"),
    [
        ("kim", "namgung"),
        ("김", "남궁"),
        ("王", "欧阳"),
        ("smith", "featherstonehaugh"),
        ("mohammed", "zulqarnain"),
        ("محمد", "ذوالقرنين"),
        ("maria", "xanthippe"),
        ("佐藤", "勅使河原"),
    ],
)
def test_a_common_word_tells_less_than_a_rare_one(common: str, rare: str) -> None:
    assert information(common) < information(rare)


def test_a_word_is_as_common_in_any_spelling_that_reads_the_same() -> None:
    assert information("ivanov") == pytest.approx(information("иванов"), abs=0.3)
    assert information("maria") == pytest.approx(information("maría"), abs=0.3)


def test_words_that_no_list_has_still_differ() -> None:
    unknown = ["brzhkqw", "tormelina", "tormelinda", "vaskuldo", "quillabrane", "ostrenka"]
    assert len({information(word) for word in unknown}) == len(unknown)


def test_a_longer_unknown_word_tells_more() -> None:
    assert information("tolm") < information("tolmabeth") < information("tolmabethazar")


@given(st.text(min_size=1, max_size=60))
def test_what_a_word_tells_is_bounded(word: str) -> None:
    assert LEAST <= information(word) <= MOST
