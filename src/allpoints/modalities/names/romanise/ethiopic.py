"""Ethiopic: each sign a consonant with one of seven vowels, in the order of the script's rows."""

from allpoints.modalities.names.romanise.tables import in_order

_FIRST = 0x1200
_ROWS = in_order(
    "h l h m s r s sh k kw k kw b v t ch h kw n ny - k kw kh kw w - z zh y d d j g gw g t ch p ts ts f p"
)
_VOWELS = ("e", "u", "i", "a", "e", "", "o", "wa")


def short(word: str) -> str:
    """The sixth vowel unspoken."""
    return "".join(_sign(sign, "") for sign in word)


def full(word: str) -> str:
    """The sixth vowel as i, where it is not the last."""
    return "".join(_sign(sign, "i") for sign in word[:-1]) + _sign(word[-1], "")


def _sign(sign: str, sixth: str) -> str:
    code = ord(sign)
    consonant = _ROWS.get((code - _FIRST) // 8)
    if consonant is None:
        return ""
    if not consonant and code & 7 == 0:
        return "a"
    return consonant + (_VOWELS[code & 7] or sixth or ("" if consonant else "i"))
