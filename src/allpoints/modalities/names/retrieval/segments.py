"""A segment of the name index: people, their words, and the way from a word back to the people.

Everything is flat arrays, so that a segment is the same mapped from a file as held in memory. People stand in
the order of their birth, those of unknown birth first: whoever was born in a year, or on a day, is one run of
rows, and so in each word's postings. Words stand in the order of their hashes.
"""

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.modalities.names.retrieval.entries import Entry
from allpoints.modalities.names.retrieval.keys import keys_of, symbol_keys, word_hash
from allpoints.modalities.names.sounds import spoken

Ids = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Octets = NDArray[np.uint8]


class Columns(NamedTuple):
    """The arrays of a segment. What ends in `starts` has one entry more than there are runs."""

    words: Hashes
    """The hashes of the words, sorted: a word's number is its place."""
    keys: Hashes
    key_readings: Ids
    """The keys, sorted, and the reading that each leads to."""
    reading_words: Ids
    """For each reading its word: ascending."""
    code_starts: Ids
    """For each reading, its codes."""
    vowelless: Octets
    codes: Octets
    posting_starts: Ids
    """For each word, the rows of the people who hold it."""
    postings: Ids
    births: Ids
    """For each row, sorted, the packed date of birth; 0 where the year is not known."""
    records: Ids
    sexes: Octets
    entry_starts: Ids
    """For each row, its words."""
    entries: Ids
    hidden: Ids
    """The records, sorted, of which older segments no longer tell the truth."""

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """All of them, in order."""
        return tuple(self)

    @property
    def vocabulary(self) -> "_Vocabulary":
        """Those that tell of words."""
        return _Vocabulary(*self.arrays[: len(_Vocabulary._fields)])


DTYPES = tuple(
    np.dtype(np.uint64 if name in {"words", "keys"} else np.uint8 if name in _OCTETS else np.uint32)
    for _OCTETS in [{"vowelless", "codes", "sexes"}]
    for name in Columns._fields
)


class Builder:
    """Collects people and makes a segment of them: a row for each date of birth that a person may have."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._entries = array("I")
        self._lengths = array("B")
        self._births = array("I")
        self._records = array("I")
        self._sexes = array("B")

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record_id: int, entry: Entry) -> None:
        """Take in a person of the record."""
        numbers = self._numbers
        row = [numbers.setdefault(word, len(numbers)) for word in entry.words]
        for birth in entry.births or (0,):
            self._entries.extend(row)
            self._lengths.append(len(row))
            self._births.append(birth)
            self._records.append(record_id)
            self._sexes.append(entry.sex)

    def columns(self, hidden: Sequence[int] | Ids = ()) -> Columns:
        """Return the segment; it hides the records `hidden` in older ones."""
        words, ranks = _vocabulary(list(self._numbers))
        return _peopled(
            words,
            births=np.array(self._births, np.uint32),
            records=np.array(self._records, np.uint32),
            sexes=np.array(self._sexes, np.uint8),
            entry_starts=_starts(np.array(self._lengths, np.uint32)),
            entries=ranks[np.array(self._entries, np.uint32)],
            hidden=np.unique(np.array(hidden, np.uint32)),
        )


class _Vocabulary(NamedTuple):
    """The columns that tell of words, in the order of `Columns`."""

    words: Hashes
    keys: Hashes
    key_readings: Ids
    reading_words: Ids
    code_starts: Ids
    vowelless: Octets
    codes: Octets


def _vocabulary(texts: Sequence[str]) -> tuple[_Vocabulary, Ids]:
    """The words, and for each of the texts the number of its word."""
    hashes = np.fromiter(map(word_hash, texts), np.uint64, len(texts))
    words, first, ranks = np.unique(hashes, return_index=True, return_inverse=True)
    codes, lengths, vowelless, reading_counts = bytearray(), array("B"), bytearray(), array("B")
    keys, key_counts = array("Q"), array("I")
    for at in first.tolist():
        text = texts[at]
        read, found = spoken(text), keys_of(text)
        reading_counts.append(len(read))
        for number, (sounds, bare) in enumerate(read):
            codes += sounds
            lengths.append(len(sounds))
            vowelless.append(bare)
            leading = found[number] if number else found[number] | symbol_keys(text)
            keys.extend(leading)
            key_counts.append(len(leading))
    counts = np.array(key_counts, np.uint32)
    key_readings = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    all_keys = np.array(keys, np.uint64)
    order = np.argsort(all_keys, kind="stable")
    vocabulary = _Vocabulary(
        words,
        all_keys[order],
        key_readings[order],
        np.repeat(np.arange(len(words), dtype=np.uint32), np.array(reading_counts, np.uint8)),
        _starts(np.array(lengths, np.uint32)),
        np.frombuffer(bytes(vowelless), np.uint8),
        np.frombuffer(bytes(codes), np.uint8),
    )
    return vocabulary, ranks.astype(np.uint32)


def _peopled(
    words: _Vocabulary,
    *,
    births: Ids,
    records: Ids,
    sexes: Octets,
    entry_starts: Ids,
    entries: Ids,
    hidden: Ids,
) -> Columns:
    order = np.argsort(births, kind="stable").astype(np.uint32)
    entry_starts, entries = gathered(entry_starts, entries, order)
    posting_starts, postings = _posted(entry_starts, entries, len(words.words))
    columns = Columns(
        *words,
        posting_starts,
        postings,
        births[order],
        records[order],
        sexes[order],
        entry_starts,
        entries,
        hidden,
    )
    # kernels are compiled for arrays that nobody writes to, as mapped ones are
    for column in columns.arrays:
        column.flags.writeable = False
    return columns


def merged(parts: Sequence[Columns], *, oldest: bool) -> Columns:
    """Return the segments, oldest first, as one. The oldest of an index has nothing left to hide."""
    vocabulary, numbers = _united([part.vocabulary for part in parts])
    kept = [
        np.flatnonzero(~contains(union([newer.hidden for newer in parts[i + 1 :]]), part.records)).astype(
            np.uint32
        )
        for i, part in enumerate(parts)
    ]
    entries = [
        gathered(part.entry_starts, part.entries, rows) for part, rows in zip(parts, kept, strict=True)
    ]
    return _peopled(
        vocabulary,
        births=np.concatenate([part.births[rows] for part, rows in zip(parts, kept, strict=True)]),
        records=np.concatenate([part.records[rows] for part, rows in zip(parts, kept, strict=True)]),
        sexes=np.concatenate([part.sexes[rows] for part, rows in zip(parts, kept, strict=True)]),
        entry_starts=_starts(np.concatenate([np.diff(starts) for starts, _ in entries])),
        entries=np.concatenate(
            [number[values] for number, (_, values) in zip(numbers, entries, strict=True)]
        ),
        hidden=NOBODY if oldest else union([part.hidden for part in parts]),
    )


def _united(parts: Sequence[_Vocabulary]) -> tuple[_Vocabulary, list[Ids]]:
    """All the words, and for each part the new numbers of its words."""
    words = np.unique(np.concatenate([part.words for part in parts]))
    numbers = [words.searchsorted(part.words).astype(np.uint32) for part in parts]
    source = np.empty(len(words), np.uint8)
    for i, number in enumerate(numbers):
        source[number] = i
    # each word's readings come from one part: of all readings, one part after the other, those that count, by word
    new_words = np.concatenate(
        [number[part.reading_words] for part, number in zip(parts, numbers, strict=True)]
    )
    part_of = np.repeat(np.arange(len(parts)), [len(part.reading_words) for part in parts])
    counting = np.flatnonzero(source[new_words] == part_of)
    chosen = counting[np.argsort(new_words[counting], kind="stable")].astype(np.uint32)
    new_readings = np.full(len(new_words), _NOWHERE, np.uint32)
    new_readings[chosen] = np.arange(len(chosen), dtype=np.uint32)
    offsets = np.cumsum([0, *(len(part.reading_words) for part in parts[:-1])])
    leading = np.concatenate(
        [new_readings[offset + part.key_readings] for part, offset in zip(parts, offsets, strict=True)]
    )
    kept = np.flatnonzero(leading != _NOWHERE)
    keys, leading = np.concatenate([part.keys for part in parts])[kept], leading[kept]
    order = np.argsort(keys, kind="stable")
    code_starts, codes = gathered(
        _starts(np.concatenate([np.diff(part.code_starts) for part in parts])),
        np.concatenate([part.codes for part in parts]),
        chosen,
    )
    vowelless = np.concatenate([part.vowelless for part in parts])[chosen]
    return (
        _Vocabulary(words, keys[order], leading[order], new_words[chosen], code_starts, vowelless, codes),
        numbers,
    )


def contains(members: Ids, ids: Ids) -> NDArray[np.bool_]:
    """Whether each of `ids` stands in the sorted `members`."""
    if not len(members):
        return np.zeros(len(ids), np.bool_)
    found: NDArray[np.bool_] = members[np.minimum(members.searchsorted(ids), len(members) - 1)] == ids
    return found


def union(parts: Sequence[Ids]) -> Ids:
    """All the ids, sorted, each once."""
    return np.unique(np.concatenate(parts)) if parts else NOBODY


def _starts(lengths: Ids) -> Ids:
    starts = np.zeros(len(lengths) + 1, np.uint32)
    np.cumsum(lengths, out=starts[1:])
    return starts


@njit(nogil=True, cache=True)
def gathered(starts, values, order):  # type: ignore[no-untyped-def]
    """The runs of `values` at the places `order`, as starts and values."""
    new_starts = np.zeros(len(order) + 1, np.uint32)
    for i in range(len(order)):
        new_starts[i + 1] = new_starts[i] + (starts[order[i] + 1] - starts[order[i]])
    taken = np.empty(new_starts[len(order)], values.dtype)
    for i in range(len(order)):
        to, first = np.int64(new_starts[i]), np.int64(starts[order[i]])
        for k in range(np.int64(starts[order[i] + 1]) - first):
            taken[to + k] = values[first + k]
    return new_starts, taken


@njit(nogil=True, cache=True)
def _posted(entry_starts, entries, words):  # type: ignore[no-untyped-def]
    """For each word the rows of its people, in order."""
    starts = np.zeros(words + 1, np.uint32)
    for word in entries:
        starts[word + 1] += 1
    for word in range(words):
        starts[word + 1] += starts[word]
    postings = np.empty(len(entries), np.uint32)
    filled = starts[:-1].copy()
    for row in range(len(entry_starts) - 1):
        for at in range(entry_starts[row], entry_starts[row + 1]):
            word = entries[at]
            postings[filled[word]] = row
            filled[word] += 1
    return starts, postings


NOBODY: Ids = np.empty(0, np.uint32)
_NOWHERE = np.uint32(2**32 - 1)
