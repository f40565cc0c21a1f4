"""A probe as layers are searched for it: the variants of each name, what they weigh, and where its birth lies."""

from collections.abc import Iterator, Sequence
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.names.retrieval.entries import SEXES, packed, possible_births, unpacked
from allpoints.modalities.names.retrieval.gathering import MAX_MARKED, Bounds, Sought, Traits, gathered_rows
from allpoints.modalities.names.retrieval.layers import LEAST_LIKENESS, LEAST_OF_THE_BORN, Layer, Similar
from allpoints.modalities.names.retrieval.scoring import scored
from allpoints.modalities.names.retrieval.segments import NOBODY, Columns, Ids, gathered
from allpoints.modalities.names.slots import MAX_SLOTS, Variant, initials, respaced, variants
from allpoints.modalities.names.sounds import SOUND_CODES, beginnings
from allpoints.records.people import Person

LEAST_COVERED = 0.35
"""The share of a probe's name that a candidate must have, by the number of words and by what they weigh."""
LEAST_WEIGHT = 0.5
"""Of a word that everybody has."""
ROWS_SCORED = 4_000
"""Rows gathered for one name from one segment at most, and at most of one day of birth."""
ROWS_SCORED_OF_THE_BORN = 1_000
"""Where the birth is known, and those of that day and its slips are scored besides."""
MAX_NAMES = 16
"""Names of a probe that are searched for."""
MONTHS = 12
DAY_AND_MONTH = 511
"""The bits of a packed date that are not its year."""
WELL_COVERED, FEW, FEW_OF_THE_BORN = 0.8, 10, 1
"""Where fewer rows than the second, or where the day of birth is known than the third, cover so much of the name,
every word of the best rows is tried."""
BEST_HEARD = 600
"""How many of them."""
BORN_HEARD = 600
"""People born on a day whose every word is tried: more share only a day that fills a place."""

Scores = NDArray[np.float32]


class Found(NamedTuple):
    """What one layer has for a probe; a record can come several times."""

    records: Ids
    scores: NDArray[np.float32]
    more: bool
    """Whether rows were left aside that may be as good."""


class Probe:
    """A person who is looked for in these layers, which hold `size` people. Raises `InvalidValue` for a date
    of birth that is none."""

    def __init__(
        self, person: Person, layers: Sequence[Layer], size: int, *, exhaustively: bool = False
    ) -> None:
        self._layers = layers
        self._births = possible_births(person.birth)
        self._sex = SEXES.index(person.sex)
        self._exhaustively = exhaustively
        different = list(
            dict.fromkeys((tuple(variants(name)), tuple(initials(name))) for name in person.names)
        )[:MAX_NAMES]
        self._names = [
            _sought(respaced(name, self._people), first, layers, size, exhaustively=exhaustively)
            for name, first in different
            if name
        ]

    def found(self, depth: int, wanted: int) -> Found:
        """Return the people of one layer who cover enough of a name, `wanted` good ones if there are any."""
        layer, births = self._layers[depth], self._births
        traits = Traits(np.array(births, np.int64), _runs(layer.columns, _near(births)), self._sex)
        pieces = [
            self._found_by_name(layer, name.layers[depth], name.words, traits, wanted) for name in self._names
        ]
        return Found(
            np.concatenate([NOBODY, *(piece.records for piece in pieces)]),
            np.concatenate([np.empty(0, np.float32), *(piece.scores for piece in pieces)]),
            any(piece.more for piece in pieces),
        )

    def _people(self, word: str) -> int:
        return sum(layer.frequency(word) for layer in self._layers)

    def _found_by_name(
        self, layer: Layer, sought: Sought, words: Sequence[str], traits: Traits, wanted: int
    ) -> Found:
        columns = layer.columns
        days = [birth for birth in self._births if birth & DAY_AND_MONTH]
        born = np.unique(np.concatenate([NOBODY, *_born_on(columns, days, BORN_HEARD)]))
        if self._exhaustively:
            rows, more = np.arange(len(layer), dtype=np.uint32), False
        else:
            marks = layer.take_marks()
            budget = ROWS_SCORED_OF_THE_BORN if self._births else ROWS_SCORED
            rows, more = gathered_rows(marks, columns, _marked(sought), traits, Bounds(wanted, budget))
            layer.give_back(marks)
            rows = np.unique(
                np.concatenate([rows, born, *_born_on(columns, _slips(self._births), ROWS_SCORED)])
            )
        scores, covered = scored(rows, columns, sought, traits)
        if len(born):
            at = rows.searchsorted(born)
            scores[at], covered[at] = _heard(born, layer, sought, words, traits, least=LEAST_OF_THE_BORN)
        if not self._exhaustively and (covered >= WELL_COVERED).sum() < (FEW_OF_THE_BORN if days else FEW):
            at = np.setdiff1d(np.argsort(-scores, kind="stable")[:BEST_HEARD], rows.searchsorted(born))
            scores[at], covered[at] = _heard(rows[at], layer, sought, words, traits, least=LEAST_LIKENESS)
        enough = covered >= LEAST_COVERED
        return Found(columns.records[rows[enough]], scores[enough], more)


def _heard(
    rows: Ids, layer: Layer, sought: Sought, words: Sequence[str], traits: Traits, *, least: float
) -> tuple[Scores, Scores]:
    """These few rows scored with all their words tried, whatever their keys."""
    columns = layer.columns
    tried = np.unique(gathered(columns.entry_starts, columns.entries, rows)[1])
    found, alike = [], []
    likenesses = layer.likenesses(tried, words, least)
    for likeness, start, stop in zip(likenesses, sought.starts[:-1], sought.starts[1:], strict=True):
        further = np.flatnonzero(likeness)
        found.append(np.concatenate([sought.words[start:stop], tried[further]]))
        alike.append(np.concatenate([sought.likeness[start:stop], likeness[further]]))
    heard = sought._replace(
        starts=np.cumsum([0, *map(len, found)]), words=np.concatenate(found), likeness=np.concatenate(alike)
    )
    of_rows: tuple[Scores, Scores] = scored(rows, columns, heard, traits)
    return of_rows


class _Name(NamedTuple):
    """A name of the probe as each layer is searched for it, and the words of its variants in that order."""

    layers: list[Sought]
    words: list[str]


def _sought(
    name: Sequence[Variant],
    first: Sequence[str],
    layers: Sequence[Layer],
    size: int,
    *,
    exhaustively: bool,
) -> _Name:
    """The name as each layer is searched for it. What is rare is so in all layers together."""
    similar = [
        [
            layer.similar_exhaustively(variant.word) if exhaustively else layer.similar(variant.word)
            for layer in layers
        ]
        for variant in name
    ]
    weights = _weights(name, [sum(each.strong for each in of_layers) for of_layers in similar], size)
    order = sorted(range(len(name)), key=lambda i: (sum(each.people for each in similar[i]), name[i]))
    slot_count = max(variant.slots for variant in name).bit_length()
    total = sum(
        max(
            weights[i] / variant.slots.bit_count()
            for i, variant in enumerate(name)
            if variant.slots >> slot & 1
        )
        for slot in range(slot_count)
    )
    begun = np.array([beginnings(initial) for initial in first], np.bool_).reshape(len(first), SOUND_CODES)
    of_layers = [
        _of_layer(
            [similar[i][depth] for i in order],
            [name[i].slots for i in order],
            slot_count,
            [weights[i] for i in order],
            total=total,
            begun=begun,
        )
        for depth in range(len(layers))
    ]
    return _Name(of_layers, [name[i].word for i in order])


def _weights(name: Sequence[Variant], people: Sequence[int], size: int) -> list[float]:
    """What each variant tells: how rare it is.

    A word that joins others tells what they do, and none of them more than it: `tehsiang` is common, so that a
    `te`, held by nobody, is no rare word but a piece of it. Of the ways to part a name the commonest is likeliest
    to be right, and no other tells more.
    """
    weights = [max(log((size + 1) / (count + 1)), LEAST_WEIGHT) for count in people]
    alone = {variant.slots: i for i, variant in reversed(list(enumerate(name)))}
    joined = {}
    for i, variant in enumerate(name):
        pieces = [alone.get(1 << slot) for slot in range(MAX_SLOTS) if variant.slots >> slot & 1]
        if len(pieces) > 1 and None not in pieces:
            joined[i] = [piece for piece in pieces if piece is not None]
    for i, of_word in joined.items():
        for piece in of_word:
            weights[piece] = min(weights[piece], weights[i])
    for i, of_word in joined.items():
        weights[i] = sum(weights[piece] for piece in of_word)
    whole = 0
    for variant in name:
        whole |= variant.slots
    cuts = [(i, i + 1) for i in range(len(name) - 1) if name[i].slots == whole ^ name[i + 1].slots]
    least = min((weights[i] + weights[j] for i, j in cuts), default=0.0)
    for i, j in cuts:
        share = least / (weights[i] + weights[j])
        weights[i], weights[j] = weights[i] * share, weights[j] * share
    return weights


def _of_layer(
    similar: Sequence[Similar],
    slots: Sequence[int],
    slot_count: int,
    weights: Sequence[float],
    *,
    total: float,
    begun: NDArray[np.bool_],
) -> Sought:
    return Sought(
        np.cumsum([0, *(len(each.words) for each in similar)]),
        np.concatenate([each.words for each in similar]),
        np.concatenate([each.likeness for each in similar]),
        np.array(slots, np.int64),
        slot_count,
        np.array(weights, np.float32),
        total,
        begun,
    )


def _marked(sought: Sought) -> Sought:
    """The rarest variants, as many as rows can be marked for."""
    return sought._replace(
        starts=sought.starts[: MAX_MARKED + 1],
        slots=sought.slots[:MAX_MARKED],
        weights=sought.weights[:MAX_MARKED],
    )


def _runs(columns: Columns, near: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """The rows of unknown birth, then those of births from each date up to the other."""
    edges = [(0, packed(1, 0, 0)), *near]
    return columns.births.searchsorted(np.array(edges, np.uint32).reshape(-1)).reshape(-1, 2)


def _near(births: Sequence[int]) -> list[tuple[int, int]]:
    """The years around the dates, as packed dates from and up to: ascending, and apart from each other."""
    runs: list[tuple[int, int]] = []
    for year in sorted(unpacked(birth)[0] for birth in births):
        start, stop = packed(year - 1, 0, 0), packed(year + 2, 0, 0)
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], stop)
        else:
            runs.append((start, stop))
    return runs


def _born_on(columns: Columns, days: Sequence[int], most: int) -> Iterator[Ids]:
    """For each packed date the rows of those born on it, as many as `most`."""
    sought = np.array(days, np.uint32)
    starts, stops = columns.births.searchsorted(sought), columns.births.searchsorted(sought, side="right")
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        yield np.arange(start, min(stop, start + most), dtype=np.uint32)


def _slips(births: Sequence[int]) -> list[int]:
    """The packed dates that these whole ones are, or become by a slip in the year, or with day and month
    swapped."""
    days: set[int] = set()
    for year, month, day in map(unpacked, births):
        if month and day:
            century, tens, ones = year // 100 * 100, year // 10 % 10, year % 10
            years = {year - 1, year + 1, century + 10 * ones + tens}
            years |= {century + 10 * digit + ones for digit in range(10)}
            years |= {century + 10 * tens + digit for digit in range(10)}
            days |= {packed(each, month, day) for each in years}
            if day <= MONTHS:
                days.add(packed(year, day, month))
    return sorted(days)
