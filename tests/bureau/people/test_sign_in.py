"""The doors open for the right person, and say nothing to anybody else."""

import asyncio
from types import SimpleNamespace

import pytest
from tests.bureau.people.hired import PASSWORD, Hired, hired, invited

from allpoints.bureau.node import Node
from allpoints.bureau.people import passwords, throttle
from allpoints.bureau.people.sign_in import SignInRefused
from allpoints.bureau.people.throttle import FREE_OF_A_NAME, TooManyFailures
from allpoints.bureau.store import trail
from allpoints.errors import InvalidValue, QuotaExceeded
from allpoints.records import Role

HERE = "192.0.2.1"


async def enter(
    node: Node, who: Hired, password: str = PASSWORD, code: str | None = None, *, address: str
) -> str:
    token, _ = await node.sign_in.by_password(
        who.person.name, password, who.code(1) if code is None else code, address=address
    )
    return token


async def test_the_right_password_and_code_begin_a_session(node: Node) -> None:
    who = await hired(node)
    token, session = await node.sign_in.by_password(
        f" {who.person.name.upper()} ", PASSWORD, who.code(1), address=HERE
    )
    assert session.person.name == who.person.name
    assert await node.sessions.find(token) == session


async def test_a_code_works_once(node: Node) -> None:
    who = await hired(node)
    with pytest.raises(SignInRefused):
        await enter(node, who, code=who.code(0), address="192.0.2.2")
    await enter(node, who, code=who.code(1), address="192.0.2.2")
    with pytest.raises(SignInRefused):
        await enter(node, who, code=who.code(1), address="192.0.2.2")


async def test_a_recovery_code_works_once(node: Node) -> None:
    who = await hired(node)
    await enter(node, who, code=who.recovery[3].upper(), address="192.0.2.3")
    async with node.database.transaction() as t:
        [entry] = [e for e in await trail.entries(t) if e.person == who.person.id and e.act == "signed-in"]
    assert entry.detail == "password and recovery code"
    with pytest.raises(SignInRefused):
        await enter(node, who, code=who.recovery[3], address="192.0.2.3")


@pytest.mark.parametrize("password", ["", "wrong words altogether", "x" * 100_000])
async def test_a_wrong_password_is_refused(node: Node, password: str) -> None:
    who = await hired(node)
    with pytest.raises(SignInRefused):
        await enter(node, who, password, address="192.0.2.4")


async def test_whatever_is_wrong_the_refusal_is_the_same(node: Node) -> None:
    who, gone, never = await hired(node), await hired(node), (await invited(node))[0]
    await node.people.deactivate(gone.person.id)
    said = set()
    for name, password, code in (
        (who.person.name, "wrong words altogether", who.code(1)),
        (who.person.name, PASSWORD, "000000"),
        (gone.person.name, PASSWORD, gone.code(1)),
        (never.name, PASSWORD, "000000"),
        ("nobody", PASSWORD, "000000"),
    ):
        with pytest.raises(SignInRefused) as refused:
            await node.sign_in.by_password(name, password, code, address="192.0.2.5")
        said.add(str(refused.value))
    assert len(said) == 1


@pytest.mark.parametrize("name", ["", "\0", "'; --", "é" * 5_000, "\u202e"])
async def test_a_strange_name_is_refused(node: Node, name: str) -> None:
    with pytest.raises((SignInRefused, InvalidValue)):
        await node.sign_in.by_password(name, PASSWORD, "\0", address="192.0.2.9")


async def test_an_unknown_name_costs_a_hash_like_a_known_one(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda h, p: worked.append(h) or verify(h, p))
    with pytest.raises(SignInRefused):
        await node.sign_in.by_password("nobody-at-all", PASSWORD, "000000", address="192.0.2.6")
    assert worked == [passwords._nobody]
    assert passwords._hasher.check_needs_rehash(worked[0]) is False


async def test_ten_thousand_wrong_passwords_keep_the_guesser_waiting_and_not_the_right_person(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await hired(node)
    await enter(node, who, code=who.recovery[0], address="198.51.100.7")
    hashed: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda h, p: hashed.append(h) or verify(h, p))

    waits = []
    refusals = 0
    for start in range(0, 10_000, 50):
        tries = (
            node.sign_in.by_password(who.person.name, f"guess {start + n}", "000000", address="203.0.113.9")
            for n in range(50)
        )
        for outcome in await asyncio.gather(*tries, return_exceptions=True):
            assert isinstance(outcome, SignInRefused | TooManyFailures)
            refusals += isinstance(outcome, SignInRefused)
            waits += [outcome.retry_after_s] if isinstance(outcome, TooManyFailures) else []
    assert refusals == len(hashed) < FREE_OF_A_NAME + 12, "the others were not even looked at"
    assert max(waits) <= 900

    # From elsewhere the name has to wait as well, but not from where its person came before.
    with pytest.raises(TooManyFailures):
        await enter(node, who, code=who.recovery[1], address="203.0.113.77")
    await enter(node, who, code=who.recovery[1], address="198.51.100.7")

    async with node.database.transaction() as t:
        told = [e for e in await trail.entries(t, limit=200) if e.subject == who.person.name]
    assert len([e for e in told if e.act == "sign-in-refused" and e.address == "203.0.113.9"]) == refusals


async def test_signing_in_is_in_the_trail(node: Node) -> None:
    who = await hired(node, Role.OFFICER)
    await enter(node, who, address="192.0.2.8")
    async with node.database.transaction() as t:
        [entry] = [e for e in await trail.entries(t) if e.person == who.person.id and e.act == "signed-in"]
    assert (entry.address, entry.detail, entry.display_name) == (
        "192.0.2.8",
        "password and code",
        "A person",
    )


def test_an_address_is_the_same_in_either_form_and_of_ipv6_half_of_it_counts() -> None:
    assert throttle.network_of("::ffff:192.0.2.1") == throttle.network_of("192.0.2.1")
    assert throttle.network_of("::ffff:192.0.2.1") != throttle.network_of("::ffff:192.0.2.2")
    assert throttle.network_of("2001:db8::1") == throttle.network_of("2001:db8::ffff:1")


async def test_what_answers_no_question_of_ours_leaves_no_trail_and_soon_has_to_wait(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node.sign_in._throttle, "_knocks", throttle.PerMinute(3))
    monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda: 1_000_000.0))
    here, doors = "192.0.2.66", node.sign_in
    with pytest.raises(SignInRefused):
        await doors.by_passkey("{}", address=here)
    with pytest.raises(SignInRefused):
        await doors.by_openid(code="", state="x", binding="", address=here)
    await doors.ask_passkey(address=here)
    for knock in (
        doors.by_passkey("{}", address=here),
        doors.by_openid(code="", state="x", binding="", address=here),
        doors.ask_passkey(address=here),
        doors.begin_openid(address=here),
    ):
        with pytest.raises(QuotaExceeded):
            await knock
    await doors.ask_passkey(address="192.0.2.67")
    async with node.database.transaction() as t:
        assert [each for each in await trail.entries(t, limit=200) if each.address == here] == []
