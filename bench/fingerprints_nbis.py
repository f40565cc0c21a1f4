"""NBIS on the same pairs: the minutiae of mindtct compared by Bozorth3, through nbis-py.

Watson et al., *User's guide to NIST Biometric Image Software*, NISTIR 7392 (2007). The pictures come to it as they
are; nothing is refused.
"""

from collections.abc import Sequence

import nbis
import numpy as np
from numpy.typing import NDArray

from allpoints.formats import pictures


def minutiae(images: Sequence[bytes]) -> list[nbis.Minutiae | None]:
    """What mindtct finds in each picture; None where it fails."""
    extractor = nbis.new_nbis_extractor(
        nbis.NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=False, ppi=500.0
        )
    )
    return [_found(extractor, pictures.grey(image).pixels) for image in images]


def score(probe: nbis.Minutiae | None, reference: nbis.Minutiae | None) -> float:
    """Bozorth3's score; minus infinity where there are no minutiae to compare."""
    return -np.inf if probe is None or reference is None else float(probe.compare(reference))


def _found(extractor: nbis.NbisExtractor, pixels: NDArray[np.uint8]) -> nbis.Minutiae | None:
    picture = b"P5 %d %d 255\n" % (pixels.shape[1], pixels.shape[0]) + pixels.tobytes()
    try:
        return extractor.extract_minutiae(picture)
    except nbis.NbisError:
        return None
