"""Whose request it is and whether they may do it, with what is remembered and what is looked up."""

import pytest
from tests.corridors import AUTHORITY, Corridor, evidence, operator, plate
from tests.hubs import asker

from allpoints.access import Action, Policies, Quota, Quotas
from allpoints.bureau import BureauKey
from allpoints.errors import Forbidden, QuotaExceeded, Unauthenticated
from allpoints.steps.authorise import Authoriser


def authoriser(corridor: Corridor, quota: int = 100) -> Authoriser:
    quotas = Quotas(Quota(rate=quota, burst=quota))
    return Authoriser(corridor.database, Policies(), quotas, frozenset({AUTHORITY}))


async def test_an_authentic_request_that_is_allowed_is_admitted_without_a_refusal(corridor: Corridor) -> None:
    message = corridor.question(asker("ALB"), evidence(plate()))
    admitted = await authoriser(corridor).admit(message, Action.CHECK, questions=1)
    assert (admitted.asker, admitted.body, admitted.refusal) == (asker("ALB"), message.body, None)
    assert not admitted.newcomer


async def test_what_the_policies_refuse_is_admitted_with_its_refusal_to_be_logged(corridor: Corridor) -> None:
    message = corridor.message(asker("ALB", role="administrator", purpose="administration"))
    admitted = await authoriser(corridor).admit(message, Action.CHECK, questions=1)
    assert isinstance(admitted.refusal, Forbidden)


async def test_nobody_acts_on_what_another_bureau_owns(corridor: Corridor) -> None:
    message = corridor.message(operator("ALB"))
    own = await authoriser(corridor).admit(message, Action.CONTRIBUTE)
    other = await authoriser(corridor).admit(message, Action.CONTRIBUTE, owner="ITA")
    assert own.refusal is None
    assert isinstance(other.refusal, Forbidden)


@pytest.mark.usefixtures("no_quota_refills")
async def test_questions_count_for_the_quota_of_their_bureau(corridor: Corridor) -> None:
    one = authoriser(corridor, quota=10)

    async def ask(bureau: str, questions: int) -> object:
        message = corridor.question(asker(bureau), evidence(plate()))
        return (await one.admit(message, Action.CHECK, questions=questions)).refusal

    assert await ask("ALB", 10) is None
    assert isinstance(await ask("ALB", 10), QuotaExceeded)
    assert await ask("FRA", 10) is None


async def test_what_is_refused_takes_nothing_of_the_quota(corridor: Corridor) -> None:
    one = authoriser(corridor, quota=10)
    nobody = corridor.message(asker("ALB", role="administrator", purpose="administration"))
    for _ in range(3):
        assert isinstance((await one.admit(nobody, Action.CHECK, questions=10)).refusal, Forbidden)
    message = corridor.question(asker("ALB"), evidence(plate()))
    assert (await one.admit(message, Action.CHECK, questions=10)).refusal is None


async def test_a_key_that_the_hub_does_not_know_is_refused(corridor: Corridor) -> None:
    message = corridor.question(asker("ALB"), evidence(plate()), key=BureauKey.generate("ALB"))
    with pytest.raises(Unauthenticated) as refusal:
        await authoriser(corridor).admit(message, Action.CHECK)
    assert refusal.value.field == "Signature-Input.keyid"


async def test_a_forgotten_key_is_looked_up_again(fresh: Corridor) -> None:
    one = authoriser(fresh)

    async def ask() -> None:
        await one.admit(fresh.question(asker("ALB"), evidence(plate())), Action.CHECK)

    await ask()
    with fresh.connection() as connection:
        connection.execute("UPDATE keys SET status = 'revoked' WHERE bureau = 'ALB'")
    # Still remembered: the transaction that logs the request is where it ends.
    await ask()
    one.forget(fresh.keys["ALB"].key_id)
    with pytest.raises(Unauthenticated):
        await ask()


async def test_a_newcomer_signs_with_the_very_key_that_is_to_be_enrolled(corridor: Corridor) -> None:
    key = BureauKey.generate("XPO")
    who = asker("XPO", role="administrator", purpose="administration", agency="bureau")
    message = corridor.message(who, b"{}", key=key)
    one = authoriser(corridor)
    assert one.admit_newcomer(message, public_key=key.public_key, bureau="XPO").newcomer
    with pytest.raises(Unauthenticated):
        one.admit_newcomer(message, public_key=BureauKey.generate("XPO").public_key, bureau="XPO")
    officer = corridor.message(asker("XPO"), b"{}", key=key)
    with pytest.raises(Forbidden):
        one.admit_newcomer(officer, public_key=key.public_key, bureau="XPO")
