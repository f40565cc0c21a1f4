"""From a score to a strength of evidence: calibration, bounds, fusion, error rates, words.

Pure: it is given scores and bytes and gives back values and bytes. Only fitting and plotting need the extra
`calibrate`; a hub reads the small file that a modality ships and needs nothing else.
"""

from allpoints.likelihood.bounds import softly_bounded
from allpoints.likelihood.calibration import (
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
from allpoints.likelihood.fitting import Comparisons, Fitted, fit, fit_fusion, measured
from allpoints.likelihood.fusion import Fused, Fusion, Part, fused
from allpoints.likelihood.verbal import Strength, in_words, strength

__all__ = [
    "Calibration",
    "Comparisons",
    "DataSet",
    "ErrorRates",
    "Fitted",
    "Fused",
    "Fusion",
    "Logistic",
    "Measured",
    "Part",
    "PiecewiseLinear",
    "Propositions",
    "Provenance",
    "Scale",
    "Strength",
    "fit",
    "fit_fusion",
    "fused",
    "in_words",
    "load",
    "measured",
    "softly_bounded",
    "strength",
]
