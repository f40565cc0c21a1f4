"""The scripts of India and Sri Lanka, whose consonants carry a vowel that is not always spoken.

The blocks of ISCII descent lay out their letters alike (Unicode core specification, chapter 12), so that one
table of offsets serves them; Sinhala has its own.
"""

import unicodedata

from allpoints.modalities.names.romanise.tables import in_order, letters

_CONSONANTS = in_order(
    "k kh g gh ng ch chh j jh ny t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h", first=0x15
) | {0x5F: "y"}
_VOWELS = in_order("a aa i ii u uu r l e e e ai o o o au", first=0x05)
_SIGNS = in_order("aa i ii u uu r r e e e ai o o o au", first=0x3E) | {0x56: "ai", 0x57: "au"}
_SECOND_PART = letters("aa:o uu:o l:au")
_WITH_DOT = letters("k:q kh:kh g:gh j:z d:r dh:rh ph:f")
_NASAL, _DOT, _SILENT = {0x01, 0x02, 0x70}, 0x3C, 0x4D

_SINHALA = 0x0D80
_SINHALA_CONSONANTS = in_order(
    "k kh g gh ng ng ch chh j jh ny gn nj t th d dh n nd t th d dh n - nd p ph b bh m mb y r - l - - v sh sh s h l f",
    first=0x1A,
)
_SINHALA_VOWELS = in_order("a aa a aa i ii u uu r r l l e e ai o o au", first=0x05)
_SINHALA_SIGNS = in_order("aa a aa i ii u - uu - r e e ai o o au l", first=0x4F)
_SINHALA_SILENT = 0x4A

_MALAYALAM_FINALS = in_order("n n r l l k", first=0x0D7A)
_OTHER_LETTERS = _MALAYALAM_FINALS | {0x09CE: "t", 0x0A71: ""}
"""By code point: letters that end a syllable."""
_ASSAMESE = {0x09F0: "r", 0x09F1: "w"}


def full(word: str) -> str:
    """Every inherent vowel spoken, as in the south and in Sanskrit."""
    return "".join(consonant + vowel for consonant, vowel in _syllables(word)).replace("@", "a")


def worn(word: str) -> str:
    """Inherent vowels dropped at the end and between `VC_CV`, as in the north (Ohala 1983)."""
    syllables = _syllables(word)
    if len(syllables) > 1 and syllables[-1][1] == "@":
        syllables[-1] = (syllables[-1][0], "")
    for at in range(len(syllables) - 2, 0, -1):
        (_, before), (_, vowel), (onset, after) = syllables[at - 1 : at + 2]
        if vowel == "@" and before and after and onset:
            syllables[at] = (syllables[at][0], "")
    return "".join(consonant + vowel for consonant, vowel in syllables).replace("@", "a").replace("jny", "gy")


def _syllables(word: str) -> list[tuple[str, str]]:
    """Consonants with their vowel; `@` is the inherent one."""
    syllables: list[tuple[str, str]] = []
    for letter in unicodedata.normalize("NFD", word):
        code = ord(letter)
        place = code & 0x7F
        sinhala = code & ~0x7F == _SINHALA
        consonant = _ASSAMESE.get(code) or (_SINHALA_CONSONANTS if sinhala else _CONSONANTS).get(place)
        vowel = (_SINHALA_VOWELS if sinhala else _VOWELS).get(place)
        sign = (_SINHALA_SIGNS if sinhala else _SIGNS).get(place)
        onset, heard = syllables[-1] if syllables else ("", "")
        if code in _OTHER_LETTERS:
            syllables.append((_OTHER_LETTERS[code], ""))
        elif consonant:
            syllables.append((consonant, "@"))
        elif vowel:
            syllables.append(("", vowel))
        elif place in _NASAL:
            syllables.append(("n", ""))
        elif sign and syllables:
            # A two-part vowel comes apart: its second part completes the first.
            syllables[-1] = (onset, sign if heard in {"@", ""} else _SECOND_PART.get(sign, sign))
        elif place == (_SINHALA_SILENT if sinhala else _SILENT) and heard == "@":
            syllables[-1] = (onset, "")
        elif place == _DOT and syllables:
            syllables[-1] = (_WITH_DOT.get(onset, onset), heard)
    return syllables
