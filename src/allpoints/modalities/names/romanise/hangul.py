"""Hangul by the Revised Romanisation, and with the initial l and r that family names keep in the Latin script."""

from allpoints.modalities.names.romanise.tables import in_order

_ONSETS = in_order("g kk n d tt r m b pp s ss - j jj ch k t p h")
_NUCLEI = in_order("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_CODAS = in_order("- k k k n n n t l k m l l l p l m p p t t ng t t k t p -")
_SILENT_ONSET, _ONSET_N, _ONSET_R = 11, 2, 5
_FIRST = 0xAC00
_OPEN_EU = frozenset({18 * 28, 18 * 28 + 8})
"""Places of eu and eul among the syllables of one onset."""


def revised(word: str) -> str:
    """Syllable by syllable."""
    return "".join(_syllable(sign) for sign in word).replace("lr", "ll")


def with_initial_liquid(word: str) -> str:
    """The first syllable with the r that southern speech drops: 이 as Ri or Lee, 유 as Ryu, 노 as Roh."""
    onset = (ord(word[0]) - _FIRST) // 588
    read = revised(word)
    if onset == _SILENT_ONSET and read[:1] in {"i", "y"}:
        return "r" + read
    return "r" + read[1:] if onset == _ONSET_N else ""


def without_initial_liquid(word: str) -> str:
    """The first syllable without the r that northern speech keeps: 류 as Yu, 림 as Im, 로 as No."""
    if (ord(word[0]) - _FIRST) // 588 != _ONSET_R:
        return ""
    read = revised(word)[1:]
    return read if read[:1] in {"i", "y"} else "n" + read


def family_name(word: str) -> str:
    """A family name as its bearers spell it where no rule does."""
    return _FAMILY_NAMES.get(word, "")


_FAMILY_NAMES = {
    "이": "yi", "임": "yim", "우": "u", "오": "oh", "박": "park", "최": "choi", "안": "ahn", "서": "suh",
    "정": "jung", "신": "shin", "조": "cho", "노": "roh", "강": "kang",
}  # fmt: skip


def loan(word: str) -> str:
    """A foreign name, told by the eu that its consonant clusters are broken up with, else nothing."""
    broken = any((ord(sign) - _FIRST) % 588 in _OPEN_EU for sign in word if ord(sign) >= _FIRST)
    return revised(word) if broken and len(word) > 1 else ""


def _syllable(sign: str) -> str:
    place = ord(sign) - _FIRST
    if not 0 <= place < 11172:
        return ""
    onset, nucleus = _ONSETS[place // 588], _NUCLEI[place % 588 // 28]
    # Names write the bare syllable of u with a w: Woo.
    return (onset or "w" * (nucleus == "u")) + nucleus + _CODAS[place % 28]
