"""Impressions and traces of drawn fingers."""

from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from allpoints.demo.fingerprints import Finger, finger, impression, png, trace
from allpoints.modalities.fingerprints.comparing import matched
from allpoints.modalities.fingerprints.encoding import encoded
from allpoints.modalities.fingerprints.quality import checked_quality
from allpoints.records.biometrics import Fingerprint


@pytest.fixture(scope="module")
def fingers() -> list[Finger]:
    return [finger(20), finger(21)]


def test_the_same_seed_draws_the_same_impression_and_another_another(fingers: list[Finger]) -> None:
    assert np.array_equal(impression(fingers[0], 1), impression(fingers[0], 1))
    assert not np.array_equal(impression(fingers[0], 1), impression(fingers[0], 2))
    assert np.array_equal(trace(fingers[0], 1), trace(fingers[0], 1))


def test_impressions_are_fingerprints_by_the_hubs_own_measure(fingers: list[Finger]) -> None:
    for seed in range(6):
        assert checked_quality(impression(fingers[0], seed)).nfiq2 > 20


def test_a_trace_is_poorer_than_an_impression(fingers: list[Finger]) -> None:
    for of in fingers:
        assert checked_quality(trace(of, 0)).nfiq2 < checked_quality(impression(of, 0)).nfiq2


def test_a_finger_matches_itself_and_its_trace_but_no_other(fingers: list[Finger]) -> None:
    drawn = [(of.seed, picture) for of in fingers for picture in (impression(of, 0), trace(of, 0))]
    made = [(whose, encoded(Fingerprint(image=png(picture))).template) for whose, picture in drawn]
    scores: dict[bool, list[float]] = {True: [], False: []}
    for (whose, probe), (other, reference) in combinations(made, 2):
        scores[whose == other].append(matched(probe, reference).score)
    assert min(scores[True]) > max(scores[False])


def test_a_png_states_its_resolution_and_holds_the_pixels(fingers: list[Finger]) -> None:
    pixels = impression(fingers[0], 0)
    read = Image.open(BytesIO(png(pixels)))
    assert read.info["dpi"] == pytest.approx((500, 500), abs=0.1)
    assert np.array_equal(np.asarray(read), pixels)
