"""Han characters: their written variants and their readings, from the Unicode Han Database.

The table is `tables/han.txt.xz`, made of Unihan 14.0 (UAX #38; © 1991-2021 Unicode, Inc., under the Unicode
licence): `kSimplifiedVariant`, `kZVariant`, `kMandarin`, `kCantonese`, `kHangul`, `kJapaneseOn` and
`kJapaneseKun`, for the characters that names are written with. `docs/scripts.md` says how.
"""

import lzma
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class HanReadings(NamedTuple):
    """How one character is read, without tones: pinyin, Jyutping, one Hangul syllable, Japanese on and kun."""

    mandarin: str
    cantonese: str
    hangul: str
    on: tuple[str, ...]
    kun: tuple[str, ...]


def one_variant(text: str) -> str:
    """Return the text with one form for all variants of a Han character: simplified, traditional, Japanese."""
    return text.translate(_table()[0])


def readings_of(character: str) -> HanReadings | None:
    """Return the readings of a character in the form of `one_variant`; None for one that the table lacks."""
    return _table()[1].get(character)


@cache
def _table() -> tuple[dict[int, str], dict[str, HanReadings]]:
    packed = (files(__package__) / "tables" / "han.txt.xz").read_bytes()
    variants, characters, *columns = lzma.decompress(packed).decode().splitlines()
    mandarin, cantonese, hangul, on, kun = (column.split("\t")[1:] for column in columns)
    return (
        {ord(variant): form for variant, form in zip(variants[::2], variants[1::2], strict=True)},
        {
            character: HanReadings(m, c, h, tuple(o.split()), tuple(k.split()))
            for character, m, c, h, o, k in zip(characters, mandarin, cantonese, hangul, on, kun, strict=True)
        },
    )
