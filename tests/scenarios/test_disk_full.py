"""The hub's disk runs full: writes are refused as such, nothing acknowledged is lost, and it goes on with room."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from bench.faults import verified_log, wait_until_sealed, wait_until_whole
from tests.hubs import RunningHub
from tests.scenarios.waiting import eventually, evidence

from allpoints.audit import verify_promise
from allpoints.bureau import Client
from allpoints.errors import AllpointsError, Unavailable
from allpoints.hub import identity
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.wire.corridor import Kept

DISK_MIB = 160
MEBIBYTE = 1 << 20


class Disk(NamedTuple):
    """A small disk with a hub on it, and the file that fills it."""

    hub: RunningHub
    ballast: Path

    def fill(self) -> None:
        """Leave no room."""
        with self.ballast.open("ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(MEBIBYTE // 16))
            except OSError:
                return

    def clear(self) -> None:
        """Make room."""
        self.ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A hub whose data folder is a file system of its own."""
    mount = tmp_path / "disk"
    mount.mkdir()
    options = f"size={DISK_MIB}m,mode=0755"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(mount)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    hub = RunningHub(mount / "hub")
    try:
        hub.start()
        hub.enrol("ALB", "UTO")
        yield Disk(hub, mount / "ballast")
    finally:
        hub.stop()
        hub.server.stop("immediate")
        subprocess.run(["umount", "-l", str(mount)], check=True)


def _contribution(number: int) -> Contribution:
    return Contribution(
        reference=f"disk-{number}",
        kind=RecordKind.TRAVEL_DOCUMENT,
        identifiers=(RawIdentifier("travel-document", f"UTO:P:DF{number:06d}"),),
        particulars=Particulars(reason="stolen", description="x" * 3_900),
    )


def _contribute_until_refused(operator: Client) -> tuple[list[Kept], AllpointsError]:
    kept: list[Kept] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            kept.append(operator.contribute(_contribution(len(kept)), idempotency_key=f"disk-{len(kept)}"))
        except AllpointsError as refused:
            return kept, refused
    raise AssertionError("a full disk refused nothing")


def test_a_full_disk_refuses_and_loses_nothing(disk: Disk) -> None:
    hub = disk.hub
    operator = hub.operator("UTO")
    first = operator.contribute(_contribution(999_999))
    disk.fill()
    kept, refused = _contribute_until_refused(operator)
    assert isinstance(refused, Unavailable)
    assert refused.remedy
    # Whoever goes on asking must not wear the hub down: nothing of it may need the disk to stay alive.
    for _ in range(2):
        with suppress(Unavailable):
            hub.client("ALB").check(evidence("travel-document", "UTO:P:NOBODY"))
        with suppress(httpx.TransportError):
            httpx.get(f"{hub.url}/metrics", timeout=5)
    disk.clear()
    wait_until_whole(hub)
    assert "process.died" not in hub.log()
    # The one that was refused goes in under its key as if nothing had been.
    again = eventually(lambda: _contributed(operator, len(kept)))
    acknowledged = [first, *kept, again]
    with hub.superuser() as database:
        stored = {number for (number,) in database.execute("SELECT id FROM records")}
    assert stored == {record.id for record in acknowledged}
    wait_until_sealed(hub)
    key = identity.load(hub.folder).verifier_key
    for record in (first, *kept[-3:], again):
        assert record.promise is not None
        verify_promise(record.promise, operator.receipt(record.entry).entry, key)
    with hub.superuser() as database:
        assert verified_log(database, key).unsealed == 0
    officer = hub.client("ALB")
    last = f"UTO:P:DF{len(kept):06d}"
    assert eventually(lambda: officer.check(evidence("travel-document", last)).hits)[0].record == again.id


def _contributed(operator: Client, number: int) -> Kept | None:
    try:
        return operator.contribute(_contribution(number), idempotency_key=f"disk-{number}")
    except Unavailable:
        return None
