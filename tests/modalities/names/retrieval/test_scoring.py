import numpy as np
import pytest

from allpoints.modalities.names.retrieval.entries import Entry, packed
from allpoints.modalities.names.retrieval.gathering import Sought, Traits
from allpoints.modalities.names.retrieval.keys import word_hash
from allpoints.modalities.names.retrieval.scoring import scored
from allpoints.modalities.names.retrieval.segments import Builder
from allpoints.modalities.names.sounds import SOUND_CODES

RUNS = np.array([[0, 0]], np.int64)


def one(
    words: tuple[str, ...], birth: int = 0, sex: int = 0, *, born: int = 0, probe_sex: int = 0
) -> tuple[float, float]:
    """The score of one person and the share covered, for a probe of `anna` (weight 2) and `lena` (4), written
    `annalena` (5) too."""
    builder = Builder()
    builder.add(1, Entry((*words, "anna", "lena", "annalena", "lina"), (birth,), sex))
    builder.add(2, Entry(words, (birth,), sex))
    columns = builder.columns()
    numbers = columns.words.searchsorted(
        np.array([word_hash(w) for w in ("anna", "lena", "lina", "annalena")], np.uint64)
    )
    name = Sought(
        np.array([0, 1, 3, 4]),
        numbers.astype(np.uint32),
        np.array([1.0, 1.0, 0.5, 1.0], np.float32),
        np.array([1, 2, 3]),
        2,
        np.array([2.0, 4.0, 5.0], np.float32),
        6.0,
        np.zeros((0, SOUND_CODES), np.bool_),
    )
    row = np.flatnonzero(columns.records == 2).astype(np.uint32)
    births = np.array([born] if born else [], np.int64)
    scores, covered = scored(row, columns, name, Traits(births, RUNS, probe_sex))
    return float(scores[0]), float(covered[0])


def test_a_score_adds_up_what_agrees() -> None:
    assert one(("anna",)) == (2.0, pytest.approx((2 / 6 + 1 / 2) / 2))
    assert one(("lina",)) == (2.0, pytest.approx((2 / 6 + 0.5 / 2) / 2))
    assert one(("anna", "lena"))[0] == pytest.approx(6.0)
    assert one(("bernd",)) == (0.0, 0.0)


def test_a_word_that_joins_two_fills_the_slots_of_both() -> None:
    assert one(("annalena",)) == (5.0, pytest.approx((5 / 6 + 1) / 2))


def test_no_slot_is_filled_twice_and_no_word_used_twice() -> None:
    assert one(("lena", "lina"))[0] == pytest.approx(4.0)
    assert one(("anna", "lena", "annalena"))[0] < 8.0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((1970, 3, 12), (1970, 12, 3)),
        ((1970, 12, 3), (1970, 3, 13)),
        ((1971, 3, 12), (1970, 5, 20)),
        ((1970, 3, 0), (1970, 5, 20)),
        ((1970, 0, 0), (0, 0, 0)),
        ((1970, 1, 1), (0, 0, 0)),
        ((0, 0, 0), (1985, 5, 20)),
        ((1970, 5, 20), (1972, 5, 20)),
    ],
)
def test_births_that_agree_better_score_more(
    better: tuple[int, int, int], worse: tuple[int, int, int]
) -> None:
    born = packed(1970, 3, 12)
    assert one(("anna",), packed(*better), born=born) > one(("anna",), packed(*worse), born=born)


def test_the_first_of_january_says_little_more_than_the_year() -> None:
    first, day = packed(1970, 1, 1), packed(1970, 3, 12)
    assert one(("anna",), first, born=first)[0] < one(("anna",), day, born=day)[0] - 3


def test_the_other_sex_counts_against_and_an_unknown_one_does_not() -> None:
    assert one(("anna",), sex=2, probe_sex=1)[0] == pytest.approx(1.0)
    for sex in (0, 1, 3):
        assert one(("anna",), sex=sex, probe_sex=1)[0] == pytest.approx(2.0)
