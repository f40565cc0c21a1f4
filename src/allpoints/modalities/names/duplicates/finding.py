"""All records against all: read, block, compare, group."""

from collections.abc import Callable, Iterable
from math import isfinite
from operator import length_hint

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.modalities.names.duplicates import blocking
from allpoints.modalities.names.duplicates.columns import People, columns
from allpoints.modalities.names.duplicates.evidence import (
    BIRTH,
    NAME,
    PLACES,
    SEX,
    Facts,
    on_all_cores,
    pair_fields,
    pair_llrs,
)
from allpoints.modalities.names.duplicates.grouping import HOPELESS, grouped, lowest_threshold
from allpoints.modalities.names.duplicates.shares import rarity
from allpoints.modalities.names.duplicates.words import Words, known_words
from allpoints.records.people import Person

MAX_RECORDS = 2**31 - 1
"""Positions of records are numbers of 32 bits with a sign."""

Progress = Callable[[str, float], None]
"""Is told what is being done and which share of it is done, from 0 to 1."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Two records of one group that were compared, `record_a` the one with the smaller id.

    The LLRs say what speaks for one person and how much, and sum up to `llr`; None is not stated in one of
    the two.
    """

    record_a: int
    record_b: int
    llr: float
    name: float | None = None
    birth: float | None = None
    places: float | None = None
    sex: float | None = None


class Duplicates(msgspec.Struct, frozen=True, kw_only=True):
    """What was found among all records: an assertion about each group, on which their owners decide."""

    groups: tuple[tuple[int, ...], ...]
    """Record ids of one person each, at least two in ascending order; no record stands in two groups."""
    links: tuple[Link, ...]
    threshold_llr: float
    """The LLR from which two groups were taken for one person."""
    records: int
    compared: int
    """Pairs of records that share a block; a pair in several blocks counts in each."""
    left_out: int
    """Pairs in blocks too large to compare whole that the walks did not bring together."""


def find_duplicates(
    people: Iterable[tuple[int, Person]],
    *,
    threshold_llr: float | None = None,
    progress: Progress = lambda stage, share: None,
) -> Duplicates:
    """Find the groups of records that describe one person each.

    `people` are record ids with what the records say, each id once. Without a threshold it follows from the
    number of records and of duplicates among them, for posterior odds of at least two to one at every step.
    The work and the memory grow with the number of records, not with its square. Nothing is written, so it
    can be interrupted at any time. Raises `InvalidValue` for an id that comes twice, for more than
    `MAX_RECORDS` records, and for a threshold that is none.
    """
    if threshold_llr is not None and not isfinite(threshold_llr):
        raise InvalidValue("a threshold is a finite LLR", field="threshold_llr")
    expected = max(length_hint(people), 1)
    read = columns(people, lambda done: progress("reading", done / expected))
    n = len(read.ids)
    if n > MAX_RECORDS:
        raise InvalidValue(f"at most {MAX_RECORDS:,} records are compared at once", field="people")
    if len(np.unique(read.ids)) < n:
        raise InvalidValue("a record comes twice", field="people", remedy="Give each record id once.")
    progress("comparing words", 0.0)
    w = known_words(read.vocabulary)
    lowest = lowest_threshold(n) if threshold_llr is None else threshold_llr
    pairs, compared, left_out = _compared(read, w, lowest - HOPELESS, progress)
    group, reached = grouped(read, w, pairs, threshold_llr, lambda share: progress("grouping", share))
    return Duplicates(
        groups=_groups(read.ids, group),
        links=_links(read, w, pairs, group),
        threshold_llr=reached,
        records=n,
        compared=compared,
        left_out=left_out,
    )


def _compared(
    people: People, w: Words, least: float, progress: Progress
) -> tuple[tuple[NDArray[np.int32], NDArray[np.int32]], int, int]:
    """The pairs of records with at least this LLR, how many were compared, and how many of a block were not."""
    facts = Facts(people.columns, w, rarity(people, w, np.arange(len(people.ids))))
    kept = [np.empty(0, np.uint64)]
    compared = left_out = 0
    for chunk in blocking.candidate_pairs(facts):
        one, other = _ends(chunk.pairs)
        kept.append(chunk.pairs[on_all_cores(pair_llrs, one, other, facts) >= least])
        compared += len(one)
        left_out += chunk.left_out
        progress("comparing records", chunk.share)
    return _ends(np.unique(np.concatenate(kept))), compared, left_out


def _ends(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    return (pairs >> np.uint64(32)).astype(np.int32), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int32)


def _groups(ids: NDArray[np.int64], group: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order])) + 1
    return tuple(sorted(tuple(sorted(ids[m].tolist())) for m in np.split(order, edges) if len(m) > 1))


def _links(
    people: People, w: Words, pairs: tuple[NDArray[np.int32], NDArray[np.int32]], group: NDArray[np.int64]
) -> tuple[Link, ...]:
    inside = group[pairs[0]] == group[pairs[1]]
    one, other = pairs[0][inside], pairs[1][inside]
    llrs = on_all_cores(pair_fields, one, other, Facts(people.columns, w, rarity(people, w, group)))
    ends = np.sort(np.stack([people.ids[one], people.ids[other]], axis=1), axis=1).tolist()
    return tuple(
        Link(
            record_a=a,
            record_b=b,
            llr=sum(value for value in values if value is not None),
            name=values[NAME],
            birth=values[BIRTH],
            places=values[PLACES],
            sex=values[SEX],
        )
        for (a, b), values in zip(ends, map(_stated, llrs.tolist()), strict=True)
    )


def _stated(values: list[float]) -> list[float | None]:
    return [None if value != value else round(value, 2) for value in values]  # noqa: PLR0124
