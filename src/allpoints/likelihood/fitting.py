"""Making a calibration from scored comparisons of which the truth is known.

Everything is split by group (a source, or what must not be torn apart either), never by comparison: each LLR that is
measured, and from which the bounds are found, comes from a map that was fitted without its group.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.likelihood.bounds import STEP, empirical_bounds, softly_bounded
from allpoints.likelihood.calibration import (
    Calibration,
    DataSet,
    Logistic,
    Map,
    Measured,
    PiecewiseLinear,
    Propositions,
    Provenance,
    Scale,
)
from allpoints.likelihood.extra import extra
from allpoints.likelihood.fusion import Fusion
from allpoints.likelihood.measures import (
    Values,
    calibration_error,
    cllr,
    cllr_interval,
    cllr_min,
    eer,
    error_rates,
)
from allpoints.likelihood.verbal import THRESHOLDS

FOLDS = 5
MIN_GROUPS = 20
"""Groups with same-source comparisons, and groups with different-source ones, that a calibration takes at least."""
MAX_KNOTS = 40
LEAST_IN_A_BIN = 10
"""Comparisons of the rarer kind for each knot, on average."""
PRIOR = 0.5


class Comparisons(msgspec.Struct, frozen=True, kw_only=True):
    """Scored comparisons, one at each place of every field.

    `sources` names the source of the probe; `groups` what stays together in every split, by default the source.
    Raises `InvalidValue` where there are too few groups, or a score is no finite number.
    """

    scores: Values
    same: NDArray[np.bool_]
    sources: tuple[str, ...]
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lengths = {len(self.scores), len(self.same), len(self.sources), len(self.split_by)}
        if len(lengths) != 1:
            raise InvalidValue(
                "every comparison has a score, a truth, a source and a group", field="comparisons"
            )
        if not np.isfinite(self.scores).all():
            raise InvalidValue("a score is a finite number", field="scores")
        for kind, which in (("same", self.same), ("different", ~self.same)):
            found = len({group for group, of_kind in zip(self.split_by, which, strict=True) if of_kind})
            if found < MIN_GROUPS:
                raise InvalidValue(
                    f"{kind}-source comparisons of {found} sources, at least {MIN_GROUPS} are needed",
                    field="source",
                    remedy="Give comparisons of more sources; more of the same sources do not help.",
                )

    @property
    def split_by(self) -> tuple[str, ...]:
        """The group of each comparison."""
        return self.groups or self.sources

    def apart(self, values: Values) -> tuple[Values, Values]:
        """Return the values of same-source and of different-source comparisons."""
        return values[self.same], values[~self.same]


class Fitted(msgspec.Struct, frozen=True):
    """A calibration, and the bounded LLRs of groups it was not trained on, in the order of the comparisons."""

    calibration: Calibration
    llrs: Values


def fit(
    comparisons: Comparisons,
    *,
    modality: str,
    propositions: Propositions,
    data: DataSet,
    made: str,
    code: str,
) -> Fitted:
    """Make a calibration.

    Of the maps, logistic and isotonic, of the score and (where all lie between 0 and 1) of its log odds, the one
    with the lowest cross-validated Cllr is kept. The bounds are the empirical ones (ELUB) of the cross-validated
    LLRs. Raises `InvalidValue` where higher scores do not speak for "same" or the comparisons support no LLR,
    `NotFound` where the extra `calibrate` is not installed.
    """
    scaled = {scale: _scaled(comparisons.scores, scale) for scale in _scales(comparisons.scores)}
    held_out = {
        (method, scale): _cross_validated(comparisons, method, scores)
        for scale, scores in scaled.items()
        for method in (_logistic, _isotonic)
    }
    method, scale = min(held_out, key=lambda each: cllr(*comparisons.apart(held_out[each])))
    unbounded = held_out[method, scale]
    lower, upper = _checked_bounds(comparisons, unbounded)
    llrs = np.array([softly_bounded(llr, lower, upper) for llr in unbounded.tolist()])
    calibration = Calibration(
        modality=modality,
        version=f"{made}-{data.digest.removeprefix('sha256:')[:8]}",
        propositions=propositions,
        provenance=_provenance(comparisons, data, made, code),
        scale=scale,
        map=method(scaled[scale], comparisons.same),
        lower=lower,
        upper=upper,
        measured=measured(comparisons, llrs),
    )
    return Fitted(calibration, llrs)


def fit_fusion(
    llrs: dict[str, Values], comparisons: Comparisons, *, data: DataSet, made: str, code: str
) -> Fusion:
    """Fit the weights of a logistic fusion.

    `llrs` has each modality's LLR of every comparison; they must be of sources that the modalities' own
    calibrations were not trained on. The comparisons' scores are not used. Raises as `fit`.
    """
    features = np.column_stack(list(llrs.values()))
    held_out = _held_out(
        comparisons, lambda train: _linear(features[train], comparisons.same[train]), features
    )
    weights, intercept = _linear(features, comparisons.same)
    lower, upper = _checked_bounds(comparisons, held_out)
    return Fusion(
        weights=dict(zip(llrs, weights.tolist(), strict=True)),
        intercept=intercept,
        lower=lower,
        upper=upper,
        provenance=_provenance(comparisons, data, made, code),
    )


def measured(comparisons: Comparisons, llrs: Values) -> Measured:
    """Measure LLRs of comparisons of which the truth is known. The thresholds are the tenths and those in words."""
    same, different = comparisons.apart(llrs)
    _, sources = np.unique(comparisons.sources, return_inverse=True)
    low, high = cllr_interval(same, different, sources[comparisons.same], sources[~comparisons.same])
    return Measured(
        cllr=cllr(same, different),
        cllr_low=low,
        cllr_high=high,
        cllr_min=cllr_min(same, different),
        eer=eer(same, different),
        calibration_error=calibration_error(same, different, prior=PRIOR),
        prior=PRIOR,
        error_rates=error_rates(same, different, _thresholds(float(llrs.min()), float(llrs.max()))),
    )


def _thresholds(lowest: float, highest: float) -> list[float]:
    tenths = {n / 10 for n in range(int(lowest * 10), int(highest * 10) + 1)}
    named = {sign * threshold for threshold in THRESHOLDS for sign in (-1, 1)}
    return sorted(tenths | {threshold for threshold in named if lowest <= threshold <= highest})


def _provenance(comparisons: Comparisons, data: DataSet, made: str, code: str) -> Provenance:
    return Provenance(
        data=(data,),
        sources=len(set(comparisons.sources)),
        same=int(comparisons.same.sum()),
        different=int((~comparisons.same).sum()),
        split=f"{FOLDS}-fold cross-validation by {'group' if comparisons.groups else 'source'}",
        made=made,
        code=code,
    )


def _checked_bounds(comparisons: Comparisons, llrs: Values) -> tuple[float, float]:
    lower, upper = empirical_bounds(*comparisons.apart(llrs))
    if lower < -STEP and upper > STEP:
        return lower, upper
    raise InvalidValue(
        f"these comparisons support no LLR {'above' if upper <= STEP else 'below'} 0",
        field="scores",
        remedy="Give more comparisons, or scores that tell the sources apart.",
    )


def _scales(scores: Values) -> tuple[Scale, ...]:
    within = scores.min() >= 0 and scores.max() <= 1
    return (Scale.SCORE, Scale.LOG_ODDS) if within else (Scale.SCORE,)


def _scaled(scores: Values, scale: Scale) -> Values:
    return np.array([scale.of(score) for score in scores.tolist()])


def _cross_validated(
    comparisons: Comparisons, method: Callable[[Values, NDArray[np.bool_]], Map], scores: Values
) -> Values:
    same = comparisons.same
    llrs = np.empty(len(scores))
    for train, test in _folds(comparisons):
        fitted = method(scores[train], same[train])
        llrs[test] = [fitted.llr(score) for score in scores[test].tolist()]
    return llrs


def _held_out(
    comparisons: Comparisons, linear: Callable[[NDArray[np.intp]], tuple[Values, float]], features: Values
) -> Values:
    llrs = np.empty(len(features))
    for train, test in _folds(comparisons):
        weights, intercept = linear(train)
        llrs[test] = features[test] @ weights + intercept
    return llrs


def _folds(comparisons: Comparisons) -> Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    groups = np.unique(comparisons.split_by, return_inverse=True)[1]
    split = extra("sklearn.model_selection").GroupKFold(FOLDS, shuffle=True, random_state=0)
    return list(split.split(groups, groups=groups))


def _logistic(scores: Values, same: NDArray[np.bool_]) -> Logistic:
    weights, intercept = _linear(scores[:, np.newaxis], same)
    return Logistic(float(weights[0]), intercept)


def _linear(features: Values, same: NDArray[np.bool_]) -> tuple[Values, float]:
    """Logistic regression with both kinds of equal weight, so that its log odds are an LLR.

    The features are standardised, so that scikit-learn's ridge of 1 means the same for each; it keeps the slope
    finite where the two kinds are perfectly apart.
    """
    _check_both_kinds(same)
    mean, spread = features.mean(axis=0), features.std(axis=0)
    if not spread.all():
        raise _does_not_tell()
    regression = extra("sklearn.linear_model").LogisticRegression(class_weight="balanced", max_iter=1_000)
    regression.fit((features - mean) / spread, same)
    weights = regression.coef_[0] / spread / np.log(10)
    if not (weights > 0).all():
        raise _does_not_tell()
    return weights, float(regression.intercept_[0] / np.log(10) - weights @ mean)


def _isotonic(scores: Values, same: NDArray[np.bool_]) -> PiecewiseLinear:
    """Pool adjacent violators over bins of equal weight, with a knot in the middle of each pool.

    One comparison more of either kind, spread over the bins, keeps every LLR finite.
    """
    _check_both_kinds(same)
    totals = np.array([(~same).sum(), same.sum()])
    bins = int(np.clip(totals.min() // LEAST_IN_A_BIN, 2, MAX_KNOTS))
    weights = 0.5 / totals[same.astype(int)]
    each = np.unique(scores, return_inverse=True)[1]
    mass = np.bincount(each, weights)
    place = np.unique(((np.cumsum(mass) - mass / 2) * bins).astype(int), return_inverse=True)[1][each]
    bins = place.max() + 1
    for_same, for_different = (
        (np.bincount(place, kind, bins) + 1 / bins) / (kind.sum() + 1) for kind in (same, ~same)
    )
    middle = np.bincount(place, weights * scores, bins) / np.bincount(place, weights, bins)
    regression = extra("sklearn.isotonic").IsotonicRegression()
    total = for_same + for_different
    shares = regression.fit(middle, for_same / total, sample_weight=total).predict(middle)
    pool = np.cumsum(np.diff(shares, prepend=shares[0]) > 1e-9)
    if pool[-1] == 0:
        raise _does_not_tell()
    knots = np.bincount(pool, middle * total) / np.bincount(pool, total)
    llrs = np.log10(np.bincount(pool, for_same) / np.bincount(pool, for_different))
    return PiecewiseLinear(tuple(knots.tolist()), tuple(llrs.tolist()))


def _check_both_kinds(same: NDArray[np.bool_]) -> None:
    if same.all() or not same.any():
        raise InvalidValue(
            "nearly all comparisons of one kind are in one group",
            field="group",
            remedy="Split the groups, or give comparisons of more sources.",
        )


def _does_not_tell() -> InvalidValue:
    return InvalidValue(
        "higher scores do not speak for the same source",
        field="scores",
        remedy="Check that `same` is true for comparisons of one source.",
    )
