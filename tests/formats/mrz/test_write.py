"""Writing and reading back; what cannot be written is refused with its field."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.formats.mrz import Document, PartialDate, parse, write

TODAY = date(2026, 11, 22)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BEGINS = {"TD1": "ACI", "TD2": "ACI", "TD3": "P", "MRV-A": "V", "MRV-B": "V"}
NAME = {"TD1": 30, "TD2": 31, "TD3": 39, "MRV-A": 39, "MRV-B": 31}
OPTIONAL = {"TD1": 15, "TD2": 7, "TD3": 14, "MRV-A": 16, "MRV-B": 8}

PASSPORT = Document(
    format="TD3",
    document_code="P",
    issuing_state="D",
    document_number="C01X00T47",
    nationality="D",
    surname="Mustermann",
    given_names="Erika",
    birth=PartialDate(1964, 8, 12),
    sex="F",
    expiry=PartialDate(2027, 2, 28),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    name = draw(st.sampled_from(sorted(BEGINS)))
    text = st.text(alphabet=LETTERS + "0123456789", min_size=1)
    longest = {"TD1": 22, "TD2": 14}.get(name, 9)
    number = draw(text.filter(lambda value: len(value) <= longest))
    room = OPTIONAL[name] if len(number) <= 9 else OPTIONAL[name] - (len(number) - 9) - 2
    words = st.lists(st.text(alphabet=LETTERS, min_size=1, max_size=8), min_size=1, max_size=2).map(" ".join)
    born = draw(st.dates(min_value=date(1927, 1, 1), max_value=TODAY))
    parts = draw(st.sampled_from([3, 2, 1, 0]))
    return Document(
        format=name,
        document_code=draw(st.sampled_from(BEGINS[name])),
        issuing_state=draw(st.sampled_from(["UTO", "D", "ALB", "XXB", "UNO"])),
        document_number=number,
        nationality=draw(st.sampled_from(["UTO", "D", "ALB", "XXA"])),
        surname=draw(words),
        given_names=draw(words | st.just("")),
        birth=PartialDate(*(born.year, born.month, born.day)[:parts]),
        sex=draw(st.sampled_from("FMX")),
        expiry=PartialDate.of(draw(st.dates(min_value=date(1976, 1, 1), max_value=date(2075, 12, 31)))),
        optional_data=draw(
            st.text(alphabet=LETTERS + "0123456789", max_size=max(0, room - (len(number) > 9)))
        ),
        optional_data_2=draw(st.text(alphabet=LETTERS, max_size=11)) if name == "TD1" else "",
    )


@given(documents())
def test_what_is_written_is_read_back(document: Document) -> None:
    zone = parse(write(document), today=TODAY)
    assert zone.valid
    assert zone.repairs == ()
    for field in Document.__struct_fields__:
        if "name" not in field or len(f"{document.surname}  {document.given_names}") <= NAME[document.format]:
            assert getattr(zone, field) == getattr(document, field), field
    assert write(zone) == zone.text


def test_the_name_is_transliterated_for_the_issuing_state() -> None:
    passport = msgspec.structs.replace(
        PASSPORT, issuing_state="UKR", nationality="UKR", surname="Шевченко", given_names="Григорій"
    )
    assert write(passport).startswith("P<UKRSHEVCHENKO<<HRYHORII<<<")


def test_special_characters_in_a_number_become_fillers() -> None:
    assert write(msgspec.structs.replace(PASSPORT, document_number="ab-12 3"))[45:54] == "AB<12<3<<"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document_code": "X"}, "mrz.document_code"),
        ({"document_code": "P<"}, "mrz.document_code"),
        ({"issuing_state": "Uto"}, "mrz.issuing_state"),
        ({"nationality": ""}, "mrz.nationality"),
        ({"document_number": ""}, "mrz.document_number"),
        ({"document_number": "1234567890"}, "mrz.document_number"),
        ({"document_number": "Ж12"}, "mrz.document_number"),
        ({"surname": ""}, "mrz.surname"),
        ({"surname": "王"}, "mrz.name"),
        ({"birth": PartialDate(2001, 2, 29)}, "mrz.birth"),
        ({"optional_data": "1" * 15}, "mrz.optional_data"),
        ({"optional_data_2": "1"}, "mrz.optional_data_2"),
        ({"format": "TD1", "document_code": "I", "document_number": "1" * 23}, "mrz.document_number"),
    ],
)
def test_what_cannot_be_written_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        write(msgspec.structs.replace(PASSPORT, **changes))
    assert refused.value.field == field
    assert refused.value.remedy
