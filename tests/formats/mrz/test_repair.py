"""What is repaired, what is not, and that each repair is told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.formats.mrz import Document, MachineReadableZone, PartialDate, parse, write

TODAY = date(2026, 11, 22)
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CONFUSED = {
    "0": "OD",
    "O": "0",
    "D": "0",
    "1": "I",
    "I": "1",
    "2": "Z",
    "Z": "2",
    "5": "S",
    "S": "5",
    "8": "B",
    "B": "8",
}


def misread(line: int, position: int, character: str, text: str = TD3) -> MachineReadableZone:
    lines = [list(each) for each in text.split("\n")]
    assert lines[line - 1][position - 1] != character
    lines[line - 1][position - 1] = character
    return parse("\n".join("".join(each) for each in lines), today=TODAY)


@pytest.mark.parametrize(
    ("line", "position", "character", "field"),
    [
        (2, 16, "O", "birth"),  # a 0 of the month
        (2, 17, "B", "birth"),
        (2, 18, "I", "birth"),
        (2, 19, "Z", "birth"),
        (2, 27, "S", "expiry"),
        (2, 10, "G", "document_number"),
        (2, 44, "D", "composite"),
        (1, 10, "5", "name"),  # ERIKSSON
        (1, 8, "1", "name"),
        (1, 5, "0", "issuing_state"),  # UTO
        (2, 13, "0", "nationality"),
        (1, 40, "K", "name"),  # fillers after the name
        (1, 44, "C", "name"),
    ],
)
def test_what_its_place_rules_out_is_repaired(line: int, position: int, character: str, field: str) -> None:
    zone = misread(line, position, character)
    assert zone.text == TD3
    assert zone.valid
    assert not zone.names_truncated
    (repair,) = zone.repairs
    assert (repair.field, repair.line, repair.position, repair.was) == (field, line, position, character)
    assert repair.now == TD3.split("\n")[line - 1][position - 1]
    assert repair.proof == "place"
    assert repair.why


def test_a_zero_in_a_state_code_is_the_letter_that_makes_a_known_code() -> None:
    german = TD3.replace("P<UTO", "P<D<<").replace("6UTO7", "6D<<7")
    zone = misread(1, 3, "0", german)
    assert zone.issuing_state == "D"
    assert zone.repairs[0].now == "D"


@pytest.mark.parametrize(("position", "character"), [(11, "0"), (9, "7")])
def test_a_digit_in_a_name_that_may_be_several_letters_is_left_and_told(
    position: int, character: str
) -> None:
    zone = misread(1, position, character)
    assert zone.repairs == ()
    assert character in zone.surname
    assert [doubt.field for doubt in zone.warnings] == ["name"]


def test_a_digit_in_a_state_code_that_makes_no_known_code_is_left_and_told() -> None:
    zone = misread(1, 3, "3")
    assert (zone.issuing_state, zone.repairs) == ("3TO", ())
    assert [doubt.field for doubt in zone.warnings] == ["issuing_state"]


def test_a_misread_document_code_is_repaired() -> None:
    td2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
    zone = misread(1, 1, "1", td2)
    assert (zone.document_code, zone.text) == ("I", td2)


@pytest.mark.parametrize(("line", "position", "character"), [(2, 14, "X"), (2, 27, "T")])
def test_a_date_that_cannot_be_read_is_refused(line: int, position: int, character: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        misread(line, position, character)
    assert refused.value.field.startswith(f"mrz.line{line}[")


def test_the_one_reading_that_the_check_digits_allow_is_taken() -> None:
    # Nothing else in this number can be confused.
    zone = misread(2, 3, "Z", write(document("AX2777774")))
    assert zone.document_number == "AX2777774"
    (repair,) = zone.repairs
    assert (repair.field, repair.position, repair.was, repair.now) == ("document_number", 3, "Z", "2")
    assert repair.proof == "check digits"
    assert "document_number and composite" in repair.why


def test_a_zone_repaired_by_its_check_digits_is_not_valid() -> None:
    # The 2 may have been printed as Z by a forger: the officer has to look.
    zone = misread(2, 3, "Z", write(document("AX2777774")))
    assert all(digit.ok for digit in zone.check_digits)
    assert not zone.valid


def test_an_ambiguous_reading_is_left_and_the_wrong_digits_named() -> None:
    # Either B may be the misread 8: both stand at weight 7.
    zone = misread(2, 4, "B", write(document("B448X4X4X")))
    assert zone.document_number == "B44BX4X4X"
    assert not zone.valid
    assert zone.repairs == ()
    assert [digit.field for digit in zone.check_digits if not digit.ok] == ["document_number", "composite"]


def test_a_forged_check_digit_is_never_repaired() -> None:
    line = TD3.split("\n")[1]
    for digit in set("0123456789") - {line[19]}:
        zone = misread(2, 20, digit)
        assert not zone.valid
        assert zone.repairs == ()


@given(st.text(alphabet="0123456789ABCDEFGHIOSXZ", min_size=9, max_size=9), st.data())
def test_up_to_two_confusions_are_never_repaired_wrongly(number: str, data: st.DataObject) -> None:
    text = write(document(number))
    places = [i for i in range(45, 54) if text[i] in CONFUSED]
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=2, unique=True)) if places else []
    characters = list(text)
    for place in chosen:
        characters[place] = data.draw(st.sampled_from(CONFUSED[characters[place]]))
    zone = parse("".join(characters), today=TODAY)
    if zone.repairs:
        assert zone.text == text


def document(number: str) -> Document:
    return Document(
        format="TD3",
        document_code="P",
        issuing_state="UTO",
        document_number=number,
        nationality="UTO",
        surname="ERIKSSON",
        given_names="ANNA MARIA",
        birth=PartialDate(1974, 8, 12),
        sex="F",
        expiry=PartialDate(2032, 4, 15),
    )
