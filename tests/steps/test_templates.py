"""What the modalities make of evidence and of records."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from tests.corridors import contribution, person

from allpoints.errors import InvalidValue
from allpoints.modalities import BIOMETRIC, NAMES
from allpoints.modalities.base import Biometric
from allpoints.records import Contribution, Person, Record, RecordKind, checked_record
from allpoints.steps.decode import Question
from allpoints.steps.templates import loaded, probes_of, templates_of

TODAY = date(2026, 11, 22)
SAID = person("Анна Каренина", birth="1850", nationalities=("RUS",), birthplace="Москва", residence="Тула")


def record(said: Contribution) -> Record:
    return checked_record(said, owner="ITA", today=TODAY)


def test_a_person_is_found_by_all_that_describes_it() -> None:
    [stored] = templates_of(record(SAID))
    asked = Person(
        names=("Анна Каренина",),
        birth="1850",
        nationalities=("RUS",),
        birthplace="Москва",
        residence="Тула",
    )
    assert stored.modality == "names"
    assert loaded("names", stored.body) == NAMES.encode(asked)


@pytest.mark.parametrize("kind", sorted(set(RecordKind) - {RecordKind.PERSON, RecordKind.TRACE}))
def test_only_a_person_is_found_by_name(kind: RecordKind) -> None:
    """The holder of a stolen passport is its victim."""
    assert templates_of(record(replace(SAID, kind=kind))) == ()


def test_a_person_without_a_name_has_nothing_to_be_found_by() -> None:
    nameless = replace(
        contribution(("phone", "+355672345678")), kind=RecordKind.PERSON, particulars=person().particulars
    )
    assert templates_of(record(nameless)) == ()


def test_a_template_that_cannot_be_read_is_none_and_stops_nothing() -> None:
    assert loaded("names", b"of another time") is None


def test_each_description_of_a_question_is_a_probe() -> None:
    people = (Person(names=("Anna",)), Person(names=("Анна",)))
    assert [probe.template for probe in probes_of(Question(id="", people=people))] == [
        NAMES.encode(one) for one in people
    ]
    assert probes_of(Question(id="")) == ()


def test_what_cannot_be_encoded_names_its_field() -> None:
    spoiled = record(SAID)
    spoiled = replace(spoiled, particulars=replace(spoiled.particulars, names=("12",)))
    with pytest.raises(InvalidValue) as refused:
        templates_of(spoiled)
    assert refused.value.field == "particulars.names[0]"
    with pytest.raises(InvalidValue) as refused:
        probes_of(Question(id="", people=(Person(names=("12",)),)))
    assert (refused.value.field or "").startswith("evidence")


@pytest.mark.parametrize("modality", BIOMETRIC, ids=lambda modality: modality.name)
def test_no_opened_template_of_a_body_stays_in_memory(
    modality: Biometric[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []
    monkeypatch.setattr(type(modality), "load", lambda self, body: read.append(body))
    for _ in range(2):
        loaded(modality.name, b"opened")
    assert read == [b"opened"] * 2
