"""A form that was filled in: refused where it says what no form can say, and shown in the reader's language.

Who writes is held to the table. Who reads gets everything: what a newer version wrote, and this one does not know,
is shown as it came and marked as such.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from allpoints.bureau.mailbox.forms.table import CODES, FORMS, Field, Form, Kind
from allpoints.bureau.mailbox.forms.words import words
from allpoints.errors import AllpointsError, InvalidValue, NotFound
from allpoints.records import bureau_code

MAX_VALUES = 50
MAX_SHOWN = 20_000
"""Characters of an unknown value that are shown."""

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_NUMBER = re.compile(r"[1-9]\d{0,18}")
_YEARS = range(1900, 3000)
"""Years of a moment that any clock of the world can show: at the ends of the calendar a zone leads out of it."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a form as a person reads it."""

    name: str
    label: str
    """In the reader's language; the name where the field is not known."""
    values: tuple[str, ...]
    """Codes in the reader's language, all else as it was written."""
    known: bool = True
    """False for a field or a value that this version does not know, shown as it came."""


def form(name: str) -> Form:
    """The form of that name. Raises `NotFound`."""
    try:
        return FORMS[name]
    except KeyError:
        raise NotFound(
            f"there is no form {name!r:.40}", field="form", remedy=f"Choose one of {', '.join(FORMS)}."
        ) from None


def title(name: str, language: str) -> str:
    """What a form is called; its name where this version does not know it."""
    return words(language).forms.get(name, name)


def check(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as they travel. Raises `InvalidValue` naming the field, `NotFound` for an unknown form.

    What is empty is left out; a single value of a field for several may be given without its list.
    """
    known = {field.name: field for field in form(name).fields}
    for other in fields.keys() - known.keys():
        raise InvalidValue(f"{name} has no such field", field=other, remedy=f"It has {', '.join(known)}.")
    checked = {
        field.name: _checked(field, fields[field.name])
        for field in known.values()
        if fields.get(field.name) not in (None, "", [], ())
    }
    for field in known.values():
        if field.required and field.name not in checked:
            raise InvalidValue("is required", field=field.name, remedy="Fill it in.")
    return checked


def show(name: str, fields: Mapping[str, Any], language: str) -> list[Shown]:
    """The lines of a form in the reader's language, in the form's order; what is not known comes last."""
    known = FORMS[name].fields if name in FORMS else ()
    return [*_known(known, fields, language), *_unknown({field.name for field in known}, fields)]


def _known(known: tuple[Field, ...], fields: Mapping[str, Any], language: str) -> Iterator[Shown]:
    labels = words(language)
    for field in known:
        if field.name in fields:
            try:
                value, understood = _checked(field, fields[field.name]), True
            except AllpointsError:
                value, understood = fields[field.name], False
            called = labels.codes.get(field.codes, {})
            yield Shown(
                name=field.name,
                label=labels.fields[field.name],
                values=tuple(called.get(each, each) for each in _as_texts(value)),
                known=understood,
            )


def _unknown(known: set[str], fields: Mapping[str, Any]) -> Iterator[Shown]:
    for name, value in fields.items():
        if name not in known:
            yield Shown(name=name, label=name, values=_as_texts(value), known=False)


def _as_texts(value: object) -> tuple[str, ...]:
    each = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(str(one)[:MAX_SHOWN] for one in each[:MAX_VALUES])


def _checked(field: Field, value: object) -> str | list[str]:
    if not field.many:
        return _text(field, value)
    each = value if isinstance(value, (list, tuple)) else [value]
    if len(each) > MAX_VALUES:
        raise InvalidValue(f"holds up to {MAX_VALUES} values", field=field.name)
    return list(dict.fromkeys(_text(field, one) for one in each))


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > field.most:
        raise InvalidValue(f"is a text of 1 to {field.most} characters", field=field.name)
    text = value.strip()
    match field.kind:
        case Kind.CODE if text not in CODES[field.codes]:
            raise InvalidValue(
                f"{text!r:.40} is none of its codes",
                field=field.name,
                remedy=f"Use {', '.join(CODES[field.codes])}.",
            )
        case Kind.DATE if not _is_date(text):
            raise InvalidValue("is a day, a month or a year", field=field.name, remedy="Write 1980-02-29.")
        case Kind.TIME if not _is_time(text):
            raise InvalidValue("is a moment", field=field.name, remedy="Write 2026-11-29T05:42:00Z.")
        case Kind.NUMBER if not _NUMBER.fullmatch(text):
            raise InvalidValue("is a number", field=field.name)
        case Kind.STATE:
            return bureau_code(text, field=field.name)
    return text


def _is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _parses(f"{text}-01-01"[:10])


def _is_time(text: str) -> bool:
    if "T" not in text or not _parses(text):
        return False
    moment = datetime.fromisoformat(text)
    return moment.tzinfo is not None and moment.year in _YEARS


def _parses(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
