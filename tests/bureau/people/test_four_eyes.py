"""What needs two people is done when a second one agrees, and not before."""

import asyncio
from typing import Any

import msgspec
import psycopg
import pytest
from tests.bureau.people.hired import session_of

from allpoints.bureau.desk import Matter, Wanted
from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.bureau.people.four_eyes import FourEyes
from allpoints.bureau.store import trail
from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.records import Role

ACT = "paint-the-door"


class Painting:
    """An act that can be seen, or made to fail."""

    def __init__(self, node: Node, *, governed: bool = True) -> None:
        settings = msgspec.structs.replace(node.settings, four_eyes=(ACT,) if governed else ())
        self.four_eyes = FourEyes(node.database, settings, node.desk.announce)
        self.four_eyes.register(ACT, (Role.SUPERVISOR, Role.ADMINISTRATOR), self.paint)
        self.painted: list[tuple[Any, str]] = []
        self.fails = False
        self.lasts: asyncio.Event | None = None
        """Until this is set, where there is one."""

    async def paint(self, content: Any, session: Session) -> str:
        if self.fails:
            raise Conflict("no paint")
        if self.lasts:
            await self.lasts.wait()
        self.painted.append((content, session.person.name))
        return "painted"


@pytest.fixture
def painting(node: Node) -> Painting:
    return Painting(node)


async def proposed(painting: Painting, session: Session, colour: str = "green") -> int:
    outcome = await painting.four_eyes.do(session, ACT, "the door", {"colour": colour})
    assert outcome.proposal is not None
    return outcome.proposal


async def test_it_is_done_when_a_second_person_agrees(node: Node, painting: Painting) -> None:
    one, two = await session_of(node, Role.SUPERVISOR), await session_of(node, Role.SUPERVISOR)
    number = await proposed(painting, one)
    assert painting.painted == []
    assert number in [each.id for each in await painting.four_eyes.waiting(two)]
    assert (await painting.four_eyes.approve(two, number)).result == "painted"
    assert painting.painted == [({"colour": "green"}, two.person.name)]
    assert number not in [each.id for each in await painting.four_eyes.waiting(two)]
    with pytest.raises(NotFound):
        await painting.four_eyes.approve(two, number)
    async with node.database.transaction() as t:
        told = [(e.act, e.person) for e in await trail.entries(t) if e.detail == f"{number}: {ACT}"]
    assert told == [("approved", two.person.id), ("proposed", one.person.id)]


async def inbox(node: Node, number: int) -> list[Matter]:
    """What a supervisor's inbox says of a proposal."""
    waiting = await node.desk.matters(Wanted(role=Role.SUPERVISOR, kind="proposal", limit=1000))
    return [matter for matter in waiting if matter.key == f"proposal:{number}"]


@pytest.mark.parametrize("end", ["approved", "declined", "lapsed"])
async def test_it_waits_in_the_inbox_of_its_roles_until_it_ends(
    node: Node, painting: Painting, end: str
) -> None:
    one, two = await session_of(node, Role.SUPERVISOR), await session_of(node, Role.SUPERVISOR)
    number = await proposed(painting, one)
    [matter] = await inbox(node, number)
    assert (matter.what, set(matter.roles)) == ("the door", {Role.SUPERVISOR, Role.ADMINISTRATOR})
    [proposal] = [each for each in await painting.four_eyes.waiting(two) if each.id == number]
    assert matter.deadline == proposal.expires_at
    if end == "approved":
        await painting.four_eyes.approve(two, number)
    elif end == "declined":
        await painting.four_eyes.decline(two, number)
    else:
        with psycopg.connect(node.settings.database_url, autocommit=True) as owner:
            owner.execute("UPDATE bureau.matters SET deadline = now() WHERE id = %s", [matter.id])
        await painting.four_eyes.tidy()
    assert await inbox(node, number) == []


async def test_nobody_approves_their_own(node: Node, painting: Painting) -> None:
    one = await session_of(node, Role.SUPERVISOR, Role.ADMINISTRATOR)
    number = await proposed(painting, one)
    with pytest.raises(Forbidden, match="yourself"):
        await painting.four_eyes.approve(one, number)
    assert painting.painted == []


async def test_the_database_keeps_that_rule_too(node: Node, painting: Painting) -> None:
    one = await session_of(node, Role.SUPERVISOR)
    number = await proposed(painting, one)
    with (
        psycopg.connect(node.settings.database_url) as owner,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        owner.execute(
            "UPDATE bureau.proposals SET state = 'done', decided_by = proposed_by WHERE id = %s", [number]
        )


async def test_another_role_neither_proposes_nor_approves_nor_sees(node: Node, painting: Painting) -> None:
    one, officer = await session_of(node, Role.SUPERVISOR), await session_of(node, Role.OFFICER)
    number = await proposed(painting, one)
    assert await painting.four_eyes.waiting(officer) == []
    with pytest.raises(Forbidden):
        await painting.four_eyes.approve(officer, number)
    with pytest.raises(Forbidden):
        await proposed(painting, officer)


async def test_what_is_declined_or_taken_back_is_not_done(node: Node, painting: Painting) -> None:
    one, two = await session_of(node, Role.SUPERVISOR), await session_of(node, Role.SUPERVISOR)
    for decides in (one, two):
        number = await proposed(painting, one)
        await painting.four_eyes.decline(decides, number)
        with pytest.raises(NotFound):
            await painting.four_eyes.approve(two, number)
    assert painting.painted == []


async def test_what_nobody_looked_at_in_time_is_not_done(node: Node, painting: Painting) -> None:
    one, two = await session_of(node, Role.SUPERVISOR), await session_of(node, Role.SUPERVISOR)
    number = await proposed(painting, one)
    with psycopg.connect(node.settings.database_url, autocommit=True) as owner:
        owner.execute("UPDATE bureau.proposals SET expires_at = now() WHERE id = %s", [number])
    with pytest.raises(NotFound):
        await painting.four_eyes.approve(two, number)


async def test_what_failed_may_be_approved_again(node: Node, painting: Painting) -> None:
    one, two = await session_of(node, Role.SUPERVISOR), await session_of(node, Role.SUPERVISOR)
    number = await proposed(painting, one)
    painting.fails = True
    with pytest.raises(Conflict, match="no paint"):
        await painting.four_eyes.approve(two, number)
    painting.fails = False
    await painting.four_eyes.approve(two, number)
    assert len(painting.painted) == 1


async def test_what_is_being_done_is_not_done_once_more(node: Node, painting: Painting) -> None:
    one, two, three = [await session_of(node, Role.SUPERVISOR) for _ in range(3)]
    number = await proposed(painting, one)
    painting.lasts = asyncio.Event()
    under_way = asyncio.ensure_future(painting.four_eyes.approve(two, number))
    await asyncio.sleep(0)
    for again in (two, three):
        with pytest.raises(Conflict, match="being done"):
            await painting.four_eyes.approve(again, number)
    painting.lasts.set()
    await under_way
    assert len(painting.painted) == 1


@pytest.mark.parametrize("change", [{"active": False}, {"roles": (Role.OFFICER,)}])
async def test_who_has_left_or_lost_the_role_is_no_first_person(
    node: Node, painting: Painting, change: dict[str, Any]
) -> None:
    one, two = await session_of(node, Role.SUPERVISOR), await session_of(node, Role.SUPERVISOR)
    number = await proposed(painting, one)
    await node.people.change(msgspec.structs.replace(one.person, **change))
    with pytest.raises(Forbidden, match="could not do so now"):
        await painting.four_eyes.approve(two, number)
    assert painting.painted == []


async def test_what_is_not_governed_is_done_at_once(node: Node) -> None:
    painting = Painting(node, governed=False)
    one = await session_of(node, Role.SUPERVISOR)
    outcome = await painting.four_eyes.do(one, ACT, "the door", {"colour": "red"})
    assert (outcome.proposal, outcome.result) == (None, "painted")
    assert painting.painted == [({"colour": "red"}, one.person.name)]


async def test_an_act_that_there_is_not_is_refused_in_the_settings(node: Node) -> None:
    settings = msgspec.structs.replace(node.settings, four_eyes=("fly",))
    with pytest.raises(InvalidValue, match="fly"):
        FourEyes(node.database, settings, node.desk.announce).check_settings()
