"""Several pieces of evidence about one source, one LLR.

LLRs may be added only where the pieces are independent, and they seldom are: a document's number and the name
printed in it stand and fall together. Two rules, both strictly monotone in every part and bounded by what the
parts' own calibrations allow:

- `fused` needs no data. Its discounts are a cautious convention and no measurement: full weight for the strongest
  modality, half for what others add, full weight for everything that speaks against.
- `Fusion` is logistic fusion (Brümmer and du Preez 2006, section 8), with weights fitted on cases in which all of its
  modalities were compared; where there is one, its weights replace the convention.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import isfinite
from typing import Literal

import msgspec

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.likelihood.bounds import softly_bounded
from allpoints.likelihood.calibration import MAX_FILE, Provenance

FURTHER = 0.5
"""What a modality that supports "same" adds to a stronger one. 1 would mean independent, 0 wholly dependent."""
LESSER = 0.1
"""The weight of a modality's other comparisons beside its best: the best of several attempts agrees by chance more
often than one, so attempts that agree less take a little off."""


class Part(msgspec.Struct, frozen=True):
    """One comparison: its modality, its LLR, and the bound that |LLR| does not pass."""

    modality: str
    llr: float
    bound: float

    def __post_init__(self) -> None:
        if not (isfinite(self.llr) and isfinite(self.bound) and abs(self.llr) <= self.bound):
            raise InvalidValue("an LLR lies within its bound", field=f"{self.modality}.llr")


class Fused(msgspec.Struct, frozen=True):
    """The LLR of all parts together, and the parts, strongest support first."""

    llr: float
    parts: tuple[Part, ...]


def fused(parts: Sequence[Part]) -> Fused:
    """Fuse comparisons with one and the same source; without any, the LLR is 0.

    Within a modality the best counts 0.9, the mean of the others 0.1. Across modalities the strongest support
    counts in full and each further one half; contradictions count in full. So the LLR lies between minus the sum
    of the bounds and the largest bound plus half of the others.
    """
    of_modality: dict[str, list[float]] = defaultdict(list)
    for part in parts:
        of_modality[part.modality].append(part.llr)
    strongest, *further = sorted(map(_best, of_modality.values()), reverse=True) or [0.0]
    llr = strongest + sum(FURTHER * llr if llr > 0 else llr for llr in further)
    return Fused(llr, tuple(sorted(parts, key=lambda part: part.llr, reverse=True)))


def _best(llrs: Sequence[float]) -> float:
    best, *others = sorted(llrs, reverse=True)
    return best + LESSER * (sum(others) / len(others) - best) if others else best


class Fusion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logistic fusion: LLR = Σ weight · LLR of the modality + intercept, drawn to the bounds of the cases it was
    fitted on.
    """

    format: Literal["allpoints-fusion-1"] = "allpoints-fusion-1"
    weights: dict[str, float]
    intercept: float
    lower: float
    upper: float
    provenance: Provenance

    def __post_init__(self) -> None:
        if not self.weights or not all(isfinite(w) and w > 0 for w in self.weights.values()):
            raise InvalidValue(
                "every weight must be above 0", field="weights", remedy="Leave that modality out."
            )
        if not (isfinite(self.intercept) and self.lower < 0 < self.upper):
            raise InvalidValue("the bounds must lie on either side of 0", field="upper")

    @classmethod
    def decode(cls, data: bytes) -> "Fusion":
        """Read a fusion file. Raises `TooLarge`, `MalformedInput`, `InvalidValue`."""
        if len(data) > MAX_FILE:
            raise TooLarge(f"a fusion file has at most {MAX_FILE} bytes", field="fusion")
        try:
            return msgspec.json.decode(data, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedInput(f"not a fusion file: {error}", field="fusion") from error

    def encode(self) -> bytes:
        """Write the fusion as its file holds it."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    def fused(self, parts: Sequence[Part]) -> Fused:
        """Fuse one comparison of each modality. Raises `InvalidValue` for other parts than it was fitted on."""
        if sorted(part.modality for part in parts) != sorted(self.weights):
            raise InvalidValue(f"takes one part of each of {', '.join(self.weights)}", field="parts")
        llr = sum(self.weights[part.modality] * part.llr for part in parts) + self.intercept
        ordered = tuple(sorted(parts, key=lambda part: part.llr, reverse=True))
        return Fused(softly_bounded(llr, self.lower, self.upper), ordered)
