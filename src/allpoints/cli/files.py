"""Reading the files that are given, with a progress bar on stderr."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from allpoints.cli import screen
from allpoints.errors import AllpointsError
from allpoints.formats.lines import Read

CHUNK = 1 << 16

Advance = Callable[[int], None]
Item = TypeVar("Item")
Answer = TypeVar("Answer")


@contextmanager
def progress(file: Path, doing: str) -> Iterator[Advance]:
    """A bar over the bytes of a file; on a terminal only."""
    with bar(doing, total=file.stat().st_size) as advance:
        yield advance


@contextmanager
def bar(doing: str, *, total: int | None = None) -> Iterator[Advance]:
    """A bar that is advanced by calling it; without a total it only shows that something goes on."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=screen.errors, transient=True, disable=not screen.errors.is_terminal
    ) as shown:
        task = shown.add_task(doing, total=total)
        yield lambda amount: shown.advance(task, amount)


def chunks(file: Path, advance: Advance) -> Iterator[bytes]:
    """The file's bytes in pieces."""
    with file.open("rb") as source:
        while piece := source.read(CHUNK):
            advance(len(piece))
            yield piece


def in_order(
    lines: Iterator[Read[Item]], send: Callable[[Iterator[Item]], Iterator[Answer]]
) -> Iterator[tuple[Read[Item], Answer | AllpointsError]]:
    """Send what could be read and pair each line of the file with its answer, or why it could not be read."""
    waiting: deque[Read[Item]] = deque()

    def good() -> Iterator[Item]:
        for line in lines:
            waiting.append(line)
            if not isinstance(line.value, AllpointsError):
                yield line.value

    def unreadable() -> Iterator[tuple[Read[Item], AllpointsError]]:
        while waiting and isinstance(error := waiting[0].value, AllpointsError):
            yield waiting.popleft(), error

    for answer in send(good()):
        yield from unreadable()
        yield waiting.popleft(), answer
    yield from unreadable()
