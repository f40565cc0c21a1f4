"""A dossier gathers what hubs hold and what refers to it, as text, with its provenance."""

import secrets
import time

import pytest
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.errors import NotFound
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence
from allpoints.wire.confirmations import Urgency

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def number(hub: RunningHub, console: RunningConsole) -> str:
    """A stolen document of UTO's, which ITA has asked about and got a message about."""
    number = f"UTO:P:{secrets.token_hex(5).upper()}"
    kept = hub.operator("UTO").contribute(
        Contribution(
            reference=f"DOSSIER-{number[6:]}",
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(RawIdentifier("travel-document", number),),
            particulars=Particulars(reason="stolen", description=HOSTILE, synthetic=True),
        )
    )
    asker = hub.operator("ITA")
    for _ in range(200):
        found = asker.check([IdentifierEvidence("travel-document", number)])
        if found.hits:
            break
    asker.ask_confirmation(kept.id, found.entry, urgency=Urgency.ROUTINE)
    sent = Correspondent(hub, "UTO").write(
        "ITA", subject=f"About it {HOSTILE}", references=(f"record:{kept.id}",)
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            console.run(console.node.mailbox.message(sent.head.id))
            break
        except NotFound:
            time.sleep(0.05)
    return number


def test_it_gathers_what_is_found_asked_and_written(console: RunningConsole, number: str) -> None:
    client = console.client(purpose="criminal-investigation")
    said = {"text": number, "scheme": "travel-document"}
    text = client.post("/documents", data=said).text
    assert "DOSSIER-" in text
    assert "log entry" in text
    assert 'class="state asked"' in text
    assert "About it &lt;script&gt;" in text
    assert "<script>alert" not in text
    part = client.post("/documents", data=said, headers={"hx-request": "true"}).text
    assert part.lstrip().startswith('<section id="dossier">')


def test_who_reads_no_messages_gets_none(console: RunningConsole, number: str) -> None:
    said = {"text": number, "scheme": "travel-document"}
    text = console.client("officer", "border-control").post("/documents", data=said).text
    assert "DOSSIER-" in text
    assert "About it" not in text


def test_forms_are_filled_in_by_the_address_and_refuse_with_what_was_typed(console: RunningConsole) -> None:
    client = console.client()
    assert 'value="AA 123 BB"' in client.get("/vehicles?text=AA 123 BB").text
    assert 'value="Ivo"' in client.get("/people?names=Ivo").text
    refused = client.post("/vehicles", data={"text": "", "scheme": "plate"})
    assert refused.status_code == 422
    refused = client.post("/people", data={"names": f"Ivo {HOSTILE}", "birth": "soon"})
    assert refused.status_code == 422
    assert "Ivo &lt;script&gt;" in refused.text
    assert console.client("administrator").get("/people").status_code == 403
