"""Finding whose finger left a print, among hundreds of thousands: the index, and what it is made of."""

from allpoints.modalities.fingerprints.retrieval.index import FingerprintIndex

__all__ = ["FingerprintIndex"]
