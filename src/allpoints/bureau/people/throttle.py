"""Keeping guessers waiting, and nobody else for long.

After a few failures in a row under a name, or from an address, each further try has to wait twice as long, up to
a quarter of an hour. Tries that come too early are refused without being looked at, and make nobody wait longer. From
where somebody signed in before, others' failures count for nothing: the right person is not locked out.
"""

import ipaddress
from collections.abc import Mapping

import msgspec

from allpoints.bureau.store import failures
from allpoints.bureau.store.database import Transaction
from allpoints.bureau.vault import Vault
from allpoints.errors import QuotaExceeded

FREE_OF_A_NAME = 5
FREE_OF_AN_ADDRESS = 20
"""Many people may sign in from behind one address."""
LONGEST_WAIT_S = 900.0
FORGET_S = 86_400.0


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try to sign in, counted as a failure until it succeeds."""

    by_name: bytes
    by_address: bytes
    place: bytes


class TooManyFailures(QuotaExceeded):
    """Wait as long as it says, sign in from where you did before, or use a passkey."""


async def begin(t: Transaction, vault: Vault, *, name: str, address: str) -> Attempt:
    """Count a try. Raises `TooManyFailures` for one that comes too early, which counts for nothing."""
    network = _network(address)
    place = vault.keyed_hash(f"{name}\n{network}".encode(errors="replace"), "familiar place")
    familiar = await failures.is_familiar(t, place)
    attempt = Attempt(
        by_name=place if familiar else vault.keyed_hash(name.encode(errors="replace"), "failures of a name"),
        by_address=vault.keyed_hash(network.encode(), "failures from an address"),
        place=place,
    )
    free = {attempt.by_name: FREE_OF_A_NAME}
    if not familiar:
        free[attempt.by_address] = FREE_OF_AN_ADDRESS
    # Looked at before it is locked: who comes too early costs little.
    await _counted(t, free)
    await failures.lock(t, list(free))
    for key, number in (await _counted(t, free)).items():
        await failures.count(t, key, number + 1)
    return attempt


async def _counted(t: Transaction, free: Mapping[bytes, int]) -> dict[bytes, int]:
    """How many failures in a row count under each key. Raises `TooManyFailures` where it is too early for another."""
    found = dict(zip(free, await failures.failures(t, list(free)), strict=True))
    recent = {key: each.count if each.ago_s < FORGET_S else 0 for key, each in found.items()}
    wait = max(wait_s(number, free[key]) - found[key].ago_s for key, number in recent.items())
    if wait > 0:
        raise TooManyFailures("too many failures in a row", retry_after_s=int(wait) + 1, field="sign-in")
    return recent


async def succeeded(t: Transaction, attempt: Attempt) -> None:
    """It was the right person: the failures under the name are forgotten, and the place is familiar."""
    await failures.forget(t, attempt.by_name)
    # Not all of the address: whoever has an account could wipe out his failures under other names.
    await failures.forgive_one(t, attempt.by_address)
    await failures.remember_place(t, attempt.place)


def wait_s(number: int, free: int) -> float:
    """How long after the last of so many failures in a row the next try is looked at."""
    return 0.0 if number < free else min(2.0 ** min(number - free, 20), LONGEST_WAIT_S)


def _network(address: str) -> str:
    """The address, or its half of an IPv6 network, in which one household chooses freely."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
