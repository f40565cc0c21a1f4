"""Names as they are typed, pasted and scanned come out as clean words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.scripts import LONGEST_TEXT, LONGEST_WORD, Script, folded, script_of, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Müller\t ANNA ", "müller anna"),
        ("ＡＢＣ", "abc"),
        ("Strauß", "strauss"),
        ("İbrahim", unicodedata.normalize("NFKC", "İbrahim".casefold())),
        ("a\u202eb\u200bc\u2066d", "abcd"),
        ("Anna 😀", "anna"),
        ("محـــمد", "محمد"),
        ("O\u2019Neil", "o'neil"),
        ("x\x00y", "x y"),
        ("\ue000", ""),
    ],
)
def test_what_only_looks_different_is_one(text: str, expected: str) -> None:
    assert folded(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O'Neil-Smith, J.R.", ["oneil", "smith", "j", "r"]),
        ("ALIYEV<<MUKHAMMED<ALI<<<", ["aliyev", "mukhammed", "ali"]),
        ("卡尔·马克思", ["卡尔", "马克思"]),
        ("バラク・オバマ", ["バラク", "オバマ"]),
        ("毛泽东Mao", ["毛泽东", "mao"]),
        ("佐々木みどり", ["佐々木みどり"]),
        ("ג'ורג'", ["ג׳ורג׳"]),
        ("Gal·la", ["galla"]),
        ("علی‌رضا", ["علیرضا"]),
        ("นายชวน หลีกภัย", ["นายชวน", "หลีกภัย"]),
        ("नरेन्द्र मोदी", ["नरेन्द्र", "मोदी"]),
        ("...", []),
        ("", []),
        ("😀", []),
    ],
)
def test_a_name_falls_into_its_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_lookalike_from_another_script_is_set_right() -> None:
    assert words("Iv\u0430n") == ["ivan"]
    assert words("Ив\u0061н") == ["иван"]


def test_simplified_traditional_and_japanese_characters_are_one() -> None:
    assert words("毛澤東") == words("毛泽东")
    assert words("黒沢") == words("黑澤")


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("smith", Script.LATIN),
        ("иван", Script.CYRILLIC),
        ("αλέξης", Script.GREEK),
        ("محمد", Script.ARABIC),
        ("דוד", Script.HEBREW),
        ("ܝܘܚܢܢ", Script.SYRIAC),
        ("ნინო", Script.GEORGIAN),
        ("անի", Script.ARMENIAN),
        ("राम", Script.DEVANAGARI),
        ("ราม", Script.THAI),
        ("አብይ", Script.ETHIOPIC),
        ("김", Script.HANGUL),
        ("さくら", Script.KANA),
        ("田中", Script.HAN),
        ("ᏣᎳᎩ", Script.OTHER),
        ("123", Script.OTHER),
    ],
)
def test_the_script_is_that_of_most_letters(word: str, script: Script) -> None:
    assert script_of(word) is script


@given(st.text(st.characters(), max_size=200))
def test_anything_goes_in_and_clean_words_come_out(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    for word in words(text):
        assert word
        assert len(word) <= LONGEST_WORD
        assert not any(
            unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zs"} for character in word
        )


@pytest.mark.parametrize(
    "text", ["a" * 5_000, "e" + "\u0301" * 5_000, "\u202e" * 5_000, "ﷺ" * 5_000, "가" * 5_000]
)
def test_a_flood_is_cut_off(text: str) -> None:
    assert len(folded(text)) <= LONGEST_TEXT
    assert all(len(word) <= LONGEST_WORD for word in words(text))
