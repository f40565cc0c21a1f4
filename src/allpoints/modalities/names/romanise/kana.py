"""Katakana and hiragana by the Hepburn system, with the kana pairs that foreign sounds are written with."""

import re

from allpoints.modalities.names.romanise.tables import letters

_KANA = letters(
    "ア:a イ:i ウ:u エ:e オ:o カ:ka キ:ki ク:ku ケ:ke コ:ko "
    "サ:sa シ:shi ス:su セ:se ソ:so タ:ta チ:chi ツ:tsu テ:te ト:to "
    "ナ:na ニ:ni ヌ:nu ネ:ne ノ:no ハ:ha ヒ:hi フ:fu ヘ:he ホ:ho "
    "マ:ma ミ:mi ム:mu メ:me モ:mo ヤ:ya ユ:yu ヨ:yo ラ:ra リ:ri "
    "ル:ru レ:re ロ:ro ワ:wa ヰ:i ヱ:e ヲ:o ン:n ガ:ga ギ:gi "
    "グ:gu ゲ:ge ゴ:go ザ:za ジ:ji ズ:zu ゼ:ze ゾ:zo ダ:da ヂ:ji "
    "ヅ:zu デ:de ド:do バ:ba ビ:bi ブ:bu ベ:be ボ:bo パ:pa "
    "ピ:pi プ:pu ペ:pe ポ:po ヴ:vu ヷ:va ヸ:vi ヹ:ve ヺ:vo "
)
_SMALL = letters("ァ:a ィ:i ゥ:u ェ:e ォ:o ャ:ya ュ:yu ョ:yo ヮ:wa")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SYLLABLE = re.compile("(ッ?)(.)([ァィゥェォャュョヮ]?)(ー*)")


def hepburn(word: str) -> str:
    """Read by syllables; a long vowel is written twice."""
    word = re.sub("(.)[ヽゝ]", r"\1\1", word)
    # A voiced kana stands right after its unvoiced one.
    word = re.sub("(.)[ヾゞ]", lambda found: found[1] + chr(ord(found[1]) + 1), word).translate(_HIRAGANA)
    return "".join(_syllable(*found.groups()) for found in _SYLLABLE.finditer(word))


def _syllable(double: str, sign: str, small: str, long: str) -> str:
    sound = _KANA.get(sign, _SMALL.get(sign, ""))
    if small and sound:
        sound = _joined(sound, _SMALL[small])
    if double and sound[:1] not in tuple("aiueony"):
        sound = ("t" if sound.startswith("ch") else sound[0]) + sound if sound else ""
    return sound + (sound[-1] if long and sound and sound[-1] in "aiueo" else "")


def _joined(sound: str, small: str) -> str:
    """Two kana as one syllable: シャ sha, キャ kya, ティ ti, ファ fa, ウィ wi."""
    consonant = sound[:-1]
    if sound in {"u", "i"}:
        return ("w" if sound == "u" else "y") + small.removeprefix("y")
    if small.startswith("y") and consonant in {"sh", "ch", "j"}:
        return consonant + small[1:]
    if sound in {"ku", "gu"} and not small.startswith("y"):
        return consonant + "w" + small.removeprefix("w")
    return consonant + small
