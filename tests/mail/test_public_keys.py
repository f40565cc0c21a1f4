"""Public keys: what a bureau publishes is certified by its own active key, and says who introduced whom."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, operator
from tests.examining import acted
from tests.hubs import asker
from tests.posting import Post

from allpoints.access import Action
from allpoints.bureau import BureauKey
from allpoints.bureau.sealed import SealingPrivateKey, check_certificate
from allpoints.errors import AllpointsError, Conflict, Forbidden, InvalidValue, NotFound
from allpoints.mail import public_keys
from allpoints.mail.public_keys import MAX_SEALING_KEYS
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.store.acts import Act
from allpoints.wire.envelopes import ForgedMessage
from allpoints.wire.messages import PublicKeys, SealingKey

NOW = datetime.now(UTC).replace(microsecond=0)


async def keys_of(corridor: Corridor, bureau: str, *, asks: str = "UTO") -> PublicKeys:
    """What anybody learns of a bureau's keys."""

    async def task(act: Act, _: Admitted) -> Work:
        return await public_keys.public_keys(act, bureau)

    found: PublicKeys = (await acted(corridor, operator(asks), Action.LIST_BUREAUS, task)).result
    return found


async def publish(corridor: Corridor, key: SealingKey, *, bureau: str = "", name: str = "") -> PublicKeys:
    """Publish a sealing key."""

    async def task(act: Act, _: Admitted) -> Work:
        return await public_keys.publish(act, bureau or key.bureau, name or key.key_id, key)

    who = asker(key.bureau, "administrator", "administration", "bureau")
    found: PublicKeys = (await acted(corridor, who, Action.PUBLISH_SEALING_KEY, task)).result
    return found


async def retire(corridor: Corridor, key: SealingKey, *, by: str = "") -> PublicKeys:
    """Retire a sealing key."""

    async def task(act: Act, admitted: Admitted) -> Work:
        return await public_keys.retire(act, admitted.asker.bureau, key.key_id)

    who = asker(by or key.bureau, "administrator", "administration", "bureau")
    found: PublicKeys = (await acted(corridor, who, Action.RETIRE_SEALING_KEY, task)).result
    return found


async def test_whoever_asks_finds_a_key_to_seal_to_and_can_check_whose_it_is(fresh: Corridor) -> None:
    key = (await Post(fresh).bureau("ALB")).sealing
    found = await keys_of(fresh, "ALB")
    assert [k.key_id for k in found.signing] == [fresh.keys["ALB"].key_id]
    assert [k.key_id for k in found.sealing] == [key.key_id]
    check_certificate(found.sealing[0], "ALB", found.signing)
    assert (await keys_of(fresh, "FRA")).sealing == ()
    with pytest.raises(NotFound):
        await keys_of(fresh, "NOR")


async def test_the_newest_comes_first_and_a_retired_one_never_comes_back(fresh: Corridor) -> None:
    signing = fresh.keys["ALB"]
    old, new = (
        SealingPrivateKey.generate("ALB").certified(signing, NOW.replace(year=year)) for year in (2024, 2025)
    )
    await publish(fresh, new)
    assert [k.key_id for k in (await publish(fresh, old)).sealing] == [new.key_id, old.key_id]
    assert await publish(fresh, old), "the same again changes nothing"
    assert [k.key_id for k in (await retire(fresh, new)).sealing] == [old.key_id]
    with pytest.raises(Conflict):
        await publish(fresh, new)
    with pytest.raises(NotFound):
        await retire(fresh, new)
    with pytest.raises(NotFound):
        await retire(fresh, old, by="FRA")


async def test_a_key_goes_with_the_one_that_certified_it_and_can_be_certified_anew(fresh: Corridor) -> None:
    first, second = fresh.keys["ALB"], BureauKey.generate("ALB")
    sealing = SealingPrivateKey.generate("ALB")
    with fresh.connection() as connection:
        connection.execute(
            "INSERT INTO keys (key_id, bureau, public_key, status, active_at, introduced_by)"
            " VALUES (%s, 'ALB', %s, 'active', now(), %s)",
            [second.key_id, second.public_key, first.key_id],
        )
        await publish(fresh, sealing.certified(second, NOW))
        connection.execute(
            "UPDATE keys SET status = 'revoked', revoked_at = now() WHERE key_id = %s", [second.key_id]
        )
    found = await keys_of(fresh, "ALB")
    assert found.sealing == ()
    assert [(k.key_id, k.introduced_by, k.revoked_at is not None) for k in found.signing] == [
        (first.key_id, None, False),
        (second.key_id, first.key_id, True),
    ]
    again = await publish(fresh, sealing.certified(first, NOW))
    assert [(k.key_id, k.signing_key) for k in again.sealing] == [(sealing.key_id, first.key_id)]


async def test_what_a_stranger_enrolled_never_was_a_key_of_the_bureau(fresh: Corridor) -> None:
    stranger = BureauKey.generate("ALB")
    with fresh.connection() as connection:
        connection.execute(
            "INSERT INTO keys (key_id, bureau, public_key, status, revoked_at)"
            " VALUES (%s, 'ALB', %s, 'revoked', now())",
            [stranger.key_id, stranger.public_key],
        )
    assert [key.key_id for key in (await keys_of(fresh, "ALB")).signing] == [fresh.keys["ALB"].key_id]


async def test_what_is_not_the_bureaus_own_is_refused(corridor: Corridor) -> None:
    alb, fra = corridor.keys["ALB"], corridor.keys["FRA"]
    good = SealingPrivateKey.generate("ALB").certified(alb, NOW)
    unknown = BureauKey.generate("ALB")
    wrong: list[tuple[SealingKey, dict[str, str], type[AllpointsError]]] = [
        (replace(good, signature=bytes(64)), {}, ForgedMessage),
        (replace(good, created_at=NOW.replace(year=2020)), {}, ForgedMessage),
        (replace(good, signing_key=fra.key_id, signature=fra.sign(b"x")), {}, InvalidValue),
        (SealingPrivateKey.generate("ALB").certified(unknown, NOW), {}, InvalidValue),
        (replace(good, public_key=b"short"), {}, InvalidValue),
        (replace(good, public_key=bytes(1216)), {}, InvalidValue),
        (good, {"name": "ALB-another"}, InvalidValue),
        (good, {"bureau": "FRA"}, InvalidValue),
        (replace(good, created_at=NOW.replace(microsecond=5)), {}, InvalidValue),
    ]
    for key, how, kind in wrong:
        with pytest.raises(kind):
            await publish(corridor, key, **how)


async def test_a_bureau_has_a_limited_number_of_sealing_keys(fresh: Corridor) -> None:
    made = [
        SealingPrivateKey.generate("ALB").certified(fresh.keys["ALB"], NOW)
        for _ in range(MAX_SEALING_KEYS + 1)
    ]
    for key in made[:-1]:
        await publish(fresh, key)
    with pytest.raises(Conflict, match="at most"):
        await publish(fresh, made[-1])
    await retire(fresh, made[0])
    assert len((await publish(fresh, made[-1])).sealing) == MAX_SEALING_KEYS


async def test_only_administrators_publish(corridor: Corridor) -> None:
    key = SealingPrivateKey.generate("ALB").certified(corridor.keys["ALB"], NOW)

    async def task(act: Act, _: Admitted) -> Work:
        return await public_keys.publish(act, "ALB", key.key_id, key)

    with pytest.raises(Forbidden):
        await acted(corridor, operator("ALB"), Action.PUBLISH_SEALING_KEY, task)
