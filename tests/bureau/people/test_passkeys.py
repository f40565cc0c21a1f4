"""Passkeys open the door of this node's host alone, once each time, with the person verified."""

import pytest
from tests.bureau.people.authenticator import Authenticator
from tests.bureau.people.hired import invited

from allpoints.bureau.node import Node
from allpoints.bureau.people import Person
from allpoints.bureau.people.sign_in import SignInRefused
from allpoints.errors import InvalidValue, NotFound

HERE = "192.0.2.20"


async def registered(node: Node) -> tuple[Person, Authenticator]:
    """Somebody new with a passkey."""
    person, token = await invited(node)
    device = Authenticator(node.settings.url)
    answer = device.create(await node.passkeys.ask_to_register(person))
    await node.passkeys.register_invited(token, answer, label="a key")
    return person, device


async def refused(node: Node, answer: str) -> None:
    with pytest.raises(SignInRefused):
        await node.sign_in.by_passkey(answer, address=HERE)


async def test_somebody_invited_registers_a_passkey_and_signs_in_with_it(node: Node) -> None:
    person, device = await registered(node)
    _, session = await node.sign_in.by_passkey(device.get(await node.passkeys.ask_to_sign_in()), address=HERE)
    assert session.person.id == person.id
    [key] = await node.passkeys.of(person)
    assert (key.label, key.sign_count) == ("a key", 1)
    assert key.last_used_at is not None


async def test_a_link_registers_one_passkey(node: Node) -> None:
    person, token = await invited(node)
    for expected in (None, NotFound):
        answer = Authenticator(node.settings.url).create(await node.passkeys.ask_to_register(person))
        if expected is None:
            await node.passkeys.register_invited(token, answer, label="a key")
        else:
            with pytest.raises(expected):
                await node.passkeys.register_invited(token, answer, label="a key")


async def test_an_answer_counts_once(node: Node) -> None:
    _, device = await registered(node)
    answer = device.get(await node.passkeys.ask_to_sign_in())
    await node.sign_in.by_passkey(answer, address=HERE)
    await refused(node, answer)


async def test_an_answer_to_what_nobody_asked_is_refused(node: Node) -> None:
    _, device = await registered(node)
    asked = await node.passkeys.ask_to_sign_in()
    await refused(node, device.get(asked.replace('"challenge": "', '"challenge": "AAAA')))


async def test_a_site_that_looks_like_the_node_gets_nowhere(node: Node) -> None:
    _, device = await registered(node)
    device.origin = "http://localhost.example"
    await refused(node, device.get(await node.passkeys.ask_to_sign_in()))


async def test_without_the_person_verified_nothing_opens(node: Node) -> None:
    _, device = await registered(node)
    device.verifies_user = False
    await refused(node, device.get(await node.passkeys.ask_to_sign_in()))


async def test_a_copy_of_a_passkey_is_noticed_by_its_counter(node: Node) -> None:
    _, device = await registered(node)
    for _ in range(3):
        await node.sign_in.by_passkey(device.get(await node.passkeys.ask_to_sign_in()), address=HERE)
    device.count = 1
    await refused(node, device.get(await node.passkeys.ask_to_sign_in()))


async def test_a_passkey_that_is_not_known_here_opens_nothing(node: Node, other_node: Node) -> None:
    stranger = Authenticator(node.settings.url)
    await refused(node, stranger.get(await node.passkeys.ask_to_sign_in()))


async def test_one_persons_challenge_registers_nobody_elses_passkey(node: Node) -> None:
    one, _ = await invited(node)
    another, _ = await invited(node)
    answer = Authenticator(node.settings.url).create(await node.passkeys.ask_to_register(one))
    with pytest.raises(InvalidValue, match="nothing that was asked"):
        await node.passkeys.register(another, answer, label="a key")


async def test_registering_needs_the_person_verified_too(node: Node) -> None:
    person, _ = await invited(node)
    device = Authenticator(node.settings.url)
    device.verifies_user = False
    with pytest.raises(InvalidValue, match="prove"):
        await node.passkeys.register(
            person, device.create(await node.passkeys.ask_to_register(person)), label="a key"
        )


@pytest.mark.parametrize(
    "answer",
    [
        "", "null", "[]", "{}", '{"id": 1}', "[" * 50_000, "x" * 100_000,
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA"}}',
    ],
)  # fmt: skip
async def test_nonsense_is_refused(node: Node, answer: str) -> None:
    await refused(node, answer)
    person, _ = await invited(node)
    with pytest.raises(InvalidValue):
        await node.passkeys.register(person, answer, label="a key")


async def test_a_removed_passkey_opens_nothing(node: Node) -> None:
    person, device = await registered(node)
    [key] = await node.passkeys.of(person)
    stranger, _ = await invited(node)
    with pytest.raises(NotFound):
        await node.passkeys.remove(stranger, key.id)
    await node.passkeys.remove(person, key.id)
    await refused(node, device.get(await node.passkeys.ask_to_sign_in()))


async def test_a_passkey_of_somebody_deactivated_opens_nothing(node: Node) -> None:
    person, device = await registered(node)
    await node.people.deactivate(person.id)
    await refused(node, device.get(await node.passkeys.ask_to_sign_in()))
