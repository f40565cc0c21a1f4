"""Greek, as it sounds today (ELOT 743 transcription) and letter for letter."""

import re
import unicodedata

from allpoints.modalities.names.romanise.tables import letters

_LETTERS = letters(
    "α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o"
)
_SOUNDS = letters(
    "ου:ou αι:e ει:i οι:i υι:i γγ:ng γχ:nch γξ:nx τζ:tz ^μπ:b ^ντ:d ^γκ:g μπ:b ντ:nd γκ:g "
    "αυ(?=[βγδζλμνραεηιου]):av αυ:af ευ(?=[βγδζλμνραεηιου]):ev ευ:ef γι(?=[αοευ]):y γ(?=[ειη]):y χ:h υ:i"
)
_SOUND = re.compile("|".join(f"({pattern})" for pattern in _SOUNDS))


def modern(word: str) -> str:
    """As it sounds: `μπ` is b, `ντ` nd or d, `η ει οι υ` are all i."""
    sounds = list(_SOUNDS.values())
    return _spelt(_SOUND.sub(lambda found: sounds[(found.lastindex or 1) - 1], _plain(word)))


def by_letter(word: str) -> str:
    """Letter for letter, as most passports before 2011 and most scholars write it."""
    return _spelt(re.sub("γ(?=[γκξχ])", "n", _plain(word)))


def _plain(word: str) -> str:
    """Without accents."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )


def _spelt(word: str) -> str:
    return "".join(_LETTERS.get(letter, letter) for letter in word)
