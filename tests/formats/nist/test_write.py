import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.nist.files import BY_NISTITL, record, transaction

from allpoints.errors import InvalidValue, TooLarge
from allpoints.formats.nist import Field, Record, Transaction, parse, write
from allpoints.records.biometrics import MAX_PICTURE

TEXT = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\x1c\x1d\x1e\x1f"), max_size=8)
ITEMS = st.lists(TEXT, min_size=1, max_size=3).map(tuple)
SUBFIELDS = st.lists(ITEMS, min_size=1, max_size=3).map(tuple)


@st.composite
def records(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from([2, 2, 4, 7, 8, 9, 10, 13, 14, 15, 21, 98, 99]))
    idc = draw(st.integers(0, 99))
    if kind in (4, 7, 8):
        return Record(kind=kind, idc=idc, data=draw(st.binary(min_size=13, max_size=40)))
    numbers = draw(st.lists(st.integers(3, 998), unique=True, max_size=5))
    fields = tuple(Field(number, draw(SUBFIELDS)) for number in numbers)
    data = draw(st.none() | st.binary(max_size=40)) if kind >= 10 else None
    return Record(kind=kind, idc=idc, fields=fields, data=data)


@settings(max_examples=200, deadline=None)
@given(st.lists(records(), max_size=6))
def test_what_is_written_is_read_as_it_was(drawn: list[Record]) -> None:
    whole = transaction(*drawn)
    assert parse(write(whole)) == whole


@pytest.mark.parametrize("size", [*range(60, 120), *range(950, 1010)])
def test_lengths_count_their_own_digits(size: int) -> None:
    whole = transaction(record(2, {18: "x" * size}, idc=0))
    written = write(whole)
    start = written.index(b"2.001:", written.index(b"\x1c"))
    assert int(written[start + 6 : written.index(b"\x1d", start)]) == len(written) - start


def test_what_another_program_wrote_is_written_with_the_same_meaning() -> None:
    read = parse(BY_NISTITL)
    written = write(read)
    assert parse(written) == read
    assert written.replace(b"\x1f0", b"\x1f").replace(b".002:0", b".002:")[150:].count(b"DOE\x1fJOHN") == 1
    assert written.startswith(
        b"1.001:153\x1d1.002:0400\x1d1.003:1\x1f4\x1e2\x1f00\x1e4\x1f01\x1e14\x1f02\x1e10\x1f03\x1d"
    )


def test_umlauts_are_written_in_the_declared_character_set() -> None:
    declared = transaction(record(2, {18: "MÜLLER"}), fields=[Field(15, (("003", "UTF-8"),))])
    assert "2.018:MÜLLER".encode() in write(declared)
    with pytest.raises(
        InvalidValue, match=r"record 2 \(type 2\), field 2\.018: 'Ж' has no place in LATIN-1"
    ) as refused:
        write(transaction(record(2, {18: "ПЖ"[1:]})))
    assert "003" in refused.value.remedy
    with pytest.raises(InvalidValue, match=r"record 1 \(type 1\), field 1\.010: 'é' has no place in ASCII"):
        write(transaction(fields=[Field.of(10, "é")]))


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        (record(2, {18: "a\x1db"}), r"field 2\.018: holds a separator"),
        (record(2, {2: "0"}), r"field 2\.002: may not be given"),
        (record(2, {1: "0"}), r"field 2\.001: may not be given"),
        (record(14, {999: "x"}), r"field 14\.999: may not be given"),
        (
            Record(kind=2, fields=(Field.of(5, "a"), Field.of(5, "b"))),
            r"field 2\.005: may not be given, or not twice",
        ),
        (Record(kind=2, fields=(Field(5, ()),)), "at least one subfield"),
        (Record(kind=2, fields=(Field(5, ((),)),)), "at least one subfield"),
        (Record(kind=2, data=b"x"), r"record 2 \(type 2\): has no field for data"),
        (Record(kind=9, data=b"x"), "has no field for data"),
        (Record(kind=4), "has a binary layout"),
        (record(4, {5: "x"}, data=b"x"), "has a binary layout"),
        (Record(kind=100), "two digits"),
        (Record(kind=0), "two digits"),
        (Record(kind=14, idc=100), "two digits"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(bad: Record, where: str) -> None:
    with pytest.raises(InvalidValue, match=where):
        write(transaction(bad))


@pytest.mark.parametrize("records", [(), (Record(kind=2),), (Record(kind=1), Record(kind=1))])
def test_exactly_the_first_record_is_of_type_1(records: tuple[Record, ...]) -> None:
    with pytest.raises(InvalidValue, match="exactly the first record"):
        write(Transaction(records))


def test_the_list_of_records_is_computed_and_not_given() -> None:
    with pytest.raises(InvalidValue, match=r"field 1\.003: may not be given"):
        write(transaction(fields=[Field.of(3, "1")]))
    with pytest.raises(InvalidValue, match=r"record 1 \(type 1\): has neither IDC nor data"):
        write(Transaction((Record(kind=1, idc=3),)))


def test_what_is_too_much_to_read_is_not_written() -> None:
    with pytest.raises(TooLarge, match="101 records"):
        write(transaction(*[Record(kind=2)] * 100))
    with pytest.raises(TooLarge, match="more than 1,000 fields"):
        write(transaction(record(2, dict.fromkeys(range(3, 1100), "x"))))
    with pytest.raises(TooLarge, match="text of all fields"):
        write(transaction(record(2, {5: "x" * (1 << 20)})))
    with pytest.raises(TooLarge, match="a file may have 16,777,216"):
        write(transaction(Record(kind=10, data=bytes(MAX_PICTURE))))
