"""Kill parts of a hub under load, again and again, and count what was lost or doubled.

    python -m bench.faults [--json] [--kills 100] [--data DIR] [--seed N]

A victim is drawn at random - the whole hub, one worker, the housekeeper, PostgreSQL's postmaster or one of
its backends - and ends by `kill -9` at a random moment, while clients contribute and check without a pause.
What was acknowledged before, during and after is then looked for: in the records, in the log, by its promise,
and by asking.

Beside them works a naive client, which sends again under a new name what was not answered: that is what a
retried upload costs where there is no Idempotency-Key.
"""

import argparse
import contextlib
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple, TextIO, TypeVar

import httpx
import msgspec
import psutil
import psycopg
from tests.hubs import RunningHub, asker

from allpoints.audit import Checkpoint, Promise, VerifierKey, verify_promise
from allpoints.audit.verify import LogVerdict, verify_log
from allpoints.bureau import Signer
from allpoints.errors import AllpointsError, QuotaExceeded, TamperingFound, Unavailable
from allpoints.hub import identity
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence
from allpoints.store import ledger
from allpoints.store.server.processes import postmaster

OWNERS = ("ALB", "FRA")
CHECKER = "ITA"
NAIVE = "UTO"
NAIVE_CLIENTS = 3
BULK = 20
"""Records in a bulk contribution: enough that a kill hits the middle of one."""
UNDISTURBED_S = (0.2, 1.2)
"""How long the load runs between a recovery and the next kill."""
PATIENCE_S = 60.0

Answer = TypeVar("Answer")


class Acknowledged(NamedTuple):
    """A log entry that the hub has answered with, its promise, and the record where one was contributed."""

    bureau: str
    entry: str
    promise: Promise | None
    reference: str = ""
    record: int = 0


class Load:
    """Clients that contribute and check without a pause, each in a thread of its own.

    What fails because the hub is away is sent again with the same Idempotency-Key until it is acknowledged.
    Any other refusal is a defect and kept as a surprise.
    """

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub
        self._stop = threading.Event()
        self._numbers = iter(range(1, 10**6))
        self._lock = threading.Lock()
        self.acknowledged: list[Acknowledged] = []
        self.surprises: list[str] = []
        """Refusals that no outage explains."""
        jobs = (
            *(self._contribute_to(owner) for owner in OWNERS),
            self._contribute_in_bulk,
            self._check,
            *[self._naive] * NAIVE_CLIENTS,
        )
        self._threads = [threading.Thread(target=self._work, args=(job,), daemon=True) for job in jobs]

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The load, until the block ends and every client has had its last answer."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(PATIENCE_S)

    def wait_for_acknowledgements(self, more: int = 1) -> None:
        """Wait until so many more acts are acknowledged. Raises `TimeoutError`."""
        wanted = len(self.acknowledged) + more
        deadline = time.monotonic() + PATIENCE_S
        while len(self.acknowledged) < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"nothing was acknowledged for {PATIENCE_S:.0f} s: {self._hub.log()[-2000:]}"
                )
            time.sleep(0.01)

    def _work(self, job: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                job()
            except (AllpointsError, psycopg.Error) as error:
                self.surprises.append(f"{type(error).__name__}: {error}")

    def _contribute_to(self, owner: str) -> Callable[[], None]:
        client = self._hub.operator(owner)

        def job() -> None:
            sent = self._contribution("one")
            kept = _insist(lambda: client.contribute(sent, idempotency_key=sent.reference))
            self.acknowledged.append(Acknowledged(owner, kept.entry, kept.promise, sent.reference, kept.id))

        return job

    def _contribute_in_bulk(self) -> None:
        owner = OWNERS[0]
        client = self._hub.operator(owner)
        sent = [self._contribution("bulk") for _ in range(BULK)]
        lines = _insist(lambda: list(client.contribute_many(sent, upload=sent[0].reference)))
        for contribution, line in zip(sent, lines, strict=True):
            if line.id is None:
                self.surprises.append(f"a line was refused: {line.error}")
            else:
                self.acknowledged.append(
                    Acknowledged(owner, line.entry, line.promise, contribution.reference, line.id)
                )
        client.close()

    def _check(self) -> None:
        client = self._hub.client(CHECKER)
        for _ in range(20):
            reply = _insist(lambda: client.check([_evidence(f"NO{self._next():07d}")]))
            self.acknowledged.append(Acknowledged(CHECKER, reply.entry, reply.promise))
        client.close()

    def _naive(self) -> None:
        """One record, sent under a new reference and a new key each time it is not answered."""
        number = self._next()
        signer = Signer(NAIVE, self._hub.keys[NAIVE])
        url = f"{self._hub.url}/v1/records"
        who = asker(NAIVE, "operator", "criminal-investigation", "police")
        for attempt in range(1_000):
            body = msgspec.json.encode(_record(f"naive-{number}-{attempt}", f"NV{number:07d}"))
            headers = {"content-type": "application/json", "idempotency-key": f"naive-{number}-{attempt}"}
            with contextlib.suppress(httpx.TransportError):
                signed = signer.sign("POST", url, asker=who, body=body, headers=headers)
                if httpx.post(url, content=body, headers=signed, timeout=10).is_success:
                    return
            time.sleep(0.1)

    def _contribution(self, kind: str) -> Contribution:
        number = self._next()
        return _record(f"{kind}-{number}", _document(f"{kind}-{number}"))

    def _next(self) -> int:
        with self._lock:
            return next(self._numbers)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of what was acknowledged, counted."""

    acknowledged: int
    lost: int
    """Acknowledged records that are gone, and acknowledged entries that the log lacks or does not prove."""
    not_found: int
    """Acknowledged records that a check no longer finds."""
    doubled: int
    """Documents held by more than one record of a client that retries properly."""
    doubled_without_idempotency_key: int
    """The same of the naive client."""
    log_verifies: bool
    surprises: tuple[str, ...]


def judge(hub: RunningHub, load: Load) -> Verdict:
    """Look for everything that was acknowledged, in a hub that is ready and at rest."""
    key = identity.load(hub.folder).verifier_key
    wait_until_sealed(hub)
    with hub.superuser() as connection:
        records = {
            (owner, reference): number
            for number, owner, reference in connection.execute("SELECT id, owner, reference FROM records")
        }
        entries = _sealed_entries(connection)
        doubled = _doubled(connection, naive=False)
        naively = _doubled(connection, naive=True)
        try:
            verdict: LogVerdict | None = verified_log(connection, key)
        except TamperingFound as error:
            verdict = None
            load.surprises.append(str(error))
    found = [act for act in load.acknowledged if act.record]
    lost = sum(records.get((act.bureau, act.reference)) != act.record for act in found)
    lost += sum(not _proved(act, entries, key) for act in load.acknowledged)
    return Verdict(
        acknowledged=len(load.acknowledged),
        lost=lost,
        not_found=_not_found(hub, found),
        doubled=doubled,
        doubled_without_idempotency_key=naively,
        log_verifies=verdict is not None and verdict.unsealed == 0,
        surprises=tuple(load.surprises),
    )


def verified_log(connection: psycopg.Connection, key: VerifierKey) -> LogVerdict:
    """Verify the whole log as it stands in the database. Raises `TamperingFound`."""
    checkpoints = [Checkpoint.parse(note) for note in ledger.stored_checkpoints(connection)]
    return verify_log(ledger.stored_entries(connection), checkpoints, key)


def kill(hub: RunningHub, victim: str, draw: random.Random) -> None:
    """End the victim with SIGKILL, and start again what nobody but an operator starts."""
    if victim == "hub":
        hub.kill()
        hub.start()
        return
    living = _living(hub, victim)
    if living:
        with contextlib.suppress(psutil.NoSuchProcess):
            draw.choice(living).send_signal(signal.SIGKILL)


VICTIMS = ("hub", "original", "worker", "housekeeper", "postmaster", "backend")
"""The original is the process of which workers and housekeeper are copies."""


def _living(hub: RunningHub, victim: str) -> list[psutil.Process]:
    if victim in ("worker", "housekeeper"):
        return [child for child in _children(hub) if _listens(child) == (victim == "worker")]
    if victim == "original":
        return _originals(hub)
    server = postmaster(hub.server.cluster)
    if server is None:
        return []
    return [server] if victim == "postmaster" else server.children()


def _children(hub: RunningHub) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return [child for original in _originals(hub) for child in original.children() if _lives(child)]
    return []


def _originals(hub: RunningHub) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return [
            child
            for child in psutil.Process(hub.pid).children()
            if _lives(child) and "forkserver" in " ".join(child.cmdline())
        ]
    return []


def _lives(process: psutil.Process) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE


def _listens(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return any(line.status == psutil.CONN_LISTEN for line in process.net_connections("tcp"))
    return False


def wait_until_whole(hub: RunningHub, *, workers: int = 2) -> None:
    """Wait until every process is there and the hub is ready. Raises `TimeoutError`."""
    deadline = time.monotonic() + PATIENCE_S
    while not _is_whole(hub, workers):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the hub's processes do not come back: {hub.log()[-2000:]}")
        time.sleep(0.05)
    hub.wait_until_ready()


def _is_whole(hub: RunningHub, workers: int) -> bool:
    children = _children(hub)
    return len(children) > workers and sum(map(_listens, children)) == workers


def run(kills: int, folder: Path, seed: int, progress: TextIO) -> dict[str, object]:
    """Kill so many times; return the counts."""
    draw = random.Random(seed)
    hub = RunningHub(folder)
    ready_s: list[float] = []
    victims: Counter[str] = Counter()
    try:
        hub.start()
        hub.enrol(*OWNERS, CHECKER, NAIVE)
        load = Load(hub)
        with load.running():
            for number in range(1, kills + 1):
                time.sleep(draw.uniform(*UNDISTURBED_S))
                victim = draw.choice(VICTIMS)
                killed_at = time.monotonic()
                kill(hub, victim, draw)
                wait_until_whole(hub)
                load.wait_for_acknowledgements()
                ready_s.append(time.monotonic() - killed_at)
                victims[victim] += 1
                progress.write(
                    f"{number:4} {victim:12} ready again after {ready_s[-1]:5.2f} s,"
                    f" {len(load.acknowledged)} acknowledged\n"
                )
                progress.flush()
        verdict = judge(hub, load)
    finally:
        hub.stop()
        hub.server.stop()
    return {
        "kills": kills,
        **msgspec.structs.asdict(verdict),
        "ready_again_s_median": round(statistics.median(ready_s), 2) if ready_s else 0.0,
        "ready_again_s_max": round(max(ready_s, default=0.0), 2),
        "victims": dict(victims),
    }


def _insist(call: Callable[[], Answer]) -> Answer:
    """Try until the hub is back: whoever waits at the line does nothing else either."""
    while True:
        try:
            return call()
        except (Unavailable, QuotaExceeded):
            time.sleep(0.05)


def _record(reference: str, document: str) -> Contribution:
    today = date.today()  # noqa: DTZ011 - any day near enough
    return Contribution(
        reference=reference,
        kind=RecordKind.TRAVEL_DOCUMENT,
        identifiers=(RawIdentifier("travel-document", f"UTO:P:{document}"),),
        particulars=Particulars(reason="stolen", synthetic=True),
        valid_until=today + timedelta(days=30),
    )


def _document(reference: str) -> str:
    """The number of the document that a record of this reference is about."""
    kind, _, number = reference.partition("-")
    return f"{kind[:1].upper()}X{int(number):07d}"


def _evidence(document: str) -> IdentifierEvidence:
    return IdentifierEvidence("travel-document", f"UTO:P:{document}")


def wait_until_sealed(hub: RunningHub) -> None:
    """Wait until every entry stands under a checkpoint. Raises `TimeoutError`."""
    deadline = time.monotonic() + PATIENCE_S
    with hub.superuser() as connection:
        while connection.execute(
            "SELECT 1 FROM log_groups WHERE id NOT IN (SELECT group_id FROM log_seals) LIMIT 1"
        ).fetchone():
            if time.monotonic() > deadline:
                raise TimeoutError("the log is not sealed")
            time.sleep(0.1)


def _sealed_entries(connection: psycopg.Connection) -> dict[str, bytes]:
    return {
        f"{group}.{position}": entry
        for group, entries in connection.execute(
            "SELECT g.id, g.entries FROM log_groups g JOIN log_seals s ON s.group_id = g.id"
        )
        for position, entry in enumerate(entries)
    }


def _proved(act: Acknowledged, entries: dict[str, bytes], key: VerifierKey) -> bool:
    """Whether the entry stands in the log and is the one that the hub promised."""
    entry = entries.get(act.entry)
    if entry is None or act.promise is None:
        return False
    try:
        verify_promise(act.promise, entry, key)
    except TamperingFound:
        return False
    return True


def _doubled(connection: psycopg.Connection, *, naive: bool) -> int:
    [(count,)] = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM records WHERE (owner = %s) = %s"
        " GROUP BY owner, identifiers::text HAVING count(*) > 1) twice",
        [NAIVE, naive],
    ).fetchall()
    return int(count)


def _not_found(hub: RunningHub, contributed: Sequence[Acknowledged]) -> int:
    wanted = {act.record: _document(act.reference) for act in contributed}
    with hub.client(CHECKER, "officer", "border-control") as client:
        answers = client.check_many([_evidence(document)] for document in wanted.values())
        return sum(
            all(hit.record != record for hit in answer.hits)
            for record, answer in zip(wanted, answers, strict=True)
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 1 where anything was lost, doubled or not proved."""
    parser = argparse.ArgumentParser(prog="bench.faults", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--data", type=Path, help="folder for the hub's data; by default a temporary one")
    parser.add_argument("--seed", type=int, default=1, help="of the victims and moments drawn")
    options = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = options.data or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="allpoints-faults-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        counts = run(options.kills, folder, options.seed, sys.stderr)
    if options.json:
        sys.stdout.write(msgspec.json.encode(counts).decode() + "\n")
    else:
        sys.stdout.writelines(f"{name:32} {value}\n" for name, value in counts.items())
    flaws = ("lost", "doubled", "not_found", "surprises")
    return 0 if counts["log_verifies"] and not any(counts[flaw] for flaw in flaws) else 1


if __name__ == "__main__":
    sys.exit(main())
