"""Records of other bureaus and what they ask, for tests of the pages that show it."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import httpx
from tests.hubs import RunningHub

from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import Evidence, IdentifierEvidence
from allpoints.wire.confirmations import Confirmation, Urgency

HTMX = {"hx-request": "true"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
"""What must never be anything but text."""
PATIENCE_S = 120.0
SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
"""The passport printed in ICAO Doc 9303-4, appendix B."""


def new_plate(state: str = "UTO") -> str:
    """A number plate that no other test has."""
    return f"{state}:{secrets.token_hex(4).upper()}"


def contributed(
    hub: RunningHub,
    owner: str,
    *identifiers: tuple[str, str],
    kind: str = "vehicle",
    reason: Any = "stolen",
    reference: str = "",
    more: dict[str, Any] | None = None,
    **particulars: Any,
) -> int:
    """A record of the owner's, by its number."""
    made = Contribution(
        reference=reference or f"R-{secrets.token_hex(6)}",
        kind=RecordKind(kind),
        identifiers=tuple(RawIdentifier(*each) for each in identifiers),
        particulars=Particulars(reason=reason, **particulars),
        **(more or {}),
    )
    return hub.operator(owner).contribute(made).id


def until(look: Callable[[], httpx.Response], holds: Callable[[str], bool]) -> httpx.Response:
    """Ask until the answer is as expected: what is new is found within a second."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds((answer := look()).text):
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
    return answer


def asked_of_us(hub: RunningHub, plate: str, bureau: str = "FRA") -> Confirmation:
    """Another bureau has found a record of ours by its plate, and asks whether it is a hit."""
    officer = hub.client(bureau)
    evidence: list[Evidence] = [IdentifierEvidence("plate", plate)]
    deadline = time.monotonic() + PATIENCE_S
    while not (reply := officer.check(evidence)).hits:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return officer.ask_confirmation(reply.hits[0].record, reply.entry, urgency=Urgency.GATE)
