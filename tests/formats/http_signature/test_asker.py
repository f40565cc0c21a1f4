"""The header that says who asks."""

from itertools import permutations

import http_sf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.formats.http_signature import parse_asker, write_asker
from allpoints.records import AgencyKind, Asker, Confidentiality, Purpose, Role

askers = st.builds(
    Asker,
    bureau=st.just("ALB"),
    user=st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True),
    agency=st.sampled_from(AgencyKind),
    role=st.sampled_from(Role),
    purpose=st.sampled_from(Purpose),
    clearance=st.sampled_from(Confidentiality),
)
OFFICER = Asker(
    bureau="ALB",
    user="u-93f2",
    agency=AgencyKind.BORDER_POLICE,
    role=Role.OFFICER,
    purpose=Purpose.BORDER_CONTROL,
)
TEXT = 'agency=border-police, user="u-93f2", role=officer, purpose=border-control, clearance=official'


@given(askers)
def test_an_asker_survives_the_header(asker: Asker) -> None:
    assert parse_asker(write_asker(asker), bureau="ALB") == asker


@given(askers)
def test_an_independent_parser_of_structured_fields_reads_the_header(asker: Asker) -> None:
    members = http_sf.parse(write_asker(asker).encode(), tltype="dictionary")
    assert {name: str(value) for name, (value, _) in members.items()} == {
        "agency": asker.agency.value,
        "user": asker.user,
        "role": asker.role.value,
        "purpose": asker.purpose.value,
        "clearance": asker.clearance.value,
    }


def test_the_header_is_written_as_documented() -> None:
    assert write_asker(OFFICER) == TEXT


def test_members_may_come_in_any_order_and_with_other_spaces() -> None:
    for members in permutations(TEXT.split(", ")):
        assert parse_asker(" ,\t".join(members), bureau="ALB") == OFFICER


def test_the_bureau_comes_from_the_key_and_never_from_the_header() -> None:
    assert parse_asker(TEXT, bureau="FRA").bureau == "FRA"
    with pytest.raises(InvalidValue) as refusal:
        parse_asker(f"{TEXT}, bureau=FRA".lower(), bureau="ALB")
    assert refusal.value.field == "Allpoints-Asker.bureau"


def test_without_a_clearance_the_asker_has_the_lowest() -> None:
    assert parse_asker(TEXT.removesuffix(", clearance=official"), bureau="ALB").clearance == "official"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (TEXT.replace("border-control", "curiosity"), "purpose"),
        (TEXT.replace("border-police", "army"), "agency"),
        (TEXT.replace("officer", "king"), "role"),
        (TEXT.replace("=official", "=cosmic"), "clearance"),
        (TEXT.replace('"u-93f2"', '"Jane Doe"'), "user"),
        (TEXT.replace('"u-93f2"', '""'), "user"),
        (TEXT.replace('"u-93f2"', "u-f"), "user"),
        (TEXT.replace("=officer", '="officer"'), "role"),
        (TEXT.replace("role=officer, ", ""), "role"),
        (TEXT.replace("purpose=border-control, ", ""), "purpose"),
        (TEXT.replace("agency=border-police, ", ""), "agency"),
        (f"{TEXT}, role=officer", "role"),
        (f"{TEXT}, rank=major", "rank"),
    ],
)
def test_a_member_that_does_not_fit_is_named(text: str, field: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_asker(text, bureau="ALB")
    assert refusal.value.field == f"Allpoints-Asker.{field}"


@pytest.mark.parametrize(
    "text", ["", ",", f"{TEXT},", "agency", "Agency=x", f"{TEXT};q=1", "a=1", TEXT + " " * 500]
)
def test_what_is_no_dictionary_is_refused(text: str) -> None:
    with pytest.raises(MalformedInput):
        parse_asker(text, bureau="ALB")


@given(st.text())
def test_whatever_is_sent_is_parsed_or_refused(text: str) -> None:
    with pytest.raises(AllpointsError):
        parse_asker(text, bureau="ALB")


def test_a_name_is_never_written_as_a_user() -> None:
    with pytest.raises(InvalidValue):
        write_asker(Asker(bureau="ALB", user="Jane Doe", agency=AgencyKind.POLICE, role=Role.OFFICER,
                          purpose=Purpose.BORDER_CONTROL))  # fmt: skip
