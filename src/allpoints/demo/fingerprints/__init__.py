"""Drawn fingerprints: fingers, their impressions and traces, and minutiae in bulk.

For tests, the demo and measuring at scale; nobody has these fingers. docs/synthetic-fingerprints.md says how they
are drawn.
"""

from allpoints.demo.fingerprints.bulk import DrawnMinutiae, drawn_minutiae
from allpoints.demo.fingerprints.impressions import impression, png, trace
from allpoints.demo.fingerprints.pattern import Pattern
from allpoints.demo.fingerprints.ridges import Finger, card, finger

__all__ = [
    "DrawnMinutiae",
    "Finger",
    "Pattern",
    "card",
    "drawn_minutiae",
    "finger",
    "impression",
    "png",
    "trace",
]
