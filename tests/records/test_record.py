from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from allpoints.errors import InvalidValue
from allpoints.records import (
    Conditions,
    Contribution,
    HeldRecord,
    Identifier,
    Particulars,
    RawIdentifier,
    Record,
    RecordKind,
    RecordState,
    Selection,
    checked_record,
)
from allpoints.records.record import MAX_IDENTIFIERS, MAX_TEXT

TODAY = date(2026, 11, 22)
PASSPORT = Contribution(
    reference="TD-1",
    kind=RecordKind.TRAVEL_DOCUMENT,
    identifiers=(RawIdentifier("travel-document", "uto:p:l898902c3"),),
    particulars=Particulars(
        reason="stolen", names=("ERIKSSON ANNA MARIA",), birth="1974-08-12", synthetic=True
    ),
)


def checked(**changes: object) -> Record:
    return checked_record(msgspec.structs.replace(PASSPORT, **changes), owner="UTO", today=TODAY)


def particulars(**changes: object) -> Particulars:
    return msgspec.structs.replace(PASSPORT.particulars, **changes)


def test_a_record_is_returned_in_canonical_form() -> None:
    record = checked()
    assert record.owner == "UTO"
    assert record.identifiers == (Identifier("travel-document", "UTO:P:L898902C3"),)
    assert record.retention.valid_until == TODAY + timedelta(days=5 * 365)
    assert record.retention.review_by == TODAY + timedelta(days=365)


def test_everything_survives_json() -> None:
    record = checked()
    held = HeldRecord(
        id=1,
        version=1,
        state=RecordState.ACTIVE,
        contributed_at=datetime(2026, 11, 22, tzinfo=UTC),
        **{name: getattr(record, name) for name in record.__struct_fields__},
    )
    for thing in (PASSPORT, record, held):
        assert msgspec.json.decode(msgspec.json.encode(thing), type=type(thing)) == thing


def test_repeated_identifiers_count_once_in_their_first_place() -> None:
    record = checked(
        identifiers=(
            RawIdentifier("phone", "+355672123456"),
            RawIdentifier("plate", "ALB:AA 123 BB"),
            RawIdentifier("phone", "+355 67 212 3456"),
        )
    )
    assert [identifier.scheme for identifier in record.identifiers] == ["phone", "plate"]


def test_dates_and_nationalities_are_canonical() -> None:
    record = checked(particulars=particulars(nationalities=("d", "alb"), birth="1970-03"))
    assert record.particulars.nationalities == ("DEU", "ALB")
    assert record.particulars.birth == "1970-03"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "a" * 101}, "reference"),
        ({"reference": "a\nb"}, "reference"),
        ({"identifiers": (), "particulars": Particulars(reason="seen")}, "identifiers"),
        ({"identifiers": PASSPORT.identifiers * (MAX_IDENTIFIERS + 1)}, "identifiers"),
        ({"identifiers": (*PASSPORT.identifiers, RawIdentifier("vin", "#"))}, "identifiers[1].value"),
        ({"identifiers": (*PASSPORT.identifiers, RawIdentifier("wine", "1"))}, "identifiers[1].scheme"),
        ({"conditions": Conditions(bureaus=Selection("only", ("QQQ",)))}, "conditions.bureaus"),
        ({"valid_until": TODAY - timedelta(days=1)}, "valid_until"),
        ({"valid_until": date(2052, 1, 1)}, "valid_until"),
        ({"valid_until": TODAY, "review_by": TODAY + timedelta(days=1)}, "review_by"),
        ({"review_by": TODAY - timedelta(days=1)}, "review_by"),
        ({"particulars": particulars(description="a" * (MAX_TEXT + 1))}, "particulars.description"),
        ({"particulars": particulars(description="a\x00")}, "particulars.description"),
        ({"particulars": particulars(names=("A\ud800",))}, "particulars.names[0]"),
        ({"particulars": particulars(names=("A", " "))}, "particulars.names[1]"),
        ({"particulars": particulars(names=("A",) * 65)}, "particulars.names"),
        ({"particulars": particulars(birth="1970-13")}, "particulars.birth"),
        ({"particulars": particulars(birth="1970-02-30")}, "particulars.birth"),
        ({"particulars": particulars(birth="197")}, "particulars.birth"),
        ({"particulars": particulars(birth="2027")}, "particulars.birth"),
        ({"particulars": particulars(nationalities=("ALB", "QQQ"))}, "particulars.nationalities[1]"),
        ({"particulars": particulars(since=TODAY + timedelta(days=1))}, "particulars.since"),
        ({"particulars": particulars(year=1066)}, "particulars.year"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        checked(**changes)
    assert refused.value.field == field
    assert refused.value.remedy


def test_a_record_that_is_valid_for_less_than_a_year_is_reviewed_by_its_end() -> None:
    record = checked(valid_until=TODAY + timedelta(days=30))
    assert record.retention.review_by == record.retention.valid_until
