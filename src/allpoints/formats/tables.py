"""CSV with a header (RFC 4180), as spreadsheets of many countries write it: comma, semicolon or tab."""

import csv
from collections.abc import Iterable, Iterator

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats.lines import Read, decode_line, split_lines

MAX_COLUMNS = 200
_SEPARATORS = ",;\t"

Cells = list[str]


def read_table(chunks: Iterable[bytes]) -> tuple[Cells, Iterator[Read[Cells]]]:
    """Return the header and the rows; a row that cannot be read becomes its own error, an empty one nothing.

    A row counts under the number of its first line. Raises `InvalidValue` or `MalformedInput` for a header
    that is none, `TooLarge` for too many columns or a line without end.
    """
    lines = split_lines(chunks)
    first = next(lines, None)
    header_text = decode_line(first[1], 1) if first else ""
    if not header_text.strip():
        raise InvalidValue("is missing", field="header", remedy="Name the columns in the first line.")
    separator = max(_SEPARATORS, key=header_text.count)
    try:
        [header] = csv.reader([header_text], delimiter=separator, strict=True)
    except (csv.Error, ValueError) as error:
        raise MalformedInput(f"is no line of CSV: {error}", field="header") from None
    if len(header) > MAX_COLUMNS:
        raise TooLarge(f"has more than {MAX_COLUMNS} columns", field="header")
    return [name.strip() for name in header], _rows(lines, separator, len(header))


class _Texts:
    """The lines as text, with the number of the one that was read last."""

    def __init__(self, lines: Iterator[tuple[int, bytes]]) -> None:
        self._lines = lines
        self.number = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        return decode_line(line, self.number) + "\n"


def _rows(lines: Iterator[tuple[int, bytes]], separator: str, width: int) -> Iterator[Read[Cells]]:
    texts = _Texts(lines)
    reader = csv.reader(texts, delimiter=separator, strict=True)
    while True:
        number = texts.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except TooLarge:
            raise
        except AllpointsError as error:
            # The reader may be within a quoted cell: begin anew with the next line.
            reader = csv.reader(texts, delimiter=separator, strict=True)
            yield Read(number, error)
        except csv.Error as error:
            yield Read(
                number, MalformedInput(f"no row of CSV: {error}", remedy="See the quotes in this row.")
            )
        else:
            if any(cell.strip() for cell in cells):
                yield Read(number, cells if len(cells) == width else _wrong_width(len(cells), width))


def _wrong_width(found: int, width: int) -> MalformedInput:
    return MalformedInput(
        f"{found} cells under {width} columns",
        remedy="Quote a cell that contains the separator or a line break.",
    )
