"""Checks of exact identifiers with everything switched on, beside what one would otherwise write.

    python -m bench.identifiers [--json] [--data DIR] [--records N] [--identifiers-per-record K] [--seconds S]

Signatures, policies, row-level security, the log on disk: all of it, over real HTTP, against a real PostgreSQL, the
load generator on the same machine. With `--data` the world is kept in DIR and used again. 125 million identifiers:
`--records 12500000 --identifiers-per-record 10`.
"""

import argparse
import json
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from tests.hubs import RunningHub, asker, free_port

from allpoints.access.authenticate import HttpMessage, authenticate, read_signature
from allpoints.audit.entries import act_entry
from allpoints.audit.merkle import leaf_hash
from allpoints.audit.receipt import make_promises
from allpoints.bureau import Signer
from allpoints.demo.bulk import load
from allpoints.demo.bulk_identifiers import identifiers_of
from allpoints.hub import identity
from allpoints.modalities import IDENTIFIERS
from allpoints.records import SCHEMES, Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence
from allpoints.settings import HubSettings
from allpoints.steps.decode import decode_check
from bench import plain
from bench.load import Result, http_request, run

ASKER = "UTO"
HIT_SHARE = 0.01
"""Of the identifiers asked for; the rest are certainly not held. Real databases answer fewer checks with a hit."""
CONNECTIONS = (1, 16, 32, 64, 128)
P99_TO_HOLD_MS = 25.0
BULK = 1_000
RUNS = 3
MISSES_FROM = 1 << 26
"""Record numbers from here on are never loaded: their identifiers are certain misses."""


def main() -> None:
    """Run everything and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--identifiers-per-record", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of one run of the load")
    options = parser.parse_args()
    folder = options.data or Path(tempfile.mkdtemp(prefix="allpoints-bench-"))
    try:
        figures = measure(folder, options.records, options.identifiers_per_record, options.seconds)
    finally:
        if options.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures) if options.json else _table(figures))


def measure(folder: Path, records: int, per_record: int, seconds: float) -> dict[str, Any]:
    """All figures, for a world of so many records in `folder`."""
    hub, figures = _world(folder, records, per_record)
    _say("starting the hub")
    started = time.perf_counter()
    hub.start()
    figures["hub_start_s"] = round(time.perf_counter() - started, 1)
    try:
        hub.enrol(ASKER)
        figures |= _steps(hub, records)
        figures |= _single(hub, records, seconds)
        figures |= _bulk(hub, records, seconds)
        figures |= _contributions(hub, seconds)
        figures |= _searchable_after(hub)
        figures["memory_gb"] = round(_memory_gb(hub), 2)
        figures |= _plain(hub, folder, records, seconds)
    finally:
        hub.stop()
        hub.server.stop()
    figures["single_ratio_to_plain"] = round(
        figures["single_checks_per_s"] / figures["plain_single_per_s"], 2
    )
    figures["bulk_ratio_to_plain"] = round(figures["bulk_identifiers_per_s"] / figures["plain_bulk_per_s"], 2)
    return figures


def _world(folder: Path, records: int, per_record: int) -> tuple[RunningHub, dict[str, Any]]:
    """The hub over a loaded world, made if it is not there."""
    place = folder / f"hub-{records}-{per_record}"
    quota: dict[str, Any] = {"quota_per_s": 10**9, "quota_burst": 10**9, "log_level": "warning"}
    kept = place / "loaded.json"
    if not kept.exists():
        shutil.rmtree(place, ignore_errors=True)
        _say(f"loading {records:,} records with {per_record} identifiers each")
        done = [0]

        def said(count: int) -> None:
            done[0] += count
            _say(f"  {done[0]:,} records", end="\r")

        loaded = load(
            HubSettings(data=place, name="hub.test"), records, identifiers_per_record=per_record, said=said
        )
        kept.write_text(json.dumps({"load_s": round(loaded.load_s, 1), "index_s": round(loaded.index_s, 1)}))
    hub = RunningHub(place, **quota)
    index = IDENTIFIERS.open_index(place / "index" / "identifiers", identity.load(place).index_secret)
    counts = {"records": records, "identifiers": sum(index.count(scheme.name) for scheme in SCHEMES)}
    return hub, counts | json.loads(kept.read_text())


def _asked(records: int, count: int) -> list[RawIdentifier]:
    """Identifiers to ask for: one in a hundred is held, spread over all records."""
    held = set(np.linspace(0, records - 1, int(count * HIT_SHARE), dtype=np.int64).tolist())
    hits = identifiers_of(np.array(sorted(held), np.int64)) if held else []
    start = MISSES_FROM + secrets.randbelow(1 << 24)
    misses = identifiers_of(np.arange(start, start + count - len(hits)))
    every = round(1 / HIT_SHARE)
    mixed = []
    for number, miss in enumerate(misses):
        if number % (every - 1) == 0 and hits:
            mixed.append(hits.pop())
        mixed.append(miss)
    return mixed + hits


def _signed(
    hub: RunningHub, path: str, bodies: Sequence[bytes], media_type: str, **headers: str
) -> list[bytes]:
    """Requests ready to send; signed now, since a signature is good for two minutes."""
    role = {"application/json": "officer"}.get(media_type, "operator")
    who = asker(ASKER, role, "border-control" if role == "officer" else "criminal-investigation")
    signer = Signer(ASKER, hub.keys[ASKER])
    requests = []
    for body in bodies:
        sent = {"content-type": media_type} | {name: secrets.token_hex(16) for name in headers}
        signed = signer.sign("POST", hub.url + path, asker=who, body=body, headers=sent)
        requests.append(http_request("POST", path, signed, body, port=hub.port))
    return requests


def _check(identifier: RawIdentifier) -> bytes:
    return b'{"id":"%s","evidence":[{"kind":"identifier","scheme":"%s","value":"%s"}]}' % (
        secrets.token_urlsafe(16).encode(),
        identifier.scheme.encode(),
        identifier.value.encode(),
    )


def _single(hub: RunningHub, records: int, seconds: float) -> dict[str, Any]:
    """Single checks at rising load; the figure is the best rate whose p99 holds, and what came at each load."""
    curve = []
    for connections in CONNECTIONS:
        runs = []
        for _ in range(RUNS):
            _say(f"single checks over {connections} connections", end="\r")
            count = int(seconds * (2_000 if connections == 1 else 14_000))
            bodies = [_check(identifier) for identifier in _asked(records, count)]
            requests = _signed(hub, "/v1/checks", bodies, "application/json")
            before = _cpu(hub)
            result = run(hub.port, requests, connections=connections, seconds=seconds, warmup=seconds / 8)
            runs.append((result, _spent(before, _cpu(hub), result, seconds)))
        result, cpu = sorted(runs, key=lambda pair: pair[0].per_s)[len(runs) // 2]
        curve.append(
            {
                "connections": connections,
                "checks_per_s": round(result.per_s),
                "checks_per_s_all_runs": [round(each.per_s) for each, _ in runs],
                "p50_ms": round(result.percentile(0.5), 2),
                "p99_ms": round(result.percentile(0.99), 2),
                "failures": sum(each.failures for each, _ in runs),
                "cpu_us_per_check": cpu,
            }
        )
        _say(f"single checks: {curve[-1]}")
    held = [point for point in curve if point["p99_ms"] <= P99_TO_HOLD_MS] or curve
    best = max(held, key=lambda point: point["checks_per_s"])
    return {
        "single_checks_per_s": best["checks_per_s"],
        "single_p50_ms": best["p50_ms"],
        "single_p99_ms": best["p99_ms"],
        "single_connections": best["connections"],
        "single_hit_share": HIT_SHARE,
        "single_by_load": curve,
    }


def _bulk(hub: RunningHub, records: int, seconds: float) -> dict[str, Any]:
    """Requests of a thousand checks each."""
    rates: list[float] = []
    for _ in range(RUNS):
        count = int(seconds * 450)
        asked = _asked(records, count * BULK)
        bodies = [
            b"\n".join(_check(identifier) for identifier in asked[start : start + BULK]) + b"\n"
            for start in range(0, count * BULK, BULK)
        ]
        requests = _signed(hub, "/v1/checks/bulk", bodies, "application/x-ndjson")
        result = run(hub.port, requests, connections=4, seconds=seconds, warmup=seconds / 8)
        _no_failures(result)
        rates.append(result.per_s * BULK)
        _say(f"bulk checks: {rates[-1]:,.0f} identifiers a second")
    return {"bulk_identifiers_per_s": round(statistics.median(rates))}


def _contributions(hub: RunningHub, seconds: float) -> dict[str, Any]:
    """Uploads of a thousand records each."""
    rates: list[float] = []
    for _ in range(RUNS):
        upload = secrets.token_hex(6)
        numbers = iter(range(10**9))
        bodies = []
        for _ in range(int(seconds * 30)):
            lines = (
                b'{"reference":"%s-%d","kind":"travel-document","identifiers":[{"scheme":"travel-document",'
                b'"value":"UTO:P:%s%06d"}],"particulars":{"reason":"stolen","synthetic":true}}'
                % (upload.encode(), n, upload[:3].upper().encode(), n)
                for n, _ in zip(numbers, range(BULK), strict=False)
            )
            bodies.append(b"\n".join(lines) + b"\n")
        requests = _signed(
            hub, "/v1/records/bulk", bodies, "application/x-ndjson", **{"idempotency-key": "random"}
        )
        result = run(hub.port, requests, connections=4, seconds=seconds, warmup=seconds / 8)
        _no_failures(result)
        rates.append(result.per_s * BULK)
        _say(f"contributions: {rates[-1]:,.0f} records a second")
    return {"contributions_per_s": round(statistics.median(rates))}


def _searchable_after(hub: RunningHub) -> dict[str, Any]:
    """From the acknowledgement of a contribution to the first check that finds it, polled every 5 ms."""
    operator, officer = hub.operator(ASKER), hub.client(ASKER)
    waits = []
    for number in range(30):
        value = f"UTO:P:N{secrets.token_hex(4).upper()}"
        operator.contribute(
            Contribution(
                reference=f"new-{value}",
                kind=RecordKind.TRAVEL_DOCUMENT,
                identifiers=(RawIdentifier("travel-document", value),),
                particulars=Particulars(reason="lost", synthetic=True),
            )
        )
        started = time.perf_counter()
        while not officer.check([IdentifierEvidence("travel-document", value)]).hits:
            time.sleep(0.005)
        waits.append(1e3 * (time.perf_counter() - started))
        time.sleep(0.013 * (number % 7))
    return {
        "searchable_after_ms": round(statistics.median(waits), 1),
        "searchable_after_max_ms": round(max(waits), 1),
    }


def _steps(hub: RunningHub, records: int) -> dict[str, Any]:
    """Where the time of a check goes within a worker: each step alone, in this process, microseconds."""
    who, signer = asker(ASKER), Signer(ASKER, hub.keys[ASKER])
    key = hub.keys[ASKER]
    messages = []
    for identifier in _asked(records, 2_000):
        body = _check(identifier)
        headers = signer.sign("POST", f"{hub.url}/v1/checks", asker=who, body=body)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        messages.append(
            HttpMessage(
                method="POST",
                authority=f"127.0.0.1:{hub.port}",
                path="/v1/checks",
                query="",
                headers=raw,
                body=body,
            )
        )
    index = IDENTIFIERS.open_index(
        hub.folder / "index" / "identifiers", identity.load(hub.folder).index_secret
    )
    authorities = frozenset({f"127.0.0.1:{hub.port}"})
    admitted, authenticate_us = _timed(
        lambda m: authenticate(
            read_signature(m, authorities=authorities, now=time.time()),
            public_key=key.public_key,
            bureau=ASKER,
        ),
        messages,
    )
    questions, decode_us = _timed(lambda m: decode_check(m.body, today=date(2026, 1, 1)), messages)
    _, search_us = _timed(lambda q: index.search_many(q.identifiers), questions)
    now = datetime.now(UTC)
    entries, entry_us = _timed(
        lambda pair: act_entry("check", pair[0], pair[1], now, reader=ASKER, asked=1).encode(), admitted
    )
    leaves = [leaf_hash(entry) for entry in entries[:32]]
    _, promise_us = _timed(
        lambda _: make_promises(1, leaves, identity.load(hub.folder).signing_key), range(50)
    )
    return {
        "step_authenticate_us": authenticate_us,
        "step_decode_us": decode_us,
        "step_search_us": search_us,
        "step_log_entry_us": entry_us,
        "step_promise_us_in_group_of_32": round(promise_us / 32, 1),
    }


def _timed(work: Any, items: Any) -> tuple[list[Any], float]:
    items = list(items)
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        results = [work(item) for item in items]
        times.append((time.perf_counter() - started) / len(items))
    return results, round(1e6 * statistics.median(times), 1)


def _plain(hub: RunningHub, folder: Path, records: int, seconds: float) -> dict[str, Any]:
    """The same questions to one indexed column of PostgreSQL, and of SQLite, without any guarantee."""
    # In the hub's own PostgreSQL, whose settings are then the same; in a database of its own.
    with hub.superuser() as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'plain'").fetchone():
            connection.execute("CREATE DATABASE plain")
    conninfo = hub.server.start().url("postgres", "plain")
    _say("loading the plain table of PostgreSQL")
    plain.load_postgresql(conninfo, _all(records))
    _say("loading SQLite")
    sqlite = folder / f"plain-{records}.sqlite"
    plain.load_sqlite(sqlite, _all(records))
    figures: dict[str, Any] = {}
    for name, store in (("plain", conninfo), ("sqlite", str(sqlite))):
        port = free_port()
        with plain.serving(store, port):
            singles, bulks = [], []
            for _ in range(RUNS):
                asked = [_text(identifier) for identifier in _asked(records, int(seconds * 14_000))]
                requests = [plain.one_request(text, port) for text in asked]
                singles.append(run(port, requests, connections=64, seconds=seconds, warmup=seconds / 8))
                asked = [_text(identifier) for identifier in _asked(records, int(seconds * 300) * BULK)]
                requests = [
                    plain.many_request(asked[start : start + BULK], port)
                    for start in range(0, len(asked), BULK)
                ]
                bulks.append(run(port, requests, connections=4, seconds=seconds, warmup=seconds / 8))
            for result in singles + bulks:
                _no_failures(result)
            single = sorted(singles, key=lambda result: result.per_s)[RUNS // 2]
            figures |= {
                f"{name}_single_per_s": round(single.per_s),
                f"{name}_single_p50_ms": round(single.percentile(0.5), 2),
                f"{name}_single_p99_ms": round(single.percentile(0.99), 2),
                f"{name}_bulk_per_s": round(BULK * statistics.median(result.per_s for result in bulks)),
            }
            _say(
                f"{name}: {figures[f'{name}_single_per_s']:,} single, {figures[f'{name}_bulk_per_s']:,} bulk"
            )
    return figures


def _all(records: int) -> Iterator[tuple[str, int]]:
    for start in range(0, records, 100_000):
        numbers = np.arange(start, min(records, start + 100_000))
        for number, identifier in zip(numbers.tolist(), identifiers_of(numbers), strict=True):
            yield _text(identifier), number


def _text(identifier: RawIdentifier) -> str:
    return f"{identifier.scheme}:{identifier.value}"


def _processes(hub: RunningHub) -> dict[str, list[psutil.Process]]:
    children = psutil.Process(hub.pid).children(recursive=True)
    postgres = [p for p in psutil.process_iter(["name", "cmdline"]) if _serves(p, hub)]
    backends = [child for p in postgres for child in p.children(recursive=True)]
    return {"hub": [psutil.Process(hub.pid), *children], "postgresql": [*postgres, *backends]}


def _serves(process: psutil.Process, hub: RunningHub) -> bool:
    pid_file = hub.folder / "postgresql" / "cluster" / "postmaster.pid"
    return pid_file.exists() and str(process.pid) == pid_file.read_text().split("\n")[0]


def _cpu(hub: RunningHub) -> dict[str, float]:
    return {
        name: sum(sum(process.cpu_times()[:2]) for process in processes)
        for name, processes in _processes(hub).items()
    }


def _spent(
    before: dict[str, float], after: dict[str, float], result: Result, seconds: float
) -> dict[str, int]:
    """Microseconds of processor time for each check, by program; the warm-up is taken off in proportion."""
    counted = max(1, result.requests) * seconds / (seconds - seconds / 8)
    spent = {name: round(1e6 * (after[name] - before[name]) / counted) for name in after}
    return spent | {"load_generator": round(1e6 * result.cpu_s / counted)}


def _memory_gb(hub: RunningHub) -> float:
    """Proportional set size of everything that runs: what is shared counts once."""
    total = 0
    for processes in _processes(hub).values():
        for process in processes:
            total += process.memory_full_info().pss
    return total / 1e9


def _no_failures(result: Result) -> None:
    if result.failures:
        raise RuntimeError(f"{result.failures} requests failed")


def _say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


def _table(figures: dict[str, Any]) -> str:
    curve = figures.pop("single_by_load")
    lines = [f"{name:40} {value}" for name, value in figures.items()]
    lines += [f"{point['connections']:4} connections: {point}" for point in curve]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
