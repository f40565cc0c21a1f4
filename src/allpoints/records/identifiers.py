"""Exact keys: an identifier and its scheme.

An identifier is written as its parts joined by colons (`ALB:P:BA1234567`), parsed into canonical form by its
scheme, and found by its *key*: the parts that must be equal. The other parts are *qualifiers*: they may be
missing, but where both sides state them they must not contradict.
"""

from collections.abc import Callable

import msgspec

from allpoints.errors import InvalidValue

MAX_VALUE = 2_000


class RawIdentifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An identifier as somebody typed or sent it."""

    scheme: str
    value: str


class Identifier(msgspec.Struct, frozen=True, array_like=True):
    """An identifier in canonical form. `verified` is False where the scheme's own check could not be met."""

    scheme: str
    value: str
    verified: bool = True


class Canonical(msgspec.Struct, frozen=True):
    """What a scheme makes of the parts: each in canonical form, and whether the scheme's own check is met."""

    parts: tuple[str, ...]
    verified: bool = True


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of identifier: how it is written, normalised, compared."""

    number: int
    """1 to 63, permanent: it is the top six bits of the hashed key."""
    name: str
    parts: tuple[str, ...]
    key: tuple[str, ...]
    """The parts that must be equal; the others qualify."""
    normalise: Callable[[tuple[str, ...]], Canonical]
    """From raw parts to canonical ones. Raises `InvalidValue` whose field is the part's name."""
    partial: bool = False
    """Whether it can be searched with `?` and `*` and over confusable characters."""
    hashed: bool = False
    """Whether only a keyed hash may be stored (payment cards)."""
    examples: tuple[str, ...]
