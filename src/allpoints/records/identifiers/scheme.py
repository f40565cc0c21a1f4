"""What an identifier is, and what a scheme says about it."""

from collections.abc import Callable, Mapping

import msgspec

MAX_VALUE = 2_000
"""Characters in an identifier, as sent and in canonical form."""

Parts = tuple[str, ...]


class RawIdentifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An identifier as somebody typed or sent it."""

    scheme: str
    value: str


class Identifier(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An identifier in canonical form: all parts of its scheme joined by colons, empty where unknown.

    `verified` is False where the scheme has a check that the value does not meet, or an unreadable character.
    """

    scheme: str
    value: str
    verified: bool = True


class Canonical(msgspec.Struct, frozen=True):
    """What a scheme makes of the parts: each in canonical form, and whether the scheme's own check is met."""

    parts: Parts
    verified: bool = True


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of identifier: how it is written, normalised, compared."""

    number: int
    """1 to 63, permanent: it is the top six bits of the hashed key."""
    name: str
    parts: Parts
    key: Parts
    """The parts that must be equal; the others qualify."""
    qualifiers: Mapping[str, Callable[[str, str], bool]] = {}
    """For each part that qualifies, whether two different canonical values can belong to the same thing."""
    normalise: Callable[[Parts], Canonical]
    """From clean parts (`characters.clean`) to canonical ones; an unknown part is empty and stays so.

    Raises `InvalidValue` whose field is the part's name.
    """
    quick: Callable[[str], Identifier | None] | None = None
    """For the schemes that are asked most: what `normalise` would make of a plain value, without its cost.

    None for a value that needs `normalise`.
    """
    partial: bool = False
    """Whether the last part can hold unreadable characters and be searched by pattern."""
    hashed: bool = False
    """Whether only a keyed hash may be stored (payment cards)."""
    examples: tuple[str, ...]

    @property
    def form(self) -> str:
        """How a value is written: `issuing_state:type:number`."""
        return ":".join(self.parts)
