import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.nist.files import BY_NISTITL, WITH_MINUTIAE, header, tagged

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats.nist import biometrics, parse, transaction, write
from allpoints.records.biometrics import MAX_PICTURE

TYPE_2 = tagged(2, b"002:00", b"018:DOE")
GOOD = header(b"1,1;2,00") + TYPE_2


def test_a_file_of_another_program_is_read() -> None:
    read = parse(BY_NISTITL)
    assert [(r.kind, r.idc) for r in read.records] == [(1, 0), (2, 0), (4, 1), (14, 2), (10, 3)]
    one, two, four, fourteen, ten = read.records
    assert (one.text(4), one.text(8), one.text(9)) == ("CAR", "ALB/POLICE", "ALB-2026-0001")
    assert two.items(18) == (("DOE", "JOHN"),)
    assert two.items(67) == (("a",), ("b",))
    assert four.data is not None
    assert four.data[-12:] == bytes(range(12))
    assert (fourteen.text(13), fourteen.data) == ("7", bytes([28, 29, 30, 31, 0, 1, 2, 3]))
    assert (ten.text(3), ten.data) == ("FACE", bytes([255, 0, 0, 0, 255, 0]))


def test_older_files_may_number_their_fields_with_two_digits() -> None:
    old = b"1.01:32\x1d1.02:0201\x1d1.03:1\x1f1\x1e2\x1f00\x1c2.01:22\x1d2.02:00\x1d2.5:X\x1c"
    assert (old.index(b"\x1c") + 1, len(old)) == (32, 32 + 22)
    assert parse(old).records[1].text(5) == "X"


@pytest.mark.parametrize("by", [-2, -1, 1, 2, 10_000])
def test_a_wrong_length_is_refused_by_its_record_and_field(by: int) -> None:
    right = len(TYPE_2)
    wrong = (
        header(b"1,2;2,00;2,01") + tagged(2, b"002:00", b"018:DOE", length=right + by) + tagged(2, b"002:01")
    )
    with pytest.raises(MalformedInput) as refused:
        parse(wrong)
    assert re.match(r"record [23] \(type 2\)", refused.value.field or "")


def test_a_length_that_reaches_over_the_next_record_is_found_out() -> None:
    pair = TYPE_2 + tagged(2, b"002:01")
    long = tagged(2, b"002:00", b"018:DOE", length=len(pair)) + tagged(2, b"002:01")
    with pytest.raises(MalformedInput, match="FS"):
        parse(header(b"1,1;2,00") + long)


def test_an_idc_other_than_listed_is_refused() -> None:
    with pytest.raises(
        InvalidValue, match=r"record 2 \(type 2\), field 2\.002: IDC 0, but field 1\.003 lists 7"
    ):
        parse(header(b"1,1;2,07") + TYPE_2)


def test_a_record_of_another_type_than_listed_is_refused() -> None:
    with pytest.raises(MalformedInput, match=r"record 2 \(type 14\), field 14\.001: no record of type 14"):
        parse(header(b"1,1;14,00") + TYPE_2)


@pytest.mark.parametrize(
    "content", [b"1,2;2,00", b"1,0", b"2,1;2,00", b"1,1;2,00;2,00", b"1,1;1,00", b"1,x;2,00"]
)
def test_a_list_of_records_that_cannot_be_true_is_refused(content: bytes) -> None:
    with pytest.raises(AllpointsError, match=r"1\.003|stands twice"):
        parse(header(content) + TYPE_2)


def test_a_second_record_of_type_1_is_refused() -> None:
    with pytest.raises(InvalidValue, match="further record of type 1"):
        parse(header(b"1,1;1,00") + header(b"1,0"))


def test_what_follows_the_last_listed_record_is_refused() -> None:
    with pytest.raises(MalformedInput, match="23 bytes follow"):
        parse(GOOD + TYPE_2[:23])


@pytest.mark.parametrize("cut", [1, 5, 40, len(TYPE_2)])
def test_a_file_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(MalformedInput):
        parse(GOOD[:-cut])


def test_a_thousand_records_are_refused_before_they_are_read() -> None:
    listed = b"1,999" + b"".join(b";2,%02d" % (n % 100) for n in range(999))
    with pytest.raises(TooLarge, match="1000 records; a file may have 100"):
        parse(header(listed) + TYPE_2 * 999)


def test_a_hundred_records_are_read() -> None:
    listed = b"1,99" + b"".join(b";2,%02d" % n for n in range(99))
    file = header(listed) + b"".join(tagged(2, b"002:%02d" % n) for n in range(99))
    assert len(parse(file).records) == 100


def test_a_missing_separator_is_refused() -> None:
    with pytest.raises(MalformedInput):
        parse(GOOD.replace(b"\x1d2.002", b"2.002"))
    merged = tagged(2, b"002:002.018:DOE")
    with pytest.raises(InvalidValue, match=r"field 2\.002: '002\.018:DOE' is no whole number"):
        parse(header(b"1,1;2,00") + merged)


def test_a_field_twice_in_its_record_is_refused() -> None:
    with pytest.raises(MalformedInput, match=r"field 2\.018: has no place here, or stands twice"):
        parse(header(b"1,1;2,00") + tagged(2, b"002:00", b"018:A", b"018:B"))


@pytest.mark.parametrize("number", [0, 1])
def test_lengths_stand_only_at_the_beginning(number: int) -> None:
    with pytest.raises(MalformedInput, match=rf"field 2\.00{number}: has no place here"):
        parse(header(b"1,1;2,00") + tagged(2, b"002:00", b"%d:5" % number))


def test_a_field_of_another_type_is_refused() -> None:
    strange = tagged(2, b"002:00", b"018:A").replace(b"2.018", b"9.018")
    with pytest.raises(MalformedInput, match=r"record 2 \(type 2\): no tag of type 2"):
        parse(header(b"1,1;2,00") + strange)


def test_a_short_record_of_type_4_is_refused() -> None:
    short = (17).to_bytes(4) + bytes([1]) + bytes(12)
    with pytest.raises(MalformedInput, match=r"record 2 \(type 4\), field 4\.001: says 17 bytes"):
        parse(header(b"1,1;4,01") + short)
    lying = (60_000).to_bytes(4) + bytes([1]) + bytes(20)
    with pytest.raises(MalformedInput, match="says 60,000 bytes; 25 are left"):
        parse(header(b"1,1;4,01") + lying)


def test_type_1_is_ascii() -> None:
    with pytest.raises(InvalidValue, match=r"record 1 \(type 1\), field 1\.010: byte 0 is not ASCII"):
        parse(header(b"1,0", "010:Ä".encode()))


def test_text_is_read_in_the_declared_character_set_and_undeclared_bytes_are_kept() -> None:
    latin, utf8 = (tagged(2, b"002:00", "018:MÜLLER".encode(name)) for name in ("latin-1", "utf-8"))
    assert parse(header(b"1,1;2,00") + latin).records[1].text(18) == "MÜLLER"
    assert parse(header(b"1,1;2,00", b"015:003\x1fUTF-8") + utf8).records[1].text(18) == "MÜLLER"
    kept = parse(header(b"1,1;2,00") + utf8)
    assert write(kept).endswith(utf8)
    with pytest.raises(InvalidValue, match=r"field 2\.018: byte 1 is not UTF-8"):
        parse(header(b"1,1;2,00", b"015:003\x1fUTF-8") + latin)
    with pytest.raises(InvalidValue, match=r"field 1\.015: character sets \[2\] are not read"):
        parse(header(b"1,1;2,00", b"015:002\x1fUTF-16") + latin)


def test_text_without_end_and_fields_without_end_are_refused() -> None:
    with pytest.raises(TooLarge, match=r"field 2\.018: here the text of all fields passes 1,048,576 bytes"):
        parse(header(b"1,1;2,00") + tagged(2, b"002:00", b"018:" + b"\x1e" * (1 << 20)))
    many = [b"%d:" % n for n in range(3, 1100)]
    with pytest.raises(TooLarge, match="more than 1,000 fields"):
        parse(header(b"1,1;2,00") + tagged(2, b"002:00", *many))


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge, match="a file may have 16,777,216"):
        parse(bytes(MAX_PICTURE + 1))


def test_every_limit_stands_where_the_docstrings_say() -> None:
    assert (transaction.MAX_RECORDS, transaction.MAX_FIELDS, transaction.MAX_TEXT) == (100, 1_000, 1 << 20)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_whatever_happens_to_a_file_it_is_read_or_refused(data: st.DataObject) -> None:
    spoilt = bytearray(data.draw(st.sampled_from([BY_NISTITL, WITH_MINUTIAE, GOOD])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(spoilt)))
        match data.draw(st.integers(0, 3)):
            case 0:
                spoilt[at : at + 1] = data.draw(
                    st.sampled_from([b"\x1c", b"\x1d", b"\x1e", b"\x1f", b"9", b"\xff"])
                )
            case 1:
                spoilt[at:at] = data.draw(st.binary(min_size=1, max_size=6))
            case 2:
                del spoilt[at : at + data.draw(st.integers(1, 20))]
            case _:
                spoilt[at:at] = spoilt[at : at + 40]
    try:
        read = parse(bytes(spoilt))
    except AllpointsError:
        return
    assert parse(write(read)) == read
    with suppress(AllpointsError):
        biometrics(read)
