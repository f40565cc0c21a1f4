"""Thai and Lao, whose short vowels between consonants are partly unwritten and whose vowels may stand in front.

After the Royal Thai General System (1999), but each consonant keeps its place in the Indic alphabet where the
end of a syllable would level it: people spell their names by the alphabet as often as by the sound.
"""

import re

from allpoints.modalities.names.romanise.tables import letters

_SIGNS = letters(
    "ก:k ข:kh ฃ:kh ค:kh ฅ:kh ฆ:kh ง:ng จ:ch ฉ:ch ช:ch ซ:s ฌ:ch ญ:y ฎ:d ฏ:t ฐ:th ฑ:th ฒ:th "
    "ณ:n ด:d ต:t ถ:th ท:th ธ:th น:n บ:b ป:p ผ:p ฝ:f พ:p ฟ:f ภ:p ม:m ย:y ร:r ล:l "
    "ว:w ศ:s ษ:s ส:s ห:h ฬ:l ฮ:h ฤ:ri ฦ:l "
    "ะ:a ั:a า:a ำ:am ิ:i ี:i ึ:ue ื:ue ุ:u ู:u อ:o"
)
_INITIAL = "((?:ห(?=[งญนมยรลว]))?[ก-ฮ](?:(?<=[กขคปพตผ])[รลว])?)"
_ORDER = (
    ("[็-๎ๆฯ]", ""),
    (r"เ([ก-ฮ][รลว]?)ีย", r"\1{ia}"),
    (r"เ([ก-ฮ][รลว]?)ือ", r"\1{uea}"),
    (r"เ([ก-ฮ][รลว]?)า", r"\1{ao}"),
    (r"เ([ก-ฮ][รล]?)[อิ]", r"\1{oe}"),
    (f"เ{_INITIAL}", r"\1{e}"),
    (f"แ{_INITIAL}", r"\1{ae}"),
    (f"โ{_INITIAL}", r"\1{o}"),
    (f"[ใไ]{_INITIAL}ย?", r"\1{ai}"),
    ("ัว", "{ua}"),
    ("รร(?=[ก-ฮ])", "{a}"),
    ("รร", "{an}"),
    ("ห(?=[งญนมยรลว])", ""),
    ("ญ(?![{ะ-ู])", "น"),
    ("อ(?=[{ะ-ู])", ""),
)
"""What brings the written order into the spoken one, step by step; vowels already heard stand in braces."""
_SILENT = re.compile("[ก-ฮ][ิุ]?์")
_PIECE = re.compile(r"\{([a-z]+)\}|(.)")


def by_alphabet(word: str) -> str:
    """The written sounds in spoken order; vowels that are not written are left out."""
    word = _SILENT.sub("", re.sub("[่-๋]", "", word))
    for pattern, instead in _ORDER:
        word = re.sub(pattern, instead, word)
    return "".join(vowel or _SIGNS.get(sign, "") for vowel, sign in _PIECE.findall(word))


def lao(word: str) -> str:
    """As Thai, whose letters the Lao block has in the same places."""
    word = (
        word.replace("ຫຼ", "ລ")
        .replace("ຼ", "ລ")
        .replace("ຽ", "ັຍ")
        .replace("ໜ", "ນ")
        .replace("ໝ", "ມ")
        .replace("ົ", "ໂ")
    )
    word = re.sub("(.)ໂ(?=[ກ-ຮ](?![ະ-ູ]))", r"\1ອ", word).replace("ຣ", "ລ")
    return by_alphabet(
        "".join(chr(ord(sign) - 0x80) if "\u0e80" <= sign <= "\u0eff" else sign for sign in word)
    )
