"""Text files line by line, within limits: what every other reader of many lines stands on."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from allpoints.errors import AllpointsError, MalformedInput, TooLarge

MAX_LINE = 1 << 20
"""Bytes in one line."""

Value = TypeVar("Value")


class Read(msgspec.Struct, Generic[Value], frozen=True):
    """What stands in one line, or why that cannot be read. Lines count from 1."""

    line: int
    value: Value | AllpointsError
    columns: dict[str, str] = {}
    """Which column a field of the value came from, such as `particulars.reason` from `Grund`."""

    def column(self, field: str | None) -> str:
        """The name that the sender of the line knows a field by: of its column, where there are columns."""
        path = field or ""
        while path and path not in self.columns:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.columns.get(path) or field or ""


def split_lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield each line with its number, without its end, from bytes in whatever pieces they come.

    Raises `TooLarge` naming a line of more than `MAX_LINE` bytes: what follows it cannot be found.
    """
    number, rest = 1, b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        for line in whole:
            _check_length(line, number)
            yield number, line.removesuffix(b"\r")
            number += 1
        _check_length(rest, number)
    if rest:
        yield number, rest.removesuffix(b"\r")


def decode_line(line: bytes, number: int) -> str:
    """Return the text of a line, the first without its byte order mark. Raises `MalformedInput`."""
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(
            f"byte {error.start + 1} of the line is not UTF-8",
            field=f"line {number}",
            remedy="Save the file as UTF-8.",
        ) from None


def _check_length(line: bytes, number: int) -> None:
    if len(line) > MAX_LINE:
        raise TooLarge(f"has more than {MAX_LINE} bytes", field=f"line {number}", remedy="Split the line.")
