"""From what was typed to a notice, whose refusals name the fields of the form."""

import pytest

from allpoints.bureau.console.notice_forms import announcement, field_named, grounds_of, required_of
from allpoints.errors import InvalidValue
from allpoints.records import RecordKind
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import DiffusionRequest, NoticeRequest, Penalty, PublicField

TYPED = {
    "reference": ["R-1"],
    "particulars.reason": ["wanted"],
    "particulars.names[0].text": ["Ivo"],
    "grounds.facts": ["…"],
    "grounds.order.kind": ["warrant"],
    "grounds.penalty.months": ["36"],
    "conditions.purposes": ["criminal-investigation"],
    "public": ["names"],
    "to": ["alb, FRA"],
}


def made(kind: NoticeKind, **changed: list[str]) -> NoticeRequest | DiffusionRequest:
    typed = {**TYPED, **changed}
    return announcement(kind, Colour.RED, RecordKind.PERSON, typed, pictures=(), biometrics=())


def test_a_notice_is_opened_as_its_owner_says_and_an_empty_order_is_none() -> None:
    notice = made(NoticeKind.NOTICE)
    assert isinstance(notice, NoticeRequest)
    assert notice.public == (PublicField.NAMES,)
    assert notice.grounds.order is None
    assert notice.grounds.penalty == Penalty(months=36)


def test_a_diffusion_goes_to_the_bureaus_that_are_named() -> None:
    diffusion = made(NoticeKind.DIFFUSION)
    assert isinstance(diffusion, DiffusionRequest)
    assert diffusion.to == ("ALB", "FRA")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"grounds.order.number": ["12"]}, "grounds.order.number"),
        ({"grounds.order.number": ["1"], "grounds.order.issued": ["x"]}, "grounds.order.issued"),
        ({"grounds.penalty.months": ["x"]}, "grounds.penalty.months"),
        ({"grounds.nothing.at.all": ["x"]}, "grounds.nothing"),
        ({"public": ["everything"]}, "public"),
    ],
)
def test_what_is_wrong_names_its_field(changed: dict[str, list[str]], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        made(NoticeKind.NOTICE, **changed)
    assert (refused.value.field or "").startswith(field.rpartition(".")[0])


@pytest.mark.parametrize(
    ("hub", "form"),
    [
        (None, None),
        ("contribution.particulars.names", "particulars.names[0].text"),
        ("contribution.particulars.names[2]", "particulars.names[2].text"),
        ("contribution.identifiers", "identifiers[0].value"),
        ("contribution.identifiers[1]", "identifiers[1].value"),
        ("contribution.biometrics[0].image", "file"),
        ("grounds.order", "grounds.order.number"),
        ("pictures[1]", "pictures[1].image"),
        ("to", "to"),
    ],
)
def test_what_a_hub_names_is_a_field_of_the_form(hub: str | None, form: str | None) -> None:
    assert field_named(hub) == form


def test_the_form_of_a_colour_asks_for_all_that_it_requires() -> None:
    for colour in Colour:
        assert required_of(colour) <= set(grounds_of(colour)), colour
