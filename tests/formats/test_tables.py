import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats.tables import MAX_COLUMNS, read_table

cells = st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]), max_size=20)


@given(
    st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n))),
    st.sampled_from(",;\t"),
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]], separator: str) -> None:
    header = [f"c{n}" for n in range(len(rows[0]) if rows else 2)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([header, *rows])
    found, read = read_table([text.getvalue().encode()])
    assert found == header
    assert [r.value for r in read] == [row for row in rows if any(cell.strip() for cell in row)]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        header, rows = read_table([data])
    except AllpointsError:
        return
    for row in rows:
        assert isinstance(row.value, AllpointsError) or len(row.value) == len(header)


def test_rows_count_by_the_lines_of_the_file() -> None:
    _, rows = read_table([b'a,b\n1,"two\nlines"\n\n3,4\n'])
    assert [(row.line, row.value) for row in rows] == [(2, ["1", "two\nlines"]), (5, ["3", "4"])]


def test_a_row_that_cannot_be_read_spares_the_others() -> None:
    data = b'a,b\n1,2\n1,\xff\n1,"x"y\n1\n3,4\n'
    read = [(row.line, row.value) for row in read_table([data])[1]]
    assert read[0] == (2, ["1", "2"])
    assert read[-1] == (6, ["3", "4"])
    assert [line for line, _ in read] == [2, 3, 4, 5, 6]
    assert all(isinstance(value, MalformedInput) for _, value in read[1:4])


def test_a_quote_that_never_ends_is_refused_within_bounds() -> None:
    rows = list(read_table([b'a,b\n1,"' + b"x\n" * 200_000])[1])
    assert isinstance(rows[0].value, AllpointsError)


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert read_table(["\ufeffa;b\n".encode()])[0] == ["a", "b"]


def test_what_is_no_header_is_refused() -> None:
    for data in (b"", b"\n1,2", b"  \n"):
        with pytest.raises(InvalidValue, match="header"):
            read_table([data])
    with pytest.raises(MalformedInput, match="header"):
        read_table([b'a,"b\n1,2\n'])
    with pytest.raises(MalformedInput, match="UTF-8"):
        read_table(["a,b".encode("utf-16")])
    with pytest.raises(TooLarge, match="columns"):
        read_table([b"," * MAX_COLUMNS])
