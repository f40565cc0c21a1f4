"""Records from a table: what each column means, and from a row's cells to a contribution."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

import msgspec

from allpoints.errors import AllpointsError, InvalidValue
from allpoints.formats.lines import Read
from allpoints.formats.ndjson import invalid
from allpoints.formats.person_columns import NAME_COLUMNS, PARTS, NamesOfRow, field_of, several
from allpoints.formats.tables import read_table
from allpoints.records import (
    OPERATIONAL_PURPOSES,
    SCHEMES,
    Confidentiality,
    Contribution,
    Particulars,
    Reason,
    RecordKind,
    Release,
    parse_evaluation,
    scheme_named,
)

BETWEEN = "|"
"""Stands between several values in one cell; between names and nationalities also `;`."""

_SCHEMES = {scheme.name: scheme for scheme in SCHEMES}
_WORDS: dict[str, tuple[str, ...]] = {
    "kind": tuple(RecordKind),
    "particulars.reason": get_args(Reason),
    "conditions.bureaus.mode": ("everyone", "only …", "except …"),
    "conditions.agencies.mode": ("everyone", "only …", "except …"),
    "conditions.purposes": OPERATIONAL_PURPOSES,
    "conditions.disclosure": tuple(Release),
    "conditions.confidentiality": tuple(Confidentiality),
    "particulars.sex": ("F", "M", "X"),
}
"""Fields that take only certain words."""

_REPEATABLE = {*NAME_COLUMNS, "nationalities", "purposes", *_SCHEMES} - set(PARTS)


def _text(cell: str) -> Any:
    return cell


def _several(cell: str) -> Any:
    return [part for piece in cell.split(BETWEEN) if (part := piece.strip())]


def _sex(cell: str) -> Any:
    return cell.upper()


def _selection(cell: str) -> Any:
    """`everyone`, `only ALB|ITA` or `except SRB`."""
    mode, _, members = cell.strip().partition(" ")
    return {"mode": mode.lower(), "members": _several(members)}


def _evaluation(cell: str) -> Any:
    return msgspec.to_builtins(parse_evaluation(cell))


Place = tuple[str, Callable[[str], Any]]

FIELDS: dict[str, Place] = {
    "reference": ("reference", _text),
    "kind": ("kind", _text),
    "evaluation": ("evaluation", _evaluation),
    "valid_until": ("valid_until", _text),
    "review_by": ("review_by", _text),
    "bureaus": ("conditions.bureaus", _selection),
    "agencies": ("conditions.agencies", _selection),
    "purposes": ("conditions.purposes", _several),
    "disclosure": ("conditions.disclosure", _text),
    "confidentiality": ("conditions.confidentiality", _text),
    **{name: (f"particulars.{name}", _text) for name in Particulars.__struct_fields__ if name != "names"},
    "nationalities": ("particulars.nationalities", several),
    "sex": ("particulars.sex", _sex),
}
"""What a column can mean beside a name, an identifier's scheme (`plate`) or a part of one (`plate.number`)."""

REQUIRED = ("reference", "kind", "reason")


def read_csv_records(
    chunks: Iterable[bytes], *, columns: Mapping[str, str], constants: Mapping[str, str]
) -> Iterator[Read[Contribution]]:
    """Yield the contribution that each row makes; a row that makes none becomes its own error.

    `columns` says which field a column means, where its name does not: `{"Kennzeichen": "plate.number"}`; an
    empty field leaves the column out. `constants` are fields with the same value in each row. Raises
    `InvalidValue` for what cannot be a table of records at all, and what `read_table` raises.
    """
    header, rows = read_table(chunks)
    if unknown := set(columns) - set(header):
        raise InvalidValue(
            f"there is no column {min(unknown)!r}",
            field="map",
            remedy=f"The columns are: {', '.join(header)}.",
        )
    fields = [_field(columns.get(name, name), name) for name in header]
    constants = {_field(name, f"{name} (set)"): value for name, value in constants.items()}
    once = [field for field in fields if field and field not in _REPEATABLE]
    if repeated := {field for field in once if once.count(field) > 1}:
        raise InvalidValue(
            "two columns say it", field=min(repeated), remedy="Leave one of them out with --map."
        )
    for required in REQUIRED:
        if required not in fields and required not in constants:
            raise InvalidValue(
                "no column says it",
                field=required,
                remedy=f"Map a column to it, or set one value for all: --set {required}=…",
            )
    known = list(constants.items())
    for row in rows:
        if isinstance(row.value, AllpointsError):
            yield Read(row.line, row.value)
        else:
            stated = [("", field, value) for field, value in known]
            stated += zip(header, fields, row.value, strict=True)
            yield _contribution(row.line, stated)


def _field(name: str, column: str) -> str:
    """The field of that name, empty where the column is left out. Raises `InvalidValue` where there is none."""
    field = field_of(name)
    scheme, _, part = field.partition(".")
    if field in ("", *FIELDS, *NAME_COLUMNS):
        return field
    if scheme in _SCHEMES and (not part or part in _SCHEMES[scheme].parts):
        return field
    raise InvalidValue(
        f"there is no field {name!r}",
        field=f"column {column}",
        remedy=f"Leave the column out with --map '{column}=', or map it to one of: "
        f"{', '.join((*FIELDS, *NAME_COLUMNS, *_SCHEMES))}, or a part such as plate.number.",
    )


def _contribution(line: int, stated: list[tuple[str, str, str]]) -> Read[Contribution]:
    value: dict[str, Any] = {"particulars": {}, "identifiers": []}
    columns: dict[str, str] = {}
    parts: dict[str, dict[str, str]] = {}
    names = NamesOfRow()
    try:
        for column, field, cell in stated:
            scheme, _, part = field.partition(".")
            if field in FIELDS:
                columns[FIELDS[field][0]] = column
            if not field or not cell.strip():
                continue
            if field in FIELDS:
                path, convert = FIELDS[field]
                _put(value, path, convert(cell.strip()))
            elif field in NAME_COLUMNS:
                names.add(field, cell, column)
            elif part:
                parts.setdefault(scheme, {})[part] = cell.strip()
                columns.setdefault(scheme, column)
            else:
                for text in _several(cell):
                    _add(value, columns, scheme, text, column)
        for scheme, known in parts.items():
            _add(value, columns, scheme, _joined(scheme, known), columns[scheme])
        value["particulars"]["names"] = names.names
        columns |= {f"particulars.names[{i}]": column for i, column in enumerate(names.columns)}
        _check_required(value)
        return Read(line, msgspec.convert(value, Contribution, strict=False), columns)
    except msgspec.ValidationError as error:
        return Read(line, _with_remedy(invalid(error)), columns)
    except InvalidValue as error:
        return Read(line, error, columns)


def _check_required(value: dict[str, Any]) -> None:
    for name in REQUIRED:
        if name not in value and name not in value["particulars"]:
            raise InvalidValue("is empty", field=FIELDS[name][0])


def _with_remedy(error: InvalidValue) -> InvalidValue:
    """The error; where its field takes only certain words, with these words."""
    words = _WORDS.get((error.field or "").partition("[")[0])
    if words is None:
        return error
    return InvalidValue(error.detail, field=error.field, remedy=f"Use one of: {', '.join(words)}.")


def _put(value: dict[str, Any], path: str, content: Any) -> None:
    *above, name = path.split(".")
    for step in above:
        value = value.setdefault(step, {})
    value[name] = [*value.get(name, ()), *content] if isinstance(content, list) else content


def _add(value: dict[str, Any], columns: dict[str, str], scheme: str, text: str, column: str) -> None:
    columns[f"identifiers[{len(value['identifiers'])}]"] = column
    value["identifiers"].append({"scheme": scheme, "value": text})


def _joined(scheme: str, known: Mapping[str, str]) -> str:
    for part, text in known.items():
        if ":" in text and len(scheme_named(scheme).parts) > 1:
            raise InvalidValue(
                "contains a colon", field=scheme, remedy=f"Map the column to {scheme}, not to {part}."
            )
    return ":".join(known.get(part, "") for part in scheme_named(scheme).parts)
