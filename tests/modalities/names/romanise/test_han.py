"""Han names as their bearers spell them in the Latin script."""

import pytest

from allpoints.modalities.names.romanise.han import (
    cantonese,
    hokkien,
    japanese,
    japanese_by_character,
    loan,
    mandarin,
    sino_korean,
)


def test_mandarin_is_pinyin_with_the_readings_of_family_names() -> None:
    assert mandarin("泽东") == "zedong"
    assert mandarin("曾") == "zeng"
    assert mandarin("马克思") == ""
    assert loan("马克思") == "makesi"


@pytest.mark.parametrize(
    ("word", "expected"), [("陳", "chan"), ("王", "wong"), ("梁", "leung"), ("張", "cheung"), ("吳", "ng")]
)
def test_cantonese_is_spelt_as_in_hong_kong(word: str, expected: str) -> None:
    assert cantonese(word) == expected


def test_sino_korean_names() -> None:
    assert sino_korean("金") == "gim"
    assert sino_korean("朴") == "bak"
    assert sino_korean("正恩") == "jeongeun"


def test_hokkien_family_names() -> None:
    assert hokkien("陳") == "tan"
    assert hokkien("田中") == ""


@pytest.mark.parametrize(
    ("word", "expected"), [("田中", "tanaka"), ("佐々木", "sasaki"), ("渡邊", "watanabe"), ("太郎", "tarou")]
)
def test_japanese_names_are_read_as_a_whole(word: str, expected: str) -> None:
    assert japanese(word) == expected


def test_an_unknown_japanese_name_is_read_by_character() -> None:
    assert japanese("山口県") == ""
    assert japanese_by_character("山みどり").startswith("yama")
