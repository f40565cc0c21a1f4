"""Signing in at a provider: only its own word, for this node, asked for by this browser, now."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from joserfc.jwk import RSAKey
from tests.bureau.people.hired import invited
from tests.bureau.people.provider import CLIENT, SECRET, Provider

from allpoints.bureau.node import Node
from allpoints.bureau.people.openid import OpenID
from allpoints.bureau.people.passwords import Passwords
from allpoints.bureau.people.people import People
from allpoints.bureau.people.sessions import NotSignedIn
from allpoints.bureau.people.sign_in import SignIn, SignInRefused
from allpoints.bureau.store import trail
from allpoints.errors import Conflict, Forbidden, InvalidValue, Unavailable

HERE = "192.0.2.30"


class Door(msgspec.Struct):
    """A node's people with a provider."""

    provider: Provider
    openid: OpenID
    people: People
    sign_in: SignIn

    async def enter(self) -> str:
        """Go to the provider, come back, and return the name of whoever is let in."""
        redirect = await self.openid.begin()
        code, state = self.provider.consent(redirect.url)
        _, session = await self.sign_in.by_openid(
            code=code, state=state, binding=redirect.binding, address=HERE
        )
        return session.person.name


@pytest_asyncio.fixture
async def door(node: Node, tmp_path: Path) -> AsyncIterator[Door]:
    provider = Provider()
    (tmp_path / "secret").write_text(SECRET + "\n")
    settings = msgspec.structs.replace(
        node.settings,
        openid_issuer=provider.issuer,
        openid_client=CLIENT,
        openid_secret_file=tmp_path / "secret",
    )
    openid = OpenID(node.database, node.vault, settings)
    people = People(node.database, node.vault, settings, Passwords())
    sign_in = SignIn(
        node.database,
        node.vault,
        everybody=people,
        sessions=node.sessions,
        hasher=Passwords(),
        passkeys=node.passkeys,
        openid=openid,
    )
    try:
        yield Door(provider, openid, people, sign_in)
    finally:
        await openid.close()
        provider.close()


@pytest_asyncio.fixture
async def name(door: Door, node: Node) -> str:
    """Somebody who is linked to the provider's subject."""
    person, _ = await invited(node)
    await door.people.link_openid(person.id, door.provider.subject)
    return person.name


async def test_a_linked_subject_is_let_in(door: Door, name: str) -> None:
    assert await door.enter() == name


async def test_who_is_linked_no_more_is_signed_out(door: Door, name: str, node: Node) -> None:
    redirect = await door.openid.begin()
    code, state = door.provider.consent(redirect.url)
    token, session = await door.sign_in.by_openid(
        code=code, state=state, binding=redirect.binding, address=HERE
    )
    await door.people.link_openid(session.person.id, "")
    with pytest.raises(NotSignedIn):
        await node.sessions.find(token)


async def test_a_subject_whom_nobody_linked_is_not(door: Door) -> None:
    with pytest.raises(Forbidden, match="linked"):
        await door.enter()


async def test_a_subject_is_linked_to_one_person(door: Door, name: str, node: Node) -> None:
    person, _ = await invited(node)
    with pytest.raises(Conflict):
        await door.people.link_openid(person.id, door.provider.subject)


async def test_a_node_without_a_provider_links_nobody(node: Node) -> None:
    person, _ = await invited(node)
    with pytest.raises(InvalidValue):
        await node.people.link_openid(person.id, "subject")
    with pytest.raises(SignInRefused):
        await node.sign_in.by_openid(code="c", state="s", binding="b", address=HERE)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"iat": 1 << 40},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    door: Door, name: str, claims: dict[str, object]
) -> None:
    door.provider.claims = claims
    with pytest.raises(SignInRefused):
        await door.enter()


async def test_a_token_of_several_audiences_is_accepted_where_it_says_that_it_is_ours(
    door: Door, name: str
) -> None:
    door.provider.claims = {"aud": [CLIENT, "another-client"], "azp": CLIENT}
    assert await door.enter() == name


async def test_a_token_that_another_key_signed_is_refused(door: Door, name: str) -> None:
    door.provider.key = RSAKey.generate_key(2048, {"kid": "first"})
    with pytest.raises(SignInRefused):
        await door.enter()


async def test_a_new_key_of_the_provider_is_fetched(
    door: Door, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await door.enter() == name
    door.provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    door.provider.published.append(door.provider.key)
    monkeypatch.setattr(door.openid, "_keys_read_at", time.monotonic() - 60)
    assert await door.enter() == name


async def test_a_state_works_once_and_only_in_the_browser_that_began(door: Door, name: str) -> None:
    redirect = await door.openid.begin()
    code, state = door.provider.consent(redirect.url)
    another = await door.openid.begin()
    for binding in (another.binding, redirect.binding):
        with pytest.raises(SignInRefused):
            await door.sign_in.by_openid(code=code, state=state, binding=binding, address=HERE)


async def test_only_what_was_begun_here_leaves_a_trail(door: Door, name: str, node: Node) -> None:
    here = "192.0.2.31"
    redirect = await door.openid.begin()
    code, state = door.provider.consent(redirect.url)
    for made_up in ("made-up", state):
        with pytest.raises(SignInRefused):
            await door.sign_in.by_openid(code=code, state=made_up, binding="another", address=here)
    async with node.database.transaction() as t:
        [entry] = [each for each in await trail.entries(t) if each.address == here]
    assert "another browser" in entry.detail


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(door: Door, name: str) -> None:
    victims, thiefs = await door.openid.begin(), await door.openid.begin()
    code, _ = door.provider.consent(victims.url)
    _, state = door.provider.consent(thiefs.url)
    with pytest.raises(SignInRefused, match="refuses"):
        await door.sign_in.by_openid(code=code, state=state, binding=thiefs.binding, address=HERE)


async def test_a_provider_that_says_it_is_another_one_is_not_believed(door: Door) -> None:
    door.provider.issuer_said = "https://another.example"
    with pytest.raises(Unavailable, match="another"):
        await door.openid.begin()


async def test_a_provider_that_does_not_answer_is_said_to_be_away(door: Door) -> None:
    door.provider.close()
    with pytest.raises(Unavailable):
        await door.openid.begin()
