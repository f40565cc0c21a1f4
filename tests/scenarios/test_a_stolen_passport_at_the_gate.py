"""UTO reports a passport stolen; ALB's officer meets it at the gate; UTO reads, proves and takes it back."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hubs import RunningHub
from tests.scenarios.waiting import eventually

from allpoints.audit import Receipt, verify_promise
from allpoints.audit.verify import verify_receipt
from allpoints.bureau import Client
from allpoints.errors import TamperingFound
from allpoints.hub import identity
from allpoints.records import (
    Conditions,
    Contribution,
    Particulars,
    Purpose,
    RawIdentifier,
    RecordKind,
    Selection,
)
from allpoints.records.evidence import MrzEvidence
from allpoints.wire.corridor import CheckReply, Kept, Notification

ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
"""The specimen of Doc 9303-4, as printed there."""

CONDITIONS = Conditions(
    agencies=Selection("only", ("border-police",)),
    purposes=(Purpose.BORDER_CONTROL, Purpose.CRIMINAL_INVESTIGATION),
)


@pytest.fixture(scope="module")
def stolen(hub: RunningHub) -> Iterator[Kept]:
    """The specimen, contributed by UTO for border police only."""
    operator = hub.operator("UTO")
    kept = operator.contribute(
        Contribution(
            reference="gate-specimen",
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(RawIdentifier("travel-document", "UTO:P:L898902C3"),),
            particulars=Particulars(
                reason="stolen", instructions="Seize the document.", names=("Eriksson Anna Maria",)
            ),
            conditions=CONDITIONS,
        )
    )
    yield kept
    operator.withdraw(kept.id)


@pytest.fixture(scope="module")
def reply(hub: RunningHub, stolen: Kept) -> CheckReply:
    """What ALB's officer is answered."""
    officer = hub.client("ALB", user="u-gate-7")
    return eventually(lambda: _hit(officer))


@pytest.fixture(scope="module")
def told(hub: RunningHub, reply: CheckReply, stolen: Kept) -> Notification:
    """What UTO's operator hears on an open stream."""
    with hub.operator("UTO") as operator:
        stream = operator.follow_notifications()
        return next(n for n in stream if n.body["record"] == stolen.id and n.body["user"] == "u-gate-7")


def _hit(officer: Client) -> CheckReply | None:
    found = officer.check([MrzEvidence(ZONE)])
    return found if found.hits else None


def test_the_officer_sees_the_record_with_its_owners_conditions(reply: CheckReply, stolen: Kept) -> None:
    [hit] = reply.hits
    assert (hit.record, hit.owner, hit.level, hit.contact) == (stolen.id, "UTO", "full", "desk@uto.example")
    assert hit.particulars is not None
    assert (hit.particulars.reason, hit.particulars.instructions) == ("stolen", "Seize the document.")
    assert hit.purposes == CONDITIONS.purposes
    assert any("expired on 2012-04-15" in note for note in reply.notes)


def test_customs_at_the_same_gate_see_nothing(hub: RunningHub, reply: CheckReply) -> None:
    assert hub.client("ALB", agency="customs").check([MrzEvidence(ZONE)]).hits == ()


def test_the_owner_is_told_who_asked_and_why(told: Notification, stolen: Kept) -> None:
    expected = {
        "kind": "hit",
        "record": stolen.id,
        "reference": "gate-specimen",
        "outcome": "full",
        "bureau": "ALB",
        "agency": "border-police",
        "user": "u-gate-7",
        "role": "officer",
        "purpose": "border-control",
    }
    assert {name: told.body[name] for name in expected} == expected


def test_the_owner_acknowledges_once(hub: RunningHub, told: Notification) -> None:
    operator = hub.operator("UTO")
    assert operator.acknowledge([told.id]).ids == (told.id,)
    assert operator.acknowledge([told.id]).ids == ()
    assert told.id not in [n.id for n in operator.notifications(unacknowledged=True, limit=500).items]


def test_the_owner_reads_who_read_and_proves_it_offline(
    hub: RunningHub, told: Notification, stolen: Kept, tmp_path: Path
) -> None:
    operator = hub.operator("UTO")
    reads = operator.reads(stolen.id).items
    [read] = [read for read in reads if read.entry == told.entry]
    assert (read.bureau, read.user, read.purpose, read.outcome) == (
        "ALB",
        "u-gate-7",
        "border-control",
        "full",
    )
    file = tmp_path / "receipt.json"
    file.write_bytes(operator.receipt(read.entry).to_json())
    key = str(identity.load(hub.folder).verifier_key)
    verifier = [sys.executable, "-m", "allpoints.audit.verify", str(file), "--key", key]
    proved = subprocess.run(verifier, capture_output=True, text=True, check=False)
    assert proved.returncode == 0, proved.stderr
    assert '"user": "u-gate-7"' in proved.stdout


def test_the_officers_own_entry_is_the_one_that_was_promised(hub: RunningHub, reply: CheckReply) -> None:
    key = identity.load(hub.folder).verifier_key
    receipt = hub.operator("ALB").receipt(reply.entry)
    assert reply.promise is not None
    verify_promise(reply.promise, receipt.entry, key)
    verify_receipt(receipt, key)
    flipped = bytearray(receipt.entry)
    flipped[len(flipped) // 2] ^= 1
    altered = Receipt(
        entry=bytes(flipped), index=receipt.index, proof=receipt.proof, checkpoint=receipt.checkpoint
    )
    with pytest.raises(TamperingFound):
        verify_receipt(altered, key)


def test_what_its_owner_takes_back_is_not_found_a_moment_later(
    hub: RunningHub, reply: CheckReply, told: Notification, stolen: Kept
) -> None:
    hub.operator("UTO").withdraw(stolen.id)
    # The index may still propose the record: what counts is what the database says of it now.
    assert hub.client("ALB").check([MrzEvidence(ZONE)]).hits == ()
