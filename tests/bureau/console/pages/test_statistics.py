"""Statistics count the bureau's confirmations and draw them."""

import re
import secrets

import pytest
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence
from allpoints.wire.confirmations import OwnersAnswer, Urgency


@pytest.fixture(scope="module")
def answered(hub: RunningHub) -> None:
    """UTO has asked ITA at the gate, and ITA has refuted."""
    document = f"ITA:P:{secrets.token_hex(5).upper()}"
    owner, asker = hub.operator("ITA"), hub.operator("UTO", "border-control")
    owner.contribute(
        Contribution(
            reference=f"STATISTICS-{document[6:]}",
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(RawIdentifier("travel-document", document),),
            particulars=Particulars(reason="stolen", synthetic=True),
        )
    )
    for _ in range(100):
        found = asker.check([IdentifierEvidence("travel-document", document)])
        if found.hits:
            break
    asked = asker.ask_confirmation(found.hits[0].record, found.entry, urgency=Urgency.GATE)
    owner.answer_confirmation(asked.id, OwnersAnswer.REFUTED)


def test_answers_are_counted_by_urgency_and_drawn(console: RunningConsole, answered: None) -> None:
    text = console.client().get("/statistics").text
    owed = text.partition('<h2 id="owed">')[2].partition("</section>")[0]
    assert "held at a gate" in owed
    shares = re.findall(r"<bdi>([\d.]+)%</bdi>", owed)
    assert all(0 < float(share) <= 100 for share in shares)
    assert shares
    assert '<svg class="drawing bars" role="img"' in owed
    assert "<rect" in owed


def test_a_drawing_says_in_words_what_it_shows(console: RunningConsole, answered: None) -> None:
    text = console.client(language="ar").get("/statistics").text
    assert 'aria-label="وسيط الردود' in text


def test_the_period_is_one_of_those_offered(console: RunningConsole) -> None:
    client = console.client()
    assert client.get("/statistics", params={"days": "7"}).status_code == 200
    assert client.get("/statistics", params={"days": "1000000"}).status_code in (400, 422)


def test_officers_do_not_see_them(console: RunningConsole) -> None:
    assert console.client("officer").get("/statistics").status_code == 403
    assert console.client("data-protection-officer", "oversight").get("/statistics").status_code == 200
