"""What the modalities make of evidence and of records: probes to search with, templates to be found."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
import structlog

from allpoints.errors import AllpointsError, InvalidValue
from allpoints.modalities import BIOMETRIC_BY_NAME, NAMES, TEMPLATED_BY_NAME
from allpoints.records import Person, Piece, Record, RecordKind
from allpoints.steps.biometrics import Pictured, dumped, encoded
from allpoints.steps.decode import Question
from allpoints.store.acts import StoredTemplate

KEPT = 4_096
"""Templates kept in memory as they were last read: the same few candidates come up again and again."""
_log = structlog.get_logger("allpoints.templates")


class Probe(msgspec.Struct, frozen=True):
    """A template to search with, and the modality that made it."""

    modality: str
    template: Any
    piece: Piece | None = None
    """The picture that it was made of."""


def probes_of(question: Question) -> tuple[Probe, ...]:
    """Encode what the question asks beside identifiers, pictures last. Raises what is wrong, naming the evidence."""
    return (
        *(_probe(person) for person in question.people),
        *(Probe(one.modality, encoded(one), one.piece) for one in question.pictured),
    )


def pictured(probes: Sequence[Probe]) -> tuple[tuple[Piece, ...], tuple[StoredTemplate, ...]]:
    """The pictures among a question's probes, and the template of each for storage."""
    of_pictures = [(probe, probe.piece) for probe in probes if probe.piece is not None]
    return (
        tuple(piece for _, piece in of_pictures),
        tuple(StoredTemplate(p.modality, dumped(p.modality, p.template)) for p, _ in of_pictures),
    )


def templates_of_pictures(pictures: Sequence[Pictured]) -> tuple[StoredTemplate, ...]:
    """Encode pictures, in their order. Raises what is wrong with one, naming its field."""
    return tuple(StoredTemplate(one.modality, dumped(one.modality, encoded(one))) for one in pictures)


def templates_of(record: Record) -> tuple[StoredTemplate, ...]:
    """Encode what a record can be found by beside its identifiers and its pictures.

    Only a record about a person is found by names: the holder of a stolen passport is mostly its victim, whom
    nobody should stop for a name. Raises `InvalidValue` for names that no template can be made of.
    """
    said = record.particulars
    if record.kind is not RecordKind.PERSON or not said.names:
        return ()
    person = Person(
        names=said.names,
        birth=said.birth,
        sex=said.sex,
        nationalities=said.nationalities,
        birthplace=said.birthplace,
        residence=said.residence,
    )
    try:
        template = NAMES.encode(person)
    except InvalidValue as error:
        field = (error.field or "person.names").replace("person", "particulars", 1)
        raise InvalidValue(error.detail, field=field, remedy=error.remedy) from None
    return (StoredTemplate(NAMES.name, NAMES.dump(template)),)


def loaded(modality: str, body: bytes) -> Any | None:
    """Read a stored template; None for one that cannot be read, so that one of many does not stop them all.

    Nothing of a body is kept: a withdrawal would not reach it here.
    """
    return _read(modality, body) if modality in BIOMETRIC_BY_NAME else _kept(modality, body)


def _read(modality: str, body: bytes) -> Any | None:
    try:
        return TEMPLATED_BY_NAME[modality].load(body)
    except AllpointsError as error:
        _log.error("template.unreadable", modality=modality, error=error.code)
        return None


_kept = lru_cache(KEPT)(_read)


def _probe(person: Person) -> Probe:
    try:
        return Probe(NAMES.name, NAMES.encode(person))
    except InvalidValue as error:
        raise InvalidValue(error.detail, field="evidence", remedy=error.remedy) from None
