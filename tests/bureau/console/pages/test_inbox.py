"""The inbox lists what waits for one's role, and is acted on in place."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.desk import Waiting
from allpoints.records import Role

HTMX = {"hx-request": "true"}
SCRIPT = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e'


def add(console: RunningConsole, key: str, **other: Any) -> int:
    waiting = {"key": key, "kind": "hit", "what": key, "path": "/records/1", "roles": (Role.OPERATOR,)}
    return console.run(console.node.desk.add(Waiting(**waiting | other)))


def rows(answer: httpx.Response) -> list[str]:
    return re.findall(r'<a data-open href="[^"]+"><bdi>([^<]+)</bdi>', answer.text)


def test_what_waits_is_listed_with_its_deadline(console: RunningConsole) -> None:
    add(console, "INBOX-1", deadline=datetime.now(UTC) + timedelta(minutes=30))
    answer = console.client().get("/", params={"text": "inbox-1"})
    assert rows(answer) == ["INBOX-1"]
    assert 'class="due soon"' in answer.text


def test_another_role_does_not_see_it(console: RunningConsole) -> None:
    number = add(console, "INBOX-2")
    analyst = console.client("analyst")
    assert rows(analyst.get("/", params={"text": "inbox-2"})) == []
    assert analyst.get(f"/inbox/{number}").status_code == 404
    assert analyst.post(f"/inbox/{number}/handled", headers=HTMX).status_code == 404


def test_htmx_gets_the_rows_alone(console: RunningConsole) -> None:
    answer = console.client().get("/", params={"text": "inbox"}, headers=HTMX)
    assert answer.text.strip().startswith('<div id="rows"')
    assert "<html" not in answer.text


def test_going_back_gets_the_whole_page(console: RunningConsole) -> None:
    answer = console.client().get("/", headers=HTMX | {"hx-history-restore-request": "true"})
    assert "<html" in answer.text


def test_a_long_list_comes_page_by_page(console: RunningConsole) -> None:
    for number in range(60):
        add(console, f"LONG-{number:02}", kind="link")
    client = console.client()
    first = client.get("/", params={"text": "long-", "kind": "link"})
    [after] = re.findall(r"after=(\d+)\" hx-get", first.text)
    second = client.get("/", params={"text": "long-", "kind": "link", "after": after}, headers=HTMX)
    assert second.text.strip().startswith("<tbody>")
    seen = rows(first) + rows(second)
    assert len(rows(first)) == 50
    assert sorted(seen) == sorted(f"LONG-{number:02}" for number in range(60))


def test_a_row_is_handled_and_taken_back_in_place(console: RunningConsole) -> None:
    number = add(console, "INBOX-3")
    client = console.client()
    done = client.post(f"/inbox/{number}/handled", headers=HTMX)
    assert done.text.startswith(f'<tr id="matter-{number}"')
    assert "Arta &lt;operator&gt;" in done.text
    assert rows(client.get("/", params={"text": "inbox-3"})) == []
    assert rows(client.get("/", params={"text": "inbox-3", "show": "done"})) == ["INBOX-3"]
    client.post(f"/inbox/{number}/waiting", headers=HTMX)
    assert rows(client.get("/", params={"text": "inbox-3"})) == ["INBOX-3"]


def test_without_scripts_it_works_as_a_form(console: RunningConsole) -> None:
    number = add(console, "INBOX-4")
    answer = console.client().post(f"/inbox/{number}/handled")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_everything_known_of_a_matter_is_told(console: RunningConsole) -> None:
    number = add(
        console,
        "INBOX-5",
        hub="lyon",
        detail={"purpose": "border-control", "bureau": "FRA", "entry": "12.3"},
    )
    text = console.client(language="fr").get(f"/inbox/{number}").text
    assert all(
        each in text for each in ("contrôle aux frontières", "FRA", "12.3", "lyon", "/records/1?hub=lyon")
    )


def test_scripts_in_every_field_come_out_as_text(console: RunningConsole) -> None:
    number = add(
        console,
        f"INBOX-6 {SCRIPT}",
        kind="from-the-future",
        hub=SCRIPT,
        detail=dict.fromkeys(("reference", "bureau", "purpose", "entry", "agency", "user", "state"), SCRIPT),
    )
    client = console.client()
    for path in ("/?text=INBOX-6", f"/inbox/{number}", f"/?text={SCRIPT}&kind={SCRIPT}"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "<img" not in text


def test_what_no_list_has_is_said(console: RunningConsole) -> None:
    client = console.client()
    assert "Nothing here fits" in client.get("/", params={"text": "no such thing"}).text
    assert client.get("/", params={"show": "?"}).status_code == 400
    assert client.get("/", params={"after": "999999"}).status_code == 200
