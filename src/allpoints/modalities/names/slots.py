"""A name taken into slots, one for each word that tells people apart, and the words that can fill them.

A variant fills one slot or several neighbouring ones. So `Jin Ping` meets `Jinping`, `Abd al-Rahman` meets
`Abdulrahman`, and 习近平, written without spaces, meets `Xi Jinping`: what is held and what is looked for are taken
apart and put together by the same rules.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from allpoints.modalities.names import vocabulary as v
from allpoints.modalities.names.scripts import Script, script_of, words
from allpoints.records.people import Name, named

MAX_SLOTS = 8
"""Of one name: later words are seldom written."""

_SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxzcsrwyv]|[zcskpgt]h|ts|ng|hs|kw|gw|tr|ny)?[aeiouyw]{1,4}(?:ng?|nh|m|[ptkh]|ch|ck|r|l)?"
)
_ARTICLE = "ال"


class Variant(NamedTuple):
    """A word that fills slots of a name: a bit for each."""

    word: str
    slots: int


@lru_cache(maxsize=262_144)
def _words_of(token: str) -> tuple[str, ...]:
    return tuple(words(token))


def written_words(name: Name | str) -> list[str]:
    """The words of a name in their order, those of its parts that the text lacks at the end."""
    name = named(name)
    found = [word for token in str(name).split() for word in _words_of(token)]
    if name.text:
        parts = " ".join((name.given, name.patronymic, name.family))
        found += [w for token in parts.split() for w in _words_of(token) if w not in found]
    return found


def variants(name: Name | str) -> list[Variant]:
    """Take a name apart: the variants of its words, each with the slots that it fills."""
    found = _untitled(written_words(name))
    if len(found) == 1 and len(found[0]) > 1 and script_of(found[0]) in _UNSPACED:
        return _unspaced(found[0])
    carrying = [_carries(found, i) for i in range(len(found))]
    if not any(carrying):
        carrying = [True] * len(found)
    slots: list[int] = []
    for carries in carrying:
        number = sum(map(bool, slots))
        slots.append(1 << number if carries and number < MAX_SLOTS else 0)
    result = [Variant(word, slot) for word, slot in zip(found, slots, strict=True) if slot]
    for start, stop in _joins(found):
        if mask := _union(slots[start:stop]):
            result.append(Variant("".join(found[start:stop]), mask))
    result += [
        Variant(word[len(_ARTICLE) :], slot)
        for word, slot in zip(found, slots, strict=True)
        if slot and word.startswith(_ARTICLE) and len(word) > 4
    ]
    return list(dict.fromkeys(result))


def initials(name: Name | str) -> list[str]:
    """The initials of a name that fill no slot because other words do."""
    found = _untitled(written_words(name))
    if not any(_carries(found, i) for i in range(len(found))):
        return []
    return [word for word in found if len(word) == 1 and script_of(word) not in _UNSPACED][:MAX_SLOTS]


def _untitled(found: list[str]) -> list[str]:
    """The words without titles; what stands last beside one other word is none, as in فيصل السيد."""
    plain = [word for word in found if word not in v.TITLES]
    names = [word for word in plain if word not in v.PARTICLES]
    if len(names) <= 1 < len(found) and found[-1] in v.TITLES and found[0] not in v.TITLES:
        return [word for word in found[:-1] if word not in v.TITLES] + found[-1:]
    return plain or found


def respaced(found: Sequence[Variant], people: Callable[[str], int]) -> list[Variant]:
    """Add what the variants become when a blank too few or too many was written, as far as somebody holds it.

    `people` says how many hold a word. Neighbours are joined, and a word that nobody holds is parted where the
    pieces are held most.
    """
    result = list(found)
    plain = {v.slots: v.word for v in reversed(found) if v.slots.bit_count() == 1}
    free = max(v.slots for v in found).bit_length()
    for slot, word in plain.items():
        after = plain.get(slot << 1)
        if after and people(word + after):
            result.append(Variant(word + after, slot | slot << 1))
        if len(word) >= 2 * _SHORTEST_PIECE and free < MAX_SLOTS and not people(word):
            cuts = range(_SHORTEST_PIECE, len(word) - _SHORTEST_PIECE + 1)
            held, cut = max((min(people(word[:cut]), people(word[cut:])), cut) for cut in cuts)
            if held:
                result = [v._replace(slots=v.slots | 1 << free) if v.slots & slot else v for v in result]
                result += [Variant(word[:cut], slot), Variant(word[cut:], 1 << free)]
                free += 1
    return list(dict.fromkeys(result))


_SHORTEST_PIECE = 3


def _carries(found: Sequence[str], i: int) -> bool:
    """Whether the word fills a slot: particles do where they must be names, initials do not."""
    word = found[i]
    if len(word) == 1 and script_of(word) not in _UNSPACED:
        return False
    if word in v.PARTICLES:
        return i == len(found) - 1 > 0 or (i == 0 and word not in v.LEADING_PARTICLES)
    return word not in v.OF_FATHER_AFTER


def _union(slots: Sequence[int]) -> int:
    mask = 0
    for slot in slots:
        mask |= slot
    return mask


def _joins(found: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where neighbouring words are written as one, too: as start and stop."""
    last = len(found) - 1
    for i in range(last):
        word, after = found[i], found[i + 1]
        if word in _JOINING:
            stop = i + 1
            while stop < last and found[stop] in _JOINING:
                stop += 1
            yield i, stop + 1
        elif (after in v.ARTICLES or after in v.LINKS) and i + 2 <= last and _of_faith(found, i):
            yield i, i + 3
        elif after in v.OF_FAITH or _are_syllables(word, after):
            yield i, i + 2


_JOINING = v.PARTICLES | v.SERVANT | v.FATHER_OF | v.CLAN_PREFIXES
"""Words that are also written as one with the word after them."""
_SPECIAL = _JOINING | v.TITLES | v.ARTICLES | v.LINKS | v.OF_FAITH | v.OF_FATHER_AFTER
_UNSPACED = frozenset({Script.HAN, Script.HANGUL})


def _of_faith(found: Sequence[str], i: int) -> bool:
    """Whether the i-th word and the two after it are one, as in `Nur al Din` and `Zia ul Haq`."""
    return found[i + 1] in v.LINKS or found[i + 2] in v.OF_FAITH


def _are_syllables(word: str, after: str) -> bool:
    """Whether the two may be one given name, as `Jin Ping` is."""
    return after not in v.PARTICLES and _is_syllable(word) and _is_syllable(after)


@lru_cache(maxsize=65_536)
def _is_syllable(word: str) -> bool:
    """Whether it may be one syllable of a Chinese, Korean or Vietnamese name."""
    if word.isascii():
        return 1 < len(word) <= 6 and _SYLLABLE.fullmatch(word) is not None
    return len(word) == 1 and script_of(word) in _UNSPACED


def _unspaced(word: str) -> list[Variant]:
    """A Han or Hangul name in one piece: family and given name in either order, where the one can end and the
    other begin."""
    if not any(script_of(character) in _UNSPACED for character in word[1:]):
        return [Variant(word, 1)]
    length = len(word)
    if length > 6:
        return [Variant(word, 1)]
    cuts = {2: (1,), 3: (1, 2), 4: (1, 2) if script_of(word) is Script.HANGUL else (2,)}.get(length, (2, 3))
    edges = (0, *cuts, length)
    whole = (1 << (len(edges) - 1)) - 1
    result = []
    for number, cut in enumerate(cuts, 1):
        before = (1 << number) - 1
        result += [Variant(word[:cut], before), Variant(word[cut:], whole & ~before)]
    if length not in (3, 4):
        result.append(Variant(word, whole))
    return list(dict.fromkeys(result))


def variant_words(name: Name | str) -> list[str]:
    """The words of all variants, by a short cut for the many names where each word is its only variant."""
    if isinstance(name, str) or (not (name.family or name.given or name.patronymic)):
        plain = [_plain(token) for token in str(name).split()]
        if all(plain) and len(plain) <= MAX_SLOTS:
            return plain
    return [variant.word for variant in variants(name)]


@lru_cache(maxsize=262_144)
def _plain(token: str) -> str:
    """The token's word where it is one that fills a slot and joins with no other; else nothing."""
    found = _words_of(token)
    if len(found) != 1 or len(found[0]) < 2:
        return ""
    word = found[0]
    special = word in _SPECIAL or word.startswith(_ARTICLE) or _is_syllable(word)
    return "" if special or script_of(word) in _UNSPACED else word
