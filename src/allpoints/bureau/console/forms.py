"""What people type, as typed values. A form is a frozen struct: its fields are the form's, its types are the rules."""

from typing import Any, TypeVar, get_origin

import msgspec
from litestar import Request

from allpoints.errors import InvalidValue

Form = TypeVar("Form")
MAX_DIGITS = 18
"""Of a number that somebody types: what a database counts with."""


async def read_form(request: Request[Any, Any, Any], kind: type[Form]) -> Form:
    """Read a form. What was left empty takes the struct's default. Raises `InvalidValue` that names the field."""
    typed = await request.form()
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(kind):  # type: ignore[arg-type]
        given = [
            each.strip() if isinstance(each, str) else each for each in typed.getall(field.encode_name, [])
        ]
        given = [each for each in given if each != ""]
        if get_origin(field.type) is tuple:
            values[field.encode_name] = given
        elif given:
            values[field.encode_name] = given[-1]
        elif field.required:
            raise InvalidValue("is missing", field=field.encode_name, remedy="Fill in the field.")
    return converted(values, kind)


def converted(values: object, kind: type[Form]) -> Form:
    """Values of texts as what they mean. Raises `InvalidValue` that names the field."""
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        raise InvalidValue(what, field=where.rstrip("`").partition("[")[0] or None) from None


def whole_number(text: str) -> int | None:
    """The number that these digits are; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None
