"""What a reading sounds like: its letters as codes, one for each sound that they may stand for."""

import re
from typing import Final

from allpoints.modalities.names.romanise import Reading

LONGEST: Final = 63
"""Sounds of a reading that are compared; what comes after is cut off."""

CODES: Final = (
    *("a", "e", "i", "o", "u", "eo"),  # the last is the Korean eo or eu
    *("a2", "e2", "i2", "o2", "u2"),  # a vowel right after a vowel, or a mute e at the end
    "weak",  # a vowel that only holds two consonants apart, as in katakana
    *("y", "w", "alif", "waw", "ya", "ayn"),  # the last four are letters of abjads
    *("h", "h2"),  # h2 does not open a syllable
    "double",  # the second of two equal consonants
    *("p", "b", "f", "v", "m", "t", "th", "d", "n", "ng", "l", "r", "r2"),  # r2 does not open a syllable
    *("s", "z", "sh", "zh", "sz", "ch", "c", "c2", "j", "dj", "ts", "dz"),
    *("k", "g", "g2", "q", "kh", "gh", "x", "xi"),
    *("bp", "bv", "pf", "td", "kg", "kkh", "ssh", "chj", "lr"),  # one letter with two sounds
)
"""The sounds in the order of their codes 1, 2, 3 and so on. Most are named by the letters that write them.

`c` and `g2` stand before e, i or y, `c2` is any other c; `x` is the k in a written x, `xi` an x at the beginning;
`sz` is one pair of letters with two sounds.
"""
CODE: Final = {name: code for code, name in enumerate(CODES, start=1)}


_SPELLINGS = dict(
    (
        *(("^ou(?=[aeiy])|^u(?=[aeio])", "w"), ("eaux?", "o"), ("oo|ou", "u"), ("ee", "i")),
        *(
            ("t~[sz]", "ts double"),
            ("t~h", "th double"),
            ("s~h", "sh double"),
            ("c~h", "ch double"),
            ("p~h", "f double"),
        ),
        *(
            ("tz?sch|tch|tsh|chh|cz|cs", "ch"),
            ("sch", "sh"),
            ("dzh|dsh|dj|dg(?=[eiy])", "dj"),
            ("chzh|zs", "zh"),
        ),
        *(
            ("tsz", "dz"),
            ("tz|ts", "ts"),
            ("dz", "dz"),
            ("sz", "sz"),
            ("zh", "zh"),
            ("sh", "sh"),
            ("ch", "ch"),
        ),
        *(
            ("kh", "kh"),
            ("gh(?!t)", "gh"),
            ("ght", "h2 t"),
            ("th", "th"),
            ("ph", "f"),
            ("ck|cq", "k"),
            ("qu", "k w"),
        ),
        *(("dt", "t"), ("lj", "l y"), ("mc", "m weak k"), ("hs(?=[iu])", "xi"), ("^x", "xi"), ("x", "x s")),
        *(("^ng|ng(?![aeiou@%])", "ng"), ("c(?=~?[eiy])", "c"), ("c", "c2"), ("g(?=~?[eiy])", "g2")),
        *(("r(?![aeiouy~@%])", "r2"), ("j(?=[b-df-hk-np-tvxz])", "y"), ("(?<=[b-df-hj-np-tvwxz~])e$", "e2")),
        *(
            ("(?<=[^aeiouyw@%])h|h(?![aeiouyw@%])", "h2"),
            ("~", "double"),
            ("@", "weak"),
            ("%", "eo"),
            ("#", "xi"),
        ),
        *((f"(?<=[aeiou@%]){vowel}", f"{vowel}2") for vowel in "aeiou"),
    )
)
"""Letters that write another sound than each by itself, by regular expression, the longest first.

`~` is the second of two equal consonants.
"""
_DOUBLED = re.compile(r"([b-df-hj-np-tvwxz])\1+")
_GRAPHEME = re.compile(
    # Most letters stand alone; to try first what never opens a pair halves the time.
    "[bfvwy]|(?<![aeiou@%])(?:[ai]|o(?![ou])|u(?![aeio])|e(?![ea]|$))|m(?!c)|l(?!j)|n(?!g)|k(?!h)|d(?![zsjgt])|"
    "p(?!~?h)|z(?![sh])|r(?=[aeiouy~@%])|t(?!~?[szhc])|s(?!~?[hcz])|"
    + "|".join(f"({letters})" for letters in _SPELLINGS)
    + "|[a-z]"
)
_SPELT = tuple(bytes(CODE[name] for name in names.split()) for names in _SPELLINGS.values())
_ALONE = {letter: bytes([CODE[letter]]) for letter in "abdefghijklmnopqrstuvwyz"}

_PINYIN = [
    ("x", "#"),
    ("er(?![aeiou])", "@r"),
    ("(?<=[tdkglzcs])e(?![aeiournw])|(?<=[szcrh])i(?![aeioun])|(?<=[fbpm])u(?![aeion])", "@"),
]
_SPECIAL: dict[str, list[tuple[str, str]]] = {
    "kana": [("(?<=[b-df-hj-np-tvwxz])u(?!u)|(?<=[td])o(?!o)|(?<=[cs]h|.j)i(?![aeiou])", "@")],
    "mandarin": _PINYIN[:2],
    "mandarin-loan": _PINYIN,
    "korean": [("eo|eu(?!i)", "%")],
    "korean-loan": [("eo", "%"), ("eu(?!i)", "@")],
}
"""Letters of a system rewritten before they are heard: `@` is a weak vowel, `%` the Korean eo or eu, `#` pinyin x."""

_HEARD_AS = {
    "arabic": "b-bp",
    "hebrew": "b-bv p-pf k-kkh sh-ssh",
    "kana": "r-lr r2-lr b-bv",
    "japanese": "r-lr r2-lr",
    "mandarin": "k-kg g-kg g2-kg t-td d-td p-bp b-bp c-ts c2-ts q-chj ch-chj zh-chj j-chj",
    "mandarin-loan": "k-kg g-kg g2-kg c-ts c2-ts q-ch l-lr",
    "cantonese": "k-kg t-td p-bp ch-chj",
    "korean": "k-kg g-kg g2-kg t-td d-td p-bp b-bp r-lr r2-lr l-lr j-chj ch-chj",
    "korean-loan": "k-kg g-kg g2-kg t-td d-td p-bp b-bp r-lr r2-lr l-lr j-chj ch-chj",
    "thai": "k-kg kh-kkh t-td th-td d-td p-bp b-bp r-lr r2-lr ch-chj j-chj",
    "hokkien": "k-kg t-td p-bp ch-chj",
    "tamil": "k-kg t-td p-bp ch-chj",
}
"""Sounds of a system that are another sound than the same letters elsewhere, or more than one."""
_HEARD = {
    system: bytes.maketrans(
        *(bytes(CODE[pair.split("-")[side]] for pair in pairs.split()) for side in (0, 1))
    )
    for system, pairs in _HEARD_AS.items()
}
_ABJADS = frozenset({"arabic", "hebrew", "syriac"})
_ABJAD_LETTER = re.compile("tsh|tz|dj|dh|sh|zh|kh|gh|th|ch|dz|ts|ng|(?<=.)h$|[a-z]")
_ABJAD_SOUNDS = CODE | {
    letters: CODE[name]
    for letters, name in (
        *(("a", "alif"), ("w", "waw"), ("y", "ya"), ("e", "ayn"), ("c", "k"), ("x", "kh")),
        *(("tsh", "ch"), ("tz", "ts"), ("dh", "d")),
    )
}


def sounds(reading: Reading) -> bytes:
    """Return the codes of a reading's sounds, each from 1 to 63, at most `LONGEST` of them; see `CODES`."""
    codes = _letters_heard(reading.text) if reading.system in _ABJADS else _sounds_heard(reading)
    return codes[:LONGEST].translate(_HEARD.get(reading.system))


def _letters_heard(text: str) -> bytes:
    heard = bytes(_ABJAD_SOUNDS[letters] for letters in _ABJAD_LETTER.findall(text))
    return heard[:-1] + bytes([CODE["h2"]]) if len(heard) > 1 and heard[-1] == CODE["h"] else heard


def _sounds_heard(reading: Reading) -> bytes:
    text = reading.text
    for pattern, instead in _SPECIAL.get(reading.system, ()):
        text = re.sub(pattern, instead, text)
    return b"".join(
        [
            _SPELT[found.lastindex - 1] if found.lastindex else _ALONE[found[0]]
            for found in _GRAPHEME.finditer(_DOUBLED.sub(r"\1~", text))
        ]
    )
