"""Acts that can be taken back are done once: after their time, after a restart, after a broken line."""

import asyncio
from typing import Any

import msgspec
import pytest
from tests.bureau.desk.waiting import until
from tests.bureau.people.hired import session_of
from tests.corridors import new_database

from allpoints.bureau.desk import BegunAct
from allpoints.bureau.desk.holding import HeldActs
from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.bureau.store import desk as store
from allpoints.bureau.store import people
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.migrate import migrate
from allpoints.errors import Conflict, Unavailable
from allpoints.hub.environment import Environment
from allpoints.records import Confidentiality, Role


class Ways:
    """Notes what is done, and fails as told."""

    def __init__(self) -> None:
        self.done: list[BegunAct] = []
        self.failures: list[Exception] = []

    async def __call__(self, act: BegunAct) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(act)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allpoints.bureau.desk.holding.UNDO_S", 0.05)
    monkeypatch.setattr("allpoints.bureau.desk.holding.AGAIN_S", 0.05)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allpoints.bureau.desk.holding.UNDO_S", 0.0)


async def hold(node: Node, session: Session, act: str, ways: Ways, **content: Any) -> store.HeldAct:
    node.desk.teach(act, ways)
    return await node.desk.hold(session, act, content, "An act")


@pytest.mark.usefixtures("soon")
async def test_it_is_done_when_its_time_comes_in_the_name_of_who_did_it(
    node: Node, operator: Session
) -> None:
    ways = Ways()
    await hold(node, operator, "test-done", ways, record=5)

    async def done() -> bool:
        return bool(ways.done)

    await until(done)
    [act] = ways.done
    assert act.content == {"record": 5}
    assert act.asker == operator.asker("ALB")


async def test_it_can_be_taken_back_by_who_did_it_alone(
    node: Node, operator: Session, supervisor: Session
) -> None:
    ways = Ways()
    held = await hold(node, operator, "test-undone", ways)
    assert [act.id for act in await node.desk.shown_acts(operator)] == [held.id]
    assert not await node.desk.undo(held.id, supervisor)
    assert await node.desk.undo(held.id, operator)
    assert not await node.desk.undo(held.id, operator)
    assert await node.desk.shown_acts(operator) == []
    assert not ways.done


@pytest.mark.usefixtures("soon")
async def test_a_broken_line_holds_it_on(node: Node, operator: Session) -> None:
    ways = Ways()
    ways.failures = [Unavailable("the line is down"), Unavailable("still")]
    await hold(node, operator, "test-line", ways)

    async def done() -> bool:
        return bool(ways.done)

    await until(done)
    await asyncio.sleep(0.2)
    assert len(ways.done) == 1


async def test_what_may_have_been_done_cannot_be_taken_back(
    node: Node, operator: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.bureau.desk.holding.UNDO_S", 0.0)
    monkeypatch.setattr("allpoints.bureau.desk.holding.AGAIN_S", 0.5)
    ways = Ways()
    ways.failures = [Unavailable("the answer is lost")]
    held = await hold(node, operator, "test-tried", ways)

    async def tried() -> bool:
        return [act.state for act in await node.desk.shown_acts(operator)] == ["tried"]

    await until(tried)
    assert not await node.desk.undo(held.id, operator)

    async def done() -> bool:
        return bool(ways.done)

    await until(done)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    "change", [{"active": False}, {"roles": (Role.OFFICER,)}, {"clearance": Confidentiality.CONFIDENTIAL}]
)
async def test_who_may_do_it_no_more_has_not_done_it(node: Node, change: dict[str, Any]) -> None:
    session = await session_of(node)
    ways = Ways()
    await hold(node, session, "test-rights", ways)
    await node.people.change(msgspec.structs.replace(session.person, **change))

    async def failed() -> list[store.HeldAct]:
        return [act for act in await node.desk.shown_acts(session) if act.state == "failed"]

    [act] = await until(failed)
    assert act.problem is not None
    assert act.problem.code == "forbidden"
    assert not ways.done


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("failure", [Conflict("it was corrected meanwhile"), ZeroDivisionError("secret")])
async def test_who_did_it_reads_that_it_failed_and_why(
    node: Node, operator: Session, failure: Exception
) -> None:
    ways = Ways()
    ways.failures = [failure]
    held = await hold(node, operator, "test-failed", ways)

    async def failed() -> list[store.HeldAct]:
        return [act for act in await node.desk.shown_acts(operator) if act.state == "failed"]

    [act] = await until(failed)
    assert act.problem is not None
    assert act.problem.code == ("conflict" if isinstance(failure, Conflict) else "defect")
    assert "secret" not in act.problem.detail
    await node.desk.dismiss(held.id, operator)
    assert await node.desk.shown_acts(operator) == []


@pytest.mark.usefixtures("at_once")
async def test_what_was_begun_before_a_restart_is_begun_again_under_the_same_name(
    environment: Environment, owner: str, operator: Session
) -> None:
    """As if the node had been killed between beginning and ending: the next one finds the act begun."""
    database = NodeDatabase(migrate(new_database(environment, owner), "XPO", "a password"))
    await database.open()
    ways = Ways()
    try:
        async with database.transaction() as t:
            person = await people.add(t, operator.person)
            session = msgspec.structs.replace(operator, person=person)
            before = HeldActs(database, lambda: None)
            before.teach("test-restart", ways)
        await before.hold(session, "ALB", "test-restart", {}, "An act")
        async with database.transaction() as t:
            [begun] = await store.begin(t, ())
        restarted = HeldActs(database, lambda: None)
        restarted.teach("test-restart", ways)
        task = asyncio.ensure_future(restarted.work())

        async def done() -> bool:
            return bool(ways.done)

        await until(done)
        await asyncio.sleep(0.1)
        task.cancel()
        assert [act.name for act in ways.done] == [begun.name]
    finally:
        await database.close()


async def test_an_act_that_nobody_knows_how_to_do_is_not_taken(node: Node, operator: Session) -> None:
    with pytest.raises(KeyError):
        await node.desk.hold(operator, "unknown", {}, "An act")
