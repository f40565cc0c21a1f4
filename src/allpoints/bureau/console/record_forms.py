"""The form of a record: which fields each kind has, and from what was typed to a contribution.

A field's name is the path by which a hub names it (`particulars.birth`, `identifiers[2].value`), so that whatever is
refused is shown at its field.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from litestar.datastructures import FormMultiDict, UploadFile
from msgspec import Struct

from allpoints.bureau.console.forms import whole_number
from allpoints.errors import InvalidValue
from allpoints.formats.ndjson import invalid
from allpoints.formats.person_columns import several
from allpoints.formats.typed_evidence import named_picture
from allpoints.records import Biometric, Contribution, HeldRecord, RecordKind, named
from allpoints.records.biometrics import MAX_PICTURE
from allpoints.records.record import MAX_IDENTIFIERS

Typed = dict[str, list[str]]
"""What stands in the fields of a form, as drafts keep it."""

PERSONAL = ("birth", "sex", "nationalities")
FIELDS: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.PERSON: ("names", *PERSONAL, "birthplace", "residence"),
    RecordKind.TRAVEL_DOCUMENT: ("names", *PERSONAL),
    RecordKind.VEHICLE: ("make", "model", "colour", "year"),
    RecordKind.VESSEL: ("vessel_name", "make", "model", "colour", "year"),
    RecordKind.FIREARM: ("make", "model", "calibre", "colour", "year"),
    RecordKind.ITEM: ("make", "model", "colour", "year"),
    RecordKind.TRACE: (),
}
"""Which particulars the form of a kind asks for, beside those that all have. A correction shows what else is stated."""

SCHEMES_FIRST: Mapping[RecordKind, str] = {
    RecordKind.PERSON: "national-id",
    RecordKind.TRAVEL_DOCUMENT: "travel-document",
    RecordKind.VEHICLE: "plate",
    RecordKind.VESSEL: "imo",
    RecordKind.FIREARM: "firearm",
    RecordKind.ITEM: "imei",
    RecordKind.TRACE: "phone",
}
"""The scheme that an empty row begins with."""

NAME_PARTS = ("kind", "text", "family", "given", "patronymic")
_LISTED = re.compile(r"(identifiers|particulars\.names)\[(\d{1,9})\]")
_REQUIRED = ("reference", "particulars.reason")
_MEMBERS = ("conditions.bureaus", "conditions.agencies")
_PARTS = {"identifiers": ("value",), "particulars.names": NAME_PARTS[1:]}
"""What fills a row; the rest is chosen and never empty."""
_FIRST = {which: parts[0] for which, parts in _PARTS.items()}


class Rows(Struct, frozen=True):
    """How many rows of identifiers and names a form shows."""

    identifiers: int
    names: int

    def one_more(self, which: str) -> "Rows":
        """With another row of `identifiers` or `names`."""
        return msgspec.structs.replace(self, **{which: min(getattr(self, which) + 1, MAX_IDENTIFIERS)})


def rows_of(typed: Typed) -> Rows:
    """The rows that the form had, filled in or not; one of each at least."""
    last = dict.fromkeys(_PARTS, 0)
    for found in filter(None, map(_LISTED.match, typed)):
        last[found[1]] = max(last[found[1]], min(int(found[2]), MAX_IDENTIFIERS - 1))
    return Rows(*(place + 1 for place in last.values()))


def typed_of(form: FormMultiDict) -> Typed:
    """The texts of a form as it came, its files left out."""
    found: Typed = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and not name.startswith("_"):
            found.setdefault(name, []).append(value.strip())
    return found


def typed_from(held: HeldRecord) -> Typed:
    """What the form of a correction begins with: all that the record says."""
    said = msgspec.to_builtins(held)
    stated = dict(said["particulars"] or {})
    names = [
        msgspec.to_builtins(named(each)) for each in (held.particulars.names if held.particulars else ())
    ]
    stated.pop("names", None)
    found: Typed = {
        "reference": [held.reference],
        "valid_until": [held.retention.valid_until.isoformat()],
        "review_by": [held.retention.review_by.isoformat()],
        "evaluation.source": [held.evaluation.source],
        "evaluation.information": [str(held.evaluation.information)],
        "conditions.purposes": list(held.conditions.purposes),
        "conditions.disclosure": [held.conditions.disclosure.value],
        "conditions.confidentiality": [held.conditions.confidentiality.value],
    }
    for field, value in stated.items():
        found[f"particulars.{field}"] = [
            "; ".join(value) if isinstance(value, (list, tuple)) else _text(value)
        ]
    for which in _MEMBERS:
        selection = getattr(held.conditions, which.partition(".")[2])
        found[which] = [selection.mode]
        found[f"{which}.members"] = [", ".join(selection.members)]
    for i, name in enumerate(names):
        found |= {f"particulars.names[{i}].{part}": [name.get(part, "")] for part in NAME_PARTS}
    for i, one in enumerate(held.identifiers):
        found |= {f"identifiers[{i}].scheme": [one.scheme], f"identifiers[{i}].value": [one.value]}
    return found


def version_of(typed: Typed) -> int:
    """Which version the form corrects. Raises `InvalidValue`."""
    version = whole_number(_one(typed, "version"))
    if version is None:
        raise InvalidValue("is missing", field="version", remedy="Open the form again.")
    return version


def fields_of(kind: RecordKind, typed: Typed) -> list[str]:
    """The particulars that a form shows: those of its kind, and what else is stated."""
    stated = {
        name.partition(".")[2].partition("[")[0]
        for name, values in typed.items()
        if name.startswith("particulars.") and any(values) and not name.endswith("].kind")
    }
    every = dict.fromkeys(field for fields in FIELDS.values() for field in fields)
    return [field for field in every if field in FIELDS[kind] or field in stated]


def contribution(kind: RecordKind, typed: Typed, pictures: Iterable[Biometric] = ()) -> Contribution:
    """What was typed, as a contribution. Raises `InvalidValue` naming the field."""
    for field in _REQUIRED:
        if not _one(typed, field):
            raise InvalidValue("is missing", field=field, remedy="Fill in the field.")
    said: dict[str, Any] = {"kind": kind.value, "particulars": {}, "conditions": {}, "identifiers": []}
    for field in ("reference", "valid_until", "review_by"):
        _put(said, field, _one(typed, field))
    if source := _one(typed, "evaluation.source"):
        said["evaluation"] = {"source": source, "information": _number(typed, "evaluation.information")}
    stated = said["particulars"]
    for name in typed:
        if name.startswith("particulars.") and "[" not in name:
            _put(stated, name.partition(".")[2], _one(typed, name))
    if "nationalities" in stated:
        stated["nationalities"] = several(stated["nationalities"])
    if "year" in stated:
        stated["year"] = _number(typed, "particulars.year")
    stated["synthetic"] = _one(typed, "particulars.synthetic") == "true"
    said["conditions"] = _conditions(typed)
    said["identifiers"] = _identifiers(typed)
    stated["names"] = _names(typed)
    try:
        made = msgspec.convert(said, Contribution)
    except msgspec.ValidationError as error:
        raise invalid(error) from None
    return msgspec.structs.replace(made, biometrics=tuple(pictures))


async def pictures_of(files: Iterable[object]) -> list[Biometric]:
    """The pictures among a form's files, by their names. Raises `InvalidValue` or `TooLarge` naming the field."""
    given = [file for file in files if isinstance(file, UploadFile) and file.filename]
    return [named_picture(file.filename, await file.read(MAX_PICTURE + 1)) for file in given]


def _conditions(typed: Typed) -> dict[str, Any]:
    found: dict[str, Any] = {"purposes": typed.get("conditions.purposes", [])}
    for field in ("disclosure", "confidentiality"):
        _put(found, field, _one(typed, f"conditions.{field}"))
    for which in _MEMBERS:
        mode = _one(typed, which) or "everyone"
        members = [
            each for text in typed.get(f"{which}.members", []) for each in re.split(r"[\s,;]+", text) if each
        ]
        found[which.partition(".")[2]] = {"mode": mode, "members": members}
    return found


def field_named(named: str | None, typed: Typed) -> str | None:
    """The form's field for what a hub names: the row that was typed, and its first field where the row is meant."""
    if named in ("identifiers", "particulars.names"):
        return f"{named}[0].{_FIRST[named]}"
    if named is None or not (found := _LISTED.match(named)):
        return "file" if named and named.startswith("biometrics") else named
    list_, place = found[1], int(found[2])
    filled = _filled(typed, list_)
    row = filled[place] if place < len(filled) else place
    part = named[found.end() :] or f".{_FIRST[list_]}"
    return f"{list_}[{row}]{part}"


def _identifiers(typed: Typed) -> list[dict[str, str]]:
    return [
        {part: _one(typed, f"identifiers[{i}].{part}") for part in ("scheme", "value")}
        for i in _filled(typed, "identifiers")
    ]


def _names(typed: Typed) -> list[dict[str, str]]:
    rows = (
        {part: _one(typed, f"particulars.names[{i}].{part}") for part in NAME_PARTS}
        for i in _filled(typed, "particulars.names")
    )
    return [{part: value for part, value in row.items() if value} for row in rows]


def _filled(typed: Typed, which: str) -> list[int]:
    """The rows in which something is typed: one that was left empty says nothing."""
    return [
        i
        for i in range(MAX_IDENTIFIERS)
        if any(_one(typed, f"{which}[{i}].{part}") for part in _PARTS[which])
    ]


def _one(typed: Typed, field: str) -> str:
    return next((value for value in typed.get(field, ()) if value), "")


def _number(typed: Typed, field: str) -> int:
    number = whole_number(_one(typed, field))
    if number is None:
        raise InvalidValue("is a number", field=field)
    return number


def _put(place: dict[str, Any], name: str, value: str) -> None:
    if value:
        place[name] = value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return value.isoformat() if isinstance(value, date) else str(value)
