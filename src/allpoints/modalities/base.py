"""The doors that every modality has, and the small values that pass through them.

A modality turns evidence into a template, compares two templates, and searches an index of many. It knows
record ids and nothing else of a record: neither its owner nor its conditions nor where it is stored.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import log10
from pathlib import Path
from typing import Literal, Protocol, Self, TypeVar

import msgspec

from allpoints.errors import InvalidValue

MAX_RECORD_ID = 2**32 - 1
DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
"""Candidates that one search may ask for."""

Evidence = TypeVar("Evidence")
Template = TypeVar("Template")
Template_contra = TypeVar("Template_contra", contravariant=True)


class Candidate(msgspec.Struct, frozen=True):
    """A record that a search proposes. What the score means is the modality's own affair."""

    record_id: int
    score: float


class Population(msgspec.Struct, frozen=True):
    """The holdings from which the second proposition draws its other source.

    `size` counts the references that could have agreed with the probe, `agreeing` those that do. The default
    says that nothing is known of the population.
    """

    size: int = 0
    agreeing: int = 0

    def llr(self) -> float:
        """The log10 likelihood ratio of an agreement that k of N references share: log10((N + 1) / k), k >=
        1.

        The probe's source counts as one more member of the population, so that N references never support
        more than log10(N + 1), however rare the agreement: no frequency can be measured below one in the
        sample.
        """
        return log10((self.size + 1) / max(self.agreeing, 1))


UNKNOWN_POPULATION = Population()


class CandidateList(msgspec.Struct, frozen=True):
    """A search's answer, best first.

    `cut` says that the limit kept further candidates back; `population` how rare such an agreement is among
    the holdings that were searched.
    """

    candidates: tuple[Candidate, ...] = ()
    cut: bool = False
    population: Population = UNKNOWN_POPULATION


class Outcome(StrEnum):
    """How one thing in the probe stands to the same thing in the reference."""

    EQUAL = "equal"
    COMPATIBLE = "compatible"
    """Not equal, but both can be true of one source."""
    NOT_STATED = "not stated"
    DIFFERENT = "different"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was compared, with the two values that made the result. An empty value is not stated."""

    what: str
    probe: str
    reference: str
    outcome: Outcome
    how: str = ""
    """The kind of agreement, where a modality tells several."""
    weight: float = 0.0
    """What it adds to the strength of evidence, in log10 units, where a modality adds such weights up."""
    told: str = ""
    """The sentence that people read, where the values alone do not make it."""

    def __str__(self) -> str:
        if self.told:
            return self.told
        if self.outcome is Outcome.NOT_STATED:
            return f"{self.what} not stated"
        if self.how:
            return f"{self.probe} {_SIGNS[self.outcome]} {self.reference} ({self.how})"
        return f"{self.what} {self.probe} {_SIGNS[self.outcome]} {self.reference}"


_SIGNS = {Outcome.EQUAL: "=", Outcome.COMPATIBLE: "~", Outcome.DIFFERENT: "≠"}


class Comparison(msgspec.Struct, frozen=True):
    """How well a reference fits a probe: the modality's own score, and the bounded strength of evidence."""

    score: float
    llr: float


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What an examiner looks at: the comparison, the pair of propositions of its LLR, and what led to it."""

    comparison: Comparison
    same: str
    different: str
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "; ".join((*map(str, self.findings), *self.remarks))


class Correspondence(msgspec.Struct, frozen=True, kw_only=True):
    """One place in the probe's picture and the place in the reference's that the machine takes for the same."""

    number: int
    """As it stands in the picture, from 1."""
    probe: tuple[float, float]
    """x and y in pixels of the probe's half of the picture, y downwards."""
    reference: tuple[float, float]
    """x and y in pixels of the reference's half of the picture, y downwards."""
    certainty: float
    """From 0 to 1; it gives the colour."""
    what: str = ""
    """What is there, where the modality tells it: `ridge ending`, `left eye`."""


class SideBySide(msgspec.Struct, frozen=True, kw_only=True):
    """Probe and reference for an examiner's eyes: one picture, and the same as data."""

    picture: bytes
    """PNG: the probe on the left, the reference on the right, what corresponds numbered and coloured."""
    size: tuple[int, int]
    """The picture's width and height in pixels."""
    reference_x: int
    """Where the reference's half begins."""
    correspondences: tuple[Correspondence, ...] = ()
    remarks: tuple[str, ...] = ()
    """What an examiner should know of the two pictures, such as their quality."""


class Index(Protocol[Template_contra]):
    """Many references to search. Disposable: whoever holds the truth can feed it again from its `cursor`.

    An index answers from immutable segments in a folder and from a tail in memory. Every process that opens
    the folder has a tail of its own and feeds it; one of them flushes.
    """

    @property
    def cursor(self) -> str:
        """From where in the change feed this index must be fed to be complete; empty at first."""
        ...

    def add(self, record_id: int, templates: Sequence[Template_contra]) -> None:
        """Make these the templates of the record, in place of all that were known of it."""
        ...

    def remove(self, record_id: int) -> None:
        """Forget the record."""
        ...

    def search(self, template: Template_contra, limit: int = DEFAULT_LIMIT) -> CandidateList:
        """Return the records that may have the same source as `template`."""
        ...

    def search_many(
        self, templates: Sequence[Template_contra], limit: int = DEFAULT_LIMIT
    ) -> list[CandidateList]:
        """Search for each template, all in one go; `limit` holds for each."""
        ...

    def outdated(self) -> bool:
        """Whether another process has written newer segments: open the folder anew and feed that one."""
        ...

    def reopened(self) -> Self:
        """This index as other processes have left its folder, for the caller to feed from its cursor.

        What is unchanged is shared; this one goes on answering as before.
        """
        ...

    def flush(self, cursor: str) -> None:
        """Write the tail to the folder; `cursor` is the feed's position up to which the tail is complete."""
        ...


class Modality(Protocol[Evidence, Template]):
    """One kind of evidence."""

    @property
    def name(self) -> str:
        """The modality's room, such as `identifiers`."""
        ...

    def encode(self, evidence: Evidence) -> Template:
        """Turn evidence into a template. Raises `InvalidValue` or `MalformedInput` with the reason."""
        ...

    def dump(self, template: Template) -> bytes:
        """Write a template for storage."""
        ...

    def load(self, data: bytes) -> Template:
        """Read what `dump` wrote. Raises `MalformedInput`."""
        ...

    def compare(
        self, probe: Template, reference: Template, population: Population = UNKNOWN_POPULATION
    ) -> Comparison:
        """Compare 1:1; the oracle for every search."""
        ...

    def explain(
        self, probe: Template, reference: Template, population: Population = UNKNOWN_POPULATION
    ) -> Explanation:
        """Say how `compare` came to its result; computed only when somebody asks."""
        ...

    def examples(self) -> tuple[Evidence, ...]:
        """Return harmless evidence that feeds tests, docs and the demo; no two show the same source."""
        ...

    def open_index(self, folder: Path, secret: bytes) -> Index[Template]:
        """Open the index in `folder`, an empty one where there is none. `secret` is the hub's index key."""
        ...


class TemplatedModality(Modality[Evidence, Template], Protocol):
    """A modality whose references are templates that the hub makes of records and stores."""

    def build_index(
        self,
        folder: Path,
        secret: bytes,
        records: Iterable[tuple[int, Sequence[bytes]]],
        cursor: str,
    ) -> Index[Template]:
        """Make the index in `folder` anew from all there is: record ids, and templates as `dump` wrote them.

        The old one answers until the new one is complete.
        """
        ...


class Biometric(TemplatedModality[Evidence, Template], Protocol):
    """A modality of the body. A source may have several templates: ten fingers, several pictures of one face.

    Its templates are personal data: the hub seals them at rest, and `secret` is the key that seals an index's folder.
    """

    @property
    def biometric(self) -> Literal[True]:
        """What tells it from the others."""
        ...

    def compare_sets(self, probes: Sequence[Template], references: Sequence[Template]) -> Comparison:
        """Compare several templates of one source with several of another, such as a card with a card.

        The order says nothing. What cannot be of one place of the body, such as two different fingers, is not
        compared; where nothing is left to compare the LLR is 0.
        """
        ...

    def explain_sets(self, probes: Sequence[Template], references: Sequence[Template]) -> Explanation:
        """Say how `compare_sets` came to its result, with a finding for each pair that counted."""
        ...

    def side_by_side(self, probe: Evidence, reference: Evidence) -> SideBySide:
        """Show two pictures beside each other. Raises as `encode`."""
        ...


def checked_record_id(record_id: int) -> int:
    """Return the record id. Raises `InvalidValue` for one that an index cannot hold."""
    if 1 <= record_id <= MAX_RECORD_ID:
        return record_id
    raise InvalidValue(f"a record id is a number from 1 to {MAX_RECORD_ID}", field="record_id")


def checked_limit(limit: int) -> int:
    """Return the limit of a search. Raises `InvalidValue` for none or too many."""
    if 1 <= limit <= MAX_LIMIT:
        return limit
    raise InvalidValue(f"a search proposes 1 to {MAX_LIMIT} candidates", field="limit")
