from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from allpoints.cli.files import chunks, in_order
from allpoints.errors import AllpointsError, InvalidValue
from allpoints.formats.lines import Read


def in_slices(items: Iterator[int], size: int) -> Iterator[int]:
    """Answer each item with its double, when a whole slice of them has come: as a client does."""
    while held := list(islice(items, size)):
        yield from (2 * item for item in held)


@given(st.lists(st.none() | st.integers()), st.integers(1, 5))
def test_each_line_gets_its_own_answer_in_the_order_of_the_file(values: list[int | None], size: int) -> None:
    bad = InvalidValue("bad")
    lines = [Read(n, bad if value is None else value) for n, value in enumerate(values, 1)]
    paired = list(in_order(iter(lines), lambda items: in_slices(items, size)))
    assert [line.line for line, _ in paired] == list(range(1, len(values) + 1))
    for (_, answer), value in zip(paired, values, strict=True):
        if value is None:
            assert isinstance(answer, AllpointsError)
        else:
            assert answer == 2 * value


def test_a_file_is_read_in_pieces_and_the_progress_adds_up(tmp_path: Path) -> None:
    file = tmp_path / "big"
    file.write_bytes(bytes(200_000))
    advanced: list[int] = []
    assert b"".join(chunks(file, advanced.append)) == bytes(200_000)
    assert sum(advanced) == 200_000
    assert len(advanced) > 1
