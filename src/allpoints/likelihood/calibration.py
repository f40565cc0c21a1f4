"""A calibration: the map from a modality's score to a bounded LLR, where it comes from, how well it does."""

from bisect import bisect_left, bisect_right
from enum import StrEnum
from importlib import resources
from itertools import pairwise
from math import isfinite, log
from typing import Annotated, Literal

import msgspec

from allpoints.errors import InvalidValue, MalformedInput, NotFound, TooLarge
from allpoints.likelihood.bounds import softly_bounded

FILE = "calibration.json"
"""Where a modality's room keeps the calibration that is in use."""
MAX_FILE = 1 << 20
"""Bytes of a calibration file."""

Count = Annotated[int, msgspec.Meta(ge=0)]
Rate = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Logistic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="form", tag="logistic"):
    """LLR = slope · score + intercept, as logistic regression finds it."""

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (isfinite(self.slope) and isfinite(self.intercept) and self.slope > 0):
            raise InvalidValue("the slope must be above 0", field="map.slope", remedy=_MAKE_ANEW)

    def llr(self, score: float) -> float:
        """The LLR of a score on its scale, without bounds."""
        return self.slope * score + self.intercept


class PiecewiseLinear(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="form", tag="piecewise-linear"
):
    """Straight lines between knots; beyond the outer ones the mean slope goes on."""

    scores: tuple[float, ...]
    llrs: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.scores) != len(self.llrs) or len(self.scores) < 2:
            raise InvalidValue("a knot is a score and its LLR, and it takes two", field="map.scores")
        for name, values in (("scores", self.scores), ("llrs", self.llrs)):
            rising = all(a < b for a, b in pairwise(values))
            if not (rising and isfinite(values[0]) and isfinite(values[-1])):
                raise InvalidValue("must rise from knot to knot", field=f"map.{name}", remedy=_MAKE_ANEW)

    def llr(self, score: float) -> float:
        """The LLR of a score on its scale, without bounds."""
        scores, llrs = self.scores, self.llrs
        right = bisect_left(scores, score)
        if right == 0 or right == len(scores):
            knot = min(right, len(scores) - 1)
            slope = (llrs[-1] - llrs[0]) / (scores[-1] - scores[0])
            return llrs[knot] + (score - scores[knot]) * slope
        left = right - 1
        share = (score - scores[left]) / (scores[right] - scores[left])
        return llrs[left] + share * (llrs[right] - llrs[left])


Map = Logistic | PiecewiseLinear


class Scale(StrEnum):
    """What a map is a function of."""

    SCORE = "score"
    LOG_ODDS = "log-odds"
    """ln(score / (1 - score)), for scores from 0 to 1 that crowd towards both ends (beta calibration: Kull, Silva
    Filho and Flach 2017)."""

    def of(self, score: float) -> float:
        """Put a score on the scale. Raises `InvalidValue` for one that it does not have."""
        if self is Scale.SCORE:
            return score
        if 0 <= score <= 1:
            return log((score + _END) / (1 - score + _END))
        raise InvalidValue("a score of this modality lies between 0 and 1", field="score")


_END = 1e-9
"""Keeps the log odds of 0 and 1 finite."""


class Propositions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two statements that an LLR weighs, and the population that the second one draws from."""

    same: str
    different: str
    population: str


class DataSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named set of comparisons; `digest` is `sha256:` and 64 hexadecimal digits of the file as it was."""

    name: str
    digest: str


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From what, when and by what a calibration was made."""

    data: tuple[DataSet, ...]
    sources: Count
    same: Count
    """Same-source comparisons."""
    different: Count
    """Different-source comparisons."""
    split: str
    """How what was measured was kept apart from what was learnt."""
    made: str
    """The date, such as 2026-11-22."""
    code: str
    """The version of Allpoints, on which the scores depend."""


class ErrorRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What deciding for "same source" from an LLR on gets wrong.

    `fmr` is the share of different-source comparisons that reach `llr`, `fnmr` the share of same-source
    comparisons that do not (ISO/IEC 19795-1).
    """

    llr: float
    fmr: Rate
    fnmr: Rate


class Measured(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How well LLRs do; `measures` defines each number."""

    cllr: float
    cllr_low: float
    cllr_high: float
    """The 95 % interval of `cllr` over resampled sources."""
    cllr_min: float
    eer: Rate
    calibration_error: Rate
    prior: Rate
    """The prior probability of "same" at which the calibration error holds."""
    error_rates: tuple[ErrorRates, ...]
    """Thresholds in ascending order."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A modality's calibration, as its file holds it.

    `lower` and `upper` bound every LLR: lower < 0 < upper. `measured` is of sources that were not trained on.
    """

    format: Literal["allpoints-calibration-1"] = "allpoints-calibration-1"
    modality: str
    version: str
    propositions: Propositions
    provenance: Provenance
    scale: Scale
    map: Map
    """From the score on its scale to the LLR before it is bounded."""
    lower: float
    upper: float
    measured: Measured

    def __post_init__(self) -> None:
        if not (self.lower < 0 < self.upper and isfinite(self.lower) and isfinite(self.upper)):
            raise InvalidValue("the bounds must lie on either side of 0", field="upper", remedy=_MAKE_ANEW)
        thresholds = [rates.llr for rates in self.measured.error_rates]
        if not thresholds or thresholds != sorted(thresholds):
            raise InvalidValue("must rise in LLR", field="measured.error_rates", remedy=_MAKE_ANEW)

    @classmethod
    def decode(cls, data: bytes) -> "Calibration":
        """Read a calibration file. Raises `TooLarge`, `MalformedInput`, `InvalidValue`."""
        if len(data) > MAX_FILE:
            raise TooLarge(f"a calibration has at most {MAX_FILE} bytes", field="calibration")
        try:
            return msgspec.json.decode(data, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedInput(f"not a calibration: {error}", field="calibration") from error

    def encode(self) -> bytes:
        """Write the calibration as its file holds it: JSON, for people to read too."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    def llr(self, score: float) -> float:
        """Return the bounded log10 likelihood ratio of a score.

        Strictly monotone: a higher score has a higher LLR, and none passes a bound. Raises `InvalidValue` for
        a score that is no finite number, or not on the calibration's scale.
        """
        if not isfinite(score):
            raise InvalidValue("a score is a finite number", field="score")
        return softly_bounded(self.map.llr(self.scale.of(score)), self.lower, self.upper)

    def error_rates_at(self, llr: float) -> ErrorRates:
        """Return what deciding from this LLR on gets wrong, at most: measured at the thresholds around it.

        The false match rate is that of the next threshold below (of every comparison, where there is none),
        the false non-match rate that of the next one above.
        """
        rates = self.measured.error_rates
        thresholds = [each.llr for each in rates]
        below, above = bisect_right(thresholds, llr) - 1, bisect_left(thresholds, llr)
        return ErrorRates(
            llr=llr,
            fmr=rates[below].fmr if below >= 0 else 1.0,
            fnmr=rates[above].fnmr if above < len(rates) else 1.0,
        )


def load(package: str) -> Calibration:
    """Read the calibration that a modality's package ships, such as `allpoints.modalities.names`.

    Raises `NotFound` where it ships none, else what `Calibration.decode` raises.
    """
    try:
        data = resources.files(package).joinpath(FILE).read_bytes()
    except (FileNotFoundError, ModuleNotFoundError):
        raise NotFound(
            f"{package} has no {FILE}", field="calibration", remedy="Make one with `allpoints calibrate`."
        ) from None
    return Calibration.decode(data)


_MAKE_ANEW = "Make the calibration anew with `allpoints calibrate`."
