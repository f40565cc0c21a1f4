"""The trail shows who did what at the node, to whom it is for."""

from tests.bureau.consoles import RunningConsole

from allpoints.bureau.store import trail
from allpoints.bureau.store.trail import Done


def test_it_shows_what_was_done_as_text(console: RunningConsole) -> None:
    async def note() -> None:
        async with console.node.database.transaction() as t:
            await trail.add(t, Done.REFUSED, subject="<i>x</i>", detail="<b>y</b>", address="203.0.113.7")

    console.run(note())
    for role in ("administrator", "supervisor", "data-protection-officer"):
        text = console.client(role).get("/administration/trail").text
        assert "&lt;i&gt;x&lt;/i&gt;" in text
        assert "&lt;b&gt;y&lt;/b&gt;" in text
        assert "203.0.113.7" in text
    assert console.client("administrator").get("/administration/trail?before=1").status_code == 200


def test_what_is_not_for_ones_role_is_noted(console: RunningConsole) -> None:
    client = console.client("officer")
    assert client.post("/links/4711/decision", data={"decision": "same"}).status_code == 403
    assert client.get("/administration/keys-that-there-are-not").status_code == 404
    assert client.get("/administration").status_code == 403
    assert client.get("/records").status_code == 403
    told = console.run(_told(console))
    assert "POST /links/4711/decision" in told
    assert "GET /administration" in told
    assert "GET /records" not in told


async def _told(console: RunningConsole) -> list[str]:
    async with console.node.database.transaction() as t:
        return [each.detail for each in await trail.entries(t) if each.act == Done.REFUSED and each.person]


def test_others_do_not_see_it(console: RunningConsole) -> None:
    assert console.client().get("/administration/trail").status_code == 403
