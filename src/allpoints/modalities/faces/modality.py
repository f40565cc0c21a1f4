"""Faces as a modality."""

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
from allpoints.modalities.faces import comparing, template
from allpoints.modalities.faces.index import FaceIndex, Payloads
from allpoints.modalities.faces.side_by_side import side_by_side
from allpoints.modalities.faces.template import FaceTemplate
from allpoints.records.biometrics import Face

_log = structlog.get_logger("allpoints.faces")


class Faces:
    """People by their faces. `modalities.base.Biometric` tells the doors."""

    name = "faces"
    biometric: Literal[True] = True

    def encode(self, evidence: Face) -> FaceTemplate:
        """Make the template of the face in a picture; see `template.encode`."""
        return template.encode(evidence.image)

    def dump(self, made: FaceTemplate) -> bytes:
        """Write a template for storage."""
        return template.dump(made)

    def load(self, data: bytes) -> FaceTemplate:
        """Read what `dump` wrote. Raises `MalformedInput`, `TooLarge`."""
        return template.load(data)

    def compare(
        self, probe: FaceTemplate, reference: FaceTemplate, population: Population = UNKNOWN_POPULATION
    ) -> Comparison:
        """Compare 1:1. How many others look alike is in the calibration: the population adds nothing."""
        return comparing.compare(probe, reference)

    def explain(
        self, probe: FaceTemplate, reference: FaceTemplate, population: Population = UNKNOWN_POPULATION
    ) -> Explanation:
        """Say how `compare` came to its result."""
        return comparing.explain(probe, reference)

    def compare_sets(self, probes: Sequence[FaceTemplate], references: Sequence[FaceTemplate]) -> Comparison:
        """Compare several pictures of one person with several of one person; see `comparing.compare_sets`."""
        return comparing.compare_sets(probes, references)

    def explain_sets(self, probes: Sequence[FaceTemplate], references: Sequence[FaceTemplate]) -> Explanation:
        """Say how `compare_sets` came to its result."""
        return comparing.explain_sets(probes, references)

    def side_by_side(self, probe: Face, reference: Face) -> SideBySide:
        """Show two faces beside each other. Raises as `encode`."""
        return side_by_side(probe.image, reference.image)

    def examples(self) -> tuple[Face, ...]:
        """Return faces that were drawn: nobody looks like that."""
        folder = resources.files(__package__).joinpath("examples")
        pictures = sorted(
            (each for each in folder.iterdir() if each.name.endswith(".jpg")), key=lambda each: each.name
        )
        return tuple(Face(image=picture.read_bytes()) for picture in pictures)

    def open_index(self, folder: Path, secret: bytes) -> FaceIndex:
        """Open the index in `folder`, an empty one where there is none."""
        return FaceIndex(folder, secret)

    def build_index(
        self, folder: Path, secret: bytes, records: Iterable[tuple[int, Sequence[bytes]]], cursor: str
    ) -> FaceIndex:
        """Make the index anew from record ids with their templates as `dump` wrote them.

        A template that cannot be read is left out and counted in the log, so that one of many does not stop
        them all.
        """
        return FaceIndex.build(folder, secret, _readable(records), cursor)


def _readable(records: Iterable[tuple[int, Sequence[bytes]]]) -> Iterator[tuple[int, Payloads]]:
    unreadable = 0
    for record_id, bodies in records:
        payloads = []
        for body in bodies:
            try:
                payloads.append(template.load(body).embedding)
            except AllpointsError:
                unreadable += 1
        yield record_id, tuple(payloads)
    if unreadable:
        _log.error("templates.unreadable", modality=Faces.name, count=unreadable)
