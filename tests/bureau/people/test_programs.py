"""A program's token: made at the machine, told once, good in one role for a while, ended in the trail."""

import hashlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from msgspec.structs import replace
from tests.bureau.people.hired import invited, session_of

from allpoints.bureau.node import Node
from allpoints.bureau.people.programs import TokenRefused, TooManyRequests
from allpoints.bureau.people.throttle import PerMinute
from allpoints.bureau.store.trail import TrailEntry
from allpoints.errors import AllpointsError, Forbidden, InvalidValue, NotFound
from allpoints.records import Purpose, Role

HERE = "127.0.0.1"
PURPOSE = Purpose.VEHICLE_CRIME


async def trail_about(node: Node, name: str) -> list[TrailEntry]:
    """What stands in the trail about an account, the latest first."""
    session = await session_of(node, Role.ADMINISTRATOR)
    return [each for each in await node.trail.entries(session) if each.subject == name]


async def test_a_token_is_told_once_and_stored_as_a_hash(node: Node) -> None:
    person, _ = await invited(node)
    text, made = await node.programs.make(person, Role.OPERATOR, PURPOSE)
    assert made.expires_at - datetime.now(UTC) > timedelta(days=89)
    assert await node.programs.admit(text, address=HERE) == made
    with psycopg.connect(node.settings.database_url) as owner:
        query = "SELECT token_hash, p::text FROM bureau.program_tokens p WHERE number = %s"
        [(kept, everything)] = owner.execute(query, [made.number]).fetchall()
    assert kept == hashlib.sha256(text.encode()).digest()
    assert text not in everything
    entry = (await trail_about(node, person.name))[0]
    assert (entry.act, entry.person) == ("token-made", None)
    assert entry.detail.startswith(f"{made.number}: operator, vehicle-crime, 20")


@pytest.mark.parametrize(
    ("role", "purpose", "days", "error"),
    [
        (Role.SUPERVISOR, PURPOSE, 90, Forbidden),
        (Role.OPERATOR, Purpose.COUNTER_TERRORISM, 90, Forbidden),
        (Role.OPERATOR, PURPOSE, 0, InvalidValue),
        (Role.OPERATOR, PURPOSE, 401, InvalidValue),
    ],
)
async def test_a_token_gives_no_right_that_its_account_has_not_and_lasts_no_longer_than_it_may(
    node: Node, role: Role, purpose: Purpose, days: int, error: type[AllpointsError]
) -> None:
    person, _ = await invited(node)
    with pytest.raises(error):
        await node.programs.make(person, role, purpose, days=days)


async def test_nobody_has_a_token_made_who_was_let_go(node: Node) -> None:
    person, _ = await invited(node)
    await node.people.deactivate(person.id)
    with pytest.raises(Forbidden):
        await node.programs.make(await node.people.find(person.id), Role.OPERATOR, PURPOSE)


async def test_a_token_is_ended_once(node: Node) -> None:
    person, _ = await invited(node)
    text, made = await node.programs.make(person, Role.OPERATOR, PURPOSE)
    await node.programs.end(made.number)
    with pytest.raises(NotFound):
        await node.programs.end(made.number)
    with pytest.raises(TokenRefused):
        await node.programs.admit(text, address=HERE)
    [ended] = [each for each in await node.programs.all() if each.number == made.number]
    assert ended.ended_at is not None
    acts = [each.act for each in await trail_about(node, person.name)][:3]
    assert acts == ["token-refused", "token-ended", "token-made"]


@pytest.mark.parametrize("shown", ["", "x" * 42, "x" * 44, "x" * 42 + "=", "é" * 43, "x" * 10_000])
async def test_what_is_no_token_is_refused_before_the_database_is_asked(
    node: Node, monkeypatch: pytest.MonkeyPatch, shown: str
) -> None:
    async def never(*_: object) -> None:
        raise AssertionError("it is asked")

    monkeypatch.setattr("allpoints.bureau.store.programs.find", never)
    monkeypatch.setattr(node.programs, "_failures", PerMinute(1))
    monkeypatch.setattr("allpoints.bureau.people.throttle.time", SimpleNamespace(monotonic=lambda: 0.0))
    for error in (TokenRefused, TooManyRequests):
        with pytest.raises(error):
            await node.programs.admit(shown, address=HERE)


async def test_a_right_that_is_lost_ends_the_tokens_that_stand_on_it_and_no_others(node: Node) -> None:
    person, _ = await invited(node, Role.OPERATOR, Role.ANALYST)
    operator, _ = await node.programs.make(person, Role.OPERATOR, PURPOSE)
    analyst, _ = await node.programs.make(person, Role.ANALYST, PURPOSE)
    await node.people.change(replace(person, roles=(Role.ANALYST,)))
    await node.programs.admit(analyst, address=HERE)
    with pytest.raises(TokenRefused):
        await node.programs.admit(operator, address=HERE)
    await node.people.change(replace(person, roles=(Role.ANALYST,), purposes=(Purpose.BORDER_CONTROL,)))
    with pytest.raises(TokenRefused):
        await node.programs.admit(analyst, address=HERE)
    ended = [each.detail for each in await trail_about(node, person.name) if each.act == "token-ended"]
    assert [each.partition(": ")[2] for each in ended] == ["with the right", "with the right"]


async def test_the_nodes_role_cannot_make_a_token_last_longer(node: Node) -> None:
    with psycopg.connect(node.settings.database_url) as owner:
        owner.execute("SET ROLE allpoints_alb")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("UPDATE bureau.program_tokens SET expires_at = 'infinity'")
