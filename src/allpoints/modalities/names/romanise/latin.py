"""Latin letters with marks, in the ways that people and documents leave the marks out.

Names keep their marks in some records, lose them in others, and carry a transliteration of ICAO Doc 9303
part 3, section 6 A, in machine-readable zones (`Ü` as `UE` or `UXX`, `Ñ` as `NXX`).
"""

import re
import unicodedata

from allpoints.modalities.names.romanise.tables import letters

_BARE = str.maketrans(
    letters(
        "ł:l đ:d ø:o ı:i ħ:h ŧ:t ŋ:n ɓ:b ɗ:d ƙ:k ƴ:y ɛ:e ɔ:o ə:e ǝ:e ʒ:z ɣ:g ɩ:i ʋ:v ƞ:n ß:ss æ:ae œ:oe þ:th ð:d "
        "ĳ:ij ǆ:dz ŉ:n ĸ:k"
    )
)
"""Letters that Unicode does not take apart."""

_AS_PRINTED = str.maketrans(letters("ä:ae ö:oe ü:ue å:aa ø:oe ð:dh đ:dj ÿ:ij ő:oe ű:ue"))
"""As Doc 9303 transliterates them, and German, Danish and Icelandic records write them."""

_AS_SPOKEN = str.maketrans(
    letters(
        "š:sh ş:sh ș:sh ś:sh ŝ:sh ṣ:s č:ch ć:ch ĉ:ch ç:ch ž:zh ź:zh ż:zh ẓ:z ñ:ny ń:ny ň:ny ņ:ny ę:en ą:on ł:w "
        "đ:dj ð:th "
        "ř:rzh ğ:gh ġ:gh ḥ:h ḫ:kh ţ:ts ț:ts ť:ty ď:dy ö:oe ü:ue ø:oe ő:oe ű:ue ä:ae "
        "ã:an õ:on ǧ:j ĝ:j ĵ:zh ĥ:kh ə:a ƣ:gh"
    )
)
"""As the languages that use the mark pronounce it, in English letters."""

_MARK_OF_A_ZONE = re.compile("(?<=[nu])xx")
_KOREAN = re.compile(
    "(?:(?:kk|tt|pp|ss|jj|ch|sh|[gkndtrlmbpshjcy])?w?(?:y?eo|eui?|y?[aou]e?|y?e|wo|wi|oo|ee|i)"
    "(?:ng|[nmkglpbtd](?![aeiouyw]))?){1,3}"
)
_PINYIN = re.compile(
    "(?>(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:i?ang?|i?ong?|[iu]?eng?|ing?|un|u?ai?|i?ao|[ieu]i?|iu|ou|uo|ue|ua|uang?|o)(?![aeiou]))+"
)
_OTHERWISE_IN_PINYIN = re.compile("[cqx]|zh")
_LONGEST_PINYIN = 18
_SOMALI = re.compile(
    "max[au]|mux[au]|x[aiu][swlmrj]|xus|axm|cabd|cal[iy]|cum|cism|caash|ciis|cayn|saa?lax|faa?rax|isma+c|saci|jaa?mac"
)


def bare(word: str) -> str:
    """The letters without their marks."""
    if "xx" in word:
        word = _MARK_OF_A_ZONE.sub("", word)
    return word if word.isascii() else _stripped(word.translate(_BARE))


def as_printed(word: str) -> str:
    """Marked vowels as two letters, where there are any."""
    return "" if word.isascii() else _stripped(word.translate(_AS_PRINTED).translate(_BARE))


def as_spoken(word: str) -> str:
    """Marked letters by their sound, where there are any."""
    return "" if word.isascii() else _stripped(word.translate(_AS_SPOKEN).translate(_BARE))


def korean(word: str) -> str:
    """The word as it stands where it may be the Korean syllables of an `eo` or `eu`, else nothing."""
    return word if ("eo" in word or "eu" in word) and _KOREAN.fullmatch(word) else ""


def pinyin(word: str) -> str:
    """The word as it stands where it may be pinyin with a letter that is read otherwise there, else nothing."""
    return (
        word
        if _OTHERWISE_IN_PINYIN.search(word) and len(word) <= _LONGEST_PINYIN and _PINYIN.fullmatch(word)
        else ""
    )


def somali(word: str) -> str:
    """Somali spelling, `x` for h and `c` for ayn, where the word begins like a Somali name, else nothing."""
    return word.replace("x", "h").replace("c", "") if _SOMALI.match(word) else ""


def _stripped(word: str) -> str:
    return (
        word
        if word.isascii()
        else "".join(letter for letter in unicodedata.normalize("NFD", word) if "a" <= letter <= "z")
    )
