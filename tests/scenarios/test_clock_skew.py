"""A bureau's clock is wrong: it is told so. The hub's own clock is set back: its log does not run back."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest
from tests.hubs import RunningHub, asker

from allpoints.audit import Checkpoint
from allpoints.audit.entries import Entry
from allpoints.audit.verify import verify_log
from allpoints.bureau import Signer
from allpoints.errors import Problem
from allpoints.hub import identity, sealing
from allpoints.hub.environment import Environment
from allpoints.hub.sealing import Sealer
from allpoints.settings import HubSettings
from allpoints.store import ledger


def _ask_at(hub: RunningHub, moment: int) -> httpx.Response:
    url = f"{hub.url}/v1/bureaus"
    return httpx.get(
        url, headers=Signer("ALB", hub.keys["ALB"]).sign("GET", url, asker=asker("ALB"), now=moment)
    )


@pytest.mark.parametrize("minutes", [-180, -10, 10, 180])
def test_a_bureau_whose_clock_is_minutes_off_is_told_which_field_is_wrong(
    hub: RunningHub, minutes: int
) -> None:
    answer = _ask_at(hub, int(time.time()) + minutes * 60)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert problem.field == "Signature-Input.created"
    assert "clock" in (problem.remedy or "")


@pytest.mark.parametrize("seconds", [-20, -2, 2])
def test_a_clock_that_is_seconds_off_does_no_harm(hub: RunningHub, seconds: int) -> None:
    assert _ask_at(hub, int(time.time()) + seconds).status_code == 200


class _AnHourAgo(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) - timedelta(hours=1)


def test_checkpoints_stay_in_order_when_the_hubs_clock_is_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = identity.create(tmp_path, "hub.test")
    environment = Environment(HubSettings(data=tmp_path))
    owner = environment.start()
    try:
        asyncio.run(_seal_before_and_after(environment, monkeypatch))
        with psycopg.connect(owner) as connection:
            connection.execute("SET search_path = allpoints")
            checkpoints = [Checkpoint.parse(note) for note in ledger.stored_checkpoints(connection)]
            verdict = verify_log(ledger.stored_entries(connection), checkpoints, me.verifier_key)
    finally:
        environment.stop()
    assert [head.size for head in checkpoints[-3:]] == [1, 2, 3]
    assert [head.time for head in checkpoints] == sorted(head.time for head in checkpoints)
    assert verdict.unsealed == 0


async def _seal_before_and_after(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    database = environment.database(connections=1)
    await database.open()
    try:
        sealer = Sealer(database, environment.identity.name, environment.identity.signing_key)
        for set_back in (False, True, True):
            if set_back:
                monkeypatch.setattr(sealing, "datetime", _AnHourAgo)
            async with database.system() as connection:
                await ledger.append_system(connection, [Entry(act="check", at=datetime.now(UTC))])
            await sealer.seal()
    finally:
        await database.close()
