import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue
from allpoints.formats.csv_records import FIELDS, read_csv_records
from allpoints.formats.lines import Read
from allpoints.formats.person_columns import NAME_COLUMNS
from allpoints.records import Contribution, Evaluation, RawIdentifier, RecordKind, Selection
from allpoints.records.people import Name, NameKind


def read(
    text: str, columns: Mapping[str, str] | None = None, constants: Mapping[str, str] | None = None
) -> list[Read[Contribution]]:
    return list(read_csv_records([text.encode()], columns=columns or {}, constants=constants or {}))


def one(header: str, row: str, **constants: str) -> Contribution:
    [line] = read(f"reference,kind,reason,{header}\nR-1,vehicle,stolen,{row}\n", constants=constants)
    assert isinstance(line.value, Contribution), line.value
    return line.value


def refusal(header: str, row: str) -> tuple[str, InvalidValue]:
    [line] = read(f"reference,kind,reason,{header}\nR-1,vehicle,stolen,{row}\n")
    assert isinstance(line.value, InvalidValue)
    return line.column(line.value.field), line.value


def test_a_column_is_the_field_of_its_name() -> None:
    held = one(
        "vin,make,year,since,names,evaluation,valid_until,synthetic",
        "WVWZZZ1JZXW000001,Fiat,1998,2026-01-02,Anna|Ánna,A1,2030-01-01,true",
    )
    assert held.kind is RecordKind.VEHICLE
    assert held.identifiers == (RawIdentifier("vin", "WVWZZZ1JZXW000001"),)
    assert held.particulars.make == "Fiat"
    assert held.particulars.year == 1998
    assert held.particulars.since == date(2026, 1, 2)
    assert held.particulars.names == ("Anna", "Ánna")
    assert held.evaluation == Evaluation("A", 1)
    assert held.valid_until == date(2030, 1, 1)
    assert held.particulars.synthetic is True


def person(header: str, row: str) -> Contribution:
    [line] = read(f"reference,kind,reason,{header}\nR-1,person,wanted,{row}\n")
    assert isinstance(line.value, Contribution), line.value
    return line.value


def test_a_person_is_named_in_columns_of_every_sort() -> None:
    held = person(
        "name_original,name,family,given,patronymic,maiden,alias,alias,weak_alias",
        "Мария Петровна Соколова,Maria Sokolova,Sokolova,Maria,Petrovna,Иванова,Masha;Marusya,M. Ivanova,Fox",
    )
    assert held.identifiers == ()
    assert held.particulars.names == (
        "Мария Петровна Соколова",
        "Maria Sokolova",
        Name(family="Sokolova", given="Maria", patronymic="Petrovna"),
        Name(text="Иванова", kind=NameKind.MAIDEN),
        Name(text="Masha", kind=NameKind.ALIAS),
        Name(text="Marusya", kind=NameKind.ALIAS),
        Name(text="M. Ivanova", kind=NameKind.ALIAS),
        Name(text="Fox", kind=NameKind.WEAK_ALIAS),
    )


def test_the_rest_of_a_person_stands_in_columns_too() -> None:
    held = person(
        "Name,Born,Sex,Nationality,Birthplace,Residence", "Anna Li,1970-03/1971,f,HRV|BIH;SRB,Knin,Zadar"
    ).particulars
    assert (held.birth, held.sex, held.nationalities) == ("1970-03/1971", "F", ("HRV", "BIH", "SRB"))
    assert (held.birthplace, held.residence) == ("Knin", "Zadar")


def test_a_name_that_the_hub_refuses_is_known_by_its_column() -> None:
    [line] = read("reference,kind,reason,name,Alias,Weak alias\nR-1,person,wanted,A B,C|D,E\n")
    columns = [line.column(f"particulars.names[{i}].text") for i in range(4)]
    assert columns == ["name", "Alias", "Alias", "Weak alias"]


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    text = "reference;kind;reason;name\nR-1;person;wanted;Ζωή\n"
    [line] = read_csv_records([text.encode("utf-8-sig")], columns={}, constants={})
    assert isinstance(line.value, Contribution)
    with pytest.raises(AllpointsError, match="not UTF-8"):
        list(read_csv_records([text.encode("utf-16")], columns={}, constants={}))


def test_conditions_stand_in_columns() -> None:
    held = one(
        "bureaus,agencies,purposes,disclosure,confidentiality",
        "only ALB|ITA,Except customs,border-control|vehicle-crime,contact,restricted",
    )
    assert held.conditions.bureaus == Selection("only", ("ALB", "ITA"))
    assert held.conditions.agencies == Selection("except", ("customs",))
    assert list(held.conditions.purposes) == ["border-control", "vehicle-crime"]
    assert (held.conditions.disclosure, held.conditions.confidentiality) == ("contact", "restricted")


def test_the_parts_of_an_identifier_may_stand_in_columns_of_their_own() -> None:
    held = one(
        "firearm.serial,firearm.make,travel-document.number,travel-document.issuing_state", "X1,Glock,B1,ALB"
    )
    assert held.identifiers == (
        RawIdentifier("firearm", "Glock:::X1"),
        RawIdentifier("travel-document", "ALB::B1"),
    )


def test_several_values_and_several_columns_of_one_scheme_are_several_identifiers() -> None:
    held = one("phone,phone", "+1|+2,+3")
    assert [identifier.value for identifier in held.identifiers] == ["+1", "+2", "+3"]


def test_a_mapped_column_is_what_it_is_mapped_to_and_may_be_left_out() -> None:
    [line] = read(
        "Az,Was,Kz,Note\nR-1,vehicle,ALB:AA1,x\n",
        {"Az": "reference", "Was": "kind", "Kz": "plate", "Note": ""},
        {"reason": "stolen", "colour": "red"},
    )
    assert isinstance(line.value, Contribution)
    assert (line.value.particulars.colour, line.value.particulars.description) == ("red", "")
    assert line.column("identifiers[0].value") == "Kz"


def test_a_rows_own_value_goes_before_the_constant() -> None:
    assert one("colour", "blue", colour="red").particulars.colour == "blue"
    assert one("colour", "", colour="red").particulars.colour == "red"


def test_what_a_row_says_wrongly_is_refused_by_its_column_with_the_words_that_are_right() -> None:
    column, error = refusal("disclosure", "nothing")
    assert column == "disclosure"
    assert "full, contact, silent" in error.remedy
    assert refusal("bureaus", "just ALB")[0] == "bureaus"
    assert refusal("since", "yesterday")[0] == "since"
    assert refusal("evaluation", "Z9")[0] == "evaluation"
    assert refusal("plate.number,plate.state", "A:B,ALB")[0] == "plate.number"
    column, error = refusal("Sex", "male")
    assert column == "Sex"
    assert "F, M, X" in error.remedy


def test_an_empty_cell_that_must_say_something_is_named() -> None:
    [line] = read("Az,kind,reason\n,vehicle,stolen\n", {"Az": "reference"})
    assert isinstance(line.value, InvalidValue)
    assert line.column(line.value.field) == "Az"


@pytest.mark.parametrize(
    ("text", "columns", "field"),
    [
        ("reference,kind,reason,shoe_size\n", {}, "column shoe_size"),
        ("reference,kind,reason,plate.colour\n", {}, "column plate.colour"),
        ("reference,kind\n", {}, "reason"),
        ("reference,kind,reason,make,make\n", {}, "make"),
        ("reference,kind,reason,plate.number,plate.number\n", {}, "plate.number"),
        ("reference,kind,reason,born,birth\n", {}, "birth"),
        ("reference,kind,reason,family,family\n", {}, "family"),
        ("reference,kind,reason\n", {"Kz": "plate"}, "map"),
    ],
)
def test_a_table_that_holds_no_records_is_refused_as_a_whole(
    text: str, columns: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidValue) as error:
        read(text, columns)
    assert error.value.field == field


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, *NAME_COLUMNS, "plate", "firearm.serial"]), st.text(max_size=30), min_size=1
    )
)
def test_any_row_makes_a_contribution_or_an_error(row: dict[str, str]) -> None:
    import csv
    import io

    said = {"reference": "R", "kind": "item", "reason": "lost", **row}
    text = io.StringIO()
    writer = csv.DictWriter(text, said, delimiter=",")
    writer.writeheader()
    writer.writerow(said)
    for line in read_csv_records([text.getvalue().encode(errors="replace")], columns={}, constants={}):
        assert isinstance(line.value, (Contribution, AllpointsError))


def test_the_table_that_the_docs_begin_with_is_read() -> None:
    page = Path(__file__).parents[2] / "docs" / "commands.md"
    [example] = re.findall(r"```\n(reference,.*?)```", page.read_text(), re.DOTALL)
    lines = read(example)
    assert lines
    assert all(isinstance(line.value, Contribution) for line in lines)


def test_every_column_of_names_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()
    assert [field for field in (*FIELDS, *NAME_COLUMNS) if f"`{field}`" not in page] == []
