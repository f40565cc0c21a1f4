"""What each colour requires: the code, the page that tells of it, and what is refused for want of it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.announcing import GROUNDS, ORDER, diffusion, picture, request

from allpoints.errors import AllpointsError, InvalidValue, TooLarge
from allpoints.records import Conditions, Particulars, RecordKind, Release
from allpoints.records.colours import Colour
from allpoints.records.notice_requirements import REQUIREMENTS, check_announcement
from allpoints.records.notices import Grounds, NoticeRequest, Penalty, PublicExtract, PublicField

TODAY = date(2026, 11, 20)
PAGE = Path(__file__).parents[2] / "docs" / "notices.md"


def check(said: NoticeRequest, **held: bool) -> None:
    check_announcement(said, today=TODAY, **held)


def refused(said: Any, **held: bool) -> AllpointsError:
    with pytest.raises((InvalidValue, TooLarge)) as caught:
        check(said, **held)
    assert caught.value.remedy
    return caught.value


def without(said: NoticeRequest, *names: str) -> NoticeRequest:
    """The notice without these grounds and particulars."""
    empty = {name: getattr(Grounds(), name) for name in names if name in Grounds.__struct_fields__}
    bare = Particulars(reason=said.contribution.particulars.reason)
    gone = {name: getattr(bare, name) for name in names if name in Particulars.__struct_fields__}
    particulars = replace(said.contribution.particulars, **gone)
    return replace(
        said,
        grounds=replace(said.grounds, **empty),
        contribution=replace(said.contribution, particulars=particulars),
    )


def test_every_colour_has_its_row_and_a_letter_of_its_own() -> None:
    assert set(REQUIREMENTS) == set(Colour)
    assert len({rule.letter for rule in REQUIREMENTS.values()}) == len(Colour)


@pytest.mark.parametrize("colour", Colour)
def test_a_notice_that_has_all_that_its_colour_requires_passes(colour: Colour) -> None:
    check(request(colour))


@pytest.mark.parametrize(
    ("colour", "gone", "field"),
    [
        (Colour.RED, "order", "grounds.order"),
        (Colour.RED, "offence", "grounds.offence"),
        (Colour.RED, "law", "grounds.law"),
        (Colour.RED, "facts", "grounds.facts"),
        (Colour.RED, "penalty", "grounds.penalty"),
        (Colour.RED, "names", "contribution.particulars.names"),
        (Colour.YELLOW, "names", "contribution.particulars.names"),
        (Colour.YELLOW, "since", "contribution.particulars.since"),
        (Colour.YELLOW, "place", "grounds.place"),
        (Colour.YELLOW, "facts", "grounds.facts"),
        (Colour.BLUE, "standing", "grounds.standing"),
        (Colour.BLUE, "sought", "grounds.sought"),
        (Colour.BLACK, "found", "grounds.found"),
        (Colour.BLACK, "place", "grounds.place"),
        (Colour.BLACK, "description", "contribution.particulars.description"),
        (Colour.GREEN, "assessment", "grounds.assessment"),
        (Colour.GREEN, "names", "contribution.particulars.names"),
        (Colour.ORANGE, "danger", "grounds.danger"),
        (Colour.PURPLE, "method", "grounds.method"),
        (Colour.SILVER, "sought", "grounds.sought"),
        (Colour.SPECIAL, "decision", "grounds.decision"),
        (Colour.SPECIAL, "names", "contribution.particulars.names"),
    ],
)
def test_what_is_missing_is_named(colour: Colour, gone: str, field: str) -> None:
    assert refused(without(request(colour), gone)).field == field


def test_an_asset_has_an_identifier_or_a_description() -> None:
    yacht = request(Colour.SILVER)
    bare = replace(yacht, contribution=replace(yacht.contribution, identifiers=()))
    assert refused(bare).field == "contribution.identifiers"
    check(request(Colour.SILVER, identifiers=(), description="A yacht of 40 m, white, two masts"))


def test_who_is_wanted_has_a_name_with_a_birth_or_a_nationality_or_biometrics() -> None:
    red = request(Colour.RED)
    check(without(red, "birth"))
    check(without(red, "nationalities"))
    nameless = without(red, "names")
    assert refused(without(red, "birth", "nationalities")).field == "contribution.particulars.names"
    check(nameless, pictured=True)


def test_a_body_is_recognised_by_a_picture_as_well() -> None:
    black = without(request(Colour.BLACK), "description")
    check(replace(black, pictures=(picture(),)))
    check(black, shown=True)
    check(black, pictured=True)


@pytest.mark.parametrize(
    ("kind", "penalty", "severe"),
    [
        ("warrant", Penalty(months=23), False),
        ("warrant", Penalty(months=24), True),
        ("judgement", Penalty(months=5), False),
        ("judgement", Penalty(months=6), True),
        ("warrant", Penalty(life=True), True),
        ("warrant", Penalty(), False),
    ],
)
def test_who_is_wanted_faces_two_years_or_has_six_months_before_them(
    kind: Any, penalty: Penalty, severe: bool
) -> None:
    """Article 83 of INTERPOL's Rules on the Processing of Data."""
    grounds = replace(GROUNDS[Colour.RED], order=replace(ORDER, kind=kind), penalty=penalty)
    said = request(Colour.RED, grounds=grounds)
    if severe:
        check(said)
    else:
        assert refused(said).field == "grounds.penalty"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (request(Colour.RED, kind=RecordKind.VEHICLE), "contribution.kind"),
        (request(Colour.PURPLE, kind=RecordKind.PERSON), "contribution.kind"),
        (request(Colour.RED, reason="information"), "contribution.particulars.reason"),
        (request(Colour.YELLOW, reason="wanted"), "contribution.particulars.reason"),
        (
            request(conditions=Conditions(disclosure=Release.CONTACT)),
            "contribution.conditions.disclosure",
        ),
        (request(conditions=Conditions(disclosure=Release.SILENT)), "contribution.conditions.disclosure"),
        (
            request(Colour.RED, grounds=replace(GROUNDS[Colour.RED], order=replace(ORDER, number=" "))),
            "grounds.order.number",
        ),
        (
            request(Colour.RED, grounds=replace(GROUNDS[Colour.RED], order=replace(ORDER, authority=""))),
            "grounds.order.authority",
        ),
        (
            request(
                Colour.RED,
                grounds=replace(GROUNDS[Colour.RED], order=replace(ORDER, issued=TODAY + timedelta(1))),
            ),
            "grounds.order.issued",
        ),
        (
            request(Colour.RED, grounds=replace(GROUNDS[Colour.RED], penalty=Penalty(months=-1))),
            "grounds.penalty.months",
        ),
        (
            request(Colour.BLACK, grounds=replace(GROUNDS[Colour.BLACK], found=TODAY + timedelta(1))),
            "grounds.found",
        ),
        (request(grounds=replace(GROUNDS[Colour.YELLOW], facts="x" * 4_001)), "grounds.facts"),
        (request(grounds=replace(GROUNDS[Colour.YELLOW], facts="a\x00b")), "grounds.facts"),
        (request(pictures=(picture(),) * 7), "pictures"),
        (request(pictures=(picture(caption="x" * 201),)), "pictures[0].caption"),
        (request(pictures=(picture(public=True),)), "pictures[0].public"),
        (replace(diffusion("ALB"), pictures=(picture(public=True),)), "pictures[0].public"),
    ],
)
def test_what_contradicts_itself_or_cannot_be_meant_is_refused(said: Any, field: str) -> None:
    assert refused(said).field == field


def test_what_may_be_public_stands_in_the_record_or_in_the_grounds_and_in_the_extract() -> None:
    known = {*Particulars.__struct_fields__, *Grounds.__struct_fields__}
    assert {*PublicField} <= known
    assert {*PublicField} <= {*PublicExtract.__struct_fields__}


def rows() -> list[str]:
    """The table as the page has it."""
    return [
        f"| {colour} | {rule.letter} | {rule.purpose} | {', '.join(rule.kinds)}"
        f"{' (' + ', '.join(rule.reasons) + ')' if rule.reasons else ''} | {'; '.join(n.says for n in rule.needs)} |"
        for colour, rule in REQUIREMENTS.items()
    ]


def test_the_page_tells_what_each_colour_requires() -> None:
    page = PAGE.read_text()
    assert [row for row in rows() if row not in page] == []
