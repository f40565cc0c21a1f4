"""How often in a row a sign-in failed, by keyed hashes of account and address; and from where people usually come."""

import msgspec

from allpoints.bureau.store.database import Transaction


class Failures(msgspec.Struct, frozen=True):
    """Failures in a row under one key."""

    count: int
    ago_s: float
    """Since the last one."""


async def failures(t: Transaction, keys: list[bytes]) -> list[Failures]:
    """What there was under each of these keys."""
    found = {key: Failures(number, ago) for key, number, ago in await t.rows("failures", keys)}
    return [found.get(key, Failures(0, 0.0)) for key in keys]


async def lock(t: Transaction, keys: list[bytes]) -> None:
    """Until the transaction ends nobody else counts under these keys."""
    for key in sorted(keys):
        await t.rows("begin_counting", key)
    await t.rows("lock_failures", keys)


async def count(t: Transaction, key: bytes, number: int) -> None:
    """Store that there were so many in a row, the last one now."""
    await t.rows("count_failure", key=key, count=number)


async def forget(t: Transaction, key: bytes) -> None:
    """Begin anew: it was the right person."""
    await t.rows("forget_failures", key)


async def forgive_one(t: Transaction, key: bytes) -> None:
    """One of them was none."""
    await t.rows("forgive_failure", key)


async def is_familiar(t: Transaction, key: bytes) -> bool:
    """Whether the person of this key signed in from its address in the last 90 days."""
    return await t.row("is_familiar", key) is not None


async def remember_place(t: Transaction, key: bytes) -> None:
    """Note that they did so now."""
    await t.rows("remember_place", key)


async def tidy(t: Transaction) -> None:
    """Forget what is long ago."""
    await t.rows("tidy_failures")
    await t.rows("tidy_places")
