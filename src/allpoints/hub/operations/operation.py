"""What one row of the table of operations says."""

from typing import Any

import msgspec

JSON = "application/json"


class Takes(msgspec.Struct, frozen=True):
    """What a request's body holds."""

    body: Any
    media_type: str = JSON


class Gives(msgspec.Struct, frozen=True):
    """What an answer's body holds."""

    body: Any
    media_type: str = JSON
    status: int = 200


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table."""

    method: str
    path: str
    summary: str
    takes: Takes | None = None
    gives: Gives
    query: dict[str, dict[str, Any]] = {}
    headers: tuple["Header", ...] = ()


class Header(msgspec.Struct, frozen=True):
    """A header field that the signature covers where it is sent."""

    name: str
    pattern: str
    required: bool = True


PAGE = {
    "after": {"type": "integer", "minimum": 0},
    "limit": {"type": "integer", "minimum": 1, "maximum": 500},
}
"""The query of a list in pages."""
