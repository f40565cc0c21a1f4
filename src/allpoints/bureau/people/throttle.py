"""Keeping guessers waiting, and nobody else for long.

After a few failures in a row under a name, or from an address, each further try has to wait twice as long, up to
a quarter of an hour. Tries that come too early are refused without being looked at, and make nobody wait longer. From
where somebody signed in before, others' failures count for nothing: the right person is not locked out.
"""

import ipaddress
import time
from collections import Counter
from collections.abc import Hashable

import msgspec

from allpoints.bureau.store import failures
from allpoints.bureau.store.database import Transaction
from allpoints.bureau.vault import Vault
from allpoints.errors import QuotaExceeded

FREE_OF_A_NAME = 5
FREE_OF_AN_ADDRESS = 20
"""Many people may sign in from behind one address."""
LONGEST_WAIT_S = 900.0
KNOCKS_A_MINUTE = 60
"""Of one address, at the doors where no name is told: each leaves something in the database."""
FORGET_S = 86_400.0
REMEMBERED = 10_000
_TOO_MANY = "too many failures in a row"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try to sign in, counted as a failure until it succeeds."""

    by_name: bytes
    by_address: bytes
    place: bytes


class TooManyFailures(QuotaExceeded):
    """Wait as long as it says, sign in from where you did before, or use a passkey."""


class PerMinute:
    """Counts in memory how often each of many comes in a minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._minute = 0.0
        self._counts: Counter[Hashable] = Counter()

    def allows(self, who: Hashable) -> bool:
        """Count one more; whether that is not too many."""
        minute = time.monotonic() // 60
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        self._counts[who] += 1
        return self._counts[who] <= self._most


class Throttle:
    """Counts failures in the database, and keeps in memory whom it told to wait: a flood costs next to nothing."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._told: dict[bytes, float] = {}
        self._knocks = PerMinute(KNOCKS_A_MINUTE)

    def knock(self, address: str) -> None:
        """Raises `QuotaExceeded` for an address from which the doors are tried too often."""
        if not self._knocks.allows(network_of(address)):
            raise QuotaExceeded("too many try to sign in from here", retry_after_s=60, field="sign-in")

    def check(self, name: str, address: str) -> None:
        """Raises `TooManyFailures` for whom it has told to wait, and who has not."""
        wait = self._told.get(self._place(name, network_of(address)), 0.0) - time.monotonic()
        if wait > 0:
            raise TooManyFailures(_TOO_MANY, retry_after_s=int(wait) + 1, field="sign-in")

    async def begin(self, t: Transaction, name: str, address: str) -> Attempt:
        """Count a try. Raises `TooManyFailures` for one that comes too early, which counts for nothing."""
        network = network_of(address)
        place = self._place(name, network)
        familiar = await failures.is_familiar(t, place)
        attempt = Attempt(
            by_name=place if familiar else self._key(name, "failures of a name"),
            by_address=self._key(network, "failures from an address"),
            place=place,
        )
        free = {attempt.by_name: FREE_OF_A_NAME}
        if not familiar:
            free[attempt.by_address] = FREE_OF_AN_ADDRESS
        await failures.lock(t, list(free))
        found = dict(zip(free, await failures.failures(t, list(free)), strict=True))
        recent = {key: each.count if each.ago_s < FORGET_S else 0 for key, each in found.items()}
        wait = max(wait_s(number, free[key]) - found[key].ago_s for key, number in recent.items())
        if wait > 0:
            self._tell(place, wait)
            raise TooManyFailures(_TOO_MANY, retry_after_s=int(wait) + 1, field="sign-in")
        for key, number in recent.items():
            await failures.count(t, key, number + 1)
        return attempt

    async def succeeded(self, t: Transaction, attempt: Attempt) -> None:
        """It was the right person: the failures under the name are forgotten, and the place is familiar."""
        await failures.forget(t, attempt.by_name)
        # Not all of the address: whoever has an account could wipe out his failures under other names.
        await failures.forgive_one(t, attempt.by_address)
        await failures.remember_place(t, attempt.place)

    def _tell(self, place: bytes, wait: float) -> None:
        now = time.monotonic()
        if len(self._told) >= REMEMBERED:
            self._told = {key: until for key, until in self._told.items() if until > now}
        if len(self._told) < REMEMBERED:
            self._told[place] = now + wait

    def _place(self, name: str, network: str) -> bytes:
        return self._key(f"{name}\n{network}", "familiar place")

    def _key(self, text: str, what: str) -> bytes:
        return self._vault.keyed_hash(text.encode(errors="replace"), what)


def wait_s(number: int, free: int) -> float:
    """How long after the last of so many failures in a row the next try is looked at."""
    return 0.0 if number < free else min(2.0 ** min(number - free, 20), LONGEST_WAIT_S)


def network_of(address: str) -> str:
    """The address, or its half of an IPv6 network, in which one household chooses freely."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    # An address of IPv4 comes in this form where the node listens for both.
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
