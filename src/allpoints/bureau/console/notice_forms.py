"""The form of a notice or diffusion: which grounds each colour asks for, and from what was typed to an announcement.

A field's name is the path by which a hub names it, without the `contribution.` of the record that it is about.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar.datastructures import FormMultiDict, UploadFile

from allpoints.bureau.console.forms import converted
from allpoints.bureau.console.message_forms import one, split
from allpoints.bureau.console.record_forms import Typed, contribution, typed_from
from allpoints.errors import InvalidValue
from allpoints.records import Biometric, HeldRecord, RecordKind
from allpoints.records.biometrics import MAX_PICTURE
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notice_requirements import REQUIREMENTS
from allpoints.records.notices import (
    MAX_NOTICE_PICTURES,
    DiffusionRequest,
    Grounds,
    NoticePicture,
    NoticeRequest,
    PublicField,
)
from allpoints.wire.notices import Notice

ALWAYS = ("facts", "offence", "place", "sought")
"""Grounds that every form has room for."""
LONG = ("facts", "sought", "assessment", "danger", "method")
_FIRST_FIELDS = {
    "identifiers": "identifiers[0].value",
    "particulars.names": "particulars.names[0].text",
    "grounds.order": "grounds.order.number",
    "grounds.penalty": "grounds.penalty.months",
    "pictures": "pictures[0].image",
    "biometrics": "file",
}


def grounds_of(colour: Colour) -> list[str]:
    """The grounds that the form of a colour shows: what it requires, in the order of `Grounds`, and what all have."""
    return [name for name in Grounds.__struct_fields__ if name in required_of(colour) or name in ALWAYS]


def required_of(colour: Colour) -> set[str]:
    """The grounds that a colour requires."""
    fields = (need.field for need in REQUIREMENTS[colour].needs)
    return {field.removeprefix("grounds.") for field in fields if field.startswith("grounds.")}


def announcement(
    kind: NoticeKind,
    colour: Colour,
    record: RecordKind,
    typed: Typed,
    *,
    pictures: tuple[NoticePicture, ...],
    biometrics: Iterable[Biometric],
) -> NoticeRequest | DiffusionRequest:
    """What was typed, as it is sent to the hub. Raises `InvalidValue` naming the form's field."""
    made = contribution(record, typed, biometrics)
    grounds = _grounds(typed)
    if kind is NoticeKind.DIFFUSION:
        return DiffusionRequest(
            colour=colour,
            contribution=made,
            grounds=grounds,
            pictures=pictures,
            to=tuple(split(typed, "to")),
        )
    public = converted({"public": typed.get("public", [])}, _Public).public
    return NoticeRequest(colour=colour, contribution=made, grounds=grounds, pictures=pictures, public=public)


def typed_of_notice(notice: Notice, held: HeldRecord) -> Typed:
    """What the form of a correction begins with: all that the notice says."""
    said = msgspec.to_builtins(notice.grounds)
    found = typed_from(held)
    for name, value in said.items():
        if isinstance(value, dict):
            found |= {f"grounds.{name}.{part}": [_text(each)] for part, each in value.items()}
        else:
            found[f"grounds.{name}"] = [_text(value)]
    found["public"] = [field.value for field in notice.public]
    if notice.kind is NoticeKind.DIFFUSION:
        found["to"] = [", ".join(held.conditions.bureaus.members)]
    return found


async def pictures_of(form: FormMultiDict, typed: Typed) -> tuple[NoticePicture, ...]:
    """The chosen pictures, with what was typed beside each."""
    found = []
    for number in range(MAX_NOTICE_PICTURES):
        name = f"pictures[{number}]"
        file = form.get(f"{name}.image")
        if isinstance(file, UploadFile) and file.filename:
            found.append(
                NoticePicture(
                    image=await file.read(MAX_PICTURE + 1),
                    caption=one(typed, f"{name}.caption"),
                    public=one(typed, f"{name}.public") == "true",
                )
            )
    return tuple(found)


def field_named(field: str | None) -> str | None:
    """The form's field for what a hub names."""
    if field is None:
        return None
    name = field.removeprefix("contribution.")
    if name.startswith("biometrics"):
        return "file"
    if name.startswith("identifiers[") and name.endswith("]"):
        return f"{name}.value"
    if name.startswith("particulars.names[") and name.endswith("]"):
        return f"{name}.text"
    if name.startswith("pictures[") and name.endswith("]"):
        return f"{name}.image"
    return _FIRST_FIELDS.get(name, name)


class _Public(msgspec.Struct, frozen=True):
    """The fields that everybody may read."""

    public: tuple[PublicField, ...] = ()


def _grounds(typed: Typed) -> Grounds:
    said: dict[str, Any] = {}
    for name in typed:
        _, *path = name.split(".")
        if name.startswith("grounds.") and (value := one(typed, name)):
            place = said
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = value
    if set(said.get("order", ())) <= {"kind"}:
        said.pop("order", None)
    try:
        return converted(said, Grounds)
    except InvalidValue as error:
        error.field = field_named(f"grounds.{error.field}")
        raise


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return str(value)
