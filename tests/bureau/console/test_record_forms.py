"""From the form of a record to a contribution and back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from allpoints.bureau.console.record_forms import (
    FIELDS,
    SCHEMES_FIRST,
    Rows,
    contribution,
    field_named,
    fields_of,
    rows_of,
    typed_from,
    version_of,
)
from allpoints.errors import InvalidValue
from allpoints.records import (
    Conditions,
    Contribution,
    Evaluation,
    HeldRecord,
    Name,
    NameKind,
    Particulars,
    Purpose,
    RawIdentifier,
    RecordKind,
    RecordState,
    Release,
    Selection,
    checked_record,
)

TODAY = datetime.now(UTC).date()
GIVEN = Contribution(
    reference="P-1",
    kind=RecordKind.PERSON,
    identifiers=(RawIdentifier("phone", "+355672123456"), RawIdentifier("email", "a@b.example")),
    particulars=Particulars(
        reason="wanted",
        instructions="Hold.",
        since=date(2026, 1, 2),
        names=(Name(text="Анна"), Name(family="Doe", given="Anna", kind=NameKind.ALIAS)),
        birth="1974~",
        sex="F",
        nationalities=("ALB", "UTO"),
        colour="of hair: red",
        year=1999,
        synthetic=True,
    ),
    conditions=Conditions(
        bureaus=Selection("only", ("ALB", "FRA")),
        agencies=Selection("except", ("customs",)),
        purposes=(Purpose.BORDER_CONTROL, Purpose.MISSING_PERSONS),
        disclosure=Release.CONTACT,
    ),
    evaluation=Evaluation("C", 3),
    valid_until=TODAY + timedelta(days=100),
    review_by=TODAY + timedelta(days=50),
)


def held(given: Contribution = GIVEN) -> HeldRecord:
    """The record as a hub keeps it."""
    record = checked_record(given, owner="ITA", today=TODAY)
    said = {name: getattr(record, name) for name in record.__struct_fields__}
    return HeldRecord(id=7, version=1, state=RecordState.ACTIVE, contributed_at=datetime.now(UTC), **said)


def typed(**fields: str) -> dict[str, list[str]]:
    """The least that a form has, and these fields."""
    least = {"reference": "R-1", "particulars.reason": "stolen", "conditions.purposes": "border-control"}
    return {name: [value] for name, value in (least | fields).items()}


def test_what_a_record_says_comes_through_its_form_unchanged() -> None:
    record = held()
    again = checked_record(contribution(record.kind, typed_from(record)), owner="ITA", today=TODAY)
    for name in again.__struct_fields__:
        assert getattr(again, name) == getattr(record, name), name


def test_the_form_of_a_kind_shows_its_fields_and_what_else_is_stated() -> None:
    record = held()
    assert fields_of(record.kind, typed_from(record)) == [
        "names", "birth", "sex", "nationalities", "birthplace", "residence", "colour", "year",
    ]  # fmt: skip
    assert fields_of(RecordKind.TRACE, {}) == []


def test_every_kind_has_a_form_whose_fields_are_particulars() -> None:
    known = set(Particulars.__struct_fields__)
    assert FIELDS.keys() == SCHEMES_FIRST.keys() == set(RecordKind)
    assert all(set(fields) <= known for fields in FIELDS.values())


def test_rows_are_those_of_the_form_and_grow_one_by_one() -> None:
    assert rows_of({}) == Rows(1, 1)
    rows = rows_of({"identifiers[4].scheme": ["vin"], "particulars.names[1].family": ["y"]})
    assert rows == Rows(5, 2)
    assert rows.one_more("names") == Rows(5, 3)
    assert rows_of({"identifiers[999999].value": ["x"]}).identifiers == 64, "nobody has a million rows"
    assert rows_of({f"identifiers[{'9' * 5_000}].value": ["x"]}) == Rows(1, 1)
    assert Rows(64, 1).one_more("identifiers") == Rows(64, 1)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"reference": ""}, "reference"),
        ({"particulars.reason": ""}, "particulars.reason"),
        ({"particulars.reason": "bored"}, "particulars.reason"),
        ({"particulars.year": "last"}, "particulars.year"),
        ({"particulars.since": "yesterday"}, "particulars.since"),
        ({"particulars.sex": "Q"}, "particulars.sex"),
        ({"conditions.purposes": "fun"}, "conditions.purposes[0]"),
        ({"conditions.disclosure": "loud"}, "conditions.disclosure"),
        ({"evaluation.source": "Z", "evaluation.information": "1"}, "evaluation.source"),
        ({"evaluation.source": "A"}, "evaluation.information"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"particulars.unheard_of": "x"}, "particulars"),
    ],
)
def test_what_is_no_record_is_refused_by_the_name_of_its_field(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        contribution(RecordKind.ITEM, typed(**fields))
    assert (refused.value.field or "").startswith(named)


def test_members_are_read_as_people_write_them() -> None:
    made = contribution(
        RecordKind.ITEM,
        {
            **typed(**{"conditions.bureaus": "only", "conditions.bureaus.members": "alb; FRA,ita"}),
            "conditions.agencies": ["except"],
            "conditions.agencies.members": ["customs", "police"],
        },
    )
    assert made.conditions.bureaus == Selection("only", ("alb", "FRA", "ita"))
    assert made.conditions.agencies == Selection("except", ("customs", "police"))


def test_who_names_bureaus_and_leaves_it_at_everyone_is_not_misread() -> None:
    made = contribution(RecordKind.ITEM, typed(**{"conditions.bureaus.members": "ALB"}))
    assert made.conditions.bureaus == Selection("everyone", ("ALB",)), "which every hub refuses"


def test_what_a_hub_refuses_is_shown_at_the_row_that_was_typed() -> None:
    fields = {
        "identifiers[2].value": ["x"],
        "identifiers[4].value": ["y"],
        "particulars.names[1].family": ["z"],
    }
    for named, field in {
        "identifiers[1].value": "identifiers[4].value",
        "identifiers[0]": "identifiers[2].value",
        "identifiers": "identifiers[0].value",
        "particulars.names[0]": "particulars.names[1].text",
        "particulars.names": "particulars.names[0].text",
        "biometrics[0].image": "file",
        "particulars.birth": "particulars.birth",
        None: None,
    }.items():
        assert field_named(named, fields) == field


def test_no_purpose_is_none_and_not_all() -> None:
    fields = typed()
    del fields["conditions.purposes"]
    assert contribution(RecordKind.ITEM, fields).conditions.purposes == ()


@pytest.mark.parametrize("typed", ["", "²", "7" * 5_000])
def test_which_version_is_corrected_is_a_number(typed: str) -> None:
    assert version_of({"version": ["12"]}) == 12
    with pytest.raises(InvalidValue) as refused:
        version_of({"version": [typed]})
    assert refused.value.field == "version"
