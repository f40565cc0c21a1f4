"""Words of names that stand for each other: spelt, sounded or known alike.

Words that hold a key in common are compared once, however often they come up in the records.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from allpoints.modalities.names.duplicates.columns import ragged
from allpoints.modalities.names.romanise import readings
from allpoints.modalities.names.scripts import Script, script_of
from allpoints.modalities.names.sounds import likeness, skeleton, spoken
from allpoints.modalities.names.symbols import symbols_of

LEAST = 0.7
"""Words that are less alike than this are different words."""
CROWD = 100
"""A key that more words than this share tells nothing of them."""
SAME_SYMBOL = 0.9
"""How alike are two words that stand for one name, such as Bill and William."""
PACKED = 8
"""Letters that fit into one number."""

_ENDINGS = ("ie", "ey", "y", "i")
"""What English, French and German put behind a name's beginning to make it familiar: Will-ie, Wall-y."""


class Words(NamedTuple):
    """What is known of each word w of a vocabulary.

    `near[near_start[w]:near_start[w + 1]]` are the words like it, in ascending order, with how alike they are.
    `letters` packs the first letters of its first reading, `length` counts all of them, `stem` those that are
    left without a familiar ending. `script` numbers the scripts. `telling` says that the word is no initial.
    `classes` numbers what it shares with words of the same sound or symbol.
    """

    near_start: NDArray[np.int64]
    near: NDArray[np.int32]
    likeness: NDArray[np.float32]
    letters: NDArray[np.uint64]
    length: NDArray[np.int32]
    stem: NDArray[np.int32]
    telling: NDArray[np.bool_]
    script: NDArray[np.int32]
    class_start: NDArray[np.int64]
    classes: NDArray[np.int32]


def known_words(vocabulary: Sequence[str]) -> Words:
    """Compare the words of a vocabulary among themselves."""
    read = [tuple(reading.text for reading in readings(word)) or (word,) for word in vocabulary]
    symbols = [symbols_of(word) for word in vocabulary]
    skeletons = [frozenset(skeleton(codes) for codes, _ in spoken(word)) - {b""} for word in vocabulary]
    near_start, near, alike = _near(vocabulary, read, symbols, skeletons)
    numbers: dict[object, int] = {}
    classes = [
        sorted({numbers.setdefault(key, len(numbers)) for key in (*bones, *known)})
        for bones, known in zip(skeletons, symbols, strict=True)
    ]
    class_start, class_values = ragged(classes)
    first = [texts[0] for texts in read]
    scripts = list(Script)
    return Words(
        near_start=near_start,
        near=near,
        likeness=alike,
        letters=np.array([_packed(text) for text in first], np.uint64),
        length=np.array([len(text) for text in first], np.int32),
        stem=np.array([len(_stem(text)) for text in first], np.int32),
        script=np.array([scripts.index(script_of(word)) for word in vocabulary], np.int32),
        telling=np.array([len(word) > 1 or not word.isascii() for word in vocabulary]),
        class_start=class_start,
        classes=class_values,
    )


def _near(
    vocabulary: Sequence[str],
    read: Sequence[tuple[str, ...]],
    symbols: Sequence[frozenset[str]],
    skeletons: Sequence[frozenset[bytes]],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    pairs = np.array(sorted(_pairs(read, symbols, skeletons)), np.int64).reshape(-1, 2)
    one, other = pairs.T
    first = [texts[0] for texts in read]
    spelt = process.cpdist(
        [first[w] for w in one], [first[w] for w in other], scorer=OSA.normalized_similarity, dtype=np.float32
    )
    sounded = np.array([likeness(spoken(vocabulary[a]), spoken(vocabulary[b])) for a, b in pairs], np.float32)
    known = np.array([SAME_SYMBOL if symbols[a] & symbols[b] else 0.0 for a, b in pairs], np.float32)
    alike = np.maximum(np.maximum(spelt, sounded), known)
    keep = alike >= LEAST
    one, other, alike = one[keep], other[keep], alike[keep]
    ends = np.concatenate([one, other])
    order = np.lexsort((np.concatenate([other, one]), ends))
    starts = np.searchsorted(ends[order], np.arange(len(vocabulary) + 1)).astype(np.int64)
    return starts, np.concatenate([other, one])[order].astype(np.int32), np.concatenate([alike, alike])[order]


def _pairs(
    read: Sequence[tuple[str, ...]],
    symbols: Sequence[frozenset[str]],
    skeletons: Sequence[frozenset[bytes]],
) -> set[tuple[int, int]]:
    """The words that may be alike: they share a symbol, a skeleton, or a spelling with one letter left out."""
    holders: defaultdict[object, list[int]] = defaultdict(list)
    for word, (texts, known, bones) in enumerate(zip(read, symbols, skeletons, strict=True)):
        for key in {*known, *bones, *(short for text in texts for short in _shortened(text))}:
            holders[key].append(word)
    return {pair for words in holders.values() if 1 < len(words) <= CROWD for pair in combinations(words, 2)}


def _shortened(text: str) -> Iterable[str]:
    """The spelling itself and, unless it is too short, each with one letter left out."""
    return {text, *(text[:i] + text[i + 1 :] for i in range(len(text)) if len(text) > 3)}


def _stem(text: str) -> str:
    for ending in _ENDINGS:
        if text.endswith(ending) and len(text) >= len(ending) + 3:
            stem = text.removesuffix(ending)
            return stem[:-1] if stem[-1] == stem[-2] and len(stem) > 3 else stem
    return text


def _packed(text: str) -> int:
    return int.from_bytes(text.encode("ascii", "replace")[:PACKED].ljust(PACKED, b"\0"), "big")
