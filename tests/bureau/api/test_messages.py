"""A program writes and reads as a person does: once, with receipts, and nothing in a message is markup."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from tests.bureau.api.calling import problem, program, until
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.sealed import ReceiptOf
from allpoints.records import Role

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def send(client: httpx.Client, key: str, **draft: Any) -> httpx.Response:
    """Write to SVN."""
    said = {"recipients": ["SVN"], "text": "What do you know?", **draft}
    return client.post("/messages", json=said, headers={"idempotency-key": key})


def test_a_program_writes_the_other_bureau_reads_and_receipts_come(
    console: RunningConsole, slovenia: Correspondent
) -> None:
    client = program(console)
    fields = {"subject": "vehicle", "described": ["ZG 4711-AB"], "information-wanted": ["ownership"]}
    fields |= {"offence": "theft", "facts": "Viđeno u luci"}
    deadline = datetime.now(UTC) + timedelta(hours=4)
    answer = send(
        client, "a", subject="Bijeli kombi", form="information-request", fields=fields, references=["K-17/26"],
        priority="priority", deadline=deadline.isoformat(),
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    message = answer.json()
    assert (message["sender"], message["recipients"], message["outgoing"]) == ("HRV", ["SVN"], True)
    assert message["said"]["fields"]["facts"] == "Viđeno u luci"
    carried, content = slovenia.read(message["id"])
    assert (content.subject, content.fields["described"]) == ("Bijeli kombi", ["ZG 4711-AB"])
    assert (carried.head.priority, carried.head.deadline) == ("priority", deadline.replace(microsecond=0))
    slovenia.confirm(message["id"])
    path = f"/messages/{message['id']}"
    [copy] = until(client, path, lambda found: found["copies"][0]["read_at"])["copies"]
    [asked] = client.get(f"{path}/receipts").json()["items"]
    assert asked["copy"] == "collected"
    assert {**asked, "copy": None} == {**copy, "copy": None}


def test_what_is_unread_is_told_when_it_is_opened_and_its_sender_is_told_so(
    console: RunningConsole, slovenia: Correspondent
) -> None:
    client = program(console)
    sent = slovenia.write("HRV", subject="Čoln", text="Siv, dvanajst metrov.")
    path = f"/messages/{sent.head.id}"
    found = until(client, path)
    assert (found["state"], found["subject"], found["said"]) == ("unread", "Čoln", None)
    [thread] = [each for each in client.get("/threads?unread=true&bureau=SVN").json()["items"]
                if each["id"] == found["thread"]]  # fmt: skip
    assert (thread["unread"], thread["bureaus"]) == (1, ["SVN"])
    [listed] = client.get(f"/threads/{found['thread']}/messages").json()["items"]
    assert listed["id"] == sent.head.id
    assert "dvanajst" not in client.get(f"/threads/{found['thread']}/messages").text
    assert client.get(path).json()["state"] == "unread", "looking at a list opens nothing"
    opened = client.post(f"{path}/reading").json()
    assert (opened["state"], opened["said"]["text"]) == ("read", "Siv, dvanajst metrov.")
    assert client.post(f"{path}/reading").json() == opened == client.get(path).json()
    receipts = []
    while not receipts:
        receipts = [
            content.receipt
            for carried in slovenia.client.waiting_messages().messages
            if (content := slovenia.read(carried.head.id)[1]).receipt
            and (content.receipt.message, content.receipt.of) == (sent.head.id, ReceiptOf.READ)
        ]


def test_a_reply_goes_to_the_sender_in_the_same_thread(
    console: RunningConsole, slovenia: Correspondent
) -> None:
    client = program(console)
    fields = {"reason": "person-held", "identity-wanted": ["identity"]}
    asked = slovenia.write("HRV", kind="identity-request", fields=fields)
    until(client, f"/messages/{asked.head.id}")
    reply = {"recipients": [], "in_reply_to": asked.head.id, "form": "identity-reply"}
    refused = send(client, "r", **reply, fields={"identity-outcome": "perhaps"})
    assert problem(refused, 422)["field"] == "fields.identity-outcome"
    wrong = problem(send(client, "r", **{**reply, "form": "information-reply"}), 404)
    assert (wrong["field"], wrong["remedy"]) == ("form", "Use identity-reply or message.")
    answer = send(client, "r", **reply, fields={"identity-outcome": "identified"}).json()
    _, content = slovenia.read(answer["id"])
    assert (content.in_reply_to, content.thread) == (asked.head.id, answer["thread"])
    assert answer["recipients"] == ["SVN"]


def test_sent_twice_under_one_key_it_is_sent_once(console: RunningConsole, slovenia: Correspondent) -> None:
    client, other = program(console), program(console)
    first = send(client, "once", text="Once.").json()
    again = send(client, "once", text="Once.")
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert problem(send(client, "once", text="Twice."), 409)["code"] == "conflict"
    assert send(other, "once", text="Once.").json()["id"] != first["id"], "a key is its account's own"
    slovenia.read(first["id"])
    assert len(client.get(f"/threads/{first['thread']}/messages").json()["items"]) == 1


def test_a_recall_before_anybody_fetched_it(console: RunningConsole, slovenia: Correspondent) -> None:
    client = program(console)
    message = send(client, "back").json()["id"]
    until(client, f"/messages/{message}", lambda found: found["state"] == "sent")
    assert client.post(f"/messages/{message}/recall").json()["recalled_at"]
    until(client, f"/messages/{message}", lambda found: found["copies"][0]["copy"] == "recalled")
    theirs = slovenia.write("HRV", text="Ours.")
    until(client, f"/messages/{theirs.head.id}")
    assert problem(client.post(f"/messages/{theirs.head.id}/recall"), 403)["field"] == "message"


def test_messages_are_found_by_words_and_lists_go_on_page_by_page(console: RunningConsole) -> None:
    client = program(console)
    ids = [send(client, f"page-{n}", text=f"Zubenko {n}").json()["id"] for n in range(3)]
    for path in ("/messages?text=zubenko", "/threads?"):
        seen: list[dict[str, Any]] = []
        after = ""
        while True:
            page = client.get(f"{path}&limit=2{after}").json()
            seen += page["items"]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert len({each["id"] for each in seen}) == len(seen) >= 3, path
    assert [each["id"] for each in client.get("/messages?text=zubenko").json()["items"]] == ids[::-1]


def test_whatever_another_bureau_writes_comes_back_as_text(
    console: RunningConsole, slovenia: Correspondent
) -> None:
    client = program(console)
    hostile = {"emergency": HOSTILE, HOSTILE: [HOSTILE, {HOSTILE: None}]}
    sent = slovenia.write("HRV", kind="urgent-assistance", author=HOSTILE, subject=HOSTILE, text=HOSTILE,
                          references=(HOSTILE,), fields=hostile)  # fmt: skip
    until(client, f"/messages/{sent.head.id}")
    for answer in (
        client.post(f"/messages/{sent.head.id}/reading"),
        client.get(f"/messages?text={quote('alert')}"),
        client.get("/threads"),
    ):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert HOSTILE in _texts(answer.json())
    said = client.get(f"/messages/{sent.head.id}").json()["said"]
    assert (said["author"], said["text"], said["references"]) == (HOSTILE, HOSTILE, [HOSTILE])
    assert said["fields"] == hostile


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(_texts, value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(
    ("status", "field", "draft"),
    [
        (422, "body", {"colour": "red"}),
        (422, "subject", {"subject": 1}),
        (422, "subject", {"subject": "two\nlines"}),
        (422, "recipients", {"recipients": []}),
        (422, "recipients", {"recipients": ["HRV"]}),
        (422, "recipients[0]", {"recipients": [None]}),
        (422, "priority", {"priority": "yesterday"}),
        (422, "deadline", {"deadline": "2020-01-01T00:00:00Z"}),
        (422, "deadline", {"deadline": "null"}),
        (422, "deadline", {"deadline": 4_000_000_000}),
        (422, "subject", {"subject": None}),
        (422, "deadline", {"deadline": "9999-12-31T23:59:59-01:00"}),
        (422, "text", {"text": " "}),
        (413, "text", {"text": "x" * (1 << 18)}),
        (404, "form", {"form": "love-letter"}),
        (404, "form", {"form": "confirmation-request", "fields": {"record": "1"}}),
        (422, "fields", {"fields": {"facts": "?"}}),
        (422, "fields.reason", {"form": "identity-request", "fields": {"identity-wanted": ["identity"]}}),
        (404, "attachments", {"attachments": ["x" * 22]}),
        (404, "message", {"in_reply_to": "x" * 22}),
        (404, "hub", {"hub": "elsewhere"}),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_by_its_field(
    console: RunningConsole, status: int, field: str, draft: dict[str, Any]
) -> None:
    assert problem(send(program(console), "wrong", **draft), status)["field"] == field


def test_an_idempotency_key_is_required(console: RunningConsole) -> None:
    client = program(console)
    said = {"recipients": ["SVN"], "text": "?"}
    assert "Idempotency-Key" in problem(client.post("/messages", json=said), 422)["detail"]
    long = problem(client.post("/messages", json=said, headers={"idempotency-key": "x" * 201}), 422)
    assert long["field"] == "idempotency-key"


def test_analysts_read_and_do_not_write(console: RunningConsole, slovenia: Correspondent) -> None:
    analyst = program(console, Role.ANALYST)
    sent = slovenia.write("HRV", text="For analysts, too.")
    until(analyst, f"/messages/{sent.head.id}")
    assert analyst.post(f"/messages/{sent.head.id}/reading").json()["said"]["text"] == "For analysts, too."
    problem(send(analyst, "no"), 403)
