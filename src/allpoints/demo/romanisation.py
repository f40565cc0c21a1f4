"""Names in Latin letters, as their owners' states write them in passports.

Doc 9303 says how Latin, Cyrillic and Arabic letters stand in a machine-readable zone; for other scripts each
state decides. These are the states' own systems, simplified where they look beyond a syllable.
"""

import unicodedata


def _table(letters: str, latin: str) -> dict[str, str]:
    return dict(zip(letters, latin.split(), strict=True))


_GREEK_PAIRS = {
    "ου": "ou", "αυ": "av", "ευ": "ev", "ηυ": "iv", "γγ": "ng", "γκ": "gk", "γξ": "nx", "γχ": "nch",
}  # fmt: skip
_GREEK = _table("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
"""ELOT 743 (ISO 843)."""

_GEORGIAN = _table(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h",
)
"""Georgia's national system of 2002."""

_ARMENIAN = _table(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
    "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f ev",
) | {"ու": "u"}
"""BGN/PCGN 1981, without apostrophes."""

_HANGUL = (
    "g kk n d tt r m b pp s ss . j jj ch k t p h",
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i",
    ". k k k n n n t l k m p t t p t m p p t t ng t t k t p t",
)
_HANGUL_START, _HANGUL_VOWEL, _HANGUL_END = (sounds.split() for sounds in _HANGUL)
"""The Revised Romanization of Korea (2000), syllable by syllable."""

_DEVANAGARI_SPELLING = {
    "AA": "a", "II": "i", "UU": "u", "VOCALIC R": "ri", "CANDRA E": "e", "CANDRA O": "o",
    "TTA": "ta", "TTHA": "tha", "DDA": "da", "DDHA": "dha", "NNA": "na", "NGA": "nga", "NYA": "nya",
    "SSA": "sha", "CA": "cha", "CHA": "chha", "RRA": "ra", "LLA": "la", "DDDHA": "dha", "RHA": "rha",
}  # fmt: skip


def romanised(name: str) -> str:
    """The name in Latin letters, capitalised; a name in another script than those below comes back as it is."""
    latin = "-".join(" ".join(map(_word, part.split())) for part in name.split("-"))
    return latin.title()


def _word(word: str) -> str:
    word = unicodedata.normalize("NFC", word.lower())
    first = unicodedata.name(word[0], "")
    if first.startswith("GREEK"):
        plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
        return _by_table(plain, _GREEK | _GREEK_PAIRS)
    if first.startswith("GEORGIAN"):
        return _by_table(word, _GEORGIAN)
    if first.startswith("ARMENIAN"):
        return _by_table(word, _ARMENIAN)
    if first.startswith("HANGUL"):
        return "".join(map(_hangul, word))
    if first.startswith("DEVANAGARI"):
        return _devanagari(unicodedata.normalize("NFKD", word))
    return word


def _by_table(word: str, table: dict[str, str]) -> str:
    latin, at = "", 0
    while at < len(word):
        width = 2 if word[at : at + 2] in table else 1
        latin += table[word[at : at + width]]
        at += width
    return latin


def _hangul(syllable: str) -> str:
    """A syllable's code point is made of the numbers of its three letters (Unicode, section 3.12)."""
    rest, end = divmod(ord(syllable) - 0xAC00, 28)
    start, vowel = divmod(rest, 21)
    return (_HANGUL_START[start] + _HANGUL_VOWEL[vowel] + _HANGUL_END[end]).replace(".", "")


def _devanagari(word: str) -> str:
    """Letter by letter from their Unicode names; a consonant says its `a` unless another vowel follows."""
    latin = ""
    for character in word:
        name = unicodedata.name(character)
        sound = name.rpartition("LETTER ")[2].rpartition("VOWEL SIGN ")[2]
        spelled = _DEVANAGARI_SPELLING.get(sound, sound.lower())
        if "VOWEL SIGN" in name:
            latin = latin.removesuffix("a") + spelled
        elif name.endswith("VIRAMA"):
            latin = latin.removesuffix("a")
        elif name.endswith(("ANUSVARA", "CANDRABINDU")):
            latin += "n"
        elif "LETTER" in name:
            latin += spelled
    silent = "LETTER" in unicodedata.name(word[-1]) and len(word) > 1
    return latin.removesuffix("a") if silent else latin
