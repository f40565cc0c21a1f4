"""From what somebody typed to an identifier in canonical form, and from there to its key."""

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import clean
from allpoints.records.identifiers.scheme import (
    MAX_VALUE,
    Canonical,
    Identifier,
    Parts,
    RawIdentifier,
    Scheme,
)
from allpoints.records.identifiers.schemes import SCHEMES

_BY_NAME = {scheme.name: scheme for scheme in SCHEMES}
_QUICK = {scheme.name: scheme.quick for scheme in SCHEMES if scheme.quick}
_KEY_POSITIONS = {
    scheme.name: tuple(scheme.parts.index(part) for part in scheme.key)
    for scheme in SCHEMES
    if scheme.key != scheme.parts
}


def scheme_named(name: str, *, field: str = "scheme") -> Scheme:
    """Return the scheme of that name. Raises `InvalidValue`."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise InvalidValue(
            "there is no such scheme", field=field, remedy=f"Use one of: {', '.join(_BY_NAME)}."
        ) from None


def parse_identifier(raw: RawIdentifier, *, field: str) -> Identifier:
    """Return the identifier in canonical form.

    A value has either all parts of its scheme, or only those of its key. Raises `InvalidValue` for a scheme
    or a value that is none; its field is `field` with `.scheme` or `.value`, its message names the part.
    """
    quick = _QUICK.get(raw.scheme)
    if quick is not None and (identifier := quick(raw.value)) is not None:
        return identifier
    scheme = scheme_named(raw.scheme, field=f"{field}.scheme")
    with_parts = split_value(raw.value, scheme, field=field)
    if len(with_parts) == len(scheme.parts):
        parts = with_parts
    elif len(with_parts) == len(scheme.key):
        stated = dict(zip(scheme.key, with_parts, strict=True))
        parts = tuple(stated.get(part, "") for part in scheme.parts)
    else:
        raise refused(InvalidValue(f"has {len(with_parts)} parts"), scheme, field)
    canonical = normalised(parts, scheme, field=field)
    for name, part in zip(scheme.parts, canonical.parts, strict=True):
        if name in scheme.key and not part.strip("?"):
            raise refused(InvalidValue("is missing", field=name), scheme, field)
    if scheme.partial and "*" in canonical.parts[-1]:
        error = InvalidValue(
            "* belongs to a search", field=scheme.parts[-1], remedy="Write ? for each unreadable character."
        )
        raise refused(error, scheme, field)
    return Identifier(scheme.name, ":".join(canonical.parts), canonical.verified)


def key_text(identifier: Identifier) -> str:
    """Return the parts of a canonical identifier that must be equal, such as `ALB:BA1234567`."""
    positions = _KEY_POSITIONS.get(identifier.scheme)
    if positions is None:
        return identifier.value
    parts = identifier.value.split(":")
    return ":".join([parts[position] for position in positions])


def split_value(value: str, scheme: Scheme, *, field: str) -> Parts:
    """Return the clean parts as they were written. Raises `InvalidValue`."""
    if len(value) > MAX_VALUE:
        raise InvalidValue(f"more than {MAX_VALUE} characters", field=f"{field}.value")
    try:
        text = clean(value)
    except InvalidValue as error:
        raise refused(error, scheme, field) from None
    return tuple(part.strip() for part in text.split(":")) if len(scheme.parts) > 1 else (text,)


def normalised(parts: Parts, scheme: Scheme, *, field: str) -> Canonical:
    """Return what the scheme makes of all its parts. Raises `InvalidValue` that names the part."""
    try:
        canonical = scheme.normalise(parts)
    except InvalidValue as error:
        raise refused(error, scheme, field) from None
    if sum(map(len, canonical.parts)) > MAX_VALUE:
        raise InvalidValue(f"more than {MAX_VALUE} characters in canonical form", field=f"{field}.value")
    return canonical


def refused(error: InvalidValue, scheme: Scheme, field: str) -> InvalidValue:
    """Return the error a sender gets: with the field they sent, the part, and how the scheme is written."""
    return InvalidValue(
        f"{scheme.name} {error.field or 'value'} {error.detail}",
        field=f"{field}.value",
        remedy=f"{error.remedy} It is written {scheme.form}, such as {scheme.examples[0]}.",
    )
