"""What `allpoints hub duplicates` shows: numbers on the screen, record ids in a file, never what a record says."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from allpoints.cli import screen
from allpoints.cli.files import bar

STEPS = 1_000


class Numbers(Protocol):
    """What was found, in numbers."""

    @property
    def records(self) -> int: ...
    @property
    def compared(self) -> int: ...
    @property
    def left_out(self) -> int: ...
    @property
    def unreadable(self) -> int: ...
    @property
    def threshold_llr(self) -> float: ...
    @property
    def groups_by_size(self) -> dict[int, int]: ...
    @property
    def within_one_bureau(self) -> int: ...
    @property
    def pairs_by_bureaus(self) -> dict[str, int]: ...


@contextmanager
def stages() -> Iterator[Callable[[str, float], None]]:
    """Bars for work that comes in stages, told as the stage and the share of it that is done."""
    with ExitStack() as stack:
        shown: dict[str, tuple[Callable[[int], None], int]] = {}

        def progress(stage: str, share: float) -> None:
            if stage not in shown:
                stack.pop_all().close()
                shown[stage] = (stack.enter_context(bar(stage, total=STEPS)), 0)
            advance, done = shown[stage]
            now = int(min(share, 1.0) * STEPS)
            if now > done:
                advance(now - done)
                shown[stage] = (advance, now)

        yield progress


def show(found: Numbers) -> None:
    """Write the numbers as a person reads them."""
    groups = sum(found.groups_by_size.values())
    screen.say(
        f"{groups:,} groups among {found.records:,} records, from LLR {found.threshold_llr:.1f} on; "
        f"{found.within_one_bureau:,} of them within one bureau.",
        style="bold",
    )
    screen.table(("records", "groups"), found.groups_by_size.items(), empty="No duplicates.")
    screen.table(
        ("bureaus", "pairs"), found.pairs_by_bureaus.items(), empty="No two bureaus have a person in common."
    )
    screen.note(
        f"{found.compared:,} pairs compared; {found.left_out:,} pairs of large blocks were passed over in the walk."
    )
    if found.unreadable:
        screen.note(f"{found.unreadable:,} records could not be read and were not compared: see the log.")


class Raised(Protocol):
    """What came of the pairs of two bureaus, in numbers."""

    @property
    def new(self) -> int: ...
    @property
    def not_borne_out(self) -> int: ...


def show_raised(raised: Raised) -> None:
    """Write what came of the pairs, also of those that became no link."""
    screen.say(f"{raised.new:,} links are new; their owners are told.")
    if raised.not_borne_out:
        screen.note(
            f"{raised.not_borne_out:,} pairs became no link: comparing the two records by themselves does not bear "
            "them out strongly enough."
        )


def write_report(file: Path, groups: Iterator[object]) -> None:
    """Write one JSON object a line for each group, to a private file that is there whole or not at all."""
    draft = file.with_name(f"{file.name}.part")
    encoder = msgspec.json.Encoder()
    try:
        draft.touch(mode=0o600)
        with draft.open("wb") as target:
            for group in groups:
                target.write(encoder.encode(group) + b"\n")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
