"""A session is somebody's, in one role for one purpose, on this node, for a while."""

import hashlib
from datetime import timedelta

import psycopg
import pytest
from msgspec.structs import replace
from tests.bureau.people.hired import invited, session_of

from allpoints.bureau.node import Node
from allpoints.bureau.people.sessions import NotSignedIn
from allpoints.errors import Forbidden
from allpoints.records import AgencyKind, Asker, Purpose, Role


async def begun(node: Node, *roles: Role) -> str:
    """The token of a session of somebody new."""
    person, _ = await invited(node, *roles)
    async with node.database.transaction() as t:
        token, _ = await node.sessions.begin(t, person)
    return token


def change(node: Node, statement: str, token: str) -> None:
    """Let time pass for one session."""
    with psycopg.connect(node.settings.database_url, autocommit=True) as owner:
        owner.execute(statement.encode(), [hashlib.sha256(token.encode()).digest()])


async def test_the_chosen_role_and_purpose_travel_to_the_hub_under_a_pseudonym(node: Node) -> None:
    token = await begun(node, Role.OPERATOR, Role.SUPERVISOR)
    session = await node.sessions.find(token)
    assert session.asker("ALB") == Asker(
        bureau="ALB",
        user=session.person.pseudonym,
        agency=AgencyKind.BUREAU,
        role=Role.OPERATOR,
        purpose=Purpose.VEHICLE_CRIME,
    )
    assert session.person.name not in session.person.pseudonym


async def test_the_token_is_stored_nowhere(node: Node) -> None:
    token = await begun(node)
    with psycopg.connect(node.settings.database_url) as owner:
        rows = owner.execute("SELECT token_hash FROM bureau.sessions").fetchall()
        everything = owner.execute("SELECT string_agg(s::text, ' ') FROM bureau.sessions s").fetchone()
    assert (hashlib.sha256(token.encode()).digest(),) in rows
    assert everything is not None
    assert token not in everything[0]
    assert token.encode().hex() not in everything[0]


async def test_another_nodes_cookie_means_nothing_here(node: Node, other_node: Node) -> None:
    token = await begun(other_node)
    await other_node.sessions.find(token)
    with pytest.raises(NotSignedIn):
        await node.sessions.find(token)


@pytest.mark.parametrize("token", ["", "x", "é" * 10, "\udcff", "a" * 100_000])
async def test_a_made_up_cookie_means_nothing(node: Node, token: str) -> None:
    with pytest.raises(NotSignedIn):
        await node.sessions.find(token)


async def test_nobody_who_forges_a_form_knows_what_it_must_bring_along(node: Node) -> None:
    one, two = await session_of(node), await session_of(node)
    assert one.csrf != two.csrf
    assert len(one.csrf) >= 32


async def test_a_session_that_was_idle_for_too_long_is_over(node: Node) -> None:
    token = await begun(node)
    change(
        node,
        "UPDATE bureau.sessions SET seen_at = now() - interval '29 minutes' WHERE token_hash = %s",
        token,
    )
    await node.sessions.find(token)
    change(
        node,
        "UPDATE bureau.sessions SET seen_at = seen_at - interval '29 minutes' WHERE token_hash = %s",
        token,
    )
    await node.sessions.find(token)
    change(
        node,
        "UPDATE bureau.sessions SET seen_at = now() - interval '31 minutes' WHERE token_hash = %s",
        token,
    )
    with pytest.raises(NotSignedIn):
        await node.sessions.find(token)


async def test_what_a_page_asks_by_itself_leaves_a_session_at_rest(node: Node) -> None:
    token = await begun(node)
    change(
        node,
        "UPDATE bureau.sessions SET seen_at = now() - interval '20 minutes' WHERE token_hash = %s",
        token,
    )
    await node.sessions.find(token, by_person=False)
    change(
        node,
        "UPDATE bureau.sessions SET seen_at = seen_at - interval '20 minutes' WHERE token_hash = %s",
        token,
    )
    with pytest.raises(NotSignedIn):
        await node.sessions.find(token)


async def test_a_session_ends_however_busy_it_is(node: Node) -> None:
    token = await begun(node)
    change(node, "UPDATE bureau.sessions SET expires_at = now() WHERE token_hash = %s", token)
    with pytest.raises(NotSignedIn):
        await node.sessions.find(token)
    await node.sessions.tidy()


async def test_another_role_is_another_session_that_lasts_no_longer(node: Node) -> None:
    old = await begun(node, Role.OPERATOR, Role.ADMINISTRATOR)
    session = await node.sessions.find(old)
    token, chosen = await node.sessions.choose(session, Role.ADMINISTRATOR, Purpose.ADMINISTRATION)
    assert (chosen.role, chosen.purpose, chosen.expires_at) == (
        Role.ADMINISTRATOR,
        Purpose.ADMINISTRATION,
        session.expires_at,
    )
    assert await node.sessions.find(token) == chosen
    with pytest.raises(NotSignedIn):
        await node.sessions.find(old)


async def test_another_role_makes_no_session_fresh(node: Node) -> None:
    session = await session_of(node, Role.OPERATOR, Role.SUPERVISOR)
    assert node.sessions.is_fresh(session)
    older = replace(session, expires_at=session.expires_at - timedelta(minutes=6))
    _, chosen = await node.sessions.choose(older, Role.SUPERVISOR, Purpose.VEHICLE_CRIME)
    assert not node.sessions.is_fresh(chosen)


async def test_a_session_that_has_ended_goes_on_in_no_other_role(node: Node) -> None:
    """As where somebody signs out in one tab, or is deactivated, while another tab chooses."""
    session = await session_of(node, Role.OPERATOR, Role.SUPERVISOR)
    await node.sessions.end(session)
    with pytest.raises(NotSignedIn):
        await node.sessions.choose(session, Role.SUPERVISOR, Purpose.VEHICLE_CRIME)


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        (Role.SUPERVISOR, Purpose.VEHICLE_CRIME),
        (Role.OPERATOR, Purpose.COUNTER_TERRORISM),
        (Role.OPERATOR, Purpose.ADMINISTRATION),
    ],
)
async def test_a_role_or_a_purpose_that_is_not_ones_own_is_refused(
    node: Node, role: Role, purpose: Purpose
) -> None:
    session = await session_of(node)
    with pytest.raises(Forbidden):
        await node.sessions.choose(session, role, purpose)


async def test_signing_out_ends_it(node: Node) -> None:
    token = await begun(node)
    await node.sessions.end(await node.sessions.find(token))
    with pytest.raises(NotSignedIn):
        await node.sessions.find(token)
