"""The large world's identifiers, known without the database."""

import numpy as np
import pytest

from allpoints.demo.bulk_identifiers import (
    LAYOUTS,
    MAX_PLACES,
    MAX_RECORDS,
    KeyMaker,
    forms_of,
    identifier_of,
    identifiers_of,
    layout_numbers,
    owner_numbers,
    text_of,
)
from allpoints.errors import InvalidValue
from allpoints.modalities.identifiers import Keyring
from allpoints.records import RawIdentifier, RecordKind, key_text, parse_identifier

SECRET = bytes(range(32))
MANY = np.concatenate([np.arange(20_000), np.arange(MAX_RECORDS - 20_000, MAX_RECORDS)])


@pytest.mark.parametrize("place", [0, 1, 7])
def test_every_identifier_is_canonical_already(place: int) -> None:
    for raw in identifiers_of(MANY[::50], place):
        assert parse_identifier(raw, field="bulk").value == raw.value


def test_no_two_identifiers_are_alike() -> None:
    raw = [identifier for place in range(3) for identifier in identifiers_of(MANY, place)]
    keys = {(one.scheme, key_text(parse_identifier(one, field="bulk"))) for one in raw}
    assert len(keys) == len(raw) == 3 * len(MANY)


def test_one_identifier_is_the_same_alone_as_among_many() -> None:
    for place in (0, 5):
        assert identifiers_of(MANY[:200], place) == [identifier_of(number, place) for number in range(200)]


def test_keys_are_those_of_the_hub() -> None:
    maker, keyring = KeyMaker(SECRET), Keyring(SECRET)
    for layout in LAYOUTS:
        for place, form in enumerate(forms_of(layout, 3)):
            text = text_of(form, MANY[:20], place)
            made = maker.keys(form, text).tolist()
            raw = [RawIdentifier(form.scheme, row.tobytes().decode()) for row in text]
            assert made == [keyring.key(parse_identifier(one, field="bulk")) for one in raw]


def test_of_twenty_records_twelve_are_travel_documents_three_vehicles_two_firearms() -> None:
    kinds = [LAYOUTS[number].kind for number in layout_numbers(np.arange(80))]
    shares = {kind: kinds.count(kind) / 4 for kind in set(kinds)}
    assert shares == {
        RecordKind.TRAVEL_DOCUMENT: 12,
        RecordKind.VEHICLE: 3,
        RecordKind.FIREARM: 2,
        RecordKind.PERSON: 2,
        RecordKind.ITEM: 0.5,
        RecordKind.VESSEL: 0.5,
    }


def test_the_bureaus_own_about_equally_many() -> None:
    counts = np.bincount(owner_numbers(np.arange(24_000)))
    assert len(counts) == 24
    assert counts.min() > 900
    assert counts.max() < 1_100


@pytest.mark.parametrize("record", [-1, MAX_RECORDS])
def test_a_record_that_cannot_be_is_refused(record: int) -> None:
    with pytest.raises(InvalidValue):
        identifier_of(record)


def test_a_place_that_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidValue):
        identifier_of(0, MAX_PLACES)
