"""Notices that have just what their colour requires, and reviews of them."""

import io
import itertools
from datetime import date
from typing import Any

import msgspec
from PIL import Image

from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.colours import Colour
from allpoints.records.notices import (
    DiffusionRequest,
    Grounds,
    NoticePicture,
    NoticeRequest,
    Order,
    Penalty,
    Standing,
)
from allpoints.records.review import Answered, Item, Review, ReviewDecision

_numbers = itertools.count(1)

ORDER = Order(kind="warrant", number="12 Gs 345/26", issued=date(2026, 3, 1), authority="Court of Utopolis")
GROUNDS: dict[Colour, Grounds] = {
    Colour.RED: Grounds(
        facts="On 2 January 2026 he shot a guard in Utopolis.",
        offence="murder",
        law="Penal Code, article 101",
        order=ORDER,
        penalty=Penalty(life=True),
    ),
    Colour.YELLOW: Grounds(facts="She did not come home from school.", place="Utopolis, Main Station"),
    Colour.BLUE: Grounds(
        facts="He rented the car that was used.",
        offence="robbery",
        standing=Standing.WITNESS,
        sought="his address",
    ),
    Colour.BLACK: Grounds(found=date(2026, 2, 3), place="The river Uto at Lower Bridge"),
    Colour.GREEN: Grounds(
        facts="Convicted three times of fraud by false weddings.",
        offence="fraud",
        assessment="Utopia's national police: he has announced to go on abroad.",
    ),
    Colour.ORANGE: Grounds(
        facts="A batch of spirits holds methanol.", danger="Whoever drinks it may go blind."
    ),
    Colour.PURPLE: Grounds(
        offence="smuggling", method="A false floor beneath the tank, opened by the ignition."
    ),
    Colour.SILVER: Grounds(
        facts="Bought with the proceeds.", offence="money laundering", sought="where the yacht lies"
    ),
    Colour.SPECIAL: Grounds(decision="Resolution 2999 (2026), UTi.042"),
}
PERSONS = (Colour.RED, Colour.YELLOW, Colour.BLUE, Colour.GREEN, Colour.SPECIAL)


def contribution(colour: Colour, name: str = "Anna Example", **said: Any) -> Contribution:
    """The record of a notice, with a reference of its own; `said` is said of it beside or instead."""
    reference = f"notice-{next(_numbers)}"
    particulars: dict[str, Any] = {"reason": "information", "synthetic": True}
    if colour in PERSONS:
        particulars |= {"names": (name,), "birth": "1990-05-06", "nationalities": ("UTO",)}
    if colour is Colour.BLACK:
        particulars |= {"description": "A woman of about forty with a scar on her left hand."}
    reasons = {Colour.RED: "wanted", Colour.YELLOW: "missing"}
    particulars |= {"reason": reasons.get(colour, "information")}
    if colour is Colour.YELLOW:
        particulars |= {"since": date(2026, 4, 5)}
    kind = {Colour.SILVER: RecordKind.VESSEL, Colour.ORANGE: RecordKind.ITEM, Colour.PURPLE: RecordKind.ITEM}
    identifiers = (RawIdentifier("imo", "9074729"),) if colour is Colour.SILVER else ()
    record = {name: said.pop(name) for name in list(said) if name in Contribution.__struct_fields__}
    return msgspec.structs.replace(
        Contribution(
            reference=reference,
            kind=kind.get(colour, RecordKind.PERSON),
            identifiers=identifiers,
            particulars=Particulars(**{**particulars, **said}),
        ),
        **record,
    )


def request(colour: Colour = Colour.YELLOW, name: str = "Anna Example", **said: Any) -> NoticeRequest:
    """A notice; what is no field of it is said of its record."""
    own = {field: said.pop(field) for field in list(said) if field in NoticeRequest.__struct_fields__}
    made = NoticeRequest(
        colour=colour, contribution=contribution(colour, name, **said), grounds=GROUNDS[colour]
    )
    return msgspec.structs.replace(made, **own)


def diffusion(*to: str, colour: Colour = Colour.YELLOW, name: str = "Anna Example") -> DiffusionRequest:
    """A diffusion to these bureaus."""
    return DiffusionRequest(
        colour=colour, contribution=contribution(colour, name), grounds=GROUNDS[colour], to=to
    )


def review(version: int = 1, decision: ReviewDecision = ReviewDecision.PUBLISH, **failing: str) -> Review:
    """A review that answers every item with yes but those in `failing`, which says why."""
    return Review(
        version=version,
        checklist=tuple(
            Answered(item=item, met=item not in failing, reason=failing.get(item, "")) for item in Item
        ),
        decision=decision,
    )


def picture(
    *, public: bool = False, caption: str = "In 2025", size: tuple[int, int] = (60, 40)
) -> NoticePicture:
    """A picture whose file says where it was taken."""
    image = Image.new("RGB", size, (200, 120, 40))
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)
    assert b"taken at home" in written.getvalue()
    return NoticePicture(image=written.getvalue(), caption=caption, public=public)
