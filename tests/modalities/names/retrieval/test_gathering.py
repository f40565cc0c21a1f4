import numpy as np
import pytest
from numpy.typing import NDArray

from allpoints.modalities.names.retrieval import gathering
from allpoints.modalities.names.retrieval.entries import Entry, packed
from allpoints.modalities.names.retrieval.gathering import Bounds, Sought, Traits, gathered_rows
from allpoints.modalities.names.retrieval.keys import word_hash
from allpoints.modalities.names.retrieval.segments import Builder, Columns
from allpoints.modalities.names.sounds import SOUND_CODES

NOBODY = np.array([[0, 0]], np.int64)


@pytest.fixture
def columns() -> Columns:
    """Rows 0 to 299 hold `often`, every tenth of them `rare`, every hundredth `other`; born from 1901 on."""
    builder = Builder()
    for number in range(300):
        words = ("often", *(["rare"] if number % 10 == 0 else []), *(["other"] if number % 100 == 0 else []))
        builder.add(number + 1, Entry(words, (packed(1901 + number // 3, 1 + number % 3, 1),), 0))
    return builder.columns()


def sought(columns: Columns, *words: tuple[str, float]) -> Sought:
    numbers = [int(columns.words.searchsorted(np.uint64(word_hash(word)))) for word, _ in words]
    return Sought(
        np.arange(len(words) + 1),
        np.array(numbers, np.uint32),
        np.array([likeness for _, likeness in words], np.float32),
        1 << np.arange(len(words)),
        len(words),
        np.array([3.0, 2.0, 1.0][: len(words)], np.float32),
        6.0,
        np.zeros((0, SOUND_CODES), np.bool_),
    )


def gathered(columns: Columns, name: Sought, traits: Traits, budget: int) -> tuple[set[int], bool]:
    marks: NDArray[np.uint16] = np.zeros(len(columns.records), np.uint16)
    rows, more = gathered_rows(marks, columns, name, traits, Bounds(10, budget))
    assert not marks.any()
    assert len(set(rows.tolist())) == len(rows)
    return set(rows.tolist()), more


def test_all_rows_are_gathered_where_the_budget_allows(columns: Columns) -> None:
    name = sought(columns, ("rare", 1.0), ("often", 0.9))
    assert gathered(columns, name, Traits(np.empty(0, np.int64), NOBODY, 0), 1_000) == (
        set(range(300)),
        False,
    )


def test_rows_that_share_most_come_first(columns: Columns) -> None:
    unborn = Traits(np.empty(0, np.int64), NOBODY, 0)
    name = sought(columns, ("other", 0.6), ("rare", 1.0), ("often", 1.0))
    assert gathered(columns, name, unborn, 3) == ({0, 100, 200}, True)
    assert gathered(columns, name, unborn, 30) == (set(range(0, 300, 10)), True)


def test_of_equals_those_born_near_the_probe_come_first(columns: Columns) -> None:
    near = columns.births.searchsorted(np.array([packed(1950, 0, 0), packed(1953, 0, 0)], np.uint32))
    born = Traits(np.array([packed(1951, 5, 5)]), np.array([[0, 0], near]), 0)
    rows, more = gathered(columns, sought(columns, ("often", 1.0)), born, 9)
    assert (rows, more) == (set(range(147, 156)), True)


def test_for_a_frequent_word_only_those_born_near_are_gathered(
    columns: Columns, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = columns.births.searchsorted(np.array([packed(1950, 0, 0), packed(1953, 0, 0)], np.uint32))
    born = Traits(np.array([packed(1951, 5, 5)]), np.array([[0, 0], near]), 0)
    monkeypatch.setattr(gathering, "FREQUENT", 100)
    # constants are compiled in: only the plain function reads this one anew
    rows, more = gathering.gathered_rows.py_func(
        np.zeros(300, np.uint16),
        columns,
        sought(columns, ("rare", 1.0), ("often", 1.0)),
        born,
        Bounds(10, 1_000),
    )
    assert set(rows.tolist()) == set(range(0, 300, 10)) | set(range(147, 156))
    assert not more
