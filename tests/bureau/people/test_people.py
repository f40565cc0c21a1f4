"""Accounts: who makes them, who sets them up, and that whoever loses a right loses it at once."""

import msgspec
import pyotp
import pytest
from tests.bureau.people.hired import PASSWORD, hired, invited, session_of

from allpoints.bureau.node import Node
from allpoints.bureau.people.sessions import NotSignedIn
from allpoints.bureau.people.sign_in import SignInRefused
from allpoints.bureau.store import people as store
from allpoints.errors import AllpointsError, Conflict, InvalidValue, NotFound
from allpoints.records import Purpose, Role

HERE = "192.0.2.40"


async def test_the_link_works_once(node: Node) -> None:
    person, token = await invited(node)
    assert node.people.link(token) == f"{node.settings.url}/invitation/{token}"
    invitation = await node.people.invitation(token)
    assert invitation.person == person
    assert invitation.code_address.startswith("otpauth://totp/")
    code = pyotp.TOTP(invitation.code_secret).now()
    recovery = await node.people.accept_with_password(token, PASSWORD, code)
    assert len(set(recovery)) == 8
    for attempt in (node.people.invitation(token), node.people.accept_with_password(token, PASSWORD, code)):
        with pytest.raises(NotFound):
            await attempt


async def test_a_made_up_link_is_good_for_nothing(node: Node) -> None:
    with pytest.raises(NotFound):
        await node.people.invitation("guess")


@pytest.mark.parametrize("password", ["short", "x" * 257, "aaaaaaaaaaaaaaaa", "my name is {name}!"])
async def test_a_weak_password_is_refused_and_the_link_stays_good(node: Node, password: str) -> None:
    person, token = await invited(node)
    code = pyotp.TOTP((await node.people.invitation(token)).code_secret).now()
    with pytest.raises(InvalidValue) as refused:
        await node.people.accept_with_password(token, password.format(name=person.name), code)
    assert refused.value.field == "password"
    await node.people.accept_with_password(token, PASSWORD, code)


async def test_a_wrong_first_code_is_refused(node: Node) -> None:
    _, token = await invited(node)
    with pytest.raises(InvalidValue) as refused:
        await node.people.accept_with_password(token, PASSWORD, "000000")
    assert refused.value.field == "code"


async def test_a_reset_leaves_no_way_in_but_the_new_link(node: Node) -> None:
    who = await hired(node)
    async with node.database.transaction() as t:
        cookie, _ = await node.sessions.begin(t, who.person)
    first = await node.people.reset(who.person.id)
    second = await node.people.reset(who.person.id)
    with pytest.raises(NotSignedIn):
        await node.sessions.find(cookie)
    for code in (who.code(1), who.recovery[0]):
        with pytest.raises(SignInRefused):
            await node.sign_in.by_password(who.person.name, PASSWORD, code, address=HERE)
    with pytest.raises(NotFound):
        await node.people.invitation(first)
    assert (await node.people.invitation(second)).person.id == who.person.id


async def test_who_loses_a_role_is_signed_out(node: Node) -> None:
    person, _ = await invited(node, Role.OPERATOR, Role.ANALYST)
    async with node.database.transaction() as t:
        cookie, _ = await node.sessions.begin(t, person)
    renamed = msgspec.structs.replace(person, display_name="Another name")
    await node.people.change(renamed)
    assert (await node.sessions.find(cookie)).person.display_name == "Another name"
    await node.people.change(msgspec.structs.replace(renamed, roles=(Role.ANALYST,)))
    with pytest.raises(NotSignedIn):
        await node.sessions.find(cookie)


async def test_who_is_deactivated_is_signed_out(node: Node) -> None:
    person, _ = await invited(node)
    async with node.database.transaction() as t:
        cookie, _ = await node.sessions.begin(t, person)
    await node.people.deactivate(person.id)
    with pytest.raises(NotSignedIn):
        await node.sessions.find(cookie)


async def test_who_is_deactivated_or_reset_leaves_nothing_half_typed(node: Node) -> None:
    one, two = await session_of(node), await session_of(node)
    for each in (one, two):
        await node.desk.save_draft(each, "check", {"name": ["a"]})
    await node.people.deactivate(one.person.id)
    await node.people.reset(two.person.id)
    for each in (one, two):
        assert await node.desk.draft(each, "check") is None


async def test_a_reset_leaves_no_account_of_a_provider_that_opens(node: Node) -> None:
    session = await session_of(node)
    async with node.database.transaction() as t:
        await store.link_openid(t, session.person.id, "provider subject")
    await node.people.reset(session.person.id)
    async with node.database.transaction() as t:
        assert await store.find_openid(t, "provider subject") is None


async def test_somebody_is_left_to_administer(other_node: Node) -> None:
    """On a node where no other test makes administrators."""
    people = other_node.people
    for each in await people.all():
        if each.active and Role.ADMINISTRATOR in each.roles:
            pytest.skip("another test made one")
    one, _ = await invited(other_node, Role.ADMINISTRATOR)
    two, _ = await invited(other_node, Role.ADMINISTRATOR, Role.OPERATOR)
    await people.change(msgspec.structs.replace(two, roles=(Role.OPERATOR,)))
    with pytest.raises(Conflict, match="nobody would be left"):
        await people.deactivate(one.id)
    assert (await people.find(one.id)).active


async def test_a_name_belongs_to_one(node: Node) -> None:
    person, _ = await invited(node)
    with pytest.raises(Conflict):
        await node.people.add(name=person.name.upper(), display_name="x", roles=(Role.OFFICER,))


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Anna Ali"},
        {"name": ""},
        {"display_name": ""},
        {"display_name": "two\nlines"},
        {"roles": ()},
        {"roles": (Role.OFFICER, Role.OFFICER)},
        {"purposes": ()},
        {"purposes": (Purpose.ADMINISTRATION,)},
    ],
)
async def test_a_wrong_account_is_refused_by_its_field(node: Node, wrong: dict[str, object]) -> None:
    right = {"name": "somebody", "display_name": "Somebody", "roles": (Role.OFFICER,)}
    with pytest.raises(AllpointsError) as refused:
        await node.people.add(**(right | wrong))  # type: ignore[arg-type]
    assert refused.value.field == next(iter(wrong))


async def test_pseudonyms_are_drawn_by_chance(node: Node) -> None:
    drawn = {(await invited(node))[0].pseudonym for _ in range(5)}
    assert len(drawn) == 5


async def test_preferences_are_ones_own(node: Node) -> None:
    person, _ = await invited(node)
    changed = await node.people.set_preferences(person, language="ar", theme="dark")
    assert (changed.language, changed.theme) == ("ar", "dark")
    for language, theme in (("arabic", "dark"), ("ar", "pink")):
        with pytest.raises(InvalidValue):
            await node.people.set_preferences(person, language=language, theme=theme)


async def test_the_secret_of_codes_is_sealed_for_its_person(node: Node) -> None:
    import psycopg

    one, two = await hired(node), await hired(node)
    with psycopg.connect(node.settings.database_url, autocommit=True) as owner:
        [(sealed,)] = owner.execute(
            "SELECT code_secret FROM bureau.people WHERE id = %s", [one.person.id]
        ).fetchall()
        assert one.device.secret.encode() not in sealed
        owner.execute("UPDATE bureau.people SET code_secret = %s WHERE id = %s", [sealed, two.person.id])
    with pytest.raises(AllpointsError, match="changed, or sealed"):
        await node.sign_in.by_password(two.person.name, PASSWORD, one.code(1), address=HERE)
