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


def test_others_do_not_see_it(console: RunningConsole) -> None:
    assert console.client().get("/administration/trail").status_code == 403
