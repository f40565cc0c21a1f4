"""A bureau's key is revoked while it uploads, listens and is half way through a request."""

import socket
import threading
import time
from contextlib import suppress

import msgspec
import pytest
from tests.hubs import RunningHub, asker
from tests.scenarios.waiting import eventually, evidence

from allpoints.bureau import Signer
from allpoints.errors import Unauthenticated
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind

WATCHED = "GRC:P:RV000001"


@pytest.fixture
def greece(hub: RunningHub) -> str:
    """A member of its own for each test, with one key."""
    hub.enrol("GRC")
    return hub.keys["GRC"].key_id


def _contribution(reference: str, document: str) -> Contribution:
    return Contribution(
        reference=reference,
        kind=RecordKind.TRAVEL_DOCUMENT,
        identifiers=(RawIdentifier("travel-document", document),),
        particulars=Particulars(reason="stolen"),
    )


def _revoke(hub: RunningHub, key_id: str) -> None:
    hub.secretariat().revoke_key("GRC", key_id)


def test_what_was_acknowledged_before_stays_and_nothing_comes_after(hub: RunningHub, greece: str) -> None:
    kept: list[int] = []
    refused: list[Unauthenticated] = []

    def upload() -> None:
        with hub.operator("GRC") as client:
            for number in range(100_000):
                try:
                    contribution = _contribution(f"revoked-{greece}-{number}", f"GRC:P:RV1{number:05d}")
                    kept.append(client.contribute(contribution).id)
                except Unauthenticated as error:
                    refused.append(error)
                    return

    uploading = threading.Thread(target=upload)
    uploading.start()
    eventually(lambda: len(kept) > 20)
    _revoke(hub, greece)
    acknowledged = len(kept)
    uploading.join(30)
    assert len(refused) == 1
    assert "not active" in str(refused[0]) or "no active key" in str(refused[0])
    # One request may have been between its commit and its answer when the revocation was committed.
    assert len(kept) <= acknowledged + 1
    with hub.superuser() as database:
        stored = database.execute(
            "SELECT id FROM records WHERE reference LIKE %s ORDER BY id", [f"revoked-{greece}-%"]
        ).fetchall()
    assert [number for (number,) in stored] == sorted(kept)


def test_a_request_that_was_half_sent_is_refused_when_it_is_whole(hub: RunningHub, greece: str) -> None:
    body = msgspec.json.encode(_contribution(f"half-{greece}", "GRC:P:RV000777"))
    url = f"{hub.url}/v1/records"
    who = asker("GRC", "operator", "criminal-investigation", "police")
    headers = {"content-type": "application/json", "idempotency-key": f"half-{greece}"}
    signed = Signer("GRC", hub.keys["GRC"]).sign("POST", url, asker=who, body=body, headers=headers)
    head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    with socket.create_connection(("127.0.0.1", hub.port)) as line:
        line.settimeout(20)
        line.sendall(
            f"POST /v1/records HTTP/1.1\r\nhost: 127.0.0.1:{hub.port}\r\ncontent-length: {len(body)}\r\n"
            f"{head}\r\n".encode()
        )
        line.sendall(body[:50])
        time.sleep(0.2)
        _revoke(hub, greece)
        line.sendall(body[50:])
        assert line.recv(100).startswith(b"HTTP/1.1 401 ")
    with hub.superuser() as database:
        assert not database.execute(
            "SELECT 1 FROM records WHERE reference = %s", [f"half-{greece}"]
        ).fetchone()


def test_an_open_stream_tells_a_revoked_key_nothing_more(hub: RunningHub, greece: str) -> None:
    """The stream was let in with a good key; what happens after the revocation must not flow into it."""
    owner = hub.operator("GRC")
    watched = owner.contribute(_contribution(f"stream-{greece}", WATCHED))
    heard: list[int] = []
    ended = threading.Event()

    def listen() -> None:
        with suppress(Unauthenticated):
            heard.extend(notification.body["record"] for notification in owner.follow_notifications())
        ended.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    officer = hub.client("ALB")
    eventually(lambda: officer.check(evidence("travel-document", WATCHED)).hits)
    eventually(lambda: watched.id in heard)
    before = len(heard)
    _revoke(hub, greece)
    for _ in range(5):
        assert officer.check(evidence("travel-document", WATCHED)).hits
    assert ended.wait(30)
    assert heard[before:] == []
