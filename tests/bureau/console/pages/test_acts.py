"""What one has just done can be taken back from any page, while it is held."""

from collections.abc import Iterator

import pytest
from tests.bureau.consoles import RunningConsole, SignedIn

from allpoints.bureau.desk import BegunAct

HTMX = {"hx-request": "true"}


@pytest.fixture
def held(console: RunningConsole) -> Iterator[int]:
    """An act of the operator's."""

    async def do(_: BegunAct) -> None:
        """Nothing."""

    signed_in: SignedIn = console.sign_in()
    console.node.desk.teach("test-page", do)
    act = console.run(console.node.desk.hold(signed_in.session, "test-page", {}, "Withdrawing <b>P-1</b>"))
    yield act.id
    console.run(console.node.desk.undo(act.id, signed_in.session))


def test_every_page_offers_to_undo_it(console: RunningConsole, held: int) -> None:
    for path in ("/", "/account"):
        text = console.client().get(path).text
        assert f'action="/acts/{held}/undo"' in text
        assert "Withdrawing &lt;b&gt;P-1&lt;/b&gt;" in text


def test_a_part_of_a_page_brings_the_bar_along(console: RunningConsole, held: int) -> None:
    text = console.client().get("/", headers=HTMX).text
    assert '<div id="undo" role="status" hx-swap-oob="true">' in text


def test_undone_it_is_gone(console: RunningConsole, held: int) -> None:
    client = console.client()
    assert f"/acts/{held}/undo" not in client.post(f"/acts/{held}/undo", headers=HTMX).text
    late = client.post(f"/acts/{held}/undo")
    assert late.status_code == 409


def test_nobody_else_sees_or_undoes_it(console: RunningConsole, held: int) -> None:
    other = console.client("supervisor")
    assert f"/acts/{held}/" not in other.get("/").text
    assert other.post(f"/acts/{held}/undo").status_code == 409
    assert other.post(f"/acts/{held}/read").status_code == 303
