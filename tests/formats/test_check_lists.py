import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.formats.check_lists import Question, read_checks
from allpoints.records.evidence import IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.records.people import Name, NameKind, Person

ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def asked(text: str, *, confusable: bool = False) -> list[tuple[int, object]]:
    return [
        (read.line, read.value.evidence if isinstance(read.value, Question) else type(read.value))
        for read in read_checks([text.encode()], confusable=confusable)
    ]


def test_a_table_of_schemes_and_values() -> None:
    assert asked("scheme;value\nplate;ALB:AA1\nplate;ALB:AA1*\nshoe;42\nphone\n") == [
        (2, (IdentifierEvidence("plate", "ALB:AA1"),)),
        (3, (PatternEvidence("plate", "ALB:AA1*"),)),
        (4, InvalidValue),
        (5, MalformedInput),
    ]


def test_the_columns_may_stand_the_other_way_round() -> None:
    assert asked("Value,Scheme\nALB:AA1,plate\n") == [(2, (IdentifierEvidence("plate", "ALB:AA1"),))]


def test_confusable_makes_patterns_where_there_can_be_some() -> None:
    assert asked("scheme,value\nplate,ALB:AA1\nphone,+355\n", confusable=True) == [
        (2, (PatternEvidence("plate", "ALB:AA1", confusable=True),)),
        (3, (IdentifierEvidence("phone", "+355"),)),
    ]


def test_ndjson_of_evidence() -> None:
    line = json.dumps({"evidence": [{"kind": "mrz", "text": ZONE}]})
    assert asked(f"{line}\n\nnonsense\n") == [(1, (MrzEvidence(ZONE),)), (3, MalformedInput)]


def test_zones_with_empty_lines_between_them() -> None:
    assert asked(f"\n{ZONE}\r\n\n\n{ZONE}") == [(2, (MrzEvidence(ZONE),)), (6, (MrzEvidence(ZONE),))]


def test_zones_without_empty_lines_between_them_are_refused() -> None:
    assert asked(f"{ZONE}\n{ZONE}\n\n{ZONE}") == [(1, MalformedInput), (6, (MrzEvidence(ZONE),))]


def test_a_table_with_other_columns_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no field 'colour'"):
        asked("scheme,value,colour\n")
    with pytest.raises(InvalidValue, match="scheme and value"):
        asked("name,scheme\n")
    with pytest.raises(InvalidValue, match="two columns say it"):
        asked("name,born,birth\n")


def test_a_table_of_people() -> None:
    assert asked(
        "\ufeffName;Born;Sex;Nationality;Alias;alias\n"
        "محمد علي;1970-03;m;EGY|SDN;Abu Ali;Hamada|Hamo\n;1970;;;;\nAnna;;q;;;\n;;;;;\n"
    ) == [
        (
            2,
            (
                Person(
                    names=(
                        "محمد علي",
                        Name(text="Abu Ali", kind=NameKind.ALIAS),
                        Name(text="Hamada", kind=NameKind.ALIAS),
                        Name(text="Hamo", kind=NameKind.ALIAS),
                    ),
                    birth="1970-03",
                    sex="M",
                    nationalities=("EGY", "SDN"),
                ),
            ),
        ),
        (3, InvalidValue),
        (4, InvalidValue),
    ]


def test_a_row_may_ask_for_an_identifier_and_a_person_at_once() -> None:
    row = asked("scheme,value,family,given,birthplace\nphone,+3551,Hoxha,Drita,Durrës\nphone,+3552,,,\n")
    assert row == [
        (
            2,
            (
                IdentifierEvidence("phone", "+3551"),
                Person(names=(Name(family="Hoxha", given="Drita"),), birthplace="Durrës"),
            ),
        ),
        (3, (IdentifierEvidence("phone", "+3552"),)),
    ]


def test_a_zone_that_names_a_column_is_still_a_zone() -> None:
    assert asked("P<UTONAME<<BORN\n") == [(1, (MrzEvidence("P<UTONAME<<BORN"),))]


def test_an_empty_file_asks_nothing() -> None:
    assert asked("") == asked("\n \n") == []


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        for read in read_checks([data]):
            assert isinstance(read.value, (Question, AllpointsError))
    except AllpointsError:
        return
