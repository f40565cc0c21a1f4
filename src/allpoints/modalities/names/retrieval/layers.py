"""A segment as it is searched: which of its words are like a probe's, and which of its people come up for them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.modalities.names.retrieval.gathering import STRONG_LIKENESS
from allpoints.modalities.names.retrieval.keys import keys_to, symbol_keys, word_hash
from allpoints.modalities.names.retrieval.segments import Columns, Ids
from allpoints.modalities.names.sounds import likeness_many, spoken

LEAST_LIKENESS = 0.55
"""Below it two words are not taken for one."""
LEAST_OF_THE_BORN = 0.4
"""The same where the words are those of a person born on the very day."""
SYMBOL_LIKENESS = 0.85
"""Of two forms of one name that sound apart."""
MAX_SIMILAR = 400
"""Words like one word that are looked for people."""
KNOWN_WORDS = 8_192
"""Words whose similar ones a segment remembers."""

Likenesses = NDArray[np.float32]


class Similar(NamedTuple):
    """The words of a segment that are like a word, most alike first."""

    words: Ids
    likeness: Likenesses
    strong: int
    """People who hold one that is the word in all likelihood; who holds two counts twice."""
    people: int
    """Likewise for all of them."""


class Layer:
    """A segment, and what is remembered while it is searched."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.similar = lru_cache(KNOWN_WORDS)(self._similar)
        self._marks: list[NDArray[np.uint16]] = []

    def __len__(self) -> int:
        return len(self.columns.records)

    def take_marks(self) -> NDArray[np.uint16]:
        """Return zeros, one for each row; whoever takes them gives them back as zeros."""
        try:
            return self._marks.pop()
        except IndexError:
            return np.zeros(len(self), np.uint16)

    def give_back(self, marks: NDArray[np.uint16]) -> None:
        """Keep the marks for the next search."""
        self._marks.append(marks)

    def frequency(self, word: str) -> int:
        """The rows that hold exactly this word."""
        columns, number = self.columns, self._number(word)
        if number is None:
            return 0
        return int(columns.posting_starts[number + 1] - columns.posting_starts[number])

    def _number(self, word: str) -> int | None:
        words, hashed = self.columns.words, np.uint64(word_hash(word))
        number = int(words.searchsorted(hashed))
        return number if number < len(words) and words[number] == hashed else None

    def _similar(self, word: str) -> Similar:
        pairs = zip(spoken(word), keys_to(word), strict=True)
        return self._most_alike(word, [(each, self._led_to(keys)) for each, keys in pairs])

    def similar_exhaustively(self, word: str) -> Similar:
        """As `similar`, with every reading in the segment tried; slow."""
        every = np.arange(len(self.columns.reading_words), dtype=np.uint32)
        return self._most_alike(word, [(each, every) for each in spoken(word)])

    def likenesses(self, words: Ids, probes: Sequence[str], least: float) -> list[Likenesses]:
        """Return for each probe how alike each of these words, in ascending order, sounds to it; 0 below `least`."""
        columns = self.columns
        starts = columns.reading_words.searchsorted(words)
        counts = columns.reading_words.searchsorted(words, side="right") - starts
        readings = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        code_starts, codes, vowelless = _packed(
            columns.code_starts, columns.codes, columns.vowelless, readings.astype(np.uint32)
        )
        places = np.repeat(np.arange(len(words)), counts)
        result = []
        for probe in probes:
            best = np.zeros(len(words), np.float32)
            np.maximum.at(best, places, likeness_many(spoken(probe), codes, code_starts, vowelless, least))
            result.append(best)
        return result

    def _led_to(self, keys: Iterable[int]) -> Ids:
        """The readings that the keys lead to."""
        columns, sought = self.columns, np.array(sorted(keys), np.uint64)
        starts, stops = columns.keys.searchsorted(sought), columns.keys.searchsorted(sought, side="right")
        found: Ids = _meeting(columns.key_readings, starts, stops, len(columns.reading_words))
        return found

    def _most_alike(self, word: str, tried: Sequence[tuple[tuple[bytes, bool], Ids]]) -> Similar:
        """The similar words among those that have these readings: which to try for each reading of the word."""
        columns, number = self.columns, self._number(word)
        forms = columns.reading_words[self._led_to(symbol_keys(word))]
        words = [forms, forms[:0] if number is None else np.array([number], np.uint32)]
        alike = [np.full(len(forms), SYMBOL_LIKENESS, np.float32), np.ones(len(words[1]), np.float32)]
        for each, readings in tried:
            starts, codes, vowelless = _packed(
                columns.code_starts, columns.codes, columns.vowelless, readings
            )
            likeness = likeness_many((each,), codes, starts, vowelless, LEAST_LIKENESS)
            enough = np.flatnonzero(likeness)
            words.append(columns.reading_words[readings[enough]])
            alike.append(likeness[enough])
        return self._best(np.concatenate(words), np.concatenate(alike))

    def _best(self, words: Ids, alike: Likenesses) -> Similar:
        """Each word once, with its best likeness."""
        order = np.lexsort((words, -alike))
        _, first = np.unique(words[order], return_index=True)
        order = order[np.sort(first)][:MAX_SIMILAR]
        words, alike = words[order], alike[order]
        starts = self.columns.posting_starts
        people = starts[words + 1].astype(np.int64) - starts[words]
        return Similar(words, alike, int(people[alike >= STRONG_LIKENESS].sum()), int(people.sum()))


@njit(nogil=True, cache=True)
def _meeting(key_readings, starts, stops, readings):  # type: ignore[no-untyped-def]
    """The readings that the keys lead to, each once."""
    most = 0
    for i in range(len(starts)):
        most += stops[i] - starts[i]
    found = np.empty(most, np.uint32)
    seen = np.zeros(readings, np.uint8)
    n = 0
    for i in range(len(starts)):
        for at in range(starts[i], stops[i]):
            reading = key_readings[at]
            if not seen[reading]:
                seen[reading] = 1
                found[n] = reading
                n += 1
    return found[:n]


@njit(nogil=True, cache=True)
def _packed(code_starts, codes, vowelless, readings):  # type: ignore[no-untyped-def]
    """These readings, packed one after the other."""
    starts = np.zeros(len(readings) + 1, np.uint32)
    for i in range(len(readings)):
        starts[i + 1] = starts[i] + (code_starts[readings[i] + 1] - code_starts[readings[i]])
    packed = np.empty(starts[len(readings)], np.uint8)
    bare = np.empty(len(readings), np.uint8)
    for i in range(len(readings)):
        bare[i] = vowelless[readings[i]]
        to, first = np.int64(starts[i]), np.int64(code_starts[readings[i]])
        for k in range(np.int64(starts[i + 1]) - to):
            packed[to + k] = codes[first + k]
    return starts, packed, bare
