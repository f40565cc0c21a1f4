"""The table of Han characters says what Unihan and the dictionaries say."""

import pytest

from allpoints.modalities.names.han_table import one_variant, readings_of


@pytest.mark.parametrize(
    "variants", ["國国", "澤泽沢", "廣广広", "龍龙竜", "邊边辺邉", "髙高", "﨑崎", "學学", "黑黒"]
)
def test_variants_of_a_character_are_one(variants: str) -> None:
    assert len({one_variant(character) for character in variants}) == 1


def test_a_text_without_han_stays() -> None:
    assert one_variant("Mao") == "Mao"


@pytest.mark.parametrize(
    ("character", "mandarin", "cantonese", "hangul"),
    [
        ("國", "guo", "gwok", "국"),
        ("王", "wang", "wong", "왕"),
        ("張", "zhang", "zoeng", "장"),
        ("林", "lin", "lam", "림"),
    ],
)
def test_a_character_has_its_readings(character: str, mandarin: str, cantonese: str, hangul: str) -> None:
    known = readings_of(one_variant(character))
    assert known is not None
    assert (known.mandarin, known.cantonese, known.hangul) == (mandarin, cantonese, hangul)


def test_japanese_readings_are_on_and_kun() -> None:
    known = readings_of(one_variant("山"))
    assert known is not None
    assert "san" in known.on
    assert "yama" in known.kun


def test_a_character_without_reading_is_unknown() -> None:
    assert readings_of("a") is None
