"""Two words of names: how they agree, and how far."""

import re
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from unicodedata import combining, normalize

from rapidfuzz.distance import OSA

from allpoints.modalities.names.han_table import one_variant
from allpoints.modalities.names.parts import is_initial
from allpoints.modalities.names.rarity import information
from allpoints.modalities.names.romanise import readings
from allpoints.modalities.names.romanise.systems import SYSTEMS
from allpoints.modalities.names.scripts import Script, script_of
from allpoints.modalities.names.sounds import likeness, skeleton, spoken
from allpoints.modalities.names.symbols import symbols_of
from allpoints.modalities.names.vocabulary import LOOKALIKES


class Agreement(StrEnum):
    """How two parts of a name stand to each other."""

    EQUAL = "same"
    TRANSLITERATION = "transliteration"
    """One name in two scripts, or brought from one into the other in two ways."""
    SPELLING = "sounds alike"
    TYPO = "typing error"
    SYMBOL = "form of the same name"
    """A nickname, or the form of another language."""
    JOINED = "written together"
    INITIAL = "initial"
    TRUNCATED = "cut off"
    MISSING = "not stated"
    UNREAD = "cannot be read"
    """One is written in a script whose readings are unknown: what sounds unlike tells nothing."""
    CONTRADICTING = "different"


class Likeness(NamedTuple):
    """How two words agree, without regard to where they stand."""

    agreement: Agreement
    quality: float
    information: float


@lru_cache(maxsize=1 << 17)
def alike(one: str, other: str) -> Likeness:
    """Return how two folded words agree. Symmetric."""
    if one == other:
        if is_initial(one):
            return Likeness(Agreement.INITIAL, 1.0, _OF_AN_INITIAL)
        return Likeness(Agreement.EQUAL, 1.0, information(one))
    common = min(information(one), information(other))
    if is_initial(one) or is_initial(other):
        met = _letters(one) & _letters(other)
        return Likeness(Agreement.INITIAL, 1.0 if met else -1.0, _OF_AN_INITIAL)
    ours, theirs = script_of(one), script_of(other)
    if ours is theirs is Script.HAN:
        return Likeness(Agreement.SPELLING, _by_characters(one, other), common)
    marked = ours is theirs and not (one.isascii() and other.isascii())
    if marked and _without_marks(one) == _without_marks(other):
        return Likeness(Agreement.EQUAL, _OF_OTHER_MARKS, common)
    heard = likeness(spoken(one), spoken(other))
    if ours is not theirs:
        across = _HEARD_IN_HANGUL if Script.HANGUL in {ours, theirs} else _HEARD_ACROSS_SCRIPTS
        quality, agreement = _on(across, heard), Agreement.TRANSLITERATION
        if quality < PLAIN and not {ours, theirs} <= SYSTEMS.keys():
            quality, agreement = 0.0, Agreement.UNREAD
    else:
        quality, agreement = _on(_HEARD.get(ours, _HEARD_IN_LATIN), heard), Agreement.SPELLING
        typed = _typed(one, other) if ours is not Script.HANGUL else -1.0
        if typed > quality:
            quality, agreement = typed, Agreement.TYPO
    if quality < _OF_A_SYMBOL and symbols_of(one) & symbols_of(other):
        quality, agreement = _OF_A_SYMBOL, Agreement.SYMBOL
    if quality < _OF_A_SERVANT and (one in other or other in one) and _same_master(one, other):
        quality, agreement = _OF_A_SERVANT, Agreement.TRUNCATED
    if quality > 0 and _are_lookalikes(one, other):
        quality = _OF_A_LOOKALIKE
    return Likeness(agreement, quality, common)


PLAIN = 0.6
"""From this quality on nobody need look for a better explanation."""
_OF_AN_INITIAL = 1.2
_OF_OTHER_MARKS = 0.98
_OF_A_SYMBOL = 0.85
_OF_A_SERVANT = 0.5
_OF_A_LOOKALIKE = -0.5
"""What each letter of a beginning adds, and from which on."""
_SERVANT = re.compile("(?:abd|abed)(?:[aeiou]?[lrsnzdt](?=..))?|عبد(?:ال)?|абд(?:[аеуэ]ль?)?")


def _same_master(one: str, other: str) -> bool:
    """Whether one is the other with `Abdul` before it, as in `Abdulhanif` and `Hanif`."""
    for long, short in ((one, other), (other, one)):
        if len(short) > 2 and (found := _SERVANT.match(long)) and long[found.end() :] == short:
            return True
    return False


def _are_lookalikes(one: str, other: str) -> bool:
    """Whether they are two well-known names that are only nearly alike."""
    ours, theirs = _lookalike(one), _lookalike(other)
    return any(own and met and own != met for own, met in zip(ours, theirs, strict=True))


@lru_cache(maxsize=65_536)
def _lookalike(word: str) -> tuple[str, ...]:
    """Which name of each group of `LOOKALIKES` the word is, by its letters or plainly by its sound; mostly none."""
    found = []
    own_bones = _bones(word)
    for group in LOOKALIKES:
        if all(own_bones.isdisjoint(_bones(form)) for name in group.values() for form in name.split(",")):
            found.append(group.get(word, ""))
            continue
        heard = {
            name: max(likeness(spoken(word), spoken(form)) for form in name.split(","))
            for name in set(group.values())
        }
        best, second = sorted(heard.values(), reverse=True)[:2]
        plain = best > _HEARD_AS_ONE and best - second > _PLAINLY_NEARER
        own = max(heard, key=heard.__getitem__) if plain and script_of(word) is not Script.ARABIC else ""
        found.append(group.get(word, own))
    return tuple(found)


@lru_cache(maxsize=4_096)
def _bones(word: str) -> frozenset[bytes]:
    return frozenset(skeleton(heard) for heard, _ in spoken(word))


_HEARD_AS_ONE, _PLAINLY_NEARER = 0.85, 0.05

Curve = tuple[tuple[float, float], ...]
_HEARD_ACROSS_SCRIPTS: Curve = (
    (0.0, -1.0), (0.2, -0.6), (0.3, 0.0), (0.45, 0.25), (0.6, 0.5), (0.75, 0.7), (0.9, 0.92), (1.0, 1.0),
)  # fmt: skip
"""The quality of an agreement by how alike two words sound, with straight lines between."""
_HEARD_IN_HANGUL: Curve = (*_HEARD_ACROSS_SCRIPTS[:-2], (0.9, 0.8), (1.0, 1.0))
"""Hangul writes every sound: who spells another vowel mostly means another name."""
_HEARD_IN_LATIN: Curve = ((0.0, -1.0), (0.4, -0.9), (0.75, 0.0), (0.9, 0.65), (1.0, 0.97))
_HEARD_ABJAD: Curve = ((0.0, -1.0), (0.5, -0.9), (0.8, 0.0), (0.95, 0.65), (1.0, 0.97))
_HEARD: dict[Script, Curve] = {
    Script.ARABIC: _HEARD_ABJAD,
    Script.HEBREW: _HEARD_ABJAD,
    Script.KANA: _HEARD_ABJAD,
    Script.HANGUL: _HEARD_ABJAD,
}


def _on(curve: Curve, heard: float) -> float:
    for (x, y), (following, above) in pairwise(curve):
        if heard <= following:
            return y + (above - y) * (heard - x) / (following - x)
    return curve[-1][1]


def _by_characters(one: str, other: str) -> float:
    """The quality of two Han names: their readings say nothing where other characters are written."""
    ours, theirs = one_variant(one), one_variant(other)
    if ours == theirs:
        return 0.98
    wrong = OSA.distance(ours, theirs)
    return -1.0 + 0.9 * (1.0 - wrong / max(len(ours), len(theirs)))


def _typed(one: str, other: str) -> float:
    """The quality of two words as one word mistyped."""
    length = max(len(one), len(other))
    wrong = OSA.distance(one, other, score_cutoff=3)
    if wrong > 2 or length < 4:
        return -1.0
    return 1.0 - wrong * 3.0 / length


@lru_cache(maxsize=1 << 16)
def _without_marks(word: str) -> str:
    return "".join(c for c in normalize("NFD", word) if not combining(c))


@lru_cache(maxsize=1 << 16)
def _letters(word: str) -> frozenset[str]:
    return frozenset(reading.text[0] for reading in readings(word) if reading.text)
