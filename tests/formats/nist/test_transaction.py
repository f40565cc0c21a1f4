import pytest
from tests.formats.nist.files import record, transaction

from allpoints.errors import InvalidValue
from allpoints.formats.nist import Field, Record
from allpoints.formats.nist.transaction import encoding, place, whole


def test_a_field_is_found_by_its_number() -> None:
    found = Record(kind=2, fields=(Field.of(5, " a "), Field(6, (("b", "c"), ("d",)))))
    assert (found.text(5), found.text(6), found.text(7)) == ("a", "b", "")
    assert (found.items(6), found.items(7)) == ((("b", "c"), ("d",)), ())


def test_the_header_is_the_record_of_type_1() -> None:
    assert transaction(record(2, {})).header.text(4) == "CAR"


def test_errors_name_record_type_and_field() -> None:
    assert place(3, 14) == "record 3 (type 14)"
    assert place(3, 14, 999) == "record 3 (type 14), field 14.999"
    assert place(1, 1, 3) == "record 1 (type 1), field 1.003"


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("007", 7), ("99", 99)])
def test_whole_numbers_are_read(text: str, value: int) -> None:
    assert whole(text, 99, "here") == value


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "1_0", "٣", "²", "100", "1" * 5_000])
def test_what_is_no_whole_number_in_range_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"here: .* is no whole number from 0 to 99"):
        whole(text, 99, "here")


@pytest.mark.parametrize(
    ("declared", "name"),
    [((), "latin-1"), (("000",), "latin-1"), (("001",), "latin-1"), (("000", "003"), "utf-8")],
)
def test_the_table_of_character_sets_decides(declared: tuple[str, ...], name: str) -> None:
    subfields = tuple((code, "any name") for code in declared)
    fields = [Field(15, subfields)] if subfields else []
    assert encoding(transaction(fields=fields).header) == name


@pytest.mark.parametrize("codes", [("002",), ("004",), ("128",), ("001", "003"), ("x",)])
def test_other_character_sets_are_refused(codes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue, match=r"field 1\.015"):
        encoding(transaction(fields=[Field(15, tuple((code,) for code in codes))]).header)
