"""How a name is spelt in Latin letters, in the two or three systems that its documents come in.

The first is the passport's. For the scripts whose letters say enough: Cyrillic, Greek, Armenian, Georgian, and Latin
letters with diacritics. Other scripts' usual spellings stand beside the names in `lists/`.
"""

import unicodedata
from functools import cache

from allpoints.demo.romanisation import romanised
from allpoints.formats.mrz import transliterate

_LETTERS_AND_LATIN = """
а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh
щ shch ъ ie ы y ь _ э e ю iu я ia і i ї i є ie ґ g
""".split()  # noqa: SIM905 - a table reads better
_CYRILLIC = dict(zip(_LETTERS_AND_LATIN[::2], _LETTERS_AND_LATIN[1::2], strict=True))
"""As passports are issued (Doc 9303-3, section 6 B)."""
_ENGLISH = _CYRILLIC | {"ё": "yo", "й": "y", "ъ": "_", "ю": "yu", "я": "ya", "ї": "yi", "є": "ye"}
_GERMAN = _ENGLISH | {
    "ж": "sch", "в": "w", "й": "j", "х": "ch", "ц": "z", "ч": "tsch", "ш": "sch", "щ": "schtsch",
    "ю": "ju", "я": "ja", "ё": "jo", "є": "je", "ї": "ji",
}  # fmt: skip
_FRENCH = _CYRILLIC | {
    "у": "ou",
    "ж": "j",
    "ч": "tch",
    "ш": "ch",
    "щ": "chtch",
    "ю": "iou",
    "я": "ia",
    "ё": "io",
}
_UKRAINIAN = {"г": "h", "и": "y", "щ": "shch", "х": "kh", "ь": "_"}
_BULGARIAN = {"щ": "sht", "ъ": "a", "х": "h", "й": "y", "ю": "yu", "я": "ya"}

_SYSTEMS = {
    "russian": (_CYRILLIC, _ENGLISH, _GERMAN, _FRENCH),
    "ukrainian": (_CYRILLIC | _UKRAINIAN, _ENGLISH, _ENGLISH | _UKRAINIAN),
    "bulgarian": (_CYRILLIC | _BULGARIAN, _ENGLISH | {"щ": "sht"}),
    "kazakh": (_CYRILLIC, _ENGLISH),
}
_KAZAKH = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮІ", "агкноуухиАГКНОУУИ")

_SECOND = {
    "greek": (("ch", "h"), ("f", "ph"), ("v", "b"), ("y", "u"), ("x", "ks")),
    "armenian": (("t", "d"), ("p", "b"), ("k", "g"), ("ts", "dz"), ("yan", "ian")),
    "georgian": (("kh", "x"), ("gh", "g"), ("k", "q"), ("ts", "c"), ("v", "w")),
}
"""Older or dialectal spellings: Western Armenian, Greek by the look of the letters."""


def latin_forms(native: str, language: str) -> tuple[str, ...]:
    """Return the usual Latin spellings of a name or piece of one, the passport's first, without diacritics."""
    if language in _SYSTEMS:
        russian = native.translate(_KAZAKH) if language == "kazakh" else native
        forms = [_by_letter(russian, system) for system in _SYSTEMS[language]]
    elif language in _SECOND:
        first = _capital(romanised(native), native)
        forms = [first, _capital(_replaced(first.lower(), _SECOND[language]), native)]
    else:
        forms = [_plain(native), _capital(transliterate(native).replace("<", " ").title(), native)]
    return tuple(dict.fromkeys(forms))


def _by_letter(native: str, system: dict[str, str]) -> str:
    lower = native.lower().replace("ʼ", "").replace("'", "")
    latin = "".join(system.get(letter, letter) for letter in lower).replace("_", "")
    if system is not _CYRILLIC and latin[:1] == "e" and lower[:1] == "е" and native[:1].isupper():
        latin = ("je" if system is _GERMAN else "ye") + latin[1:]
    return _capital(latin.replace("iy", "y") if system is _ENGLISH else latin, native)


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _capital(latin: str, native: str) -> str:
    """With a capital where the name has one, or where its script has none to have."""
    if native[:1].islower() and native[:1].upper() != native[:1] and not "ა" <= native[:1] <= "ჰ":
        return latin.lower()
    return latin[:1].upper() + latin[1:]


@cache
def _plain(text: str) -> str:
    """Latin letters without what stands on them."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.translate(_LETTERS)


_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O"}
)
