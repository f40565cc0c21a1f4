"""Han characters read in Mandarin, in Cantonese, as Korean and as Japanese names."""

import re
from functools import cache

from japanese_personal_name_dataset import load_dataset

from allpoints.modalities.names.han_table import HanReadings, one_variant, readings_of
from allpoints.modalities.names.romanise.hangul import revised
from allpoints.modalities.names.romanise.kana import hepburn
from allpoints.modalities.names.romanise.tables import letters

_FAMILY_NAMES = letters(
    "单:shan 曾:zeng 曽:zeng 仇:qiu 解:xie 查:zha 任:ren 朴:piao 区:ou 盖:ge 缪:miao 乐:yue 覃:qin 翟:zhai 冼:xian "
    "沈:shen 洗:xian 秘:bi 员:yun 繁:po"
)
"""Characters that are read otherwise at the beginning of a Chinese name."""

_KOREAN_FAMILY_NAMES = {"金": "김", "沈": "심", "陈": "진", "葉": "엽"}

_HOKKIEN_FAMILY_NAMES = letters(
    "陈:tan 黄:ng 林:lim 王:ong 吴:goh 张:teo 郑:tay 许:koh 蔡:chua 杨:yeo 刘:low 洪:ang 周:chew 郭:kwek 苏:soh 卓:toh "
    "邱:khoo 谢:chia 梁:neo 傅:poh 叶:yap 颜:gan 罗:loh 余:ee 曾:chan 李:lee 胡:oh 何:hoe 沈:sim 徐:chee"
)
"""As Singapore, Malaysia, Indonesia, the Philippines and Taiwan spell the commonest family names in Southern Min."""
_LONGEST_GIVEN_NAME = 2
_ONSETS = {"gw": "kw", "kw": "kw", "ng": "ng", "g": "k", "d": "t", "b": "p", "z": "ch", "c": "ch", "j": "y"}
_RIMES = {"yu": "ue", "oe": "eu", "eo": "eu", "aa": "a", "yy": "y", "au": "au", "ou": "o"}


def mandarin(word: str) -> str:
    """In pinyin, where it is short enough for a Chinese name."""
    return _pinyin(word) if len(word) <= _LONGEST_GIVEN_NAME else ""


def loan(word: str) -> str:
    """In pinyin, where it is long enough for a foreign name."""
    return _pinyin(word) if len(word) > _LONGEST_GIVEN_NAME else ""


def _pinyin(word: str) -> str:
    characters = _read(word)
    first = _FAMILY_NAMES.get(one_variant(word[:1]))
    return (
        "".join([first or characters[0].mandarin, *(each.mandarin for each in characters[1:])])
        if characters
        else ""
    )


def cantonese(word: str) -> str:
    """As Hong Kong spells names, which follows no one system."""
    return "".join(_as_in_hong_kong(each.cantonese) for each in _read(word))


def sino_korean(word: str) -> str:
    """As Koreans with this name spell it in Hangul, by the Revised Romanisation."""
    characters = _read(word)
    first = _KOREAN_FAMILY_NAMES.get(one_variant(word[:1]))
    return (
        revised("".join([first or characters[0].hangul, *(each.hangul for each in characters[1:])]))
        if characters
        else ""
    )


def hokkien(word: str) -> str:
    """In Southern Min, for a family name."""
    return _HOKKIEN_FAMILY_NAMES.get(one_variant(word), "")


def japanese(word: str) -> str:
    """As the Japanese family name or given name that is written so, in its most usual reading."""
    return next(iter(_japanese_names().get(one_variant(word), ())), "")


def japanese_by_character(word: str) -> str:
    """In the next usual reading of the name; for an unknown one character by character, kana by Hepburn."""
    known = _japanese_names().get(one_variant(word), ())
    if known:
        return known[1] if len(known) > 1 else ""
    return "".join(_as_in_japan(character) for character in _repeated(word))


def _read(word: str) -> list[HanReadings]:
    return [known for character in _repeated(one_variant(word)) if (known := readings_of(character))]


def _repeated(word: str) -> str:
    return re.sub("(.)々", r"\1\1", word)


def _as_in_hong_kong(syllable: str) -> str:
    found = re.match("gw|kw|ng(?=.)|[gdbzcj]", syllable)
    onset = found.group() if found else ""
    rime = re.sub("yu|oe|eo|aa|ou", lambda pair: _RIMES[pair.group()], syllable[len(onset) :])
    return _ONSETS.get(onset, "") + rime


def _as_in_japan(character: str) -> str:
    known = readings_of(one_variant(character))
    if known is None:
        return hepburn(character)
    return next(iter((*known.kun, *known.on)), "")


@cache
def _japanese_names() -> dict[str, tuple[str, ...]]:
    """Names by how they are written, each with at most two readings in Hepburn.

    A family name comes first, then the reading that is written in the most ways, which is the most usual.
    """
    *given_names, families = load_dataset("org", include_last_names=True)
    names: dict[str, tuple[str, ...]] = {
        one_variant(writing): (family["en"],) for writing, family in families.items()
    }
    entries = sorted(
        (entry for names in given_names for entry in names.values()), key=lambda entry: -len(entry["kanji"])
    )
    for entry in entries:
        for writing in entry["kanji"]:
            form = one_variant(writing)
            known = names.get(form, ())
            if len(known) < 2 and entry["en"] not in known:
                names[form] = (*known, entry["en"])
    return names
