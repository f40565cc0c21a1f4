"""Keys of other bureaus: an administrator compares and decides; what was not let in is listed with its reason."""

import time
from datetime import UTC, datetime

import pytest
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau import BureauKey
from allpoints.bureau.store import correspondents as store
from allpoints.bureau.store.correspondents import Trust
from allpoints.wire.messages import SigningKey


def seen_key(hub: RunningHub, console: RunningConsole) -> BureauKey:
    """A new key of UTO, which nobody has introduced."""
    Correspondent(hub, "UTO").write("ITA", text="So that a first key is known.")
    deadline = time.monotonic() + 120
    while not any(key.bureau == "UTO" for key in console.run(console.node.mailbox.correspondents())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    key = BureauKey.generate("UTO")

    async def see() -> None:
        shown = SigningKey(key_id=key.key_id, public_key=key.public_key, active_at=datetime.now(UTC))
        async with console.node.database.transaction() as t:
            await store.see(t, "UTO", [shown])

    console.run(see())
    return key


@pytest.fixture
def new_key(hub: RunningHub, console: RunningConsole) -> BureauKey:
    return seen_key(hub, console)


def state(console: RunningConsole, key: BureauKey) -> Trust:
    return {each.key_id: each.state for each in console.run(console.node.mailbox.correspondents())}[
        key.key_id
    ]


def test_a_new_key_waits_until_an_administrator_has_compared_it(
    console: RunningConsole, new_key: BureauKey
) -> None:
    client = console.client("administrator", "administration")
    text = client.get("/messages/keys").text
    article = text.partition(f'id="key-{new_key.key_id}"')[2].partition("</article>")[0]
    assert "waits for a decision" in article
    compared = article.partition('<bdi class="code" dir="ltr">')[2].partition("</bdi>")[0]
    assert compared.replace(" ", "").replace("&#43;", "+") in new_key.public_text.replace("\n", "")
    assert client.post(f"/messages/keys/{new_key.key_id}/acceptance").status_code == 303
    assert state(console, new_key) is Trust.TRUSTED


def test_a_key_is_refused(console: RunningConsole, new_key: BureauKey) -> None:
    client = console.client("administrator", "administration")
    answer = client.post(f"/messages/keys/{new_key.key_id}/refusal", headers={"hx-request": "true"})
    assert answer.text.lstrip().startswith('<div id="rows">')
    assert state(console, new_key) is Trust.REFUSED


def test_supervisors_look_and_do_not_decide(console: RunningConsole, new_key: BureauKey) -> None:
    supervisor = console.client("supervisor")
    assert "/acceptance" not in supervisor.get("/messages/keys").text
    assert supervisor.post(f"/messages/keys/{new_key.key_id}/acceptance").status_code == 403
    assert console.client().get("/messages/keys").status_code == 403
    assert state(console, new_key) is Trust.HELD


def test_what_was_not_let_in_is_listed(console: RunningConsole) -> None:
    client = console.client("supervisor")
    assert client.get("/messages/quarantine").status_code == 200
    assert client.get("/messages/quarantine?show=held").status_code == 200
    assert client.get("/messages/quarantine?show=nonsense").status_code in (400, 422)
