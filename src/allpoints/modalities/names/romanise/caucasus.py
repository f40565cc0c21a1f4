"""Armenian, eastern and western, and Georgian (national systems of romanisation)."""

import re

from allpoints.modalities.names.romanise.tables import letters

_ARMENIAN = letters(
    "ա:a բ:b գ:g դ:d ե:e զ:z է:e ը:y թ:t ժ:zh ի:i լ:l խ:kh ծ:ts կ:k հ:h ձ:dz ղ:gh ճ:ch մ:m յ:y ն:n "
    "շ:sh ո:o չ:ch պ:p ջ:j ռ:r ս:s վ:v տ:t ր:r ց:ts ւ:v փ:p ք:k օ:o ֆ:f և:ev"
)
_WESTERN = str.maketrans("բգդձջպկտծճ", "պկտծճբգդձջ")
_GEORGIAN = letters(
    "ა:a ბ:b გ:g დ:d ე:e ვ:v ზ:z თ:t ი:i კ:k ლ:l მ:m ნ:n ო:o პ:p ჟ:zh რ:r ს:s ტ:t უ:u ფ:p ქ:k ღ:gh ყ:q "
    "შ:sh ჩ:ch ც:ts ძ:dz წ:ts ჭ:ch ხ:kh ჯ:j ჰ:h ჱ:ey ჲ:y ჳ:w ჴ:kh ჵ:o ჶ:f ჷ:y ჸ:y"
)


def eastern_armenian(word: str) -> str:
    """As in Armenia and Iran."""
    word = re.sub("^ո(?!ւ)", "vo", re.sub("^ե", "ye", word.replace("ու", "u").replace("եւ", "ev")))
    return "".join(_ARMENIAN.get(letter, letter if letter.isascii() else "") for letter in word)


def western_armenian(word: str) -> str:
    """As in the diaspora of the Ottoman lands: voiced and unvoiced consonants change places."""
    return eastern_armenian(re.sub("^յ", "հ", word).translate(_WESTERN))


def georgian(word: str) -> str:
    """One sound a letter."""
    return "".join(_GEORGIAN.get(letter, "") for letter in word)
