from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.drawn_prints import another_impression, drawn_prints

from allpoints.modalities.fingerprints.cylinders import cylinders
from allpoints.modalities.fingerprints.minutiae import template
from allpoints.modalities.fingerprints.retrieval.prints import Prints, prepared
from allpoints.modalities.fingerprints.retrieval.tables import Tables, tabulated
from allpoints.modalities.fingerprints.retrieval.voting import votes

DRAWN = drawn_prints(60, 3)
PRINTS = Prints.of(prepared(number, printed) for number, printed in enumerate(DRAWN, start=1))


@pytest.fixture(scope="module")
def tables() -> Tables:
    with ThreadPoolExecutor(2) as pool:
        return tabulated(PRINTS, 10, pool)


@pytest.mark.parametrize("turn", [-0.5, 0.0, 0.5])
def test_a_finger_has_the_most_votes_however_it_was_turned(turn: float, tables: Tables) -> None:
    for which in range(0, 60, 10):
        probe = another_impression(DRAWN[which], which, turn=turn)
        assert votes(cylinders(probe), tables, PRINTS).argmax() == which


def test_pairs_that_ask_for_different_shifts_do_not_vouch_for_each_other(tables: Tables) -> None:
    whole = votes(cylinders(DRAWN[0]), tables, PRINTS)[0]
    # the same cylinders on minutiae that lie elsewhere
    scattered = cylinders(DRAWN[0])
    scattered.geometry[:, :2] = np.random.default_rng(1).uniform(0, 2_000, (len(DRAWN[0]), 2))
    assert votes(scattered, tables, PRINTS)[0] < whole / 4


def test_who_has_the_least_number_of_votes_or_more_keeps_them(tables: Tables) -> None:
    probe = cylinders(another_impression(DRAWN[7], 7))
    whole = votes(probe, tables, PRINTS)
    least = float(np.sort(whole)[-5])
    some = votes(probe, tables, PRINTS, least)
    assert np.array_equal(some[whole >= least], whole[whole >= least])
    assert np.count_nonzero(some) < np.count_nonzero(whole)


def test_a_probe_without_minutiae_has_no_votes(tables: Tables) -> None:
    assert not votes(cylinders(template([], width=100, height=100)), tables, PRINTS).any()
