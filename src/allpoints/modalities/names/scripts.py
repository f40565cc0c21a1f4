"""Written names made comparable: cleaned, folded, split into words, each with its script.

Unicode's compatibility form (NFKC, UAX #15) and case folding bring together what only looks different; the
script of a letter is that of UAX #24.
"""

import re
import unicodedata
from bisect import bisect_right
from enum import StrEnum
from functools import lru_cache

from allpoints.modalities.names.han_table import one_variant

LONGEST_TEXT = 1_000
LONGEST_WORD = 60
"""Characters of a text and of a word that are read; what comes after is cut off."""


class Script(StrEnum):
    """The scripts whose letters have readings of their own; `OTHER` is any script besides."""

    LATIN = "latin"
    GREEK = "greek"
    CYRILLIC = "cyrillic"
    ARMENIAN = "armenian"
    GEORGIAN = "georgian"
    HEBREW = "hebrew"
    ARABIC = "arabic"
    SYRIAC = "syriac"
    THAANA = "thaana"
    ETHIOPIC = "ethiopic"
    DEVANAGARI = "devanagari"
    BENGALI = "bengali"
    GURMUKHI = "gurmukhi"
    GUJARATI = "gujarati"
    ORIYA = "oriya"
    TAMIL = "tamil"
    TELUGU = "telugu"
    KANNADA = "kannada"
    MALAYALAM = "malayalam"
    SINHALA = "sinhala"
    THAI = "thai"
    LAO = "lao"
    TIBETAN = "tibetan"
    MYANMAR = "myanmar"
    KHMER = "khmer"
    HANGUL = "hangul"
    KANA = "kana"
    HAN = "han"
    OTHER = "other"


_BLOCKS = (
    (0x0041, 0x005A, Script.LATIN),
    (0x0061, 0x007A, Script.LATIN),
    (0x00AA, 0x00AA, Script.LATIN),
    (0x00BA, 0x00BA, Script.LATIN),
    (0x00C0, 0x02AF, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0530, 0x058F, Script.ARMENIAN),
    (0x0590, 0x05FF, Script.HEBREW),
    (0x0600, 0x06FF, Script.ARABIC),
    (0x0700, 0x074F, Script.SYRIAC),
    (0x0750, 0x077F, Script.ARABIC),
    (0x0780, 0x07BF, Script.THAANA),
    (0x0860, 0x086F, Script.SYRIAC),
    (0x0870, 0x08FF, Script.ARABIC),
    (0x0900, 0x097F, Script.DEVANAGARI),
    (0x0980, 0x09FF, Script.BENGALI),
    (0x0A00, 0x0A7F, Script.GURMUKHI),
    (0x0A80, 0x0AFF, Script.GUJARATI),
    (0x0B00, 0x0B7F, Script.ORIYA),
    (0x0B80, 0x0BFF, Script.TAMIL),
    (0x0C00, 0x0C7F, Script.TELUGU),
    (0x0C80, 0x0CFF, Script.KANNADA),
    (0x0D00, 0x0D7F, Script.MALAYALAM),
    (0x0D80, 0x0DFF, Script.SINHALA),
    (0x0E00, 0x0E7F, Script.THAI),
    (0x0E80, 0x0EFF, Script.LAO),
    (0x0F00, 0x0FFF, Script.TIBETAN),
    (0x1000, 0x109F, Script.MYANMAR),
    (0x10A0, 0x10FF, Script.GEORGIAN),
    (0x1100, 0x11FF, Script.HANGUL),
    (0x1200, 0x139F, Script.ETHIOPIC),
    (0x1780, 0x17FF, Script.KHMER),
    (0x1C80, 0x1C8F, Script.CYRILLIC),
    (0x1C90, 0x1CBF, Script.GEORGIAN),
    (0x1D00, 0x1D25, Script.LATIN),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x2C60, 0x2C7F, Script.LATIN),
    (0x2D00, 0x2D2F, Script.GEORGIAN),
    (0x2D80, 0x2DDF, Script.ETHIOPIC),
    (0x2DE0, 0x2DFF, Script.CYRILLIC),
    (0x3005, 0x3007, Script.HAN),
    (0x3031, 0x3035, Script.KANA),
    (0x3041, 0x30FF, Script.KANA),
    (0x3131, 0x318F, Script.HANGUL),
    (0x31F0, 0x31FF, Script.KANA),
    (0x3400, 0x4DBF, Script.HAN),
    (0x4E00, 0x9FFF, Script.HAN),
    (0xA640, 0xA69F, Script.CYRILLIC),
    (0xA720, 0xA7FF, Script.LATIN),
    (0xA8E0, 0xA8FF, Script.DEVANAGARI),
    (0xA960, 0xA97F, Script.HANGUL),
    (0xAA60, 0xAA7F, Script.MYANMAR),
    (0xAB01, 0xAB2F, Script.ETHIOPIC),
    (0xAB30, 0xAB6F, Script.LATIN),
    (0xAC00, 0xD7FF, Script.HANGUL),
    (0xF900, 0xFAFF, Script.HAN),
    (0xFB50, 0xFEFC, Script.ARABIC),
    (0x20000, 0x3FFFF, Script.HAN),
)
"""First and last code point of the blocks (Unicode 14, Blocks.txt) that hold a script's letters."""

_STARTS = [first for first, _, _ in _BLOCKS]

_APOSTROPHES = "'`´ʹʻʼʽʾʿˈ‘’‛′＇ꞌ"
_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_GERESH = "\u05f3"

_UNSPACED = frozenset({Script.HAN, Script.KANA, Script.HANGUL})
"""Scripts whose words stand beside those of another script without a space."""

_LOOKALIKES = {
    Script.LATIN: str.maketrans("аеорсухікмтвнјѕԁһαορνικτυ", "aeopcyxikmtbhjsdhaopviktu"),
    Script.CYRILLIC: str.maketrans("aeopcyxikmtbhjs", "аеорсухікмтвнјѕ"),
    Script.GREEK: str.maketrans("aopvikt", "αορνικτ"),
}
"""Letters of one script that are typed for their lookalikes in another (UTS #39), by the script meant."""


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Return the text in compatibility form and lower case, without what is invisible or no writing.

    Controls, bidirectional marks, joiners, private-use characters, lone surrogates and pictures go; blanks
    become single spaces; every apostrophe becomes `'`. Never fails; text beyond `LONGEST_TEXT` is cut off.
    """
    text = text[:LONGEST_TEXT].translate(_ONE_APOSTROPHE)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
    return " ".join("".join(map(_kept, text.lower())).split())


@lru_cache(maxsize=4_096)
def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if (
        character == "\u0640"
        or category in {"Cf", "Cs", "Co", "Cn", "So", "Sk", "Me"}
        or "\ufe00" <= character <= "\ufe0f"
    ):
        return ""
    return " " if category in {"Cc", "Zs", "Zl", "Zp"} else character


def words(text: str) -> list[str]:
    """Return the written words of a name, folded, each at most `LONGEST_WORD` characters.

    Words end at blanks, hyphens, dots, commas, fillers of a machine-readable zone, and where a script that is
    written without spaces meets another one. An apostrophe is left out and joins (`o'neil` is `oneil`), except
    after a Hebrew letter, where it is a geresh. Variants of a Han character are one (`國` is `国`).
    """
    written = re.sub(r"(?<=[\u05d0-\u05ea])'", _GERESH, folded(text)).replace("'", "")
    written = written.replace("l·l", "ll")
    return [word for chunk in _CHUNK.findall(written) for word in _by_script(chunk)]


_CHUNK = re.compile(
    rf"[^\W_{_GERESH}](?:[^\W_]|[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7{_GERESH}\u0610-\u061a\u064b-\u065f\u0670"
    r"\u06d6-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    r"\u0981-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd\u0f18-\u0fbc\u102b-\u103e\u1056-\u109d\u135d-\u135f\u17b4-\u17d3\u3099\u309a])*"
)


def _by_script(chunk: str) -> list[str]:
    """The chunk in one piece, or cut where an unspaced script meets another (Han and kana stay together)."""
    if chunk.isascii():
        return [chunk[:LONGEST_WORD]]
    pieces: list[str] = []
    before: Script | None = None
    for character in chunk:
        script = _script(character)
        group = Script.HAN if script is Script.KANA else script
        if group is None or before is None or group is before or not {group, before} & _UNSPACED:
            pieces[-1:] = ["".join(pieces[-1:]) + character]
        else:
            pieces.append(character)
        before = group or before
    return [_one_script(piece[:LONGEST_WORD]) for piece in pieces]


def _one_script(word: str) -> str:
    """The word with lookalikes from another script set right, and in one form of each Han character."""
    if word.isascii():
        return word
    script = script_of(word)
    if script is Script.HAN:
        return one_variant(word)
    return word.translate(_LOOKALIKES[script]) if script in _LOOKALIKES else word


@lru_cache(maxsize=65_536)
def script_of(word: str) -> Script:
    """Return the script of most letters of the word (the first of them on a draw); `OTHER` where there is none."""
    counts: dict[Script, int] = {}
    for character in word[:LONGEST_WORD]:
        script = _script(character)
        if script is not None:
            counts[script] = counts.get(script, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else Script.OTHER


@lru_cache(maxsize=8_192)
def _script(character: str) -> Script | None:
    """The script of a letter or mark; None for what belongs to none, such as a digit or an accent."""
    code = ord(character)
    at = bisect_right(_STARTS, code) - 1
    if at >= 0 and code <= _BLOCKS[at][1]:
        return _BLOCKS[at][2]
    return Script.OTHER if unicodedata.category(character).startswith("L") else None
