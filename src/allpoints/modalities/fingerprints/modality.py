"""Fingerprints as a modality."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Literal

import structlog

from allpoints.errors import AllpointsError
from allpoints.modalities.base import (
    UNKNOWN_POPULATION,
    Comparison,
    Explanation,
    Population,
    SideBySide,
)
from allpoints.modalities.fingerprints import comparing, drawing, minutiae
from allpoints.modalities.fingerprints.encoding import encoded
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate
from allpoints.modalities.fingerprints.retrieval import FingerprintIndex
from allpoints.records.biometrics import Fingerprint

_log = structlog.get_logger("allpoints.fingerprints")


class Fingerprints:
    """Impressions of fingers. `modalities.base.Biometric` tells the doors."""

    name = "fingerprints"
    biometric: Literal[True] = True

    def encode(self, evidence: Fingerprint) -> FingerprintTemplate:
        """Find the minutiae; see `encoding.encoded`."""
        return encoded(evidence).template

    def dump(self, template: FingerprintTemplate) -> bytes:
        """Write a template for storage; see `minutiae.dump`."""
        return minutiae.dump(template)

    def load(self, data: bytes) -> FingerprintTemplate:
        """Read what `dump` wrote. Raises `MalformedInput`, `TooLarge`."""
        return minutiae.load(data)

    def compare(
        self,
        probe: FingerprintTemplate,
        reference: FingerprintTemplate,
        population: Population = UNKNOWN_POPULATION,
    ) -> Comparison:
        """Compare two impressions; see `comparing.compare`."""
        return comparing.compare(probe, reference)

    def explain(
        self,
        probe: FingerprintTemplate,
        reference: FingerprintTemplate,
        population: Population = UNKNOWN_POPULATION,
    ) -> Explanation:
        """Say how `compare` came to its result, minutia by minutia."""
        return comparing.explain(probe, reference)

    def compare_sets(
        self, probes: Sequence[FingerprintTemplate], references: Sequence[FingerprintTemplate]
    ) -> Comparison:
        """Compare two people's impressions, finger by finger; see `comparing.compare_sets`."""
        return comparing.compare_sets(probes, references)

    def explain_sets(
        self, probes: Sequence[FingerprintTemplate], references: Sequence[FingerprintTemplate]
    ) -> Explanation:
        """Say how `compare_sets` came to its result, finger by finger."""
        return comparing.explain_sets(probes, references)

    def side_by_side(self, probe: Fingerprint, reference: Fingerprint) -> SideBySide:
        """Draw two impressions beside each other; see `drawing.side_by_side`. Raises as `encode`."""
        return drawing.side_by_side(encoded(probe), encoded(reference))

    def examples(self) -> tuple[Fingerprint, ...]:
        """Return drawn prints that no finger has, as minutiae records (ISO/IEC 19794-2)."""
        folder = resources.files(__package__).joinpath("examples")
        files = sorted(
            (file for file in folder.iterdir() if file.name.endswith(".fmr")), key=lambda f: f.name
        )
        return tuple(Fingerprint(image=file.read_bytes()) for file in files)

    def open_index(self, folder: Path, secret: bytes) -> FingerprintIndex:
        """Open the index in `folder`, an empty one where there is none."""
        return FingerprintIndex(folder, secret)

    def build_index(
        self,
        folder: Path,
        secret: bytes,
        records: Iterable[tuple[int, Sequence[bytes]]],
        cursor: str,
    ) -> FingerprintIndex:
        """Make the index anew from record ids with their templates as `dump` wrote them.

        A template that cannot be read is left out and counted in the log, so that one of many does not stop
        them all.
        """
        return FingerprintIndex.build(folder, secret, _readable(records), cursor)


def _readable(
    records: Iterable[tuple[int, Sequence[bytes]]],
) -> Iterator[tuple[int, list[FingerprintTemplate]]]:
    unreadable = 0
    for number, bodies in records:
        templates = []
        for body in bodies:
            try:
                templates.append(minutiae.load(body))
            except AllpointsError:
                unreadable += 1
        yield number, templates
    if unreadable:
        _log.error("templates.unreadable", modality=Fingerprints.name, count=unreadable)
