"""The form of a message: from what was typed to a draft, and from a message to the lines that a person reads.

A structured field is named `fields.` and its name, so that none is taken for the message's own.
"""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from allpoints.bureau.console.record_forms import Typed
from allpoints.bureau.mailbox import Draft, forms
from allpoints.bureau.mailbox.composing import PLAIN
from allpoints.bureau.mailbox.forms import FORMS, Field, Kind
from allpoints.bureau.sealed import Content
from allpoints.errors import InvalidValue
from allpoints.wire.messages import Priority

ABOUT = {
    "record": "/records/",
    "notice": "/notices/",
    "confirmation": "/confirmations/",
    "message": "/messages/",
    "link": "/links/",
    "examination": "/examinations/",
}
_REFERENCE = re.compile(r"([a-z]+):([A-Za-z0-9_-]{1,64})")
_OWN_NAMES = {"attachment": "file", "attachments": "file"}


class Line(Struct, frozen=True):
    """One line of a structured message as a person reads it."""

    label: str
    values: tuple[str | datetime, ...]
    known: bool


def draft_of(typed: Typed, form: str, zone: ZoneInfo, *, answers: str | None, hub: str | None) -> Draft:
    """What was typed, as a message to be sent. Raises `InvalidValue` naming the form's field."""
    return Draft(
        recipients=tuple(split(typed, "recipients")),
        subject=one(typed, "subject"),
        text=one(typed, "text"),
        form=form,
        fields=_fields(typed, form, zone),
        references=tuple(_lines(typed, "references")),
        attachments=tuple(typed.get("attachments", ())),
        priority=_priority(one(typed, "priority")),
        deadline=_moment(one(typed, "deadline"), zone, "deadline"),
        in_reply_to=answers,
        hub=hub,
    )


def field_named(field: str | None) -> str | None:
    """The form's field for what the mailbox names."""
    return _OWN_NAMES.get(field or "", field)


def lines(content: Content, language: str) -> list[Line]:
    """What a structured message says, in the reader's language."""
    kinds = {field.name: field.kind for field in FORMS[content.kind].fields} if content.kind in FORMS else {}
    return [
        Line(
            each.label,
            tuple(
                datetime.fromisoformat(value) if each.known and kinds.get(each.name) is Kind.TIME else value
                for value in each.values
            ),
            each.known,
        )
        for each in forms.show(content.kind, content.fields, language)
    ]


def path_of(reference: str) -> str | None:
    """The page of what a message refers to; None for a case number and the like."""
    found = _REFERENCE.fullmatch(reference)
    return f"{ABOUT[found[1]]}{found[2]}" if found and found[1] in ABOUT else None


def _fields(typed: Typed, form: str, zone: ZoneInfo) -> dict[str, Any]:
    if form == PLAIN:
        return {}
    values = {field.name: _value(field, typed, zone) for field in forms.form(form).fields}
    try:
        return forms.check(form, values)
    except InvalidValue as error:
        error.field = f"fields.{error.field}"
        raise


def _value(field: Field, typed: Typed, zone: ZoneInfo) -> str | list[str]:
    name = f"fields.{field.name}"
    if field.kind is Kind.TIME:
        moment = _moment(one(typed, name), zone, name)
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""
    if field.many and field.kind is not Kind.CODE:
        return split(typed, name) if field.kind is Kind.STATE else _lines(typed, name)
    return [each for each in typed.get(name, ()) if each] if field.many else one(typed, name)


def _moment(text: str, zone: ZoneInfo, field: str) -> datetime | None:
    """A moment as a browser's field has it, by the bureau's clock. Raises `InvalidValue`."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidValue("is no date with a time", field=field, remedy="Write 2026-11-29T18:30.") from None


def _priority(text: str) -> Priority:
    try:
        return Priority(text or Priority.ROUTINE)
    except ValueError:
        raise InvalidValue("is no priority", field="priority") from None


def one(typed: Typed, field: str) -> str:
    """What stands in a field."""
    return next((value for value in typed.get(field, ()) if value), "")


def split(typed: Typed, field: str) -> list[str]:
    """Codes, however they are set apart."""
    return [each.upper() for text in typed.get(field, ()) for each in re.split(r"[\s,;]+", text) if each]


def _lines(typed: Typed, field: str) -> list[str]:
    return [line.strip() for text in typed.get(field, ()) for line in text.splitlines() if line.strip()]
