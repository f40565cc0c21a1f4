"""Identifiers as a modality."""

from pathlib import Path

import msgspec

from allpoints.errors import MalformedInput
from allpoints.modalities.base import UNKNOWN_POPULATION, Comparison, Explanation, Population
from allpoints.modalities.identifiers.comparing import compared, explained
from allpoints.modalities.identifiers.index import IdentifierIndex
from allpoints.records.identifiers import (
    SCHEMES,
    Identifier,
    Pattern,
    RawIdentifier,
    parse_identifier,
    parse_pattern,
)


class PartlyRead(msgspec.Struct, frozen=True):
    """An identifier that was only partly read: `?` for a character that was not, `*` for a run."""

    scheme: str
    value: str
    confusable: bool = True
    """Whether characters that are taken for each other (0/O, 1/I, 5/S, 8/B, 2/Z) count as equal."""


class Identifiers:
    """Exact keys, and patterns for what was partly read. `modalities.base.Modality` tells the doors."""

    name = "identifiers"

    def encode(self, evidence: RawIdentifier | PartlyRead) -> Identifier | Pattern:
        """Return the canonical identifier, or a pattern for what was partly read. Raises `InvalidValue`."""
        if isinstance(evidence, RawIdentifier):
            return parse_identifier(evidence, field="evidence")
        raw = RawIdentifier(evidence.scheme, evidence.value)
        return parse_pattern(raw, field="evidence", confusable=evidence.confusable)

    def dump(self, template: Identifier | Pattern) -> bytes:
        """Write a template for storage, as JSON."""
        return msgspec.json.encode(template)

    def load(self, data: bytes) -> Identifier | Pattern:
        """Read what `dump` wrote. Raises `MalformedInput`."""
        try:
            if data.startswith(b"{"):
                return msgspec.json.decode(data, type=Pattern)
            return msgspec.json.decode(data, type=Identifier)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise MalformedInput("not an identifier's template", field="template") from error

    def compare(
        self,
        probe: Identifier | Pattern,
        reference: Identifier | Pattern,
        population: Population = UNKNOWN_POPULATION,
    ) -> Comparison:
        """Compare 1:1: score 1 for equal keys that nothing contradicts, a pattern's likeness, else 0."""
        return compared(probe, reference, population)

    def explain(
        self,
        probe: Identifier | Pattern,
        reference: Identifier | Pattern,
        population: Population = UNKNOWN_POPULATION,
    ) -> Explanation:
        """Say part by part how `compare` came to its result."""
        return explained(probe, reference, population)

    def examples(self) -> tuple[RawIdentifier | PartlyRead, ...]:
        """Return one identifier of each scheme."""
        return tuple(RawIdentifier(scheme.name, scheme.examples[0]) for scheme in SCHEMES)

    def open_index(self, folder: Path, secret: bytes) -> IdentifierIndex:
        """Open the index in `folder`, an empty one where there is none.

        Raises `InvalidValue` for a secret that has not 32 bytes, `Unavailable` for a folder that must be
        rebuilt.
        """
        return IdentifierIndex(folder, secret)
