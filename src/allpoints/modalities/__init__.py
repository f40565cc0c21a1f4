"""One room per kind of evidence, all with the doors of `base`.

A modality computes templates from evidence, compares them and searches many. It knows opaque record ids,
never owners, conditions or databases.
"""

from collections.abc import Mapping
from typing import Any

from allpoints.modalities.base import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    MAX_RECORD_ID,
    UNKNOWN_POPULATION,
    Biometric,
    Candidate,
    CandidateList,
    Comparison,
    Correspondence,
    Explanation,
    Finding,
    Index,
    Modality,
    Outcome,
    Population,
    SideBySide,
    TemplatedModality,
)
from allpoints.modalities.faces import Faces
from allpoints.modalities.fingerprints import Fingerprints
from allpoints.modalities.identifiers import Identifiers
from allpoints.modalities.names import Names

IDENTIFIERS = Identifiers()
NAMES = Names()
FINGERPRINTS = Fingerprints()
FACES = Faces()

BIOMETRIC: tuple[Biometric[Any, Any], ...] = (FINGERPRINTS, FACES)
"""Those of the body, whose templates and pictures are sealed and whose candidates an examiner looks at."""
TEMPLATED: tuple[TemplatedModality[Any, Any], ...] = (NAMES, *BIOMETRIC)
"""Those that search templates made of records; identifiers are searched as they stand in them."""
BIOMETRIC_BY_NAME: Mapping[str, Biometric[Any, Any]] = {each.name: each for each in BIOMETRIC}
TEMPLATED_BY_NAME: Mapping[str, TemplatedModality[Any, Any]] = {each.name: each for each in TEMPLATED}
MODALITIES: tuple[Modality[Any, Any], ...] = (IDENTIFIERS, *TEMPLATED)
"""Every modality there is. Each passes `tests/contract/test_modalities.py`."""

__all__ = [
    "BIOMETRIC",
    "BIOMETRIC_BY_NAME",
    "DEFAULT_LIMIT",
    "FACES",
    "FINGERPRINTS",
    "IDENTIFIERS",
    "MAX_LIMIT",
    "MAX_RECORD_ID",
    "MODALITIES",
    "NAMES",
    "TEMPLATED",
    "TEMPLATED_BY_NAME",
    "UNKNOWN_POPULATION",
    "Biometric",
    "Candidate",
    "CandidateList",
    "Comparison",
    "Correspondence",
    "Explanation",
    "Finding",
    "Index",
    "Modality",
    "Outcome",
    "Population",
    "SideBySide",
    "TemplatedModality",
]
