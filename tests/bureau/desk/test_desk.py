"""What waits for people: once, for whom it is, the most urgent first, until somebody has handled it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.bureau.desk.waiting import until
from tests.hubs import RunningHub

from allpoints.bureau.desk import Matter, MatterState, Waiting, Wanted
from allpoints.bureau.desk.desk import DRAFTS_KEPT, KEPT
from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.bureau.store import desk as store
from allpoints.errors import TooLarge
from allpoints.records import Role

NOW = datetime.now(UTC)


def waiting(key: str, **other: Any) -> Waiting:
    return Waiting(**{"key": key, "kind": "hit", "what": key, "path": "/", "roles": (Role.OPERATOR,)} | other)


def wanted(text: str, **other: Any) -> Wanted:
    return Wanted(**{"role": Role.OPERATOR, "text": text} | other)


def names(matters: list[Matter]) -> list[str]:
    return [matter.key for matter in matters]


async def test_the_most_urgent_comes_first_and_then_the_newest(node: Node) -> None:
    await node.desk.add(waiting("sort-1"))
    await node.desk.add(waiting("sort-2", deadline=NOW + timedelta(hours=5)))
    await node.desk.add(waiting("sort-3", deadline=NOW - timedelta(hours=1)))
    await node.desk.add(waiting("sort-4"))
    assert names(await node.desk.matters(wanted("sort-"))) == ["sort-3", "sort-2", "sort-4", "sort-1"]


async def test_pages_join_without_gap_or_overlap(node: Node, operator: Session) -> None:
    for number in range(7):
        await node.desk.add(
            waiting(f"page-{number}", deadline=NOW + timedelta(hours=1) if number % 2 else None)
        )
    seen: list[str] = []
    after = None
    while page := await node.desk.matters(wanted("page-", after=after, limit=2)):
        seen += names(page)
        after = page[-1]
    assert seen == names(await node.desk.matters(wanted("page-")))
    assert len(set(seen)) == 7


async def test_the_same_thing_waits_once_and_tells_what_changed(node: Node) -> None:
    first = await node.desk.add(waiting("once-1"))
    again = await node.desk.add(waiting("once-1", priority="urgent", deadline=NOW))
    [found] = await node.desk.matters(wanted("once-"))
    assert first == again == found.id
    assert (found.priority, found.deadline) == ("urgent", NOW)


async def test_what_waits_for_another_role_is_not_seen_and_not_handled(node: Node, operator: Session) -> None:
    number = await node.desk.add(waiting("theirs-1", roles=(Role.SUPERVISOR,)))
    assert await node.desk.matters(wanted("theirs-")) == []
    assert await node.desk.matter(number, operator) is None
    assert not await node.desk.handle(number, operator)


async def test_somebody_handles_it_once_and_can_say_that_it_waits_again(
    node: Node, operator: Session
) -> None:
    number = await node.desk.add(waiting("done-1"))
    assert await node.desk.handle(number, operator)
    assert not await node.desk.handle(number, operator), "another was faster"
    [done] = await node.desk.matters(wanted("done-", state=MatterState.DONE))
    assert done.handled_by == "The operator"
    assert await node.desk.matters(wanted("done-")) == []
    assert await node.desk.reopen(number, operator)
    assert names(await node.desk.matters(wanted("done-"))) == ["done-1"]


async def test_what_was_handled_is_listed_page_by_page(node: Node, operator: Session) -> None:
    for number in range(3):
        await node.desk.handle(await node.desk.add(waiting(f"old-{number}")), operator)
    [latest] = await node.desk.matters(wanted("old-", state=MatterState.DONE, limit=1))
    rest = await node.desk.matters(wanted("old-", state=MatterState.DONE, after=latest))
    assert names([latest, *rest]) == ["old-2", "old-1", "old-0"]


async def test_what_settles_by_itself_waits_no_longer(node: Node) -> None:
    await node.desk.add(waiting("self-1"))
    await node.desk.settle("self-1")
    [done] = await node.desk.matters(wanted("self-", state=MatterState.DONE))
    assert done.handled_by is None


async def test_the_filter_takes_what_is_typed_as_it_is(node: Node) -> None:
    await node.desk.add(waiting("lit-1", what="LIT 100% a_b"))
    await node.desk.add(waiting("lit-2", what="LIT 1000 axb"))
    assert names(await node.desk.matters(wanted("lit 100%"))) == ["lit-1"]
    assert names(await node.desk.matters(wanted("A_B"))) == ["lit-1"]
    assert await node.desk.matters(wanted("\\")) == []
    assert names(await node.desk.matters(wanted("lit", kind="link"))) == []


async def test_what_waits_is_counted_for_each_role(node: Node, operator: Session) -> None:
    before = await node.desk.count(operator)
    await node.desk.add(waiting("new-1"))
    await node.desk.add(waiting("new-2", roles=(Role.SUPERVISOR,)))
    assert await node.desk.count(operator) == before + 1


async def test_many_who_are_told_at_once_have_it_looked_up_once(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    look = node.desk._glance

    async def counted(role: Role) -> tuple[int, list[int]]:
        looks.append(role)
        return await look(role)

    monkeypatch.setattr(node.desk, "_glance", counted)
    await asyncio.gather(*(node.desk.glance(Role.OPERATOR) for _ in range(20)))
    assert len(looks) == 1
    number = await node.desk.add(waiting("glance-1"))
    count, newest = await node.desk.glance(Role.OPERATOR)
    assert number in newest
    assert count >= 1
    under_way = asyncio.ensure_future(node.desk.glance(Role.OPERATOR))
    await asyncio.sleep(0)
    later = await node.desk.add(waiting("glance-2"))
    assert later in (await node.desk.glance(Role.OPERATOR))[1], "not what was looked up before it came"
    await under_way


async def test_a_draft_is_kept_until_it_is_sent_or_its_person_signs_out(
    node: Node, operator: Session, supervisor: Session
) -> None:
    await node.desk.save_draft(operator, "f", {"a": ["1"]})
    await node.desk.save_draft(operator, "f", {"a": ["2"]})
    await node.desk.save_draft(operator, "g", {})
    assert await node.desk.draft(operator, "f") == {"a": ["2"]}
    assert await node.desk.draft(supervisor, "f") is None, "one's own and nobody else's"
    await node.desk.drop_draft(operator, "f")
    assert await node.desk.draft(operator, "f") is None
    await node.desk.drop_drafts(operator)
    assert await node.desk.draft(operator, "g") is None


async def test_a_draft_that_nobody_goes_on_with_is_forgotten(node: Node, operator: Session) -> None:
    for form in ("old", "young"):
        await node.desk.save_draft(operator, form, {})
    with psycopg.connect(node.settings.database_url, autocommit=True) as owner:
        owner.execute("UPDATE bureau.drafts SET saved_at = now() - interval '31 days' WHERE form = 'old'")
    async with node.database.transaction() as t:
        await store.forget(t, KEPT, drafts=DRAFTS_KEPT)
    assert await node.desk.draft(operator, "old") is None
    assert await node.desk.draft(operator, "young") is not None
    await node.desk.drop_drafts(operator)


async def test_drafts_are_bounded(node: Node, supervisor: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allpoints.bureau.desk.desk.MAX_DRAFTS", 1)
    await node.desk.save_draft(supervisor, "f", {})
    with pytest.raises(TooLarge):
        await node.desk.save_draft(supervisor, "g", {})
    assert await node.desk.draft(supervisor, "g") is None
    await node.desk.drop_drafts(supervisor)


async def test_what_the_hub_tells_waits_here_and_is_acknowledged_there(node: Node, hub: RunningHub) -> None:
    with hub.superuser() as connection:
        connection.execute(
            "INSERT INTO notifications (bureau, body) VALUES ('ALB', %s)",
            ['{"kind":"hit","record":1,"reference":"TOLD-1","bureau":"FRA"}'],
        )
    await until(lambda: node.desk.matters(wanted("told-1")))

    async def acknowledged() -> bool:
        with hub.superuser() as connection:
            [(at,)] = connection.execute(
                "SELECT acknowledged_at FROM notifications WHERE body->>'reference' = 'TOLD-1'"
            )
        return at is not None

    await until(acknowledged)
