"""Fingerprints: from a picture to minutiae, from two prints to a strength of evidence, and what an examiner looks at.

Plain calls: `compare(encode(picture), encode(other)).llr`.
"""

from allpoints.modalities.fingerprints.comparing import compare
from allpoints.modalities.fingerprints.encoding import encode
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate
from allpoints.modalities.fingerprints.modality import Fingerprints

__all__ = ["FingerprintTemplate", "Fingerprints", "compare", "encode"]
