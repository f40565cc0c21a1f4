"""UTO watches a plate without anybody knowing: who asks cannot tell a silent hit from no hit at all."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
from tests.hubs import RunningHub, asker
from tests.scenarios.waiting import eventually, evidence

from allpoints.bureau import Signer
from allpoints.records import Conditions, Contribution, Particulars, RawIdentifier, RecordKind, Release
from allpoints.records.evidence import Check

WATCHED = "UTO:UT7007DS"
FREE = "UTO:UT7008DS"

_RANDOM = (
    (rb'"signature":"[^"]*"', b'"signature":""'),
    (rb'"at":"[^"]*"', b'"at":""'),
    (rb'"entry":"[0-9.]*"', b'"entry":""'),
    (rb'"batch":[0-9]+', b'"batch":0'),
)
"""What differs between any two answers."""


def _answer(hub: RunningHub, plate: str) -> httpx.Response:
    body = msgspec.json.encode(Check(tuple(evidence("plate", plate)), "the-same-question"))
    url = f"{hub.url}/v1/checks"
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    signed = Signer("ALB", hub.keys["ALB"]).sign("POST", url, asker=asker("ALB"), body=body, headers=headers)
    return httpx.post(url, content=body, headers=signed)


def _without_what_is_random(answer: bytes) -> bytes:
    for pattern, instead in _RANDOM:
        answer = re.sub(pattern, instead, answer)
    return answer


def test_who_asks_cannot_tell_a_silent_hit_from_none_and_the_owner_is_told(hub: RunningHub) -> None:
    kept = hub.operator("UTO").contribute(
        Contribution(
            reference="watched",
            kind=RecordKind.VEHICLE,
            identifiers=(RawIdentifier("plate", WATCHED),),
            particulars=Particulars(reason="suspect"),
            conditions=Conditions(disclosure=Release.SILENT),
        )
    )
    # The owner sees its own record: from then on the index of that worker holds it; both are asked below.
    eventually(lambda: hub.client("UTO").check(evidence("plate", WATCHED)).hits)
    answers = [(_answer(hub, WATCHED), _answer(hub, FREE)) for _ in range(8)]

    def told() -> list[dict[str, object]]:
        notifications = hub.operator("UTO").notifications(limit=500).items
        return [n.body for n in notifications if n.body["record"] == kept.id]

    assert len(told()) >= 4
    assert {body["outcome"] for body in told()} == {"silent"}
    for watched, free in answers:
        assert watched.status_code == free.status_code == 200
        assert _without_what_is_random(watched.content) == _without_what_is_random(free.content)
        named = ("content-length", "date")
        assert [h for h in watched.headers.raw if h[0].lower().decode() not in named] == [
            h for h in free.headers.raw if h[0].lower().decode() not in named
        ]


def test_the_askers_own_entry_does_not_tell_either(hub: RunningHub) -> None:
    officer, operator = hub.client("ALB"), hub.operator("ALB")
    replies = [officer.check(evidence("plate", plate)) for plate in (WATCHED, FREE)]
    watched, free = (msgspec.json.decode(operator.receipt(reply.entry).entry) for reply in replies)
    different = {"at", "request"}
    assert {k: v for k, v in watched.items() if k not in different} == {
        k: v for k, v in free.items() if k not in different
    }


def test_questions_asked_together_do_not_tell_either(hub: RunningHub) -> None:
    """Requests share a transaction: what one of them wrote for others must not move the entry of the next."""
    with ThreadPoolExecutor(12) as pool:
        plates = [WATCHED, FREE] * 40
        replies = list(pool.map(lambda plate: hub.client("ALB").check(evidence("plate", plate)), plates))
    positions = Counter(reply.entry.partition(".")[0] for reply in replies)
    for reply in replies:
        group, _, position = reply.entry.partition(".")
        assert reply.promise is not None
        assert int(position) < positions[group] == reply.promise.size
