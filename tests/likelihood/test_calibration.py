from math import log
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, NotFound, TooLarge
from allpoints.likelihood import (
    Calibration,
    DataSet,
    ErrorRates,
    Logistic,
    Measured,
    PiecewiseLinear,
    Propositions,
    Provenance,
    Scale,
    load,
)
from allpoints.likelihood.calibration import MAX_FILE

CALIBRATION = Calibration(
    modality="names",
    version="2026-11-22-0123abcd",
    propositions=Propositions("the same person", "another person", "visitors of a library"),
    provenance=Provenance(
        data=(DataSet("pairs.ndjson", "sha256:" + "0" * 64),),
        sources=40,
        same=100,
        different=1_000,
        split="5-fold cross-validation by source",
        made="2026-11-22",
        code="0.1.0",
    ),
    scale=Scale.SCORE,
    map=PiecewiseLinear((0.0, 0.5, 1.0), (-3.0, 0.0, 5.0)),
    lower=-2.0,
    upper=3.0,
    measured=Measured(
        cllr=0.2,
        cllr_low=0.15,
        cllr_high=0.25,
        cllr_min=0.18,
        eer=0.05,
        calibration_error=0.01,
        prior=0.5,
        error_rates=(ErrorRates(-1, 0.4, 0.01), ErrorRates(0, 0.05, 0.05), ErrorRates(2, 0.001, 0.3)),
    ),
)

finite = st.floats(-1e6, 1e6)


@st.composite
def maps(draw: st.DrawFn) -> Logistic | PiecewiseLinear:
    if draw(st.booleans()):
        return Logistic(draw(st.floats(0.5, 100)), draw(st.floats(-50, 50)))
    rise = st.lists(st.floats(0.01, 1), min_size=1, max_size=20)
    steps = draw(rise)
    llr_steps = draw(st.lists(st.floats(0.01, 1), min_size=len(steps), max_size=len(steps)))
    scores, values = [draw(st.floats(-1, 1))], [draw(st.floats(-3, 1))]
    for step, llr_step in zip(steps, llr_steps, strict=True):
        scores.append(scores[-1] + step)
        values.append(values[-1] + llr_step)
    return PiecewiseLinear(tuple(scores), tuple(values))


@given(maps(), st.floats(-2, 2), st.floats(1e-4, 1))
def test_a_higher_score_has_a_higher_llr(
    chosen: Logistic | PiecewiseLinear, score: float, more: float
) -> None:
    calibration = msgspec.structs.replace(CALIBRATION, map=chosen)
    assert calibration.llr(score) < calibration.llr(score + more)


@given(maps(), st.floats(allow_nan=False, allow_infinity=False))
def test_no_score_has_an_llr_beyond_the_bounds(chosen: Logistic | PiecewiseLinear, score: float) -> None:
    calibration = msgspec.structs.replace(CALIBRATION, map=chosen)
    assert calibration.lower <= calibration.llr(score) <= calibration.upper


@given(maps(), st.floats(0, 1), st.floats(0, 1))
def test_the_log_odds_of_a_score_keep_its_order(
    chosen: Logistic | PiecewiseLinear, score: float, other: float
) -> None:
    calibration = msgspec.structs.replace(CALIBRATION, map=chosen, scale=Scale.LOG_ODDS)
    low, high = sorted((score, other))
    assert calibration.lower <= calibration.llr(low) <= calibration.llr(high) <= calibration.upper
    if high - low > 1e-6:
        assert calibration.llr(low) < calibration.llr(high)


def test_log_odds_are_those_of_the_score() -> None:
    calibration = msgspec.structs.replace(CALIBRATION, map=Logistic(1.0, 0.0), scale=Scale.LOG_ODDS)
    assert calibration.llr(0.5) == 0
    assert calibration.llr(0.75) == pytest.approx(log(3))
    assert -2 < calibration.llr(0) < -1.9
    assert 2.9 < calibration.llr(1) < 3


@pytest.mark.parametrize("score", [-0.01, 1.01])
def test_a_score_without_log_odds_is_refused(score: float) -> None:
    calibration = msgspec.structs.replace(CALIBRATION, scale=Scale.LOG_ODDS)
    with pytest.raises(InvalidValue) as refused:
        calibration.llr(score)
    assert refused.value.field == "score"


@given(maps())
def test_a_calibration_survives_its_file(chosen: Logistic | PiecewiseLinear) -> None:
    calibration = msgspec.structs.replace(CALIBRATION, map=chosen)
    assert Calibration.decode(calibration.encode()) == calibration


def test_between_knots_an_llr_lies_on_the_straight_line() -> None:
    assert CALIBRATION.map.llr(0.25) == -1.5
    assert CALIBRATION.map.llr(0.6) == pytest.approx(1.0)
    assert CALIBRATION.map.llr(0.5) == 0.0


def test_beyond_the_knots_the_mean_slope_goes_on() -> None:
    assert CALIBRATION.map.llr(1.5) == 5 + 0.5 * 8
    assert CALIBRATION.map.llr(-0.5) == -3 - 0.5 * 8


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_no_number_is_refused(score: float) -> None:
    with pytest.raises(InvalidValue) as refused:
        CALIBRATION.llr(score)
    assert refused.value.field == "score"


def test_error_rates_at_a_threshold_are_those_measured_there() -> None:
    assert CALIBRATION.error_rates_at(0) == ErrorRates(0, 0.05, 0.05)


def test_error_rates_between_thresholds_are_no_better_than_they_may_be() -> None:
    assert CALIBRATION.error_rates_at(1.2) == ErrorRates(1.2, 0.05, 0.3)


def test_error_rates_outside_all_thresholds_promise_nothing() -> None:
    assert CALIBRATION.error_rates_at(-4) == ErrorRates(-4, 1.0, 0.01)
    assert CALIBRATION.error_rates_at(4) == ErrorRates(4, 0.001, 1.0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"upper": 0.0}, "upper"),
        ({"lower": 0.5}, "upper"),
        ({"map": {"form": "logistic", "slope": 0, "intercept": 1}}, "map.slope"),
        ({"map": {"form": "logistic", "slope": -1, "intercept": 1}}, "map.slope"),
        ({"map": {"form": "piecewise-linear", "scores": [0, 1], "llrs": [1, 1]}}, "map.llrs"),
        ({"map": {"form": "piecewise-linear", "scores": [1, 0], "llrs": [0, 1]}}, "map.scores"),
        ({"map": {"form": "piecewise-linear", "scores": [1], "llrs": [0]}}, "map.scores"),
    ],
)
def test_a_file_that_is_not_monotone_and_bounded_is_refused(change: dict[str, object], field: str) -> None:
    content = msgspec.to_builtins(CALIBRATION) | change
    with pytest.raises(InvalidValue) as refused:
        Calibration.decode(msgspec.json.encode(content))
    assert refused.value.field == field


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"format":"allpoints-calibration-2"}']
)
def test_what_is_no_calibration_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        Calibration.decode(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(AllpointsError):
        Calibration.decode(data)


def test_an_endless_file_is_too_large() -> None:
    with pytest.raises(TooLarge):
        Calibration.decode(b" " * (MAX_FILE + 1))


def test_a_room_without_a_calibration_says_how_to_make_one() -> None:
    with pytest.raises(NotFound) as refused:
        load("allpoints.likelihood")
    assert "allpoints calibrate" in (refused.value.remedy or "")


def test_a_shipped_calibration_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "evidence_of_a_kind"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "calibration.json").write_bytes(CALIBRATION.encode())
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load("evidence_of_a_kind") == CALIBRATION
