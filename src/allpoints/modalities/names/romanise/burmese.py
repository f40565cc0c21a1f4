"""Burmese, after the conventional spelling of names (Okell 1971): the rimes are read as a whole."""

import re

from allpoints.modalities.names.romanise.tables import letters

_RIMES = letters(
    "ောင်:aung ေါင်:aung ိုင်:aing င်:in ောက်:auk ေါက်:auk ိုက်:aik က်:ak ော်:aw ေါ်:aw ော:aw ေါ:aw "
    "ိန်:ein ိမ်:ein ိုန်:ain ိုမ်:ain ုန်:on ုမ်:on ုံ:on ွန်:un ွမ်:un ွံ:un န်:an မ်:an ဏ်:an ံ:an ဉ်:in ဉ့်:yun "
    "ုတ်:ok ုပ်:ok ိတ်:eik ိပ်:eik တ်:at ပ်:at စ်:it ည်:i ယ်:e ို:o ေ:e ဲ:e ာ:a ါ:a ိ:i ီ:i ု:u ူ:u "
    "ဥ:u ဦ:u ဣ:i ဤ:i ဧ:e ဩ:aw ဪ:aw"
)
_CONSONANTS = letters(
    "က:k ခ:kh ဂ:g ဃ:g င:ng စ:s ဆ:s ဇ:z ဈ:z ည:ny ဉ:ny ဋ:t ဌ:t ဍ:d ဎ:d ဏ:n တ:t ထ:t ဒ:d ဓ:d န:n ပ:p ဖ:p ဗ:b ဘ:b "
    "မ:m ယ:y ရ:y လ:l ဝ:w သ:th ဟ:h ဠ:l အ:"
)
_TONES = re.compile("[့း္]")
_RIME = re.compile("|".join(sorted(_RIMES, key=len, reverse=True)))
_SYLLABLE = re.compile("([က-အ])([ျြ]?)(ွ?)(ှ?)([a-z]*)|([a-z]+)")


def conventional(word: str) -> str:
    """Read by syllables: consonant, medials, rime; a consonant without a rime has an a."""
    # Tone marks stand before or after the sign that silences a final.
    word = _RIME.sub(lambda found: _RIMES[found.group()], _TONES.sub("", word))
    return "".join(map(_syllable, _SYLLABLE.finditer(word)))


def _syllable(found: re.Match[str]) -> str:
    consonant, y, w, h, rime, alone = found.groups("")
    if not consonant:
        return alone
    return "h" * bool(h) + _CONSONANTS.get(consonant, "") + "y" * bool(y) + "w" * bool(w) + (rime or "a")
