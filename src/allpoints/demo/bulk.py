"""A world of millions of records, loaded straight into the tables of a hub that does not run.

    python -m allpoints.demo.bulk --records 10000000
    python -m allpoints.demo.bulk --records 12500000 --identifiers-per-record 10     # 125 million identifiers

The hub's settings (`ALLPOINTS_…`) say which hub. Every record is synthetic, and `bulk_identifiers` says what each
one holds without the database. An interrupted load leaves nothing; start it again.
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from allpoints.demo.bulk_identifiers import MAX_LOADED, MAX_PLACES, OWNERS
from allpoints.demo.bulk_rows import RowMaker, Times
from allpoints.demo.conditions import MIX
from allpoints.demo.world import bureau
from allpoints.errors import AllpointsError, InvalidValue, Unavailable
from allpoints.hub import identity
from allpoints.hub.environment import Environment
from allpoints.settings import HubSettings, hub_settings
from allpoints.steps.indexes import rebuild
from allpoints.store.loading import copy_rows, enrol_bureaus, loading, store_conditions

DEFAULT_RECORDS = 10_000_000
_CHUNK = 100_000
_PROCESSES = 2
_BYTES_PER_RECORD, _BYTES_PER_IDENTIFIER = 900, 150
"""Room on the disk with indexes and the write-ahead log: measured, and rounded up."""

Said = Callable[[int], None]


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What a load took: seconds for rows and constraints together, and for the hub's index."""

    records: int
    identifiers_per_record: int
    load_s: float
    index_s: float


def load(
    settings: HubSettings,
    records: int,
    *,
    identifiers_per_record: int = 1,
    seed: str = "allpoints",
    said: Said = lambda _: None,
) -> Loaded:
    """Load that many records, numbered from 0, and build the hub's index; `said` hears of each chunk's records.

    A record has at least so many identifiers as asked; a vehicle always has two. An identity is made where the
    hub has none. Raises `InvalidValue` for a number out of range, `Conflict` where the hub holds records, and
    `Unavailable` for want of disk or database.
    """
    if not 1 <= records <= MAX_LOADED:
        raise InvalidValue(f"from 1 to {MAX_LOADED}", field="records")
    if not 1 <= identifiers_per_record < MAX_PLACES:
        raise InvalidValue(f"from 1 to {MAX_PLACES - 1}", field="identifiers-per-record")
    if not settings.data.joinpath("identity.json").exists():
        identity.create(settings.data, settings.name)
    _check_room(settings, records, identifiers_per_record)
    environment = Environment(settings)
    owner = environment.start()
    try:
        secret = environment.identity.index_secret
        started = time.perf_counter()
        now = datetime.now(UTC)
        with loading(owner):
            enrol_bureaus(owner, map(bureau, OWNERS))
            make = _Make(
                owner=owner,
                secret=secret,
                condition_sets=_condition_sets(owner),
                times=Times(now, now.date() + timedelta(days=365 * 5), now.date() + timedelta(days=365)),
                per_record=identifiers_per_record,
                seed=seed,
            )
            _fill(make, records, said)
        loaded = time.perf_counter()
        rebuild(environment.indexes, environment.conninfos["allpoints_system"])
        return Loaded(
            records=records,
            identifiers_per_record=identifiers_per_record,
            load_s=loaded - started,
            index_s=time.perf_counter() - loaded,
        )
    finally:
        environment.stop()


class _Make(msgspec.Struct, frozen=True, kw_only=True):
    """What a process needs to make and load its rows."""

    owner: str
    secret: bytes
    condition_sets: list[int]
    times: Times
    per_record: int
    seed: str

    def __repr__(self) -> str:
        return f"_Make(per_record={self.per_record})"


_rows: RowMaker
_owner: str


def _begin(make: _Make) -> None:
    # Ctrl-C reaches the whole group; the parent alone decides what becomes of the load.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    global _rows, _owner  # noqa: PLW0603 - what a process of the pool keeps between its chunks
    _owner = make.owner
    _rows = RowMaker(
        secret=make.secret,
        condition_sets=make.condition_sets,
        times=make.times,
        per_record=make.per_record,
        seed=make.seed,
    )


def _load_chunk(first: int, last: int) -> int:
    copy_rows(_owner, *_rows.blocks(first, last))
    return last - first


def _fill(make: _Make, records: int, said: Said) -> None:
    pool = ProcessPoolExecutor(_PROCESSES, get_context("spawn"), initializer=_begin, initargs=(make,))
    try:
        chunks: list[Future[int]] = [
            pool.submit(_load_chunk, first, min(first + _CHUNK, records))
            for first in range(0, records, _CHUNK)
        ]
        for chunk in as_completed(chunks):
            said(chunk.result())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _condition_sets(owner: str) -> list[int]:
    """The sets of the mix, each as often as its share says, spread evenly by a step that meets all of them."""
    ids = store_conditions(owner, [conditions for conditions, _ in MIX])
    shares = [number for number, (_, share) in zip(ids, MIX, strict=True) for _ in range(share)]
    return [shares[place * 37 % len(shares)] for place in range(len(shares))]


def _check_room(settings: HubSettings, records: int, identifiers_per_record: int) -> None:
    if settings.database_url:
        return
    needed = records * (_BYTES_PER_RECORD + _BYTES_PER_IDENTIFIER * identifiers_per_record)
    free = shutil.disk_usage(settings.data).free
    if free < needed:
        raise Unavailable(
            f"the disk has {free >> 30} GiB free; this world needs about {(needed >> 30) + 1}",
            remedy="Make room, choose another folder as ALLPOINTS_DATA, or load fewer records.",
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="allpoints.demo.bulk", description="Load a large synthetic world.")
    parser.add_argument("--records", type=int, default=DEFAULT_RECORDS)
    parser.add_argument("--identifiers-per-record", type=int, default=1)
    options = parser.parse_args(arguments)
    console = Console(stderr=True)
    console.rule("SYNTHETIC: every record of this world is made up", characters="=", style="bold magenta")
    columns = (TextColumn("records"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=options.records)
            loaded = load(
                hub_settings(),
                options.records,
                identifiers_per_record=options.identifiers_per_record,
                said=lambda count: progress.advance(bar, count),
            )
    except AllpointsError as error:
        console.print(f"{error}\n{error.remedy}", style="bold red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("Interrupted; nothing was kept.", style="bold red")
        return 130
    sys.stdout.write(msgspec.json.encode(loaded).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
