"""The same upload arrives many times at once, at every worker: it is stored once, and all get the same answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tests.hubs import RunningHub

from allpoints.errors import Conflict
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.wire.corridor import Kept, KeptLine

SENDERS = 12
"""Each on a connection of its own: the kernel spreads them over the workers."""


def _upload(name: str, count: int, reason: str = "stolen") -> list[Contribution]:
    return [
        Contribution(
            reference=f"{name}-{number}",
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(RawIdentifier("travel-document", f"ALB:P:RC{number:06d}"),),
            particulars=Particulars(reason=reason),  # type: ignore[arg-type]
        )
        for number in range(count)
    ]


def test_one_contribution_sent_by_many_at_once_is_stored_once(hub: RunningHub) -> None:
    [contribution] = _upload("race-one", 1)
    start = Barrier(SENDERS)

    def send(_: int) -> Kept:
        with hub.operator("ALB") as client:
            client.about()
            start.wait(30)
            return client.contribute(contribution, idempotency_key="race-one")

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(send, range(SENDERS)))
    assert len({(kept.id, kept.version) for kept in answers}) == 1
    assert len({kept.entry for kept in answers}) == SENDERS
    with hub.superuser() as database:
        found = database.execute("SELECT count(*) FROM records WHERE reference = 'race-one-0'").fetchone()
    assert found == (1,)


def test_one_upload_sent_by_many_at_once_is_stored_once(hub: RunningHub) -> None:
    upload = _upload("race-many", 200)
    start = Barrier(SENDERS)

    def send(_: int) -> list[KeptLine]:
        with hub.operator("ALB") as client:
            client.about()
            start.wait(30)
            return list(client.contribute_many(upload, upload="race-many"))

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(send, range(SENDERS)))
    assert {tuple(line.id for line in lines) for lines in answers} == {tuple(line.id for line in answers[0])}
    assert None not in {line.id for line in answers[0]}
    with hub.superuser() as database:
        found = database.execute("SELECT count(*) FROM records WHERE reference LIKE 'race-many-%'").fetchone()
    assert found == (200,)


def test_another_content_under_the_same_key_is_refused(hub: RunningHub) -> None:
    operator = hub.operator("ALB")
    [first], [second] = _upload("race-other", 1), _upload("race-other", 1, reason="lost")
    operator.contribute(first, idempotency_key="race-other")
    with pytest.raises(Conflict) as refused:
        operator.contribute(second, idempotency_key="race-other")
    assert refused.value.field == "Idempotency-Key"
