"""Which script is read by which systems."""

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec
from anyascii import anyascii

from allpoints.modalities.names.romanise import (
    abjads,
    burmese,
    caucasus,
    cyrillic,
    ethiopic,
    greek,
    han,
    hangul,
    indic,
    kana,
    latin,
    thai,
)
from allpoints.modalities.names.scripts import LONGEST_WORD, Script, script_of


class Reading(msgspec.Struct, frozen=True):
    """One way to read a word: `text` in the letters a to z, by which `system`, and whether vowels are unwritten.

    In a `vowelless` reading, a, w and y are letters that stand for a consonant or a long vowel, and e is one that
    carries some vowel.
    """

    text: str
    system: str
    vowelless: bool = False


def _by_character(word: str) -> str:
    """Character by character, for the scripts without a file of their own."""
    return anyascii(word)


SYSTEMS: dict[Script, tuple[tuple[str, Callable[[str], str]], ...]] = {
    Script.LATIN: (
        ("bare", latin.bare),
        ("printed", latin.as_printed),
        ("spoken", latin.as_spoken),
        ("korean", latin.korean),
        ("mandarin", latin.pinyin),
        ("somali", latin.somali),
    ),
    Script.GREEK: (("modern-greek", greek.modern), ("greek", greek.by_letter)),
    Script.CYRILLIC: (("russian", cyrillic.russian), ("cyrillic", cyrillic.neighbouring)),
    Script.ARMENIAN: (
        ("eastern-armenian", caucasus.eastern_armenian),
        ("western-armenian", caucasus.western_armenian),
    ),
    Script.GEORGIAN: (("georgian", caucasus.georgian),),
    Script.ARABIC: (
        ("arabic", abjads.arabic),
        ("arabic", abjads.arabic_without_article),
        ("arabic", abjads.persian),
    ),
    Script.HEBREW: (("hebrew", abjads.hebrew),),
    Script.SYRIAC: (("syriac", abjads.syriac),),
    Script.ETHIOPIC: (("ethiopic", ethiopic.short), ("ethiopic", ethiopic.full)),
    Script.DEVANAGARI: (("indic", indic.worn), ("indic", indic.full)),
    Script.BENGALI: (("indic", indic.worn), ("indic", indic.full)),
    Script.GURMUKHI: (("indic", indic.worn), ("indic", indic.full)),
    Script.GUJARATI: (("indic", indic.worn), ("indic", indic.full)),
    Script.ORIYA: (("indic", indic.full), ("indic", indic.worn)),
    Script.TAMIL: (("tamil", indic.full),),
    Script.TELUGU: (("indic", indic.full),),
    Script.KANNADA: (("indic", indic.full),),
    Script.MALAYALAM: (("indic", indic.full),),
    Script.SINHALA: (("indic", indic.full),),
    Script.THAI: (("thai", thai.by_alphabet),),
    Script.LAO: (("thai", thai.lao),),
    Script.MYANMAR: (("burmese", burmese.conventional),),
    Script.KHMER: (("khmer", _by_character),),
    Script.HANGUL: (
        ("korean", hangul.revised),
        ("korean", hangul.with_initial_liquid),
        ("korean", hangul.without_initial_liquid),
        ("korean", hangul.family_name),
        ("korean-loan", hangul.loan),
    ),
    Script.KANA: (("kana", kana.hepburn),),
    Script.HAN: (
        ("mandarin", han.mandarin),
        ("mandarin-loan", han.loan),
        ("cantonese", han.cantonese),
        ("korean", han.sino_korean),
        ("japanese", han.japanese),
        ("japanese", han.japanese_by_character),
        ("hokkien", han.hokkien),
    ),
}
"""The systems of each script, the usual one first. A script that is missing is read character by character."""

VOWELLESS = frozenset({"arabic", "hebrew", "syriac", "thai", "khmer"})

MOST = 6
"""Readings of one word."""

_READ_OTHERWISE = frozenset({"korean", "korean-loan", "mandarin"})
"""Systems in which a text sounds unlike the same text of the usual system."""

_NO_LETTER = re.compile("[^a-z]")


@lru_cache(maxsize=262_144)
def readings(word: str) -> tuple[Reading, ...]:
    """Return up to `MOST` readings of a folded word, best first; none where the word has no letter.

    What comes after `LONGEST_WORD` characters is not read.
    """
    word = word[:LONGEST_WORD]
    found: dict[str, Reading] = {}
    for system, read in SYSTEMS.get(script_of(word), ((str(Script.OTHER), _by_character),)):
        text = read(word)
        if not (text.isascii() and text.isalpha() and text.islower()):
            text = _NO_LETTER.sub("", text.lower())
        if text and (text not in found or system in _READ_OTHERWISE):
            found[text + system] = found[text] = Reading(text, system, system in VOWELLESS)
    return tuple(dict.fromkeys(found.values()))[:MOST]
