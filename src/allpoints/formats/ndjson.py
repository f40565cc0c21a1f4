"""NDJSON: one JSON value of a known type a line (https://github.com/ndjson/ndjson-spec)."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.formats.lines import Read, decode_line, split_lines

Value = TypeVar("Value")


def read_ndjson(chunks: Iterable[bytes], kind: type[Value]) -> Iterator[Read[Value]]:
    """Yield what stands in each line that is not empty; a bad line becomes its own error.

    Raises `TooLarge` for a line without end.
    """
    decoder: msgspec.json.Decoder[Value] = msgspec.json.Decoder(kind)
    for number, line in split_lines(chunks):
        if line.strip():
            value = _attempt(decoder, line, number)
            yield Read(number, value)


def _attempt(decoder: msgspec.json.Decoder[Value], line: bytes, number: int) -> Value | AllpointsError:
    try:
        return decoder.decode(decode_line(line, number))
    except AllpointsError as error:
        return error
    except msgspec.ValidationError as error:
        return invalid(error)
    except (msgspec.DecodeError, RecursionError) as error:
        return MalformedInput(f"not JSON: {error}")


def invalid(error: msgspec.ValidationError) -> InvalidValue:
    """The error with the path of its field, such as `particulars.reason`."""
    detail, _, path = str(error).partition(" - at `$")
    return InvalidValue(detail, field=path.rstrip("`").lstrip(".") or None)
