"""Specimens of ICAO Doc 9303, parts 3 to 7 and 11, and what an officer must be told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError
from allpoints.formats.mrz import PartialDate, parse, write

TODAY = date(2026, 11, 22)

TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
MRV_A = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
MRV_B = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"
# Part 11, appendix D.2: the long document number.
TD1_LONG = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
TD2_LONG = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8"
# Part 11, appendix D.2, and part 3, appendix A, examples 3 to 5: there Utopia is YTO, in no list of codes.
TD2_STEVENSON = "I<UTOSTEVENSON<<PETER<<<<<<<<<<<<<<<\nD231458907UTO3407127M9507122<<<<<<<2"
TD1_PART_3 = "I<YTOD231458907<<<<<<<<<<<<<<<\n3407127M9507122YTO<<<<<<<<<<<2\nSTEVENSON<<PETER<<<<<<<<<<<<<<"
TD3_PART_3 = "P<YTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nHA672242<6YTO5802254M9601086<<<<<<<<<<<<<<08"
TD2_PART_3 = "I<YTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nHA672242<6YTO5802254M9601086<<<<<<<8"

SPECIMENS = [
    TD3, TD1, TD2, MRV_A, MRV_B, TD1_LONG, TD2_LONG, TD2_STEVENSON, TD1_PART_3, TD3_PART_3, TD2_PART_3,
]  # fmt: skip


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_specimen_is_valid_and_written_back_to_the_letter(specimen: str) -> None:
    zone = parse(specimen, today=TODAY)
    assert zone.valid
    assert zone.repairs == ()
    assert zone.text == specimen
    assert write(zone) == specimen


def test_the_passport_specimen_is_read_field_by_field() -> None:
    zone = parse(TD3, today=TODAY)
    assert (zone.format, zone.document_code, zone.issuing_state, zone.nationality) == (
        "TD3",
        "P",
        "UTO",
        "UTO",
    )
    assert (zone.document_number, zone.optional_data) == ("L898902C3", "ZE184226B")
    assert (zone.surname, zone.given_names, zone.names_truncated) == ("ERIKSSON", "ANNA MARIA", False)
    assert (zone.birth, zone.sex, zone.expiry) == (PartialDate(1974, 8, 12), "F", PartialDate(2012, 4, 15))
    assert [digit.field for digit in zone.check_digits] == [
        "document_number", "birth", "expiry", "optional_data", "composite",
    ]  # fmt: skip
    assert zone.warnings == ()


@pytest.mark.parametrize("specimen", [TD1_LONG, TD2_LONG])
def test_a_long_document_number_runs_over_into_the_optional_data(specimen: str) -> None:
    zone = parse(specimen, today=TODAY)
    assert zone.document_number == "D23145890734"
    assert zone.check_digits[0].found == "9"
    assert zone.optional_data == ""


def test_optional_data_may_follow_a_long_document_number() -> None:
    upper, middle = "I<UTOD23145890<7349<XY<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<"
    digits = naive(upper[5:] + middle[:7] + middle[8:15] + middle[18:29])
    zone = parse(f"{upper}\n{middle}{digits}\nSTEVENSON<<PETER<JOHN<<<<<<<<<", today=TODAY)
    assert zone.valid
    assert (zone.document_number, zone.optional_data) == ("D23145890734", "XY")


def test_visas_have_no_composite_check_digit() -> None:
    for specimen in (MRV_A, MRV_B):
        assert "composite" not in [digit.field for digit in parse(specimen, today=TODAY).check_digits]


@pytest.mark.parametrize(
    ("position", "field"),
    [(9, "document_number"), (19, "birth"), (27, "expiry"), (42, "optional_data"), (43, "composite")],
)
def test_a_wrong_check_digit_is_named(position: int, field: str) -> None:
    upper, lower = TD3.split("\n")
    wrong = str((int(lower[position]) + 5) % 10)
    zone = parse(f"{upper}\n{lower[:position]}{wrong}{lower[position + 1 :]}", today=TODAY)
    assert not zone.valid
    assert field in [digit.field for digit in zone.check_digits if not digit.ok]


@pytest.mark.parametrize(("unused", "ok"), [("0", True), ("<", True), ("1", False)])
def test_an_unused_personal_number_is_guarded_by_zero_or_a_filler(unused: str, ok: bool) -> None:
    line = "HA672242<6YTO5802254M9601086<<<<<<<<<<<<<<" + unused
    composite = naive(line[:10] + line[13:20] + line[21:43])
    zone = parse(TD3_PART_3[:45] + line + composite, today=TODAY)
    assert {digit.field: digit.ok for digit in zone.check_digits}["optional_data"] is ok
    assert zone.valid is ok


def test_a_used_personal_number_needs_its_digit() -> None:
    line = "HA672242<6YTO5802254M9601086ZE184226B<<<<<<"
    zone = parse(TD3_PART_3[:45] + line + naive(line[:10] + line[13:20] + line[21:43]), today=TODAY)
    assert not zone.valid


@pytest.mark.parametrize(
    ("code", "known"),
    [("D<<", True), ("XXB", True), ("UNO", True), ("RKS", True), ("XCE", True), ("ZZZ", False)],
)
def test_an_unknown_state_code_is_told_and_not_refused(code: str, known: bool) -> None:
    zone = parse(TD3.replace("P<UTO", f"P<{code}"), today=TODAY)
    assert zone.issuing_state == code.rstrip("<")
    assert [doubt.field for doubt in zone.warnings] == ([] if known else ["issuing_state"])


@pytest.mark.parametrize(
    ("written", "read", "told"), [("<", "X", False), ("M", "M", False), ("X", "X", True)]
)
def test_the_sex_is_f_m_or_unspecified(written: str, read: str, told: bool) -> None:
    zone = parse(TD3[:65] + written + TD3[66:], today=TODAY)
    assert zone.sex == read
    assert ("sex" in [doubt.field for doubt in zone.warnings]) is told


def test_an_unknown_birth_date_stays_partial() -> None:
    zone = parse(td2_born("74<<<<"), today=TODAY)
    assert zone.valid
    assert zone.birth == PartialDate(1974, None, None)
    assert parse(td2_born("<<<<<<"), today=TODAY).birth == PartialDate()


def test_an_impossible_date_is_told_and_kept_in_part() -> None:
    zone = parse(td2_born("741332"), today=TODAY)
    assert zone.birth == PartialDate(1974, None, None)
    assert [doubt.field for doubt in zone.warnings] == ["birth"]


def test_a_document_code_kept_for_visas_is_told() -> None:
    assert [doubt.field for doubt in parse("IV" + TD2[2:], today=TODAY).warnings] == ["document_code"]


@given(st.text(max_size=600))
def test_any_text_is_read_or_refused_by_a_domain_error(text: str) -> None:
    error = refusal(text)
    assert error is None or (error.field and error.remedy)


@given(
    st.sampled_from(SPECIMENS),
    st.lists(st.tuples(st.integers(0, 87), st.sampled_from("0123456789ABCDKLOSZ<")), max_size=6),
)
def test_a_damaged_specimen_is_read_or_refused_by_a_domain_error(
    specimen: str, damage: list[tuple[int, str]]
) -> None:
    characters = list(specimen)
    for position, character in damage:
        if position < len(characters) and characters[position] != "\n":
            characters[position] = character
    error = refusal("".join(characters))
    assert error is None or (error.field or "").startswith("mrz.")


def refusal(text: str) -> AllpointsError | None:
    try:
        parse(text, today=TODAY)
    except AllpointsError as error:
        return error
    return None


def naive(text: str) -> str:
    """The check digit as Doc 9303-3, section 4.9, tells it step by step."""
    total = 0
    for i, character in enumerate(text):
        number = 0 if character == "<" else int(character, 36)
        total += number * (7, 3, 1)[i % 3]
    return str(total % 10)


def td2_born(birth: str) -> str:
    line = f"D231458907UTO{birth}{naive(birth)}F1204159<<<<<<<"
    return TD2[:37] + line + naive(line[:10] + line[13:20] + line[21:35])
