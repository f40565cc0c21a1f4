"""People and keys are looked after by administrators, two of them where the settings say so."""

from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from tests.bureau.people.hired import invited, session_of

from allpoints.bureau.administration import NewPerson
from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.bureau.store import people, trail
from allpoints.bureau.vault import KeyKind
from allpoints.errors import Conflict, Forbidden
from allpoints.records import Role


async def test_two_administrators_make_change_and_reset_an_account(node: Node) -> None:
    one, two = await session_of(node, Role.ADMINISTRATOR), await session_of(node, Role.ADMINISTRATOR)
    desk, four_eyes = node.administration, node.four_eyes

    new = NewPerson(name=f"new-{one.person.name}", display_name="New", roles=(Role.OPERATOR,))
    outcome = await desk.add_person(one, new)
    assert outcome.result is None
    assert new.name not in [each.name for each in await node.people.all()]
    token = (await four_eyes.approve(two, outcome.proposal or 0)).result
    person = (await node.people.invitation(token)).person
    assert person.name == new.name

    changed = msgspec.structs.replace(person, roles=(Role.SUPERVISOR,))
    outcome = await desk.change_person(one, person, changed)
    await four_eyes.approve(two, outcome.proposal or 0)
    assert (await node.people.find(person.id)).roles == (Role.SUPERVISOR,)

    outcome = await desk.reset_person(two, person)
    token = (await four_eyes.approve(one, outcome.proposal or 0)).result
    assert (await node.people.invitation(token)).person.id == person.id
    async with node.database.transaction() as t:
        told = [(e.act, e.person) for e in await trail.entries(t) if e.subject == person.name]
    done = [(act, by) for act, by in told if act.startswith("person-")]
    assert done == [
        ("person-reset", one.person.id),
        ("person-changed", two.person.id),
        ("person-added", two.person.id),
    ]


async def test_an_old_proposal_undoes_no_newer_decision(node: Node) -> None:
    one, two = await session_of(node, Role.ADMINISTRATOR), await session_of(node, Role.ADMINISTRATOR)
    person, _ = await invited(node)
    renamed = msgspec.structs.replace(person, display_name="Another name")
    outcome = await node.administration.change_person(one, person, renamed)
    await node.people.deactivate(person.id)
    with pytest.raises(Conflict, match="meanwhile"):
        await node.four_eyes.approve(two, outcome.proposal or 0)
    assert not (await node.people.find(person.id)).active
    await node.four_eyes.decline(two, outcome.proposal or 0)


async def test_others_do_not(node: Node) -> None:
    operator = await session_of(node)
    person, _ = await invited(node)
    for attempt in (
        node.administration.reset_person(operator, person),
        node.administration.rotate_key(operator, KeyKind.SIGNING),
        node.administration.revoke_key(operator, node.vault.signing.key_id),
    ):
        with pytest.raises(Forbidden):
            await attempt


@pytest_asyncio.fixture
async def administrators(other_node: Node) -> AsyncIterator[list[Session]]:
    """Two of them, as long as the test lasts: whether one is left there is another test's."""
    both = [await session_of(other_node, Role.ADMINISTRATOR) for _ in range(2)]
    yield both
    async with other_node.database.transaction() as t:
        for each in both:
            await people.change(t, msgspec.structs.replace(each.person, active=False))


async def test_a_key_is_rotated_when_a_second_administrator_agrees(
    other_node: Node, administrators: list[Session]
) -> None:
    node = other_node
    one, two = administrators
    old = next(iter(node.vault.sealing))
    outcome = await node.administration.rotate_key(one, KeyKind.SEALING)
    assert next(iter(node.vault.sealing)) == old
    made = (await node.four_eyes.approve(two, outcome.proposal or 0)).result
    assert next(iter(node.vault.sealing)) == made != old
