"""An operator loses a hub and has a backup, made as docs/operating.md says."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.hubs import RunningHub
from tests.scenarios.waiting import eventually

from allpoints.audit import Checkpoint, verify_promise
from allpoints.audit.verify import verify_chain, verify_receipt
from allpoints.hub import identity
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence
from allpoints.settings import PREFIX
from allpoints.store.server import SUPERUSER, Server

STOLEN = "ALB:P:BA1234567"
FROM_THE_FUTURE = """
SELECT count(*) FROM allpoints.notifications WHERE NOT pg_visible_in_snapshot(xid, pg_current_snapshot())
"""
KEEPER = "keeper"
"""A role as a database administrator grants it: no superuser."""


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[RunningHub]:
    """A hub that holds a record which somebody has found."""
    running = RunningHub(tmp_path / "lost", workers=1)
    running.start()
    running.enrol("ALB", "FRA")
    with running.operator("ALB") as owner:
        owner.contribute(contribution("ALB-1", STOLEN))
    eventually(lambda: ask(running))
    with running.superuser() as connection:
        # The lost cluster is older than the one that takes over: its transactions have higher numbers.
        for _ in range(2_000):
            connection.execute("SELECT pg_current_xact_id()")
    ask(running)
    try:
        yield running
    finally:
        running.stop()
        running.server.stop()


def contribution(reference: str, document: str) -> Contribution:
    """A stolen passport, open to everybody."""
    return Contribution(
        reference=reference,
        kind=RecordKind.TRAVEL_DOCUMENT,
        identifiers=(RawIdentifier("travel-document", document),),
        particulars=Particulars(reason="stolen"),
    )


def ask(hub: RunningHub, document: str = STOLEN) -> int:
    """How many hits FRA gets."""
    with hub.client("FRA") as officer:
        return len(officer.check([IdentifierEvidence("travel-document", document)]).hits)


def checkpoint_of(hub: RunningHub) -> Checkpoint:
    """The head of the log."""
    with hub.operator("ALB") as owner:
        return owner.checkpoint()


def assert_that_it_goes_on(restored: RunningHub, before: Checkpoint) -> None:
    """The record is found, the log continues the one that was saved, and new acts get receipts."""
    key = identity.load(restored.folder).verifier_key
    assert ask(restored) == 1
    with restored.operator("ALB") as owner:
        kept = owner.contribute(contribution("ALB-2", "ALB:P:BA7654321"))
        receipt = owner.receipt(kept.entry)
        verify_receipt(receipt, key)
        assert kept.promise is not None
        verify_promise(kept.promise, receipt.entry, key)
        after = owner.checkpoint()
        verify_chain([before, after], [owner.consistency(before, after).proof], key)
        assert [told.body["reference"] for told in owner.notifications().items][:1] == ["ALB-1"]
        eventually(lambda: ask(restored, "ALB:P:BA7654321"))
        owner.withdraw(1)
    assert not ask(restored)


def test_a_copy_of_the_data_folder_of_a_stopped_hub_goes_on_elsewhere(
    lost: RunningHub, tmp_path: Path
) -> None:
    before = checkpoint_of(lost)
    lost.stop()
    backup, elsewhere = tmp_path / "allpoints.tar", tmp_path / "elsewhere"
    run("tar", "--exclude=./index", "--exclude=./metrics", "-C", lost.folder, "-cf", backup, ".")
    shutil.rmtree(lost.folder)

    elsewhere.mkdir()
    run("tar", "-C", elsewhere, "-xpf", backup)
    restored = RunningHub(elsewhere, workers=1)
    restored.keys = lost.keys
    restored.start()
    try:
        assert_that_it_goes_on(restored, before)
    finally:
        restored.stop()


def test_a_backup_goes_on_in_another_postgresql(lost: RunningHub, tmp_path: Path) -> None:
    before = checkpoint_of(lost)
    allpoints("hub", "backup", tmp_path / "backup", data=lost.folder)

    elsewhere = Server(tmp_path / "elsewhere")
    address = elsewhere.start()
    try:
        with psycopg.connect(address.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {KEEPER} LOGIN CREATEROLE PASSWORD '{address.password(KEEPER)}'")
            connection.execute(f"CREATE DATABASE allpoints OWNER {KEEPER}")
        keeper = address.url(KEEPER, "allpoints")
        allpoints("hub", "restore", tmp_path / "backup", data=tmp_path / "restored", database_url=keeper)
        lost.stop()

        restored = RunningHub(tmp_path / "restored", workers=1, database_url=keeper)
        restored.keys = lost.keys
        restored.start()
        try:
            assert_that_it_goes_on(restored, before)
        finally:
            restored.stop()
        with psycopg.connect(address.url(SUPERUSER, "allpoints")) as connection:
            assert connection.execute(FROM_THE_FUTURE).fetchone() == (0,), "streams would send them for ever"
    finally:
        elsewhere.stop()


def allpoints(*command: object, **settings: object) -> None:
    """Run a command on the hub's machine."""
    run(
        *("env", *(f"{PREFIX}{name.upper()}={value}" for name, value in settings.items())),
        *(Path(sys.executable).with_name("allpoints"), *command),
    )


def run(*command: object) -> None:
    """Run a program as an operator does."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
