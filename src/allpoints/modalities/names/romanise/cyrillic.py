"""Cyrillic, as Russian, its neighbours and the languages of the Balkans, the Caucasus and Central Asia use it."""

import re

from allpoints.modalities.names.romanise.tables import letters

_LETTERS = letters(
    "а:a б:b в:v г:g д:d е:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts "
    "ч:ch ш:sh щ:shch ы:y э:e ю:yu я:ya ё:yo ъ: ь: і:i ї:yi є:ye ґ:g ў:w ѣ:e ѳ:f ѵ:i ѫ:a ђ:dj ј:j љ:ly "
    "њ:ny ћ:ch џ:dzh ѓ:gj ѕ:dz ќ:kj ѐ:e ѝ:i ә:a ғ:gh қ:q ң:ng ө:o ұ:u ү:u һ:h ҳ:h ҷ:j ӣ:i ӯ:u ҹ:j ҝ:g "
    "ҫ:s ҙ:z ҡ:q ҥ:ng ӈ:ng ҕ:gh ӑ:a ӗ:e ӳ:u ӓ:a ӧ:o ӱ:u ӹ:y ӂ:j ӡ:dz ӷ:gh ҟ:k ҩ:o ҽ:ch ӏ: ґ:g"
)
_AFTER_A_VOWEL = re.compile("(?:^|(?<=[аеёиоуыэюяіїєъьў]))е")
_HUSHED = re.compile("(?<=[жчшщ])ё")


def russian(word: str) -> str:
    """Read as Russian is: iotated `е` at the beginning and after a vowel, `г` as g, `х` as kh."""
    return _spelt(_AFTER_A_VOWEL.sub("є", _HUSHED.sub("о", word)))


def neighbouring(word: str) -> str:
    """Read the other way: Ukrainian `г`, Serbian `х` and `ј`, Bulgarian `щ` and `ъ`, `ё` as e, no iotation."""
    return _spelt(word.replace("зг", "зґ").translate(_OTHERWISE))


_OTHERWISE = str.maketrans({"г": "һ", "х": "һ", "ё": "е", "ъ": "а", "щ": "шт", "ј": "й", "ц": "с"})


def _spelt(word: str) -> str:
    return "".join(_LETTERS.get(letter, "") for letter in word)
