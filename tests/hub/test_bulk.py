"""Many at once: each line has its own answer, in order, and a retry doubles nothing."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
from tests.hub.signed import NDJSON, Request, problem, send
from tests.hubs import RunningHub, asker

OPERATOR = asker("UTO", "operator", "criminal-investigation", "police")
ASKER = asker("ALB", "operator", "criminal-investigation", "police")
_numbers = itertools.count(1)


def lines_of(answer: httpx.Response) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The answers to the lines, and the summary."""
    assert answer.status_code == 200, answer.content
    *lines, summary = (msgspec.json.decode(line) for line in answer.content.splitlines())
    return lines, summary


def upload(hub: RunningHub, records: list[object], key: str) -> httpx.Response:
    """Contribute many."""
    body = b"\n".join(r if isinstance(r, bytes) else msgspec.json.encode(r) for r in records)
    return send(
        hub,
        Request(
            method="POST",
            target="/v1/records/bulk",
            asker=OPERATOR,
            body=body,
            headers={**NDJSON, "idempotency-key": key},
        ),
    )


def ask(hub: RunningHub, questions: list[object]) -> httpx.Response:
    """Ask many."""
    body = msgspec.json.Encoder().encode_lines(questions)
    return send(hub, Request(method="POST", target="/v1/checks/bulk", asker=ASKER, body=body, headers=NDJSON))


def phone(number: str) -> dict[str, Any]:
    """A question about a phone."""
    return {"evidence": [{"kind": "identifier", "scheme": "phone", "value": number}]}


def vehicle(reference: str, vin: str) -> dict[str, Any]:
    """A contribution."""
    return {
        "reference": reference,
        "kind": "vehicle",
        "identifiers": [{"scheme": "plate", "value": f"UTO:{vin}"}],
        "particulars": {"reason": "stolen"},
    }


def unique() -> str:
    """A name that no other test has."""
    return f"bulk-{next(_numbers)}"


def stored(hub: RunningHub, prefix: str) -> int:
    """How many records there are under a prefix, whoever looks."""
    with hub.superuser() as connection:
        [(count,)] = connection.execute(
            "SELECT count(*) FROM records WHERE reference LIKE %s", [f"{prefix}%"]
        ).fetchall()
    return int(count)


def test_each_line_is_answered_in_its_turn_and_a_bad_one_spares_the_others(hub: RunningHub) -> None:
    name = unique()
    records: list[object] = [vehicle(f"{name}-{n}", f"BULK{n:03d}") for n in range(5)]
    records[1] = b"{not json"
    records[3] = {**vehicle(f"{name}-3", "BULK003"), "kind": "spaceship"}
    records.append(vehicle(f"{name}-0", "BULK009"))
    lines, summary = lines_of(upload(hub, records, name))
    assert [line["line"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert ["error" in line for line in lines] == [False, True, False, True, False, True]
    assert [line["error"]["field"] for line in lines if "error" in line] == ["body", "kind", "reference"]
    assert all(line["error"]["remedy"] for line in lines if "error" in line)
    assert (summary["lines"], summary["errors"]) == (6, 3)
    assert stored(hub, name) == 3


def test_questions_find_what_belongs_to_their_own_line(hub: RunningHub) -> None:
    name = unique()
    plates = [f"LINE{n:03d}" for n in range(20)]
    lines, _ = lines_of(upload(hub, [vehicle(f"{name}-{p}", p) for p in plates], name))
    of_plate = {plate: line["id"] for plate, line in zip(plates, lines, strict=True)}
    asked = [*reversed(plates), "NONE001", *plates[:3]]
    questions: list[object] = [
        {"evidence": [{"kind": "identifier", "scheme": "plate", "value": f"UTO:{plate}"}]} for plate in asked
    ]
    for _ in range(100):
        found, summary = lines_of(ask(hub, questions))
        if summary["hits"] == len(asked) - 1:
            break
    assert [[hit["record"] for hit in line["hits"]] for line in found] == [
        [of_plate[plate]] if plate in of_plate else [] for plate in asked
    ]
    assert (summary["lines"], summary["errors"]) == (len(asked), 0)


def test_a_whole_upload_of_bad_lines_keeps_nothing(hub: RunningHub) -> None:
    lines, summary = lines_of(upload(hub, [b"{}", b"[]", b"null"], unique()))
    assert all(line["error"]["field"] for line in lines)
    assert summary["errors"] == 3


def test_a_repeated_upload_is_answered_again_and_doubles_nothing(hub: RunningHub) -> None:
    name = unique()
    records: list[object] = [vehicle(f"{name}-{n}", f"TWICE{n:02d}") for n in range(10)]
    first, _ = lines_of(upload(hub, records, name))
    again, _ = lines_of(upload(hub, records, name))
    assert again == first
    assert stored(hub, name) == 10


def test_a_key_answers_for_one_content_only(hub: RunningHub) -> None:
    name = unique()
    upload(hub, [vehicle(f"{name}-1", "ONCE001")], name)
    other = upload(hub, [vehicle(f"{name}-2", "ONCE002")], name)
    assert problem(other, 409)["field"] == "Idempotency-Key"
    assert stored(hub, name) == 1


def test_an_upload_needs_a_key(hub: RunningHub) -> None:
    body = msgspec.json.encode(vehicle(unique(), "KEY001"))
    without = Request(method="POST", target="/v1/records/bulk", asker=OPERATOR, body=body, headers=NDJSON)
    assert problem(send(hub, without), 422)["field"] == "Idempotency-Key"


def test_workers_that_race_on_one_key_store_one_set_of_records(hub: RunningHub) -> None:
    for _ in range(5):
        name = unique()
        records: list[object] = [vehicle(f"{name}-{n}", f"RACE{n:03d}") for n in range(50)]
        start = threading.Barrier(8)

        def race(_: int, name: str = name, records: list[object] = records) -> list[dict[str, Any]]:
            start.wait()  # noqa: B023
            return lines_of(upload(hub, records, name))[0]

        with ThreadPoolExecutor(8) as racers:
            answers = list(racers.map(race, range(8)))
        assert all(answer == answers[0] for answer in answers)
        assert not any("error" in line for line in answers[0])
        assert stored(hub, name) == 50


def test_many_uploads_at_once_keep_all_of_their_records(hub: RunningHub) -> None:
    name = unique()

    def go(worker: int) -> int:
        mine: list[object] = [vehicle(f"{name}-{worker}-{n}", f"MANY{worker}{n:02d}") for n in range(25)]
        return sum("id" in line for line in lines_of(upload(hub, mine, f"{name}-{worker}"))[0])

    with ThreadPoolExecutor(8) as uploaders:
        assert sum(uploaders.map(go, range(8))) == 200
    assert stored(hub, name) == 200
