"""Whose keys the bureau trusts: the first that it sees, and later ones by what a trusted one signed, or by a person.

A hub says which keys a bureau has. It could lie: so it is believed once, at the first contact, and from then on only
when it says that a key is revoked, by which nobody gains more than silence.
"""

import time
from collections.abc import Mapping

from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.mailbox.matters import key_changed, key_decided
from allpoints.bureau.sealed import RevokedKey, check_certificate
from allpoints.bureau.store import correspondents as store
from allpoints.bureau.store import desk as desk_store
from allpoints.bureau.store.correspondents import KnownKey, Trust
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.errors import AllpointsError, Conflict, NotFound, Unavailable
from allpoints.formats.http_signature import key_id
from allpoints.wire.envelopes import ForgedMessage
from allpoints.wire.messages import PublicKeys, SealingKey, SigningKey

FRESH_S = 60.0
"""For so long what a hub has said of a bureau's keys is not asked again, unless a key is missing."""


class KeyNotAccepted(Conflict):
    """An administrator compares the new key with what its bureau says on another way, and accepts or refuses it."""

    key_id = ""
    """Which key it is."""


class NoSealingKey(Unavailable):
    """It goes as soon as its recipient has published a key: nothing can be sealed to it before."""


class KeyRefused(ForgedMessage):
    """Do not act on it: an administrator has refused the key that signed it."""


class Trusted:
    """The keys of other bureaus, as far as this bureau trusts them."""

    def __init__(self, database: NodeDatabase, hubs: Hubs, desk: Desk) -> None:
        self._database = database
        self._hubs = hubs
        self._desk = desk
        self._seen: dict[tuple[str, str], tuple[float, PublicKeys]] = {}
        self._sealing: dict[tuple[str, str], tuple[float, SealingKey]] = {}

    async def sealing_keys(self, hub: str, bureaus: tuple[str, ...]) -> dict[str, SealingKey]:
        """The newest sealing key of each bureau, which a trusted key of its own certifies.

        Raises `KeyNotAccepted` where only a new key does, `ForgedMessage` where none does, `NoSealingKey` where a
        bureau has none yet, and `Unavailable` where the hub is not reached.
        """
        return {bureau: await self._sealing_key(hub, bureau) for bureau in bureaus}

    async def signing_keys(
        self, hub: str, signers: set[tuple[str, str]]
    ) -> Mapping[tuple[str, str], KnownKey]:
        """What is known of these keys, by bureau and name; the hub is asked where one is missing.

        A bureau that the hub does not know has none. Raises `Unavailable` where the hub is not reached.
        """
        known: dict[tuple[str, str], KnownKey] = {}
        for bureau in sorted({bureau for bureau, _ in signers}):
            wanted = {name for signer, name in signers if signer == bureau}
            try:
                await self._shown(hub, bureau)
                keys = await self._keys(bureau)
                if not wanted <= keys.keys():
                    await self._shown(hub, bureau, anew=True)
                    keys = await self._keys(bureau)
            except NotFound:
                continue
            known |= {(bureau, name): key for name, key in keys.items()}
        return known

    async def accept(self, name: str, administrator: str) -> KnownKey:
        """An administrator accepts a key. Raises `NotFound`."""
        return await self._decide(name, Trust.TRUSTED, administrator)

    async def refuse(self, name: str, administrator: str) -> KnownKey:
        """An administrator refuses a key: what it signed is refused. Raises `NotFound`."""
        return await self._decide(name, Trust.REFUSED, administrator)

    async def all(self) -> list[KnownKey]:
        """Every key of another bureau that was ever seen."""
        async with self._database.transaction() as t:
            return await store.all_keys(t)

    async def _decide(self, name: str, state: Trust, administrator: str) -> KnownKey:
        async with self._database.transaction() as t:
            bureau = await store.decide(t, name, state, administrator)
            if bureau is None:
                raise NotFound("no such key was ever seen", field="key")
            await desk_store.settle(t, key_decided(name))
            keys = {key.key_id: key for key in await store.keys_of(t, bureau)}
        self.forget_shown(bureau)
        self._desk.announce()
        return keys[name]

    async def _sealing_key(self, hub: str, bureau: str) -> SealingKey:
        until, key = self._sealing.get((hub, bureau), (0.0, None))
        if key is not None and time.monotonic() < until:
            return key
        found = await self._certified(hub, bureau, await self._shown(hub, bureau))
        if isinstance(found, AllpointsError):
            found = await self._certified(hub, bureau, await self._shown(hub, bureau, anew=True))
        if isinstance(found, AllpointsError):
            raise found
        self._sealing[hub, bureau] = time.monotonic() + FRESH_S, found
        return found

    async def _certified(self, hub: str, bureau: str, shown: PublicKeys) -> SealingKey | AllpointsError:
        """The newest sealing key that counts, by the time that its bureau signed, or why none does."""
        keys = await self._keys(bureau)
        trusted = [key.as_signing_key for key in keys.values() if key.state is Trust.TRUSTED]
        refusals: list[AllpointsError] = []
        certified: list[SealingKey] = []
        for key in shown.sealing:
            certifier = keys.get(key.signing_key)
            if certifier is not None and certifier.state is Trust.HELD and certifier.revoked_at is None:
                refusals.insert(0, not_accepted(certifier))
                continue
            try:
                check_certificate(key, bureau, trusted)
            except AllpointsError as error:
                refusals.append(error)
            else:
                certified.append(key)
        if certified:
            return await self._no_older_one(hub, max(certified, key=lambda key: key.created_at))
        none = NoSealingKey(f"{bureau} has no sealing key at this hub yet", field="recipients")
        return next(iter(refusals), none)

    async def _no_older_one(self, hub: str, key: SealingKey) -> SealingKey | AllpointsError:
        """A hub that keeps the newer key back would have us seal to one whose secret may be lost, or stolen."""
        async with self._database.transaction() as t:
            newest = await store.newest_sealing(t, hub, key)
        if key.created_at < newest:
            return NoSealingKey(
                f"the hub shows an older sealing key of {key.bureau} than before", field="recipients"
            )
        return key

    async def _keys(self, bureau: str) -> dict[str, KnownKey]:
        async with self._database.transaction() as t:
            return {key.key_id: key for key in await store.keys_of(t, bureau)}

    async def _shown(self, hub: str, bureau: str, *, anew: bool = False) -> PublicKeys:
        """What the hub says of a bureau's keys, and note what is new of it."""
        at, shown = self._seen.get((hub, bureau), (0.0, None))
        if shown is not None and not anew and time.monotonic() < at + FRESH_S:
            return shown
        shown = await self._hubs.as_node(hub).public_keys(bureau)
        # A key's name is made of it, so that a hub cannot show another key under a known name.
        signing = [key for key in shown.signing if key.key_id == key_id(bureau, key.public_key)]
        async with self._database.transaction() as t:
            held = await store.see(t, bureau, signing)
            for key in held:
                await desk_store.add(t, key_changed(hub, key))
        if held:
            self._desk.announce()
        self._seen[hub, bureau] = time.monotonic(), shown
        return shown

    def forget_shown(self, bureau: str) -> None:
        """Ask the hubs anew when the keys of a bureau are needed next."""
        self._seen = {place: shown for place, shown in self._seen.items() if place[1] != bureau}
        self._sealing = {place: key for place, key in self._sealing.items() if place[1] != bureau}


async def introduce(t: Transaction, bureau: str, public_key: bytes, by: str) -> str:
    """A trusted key of a bureau introduces another one; return its name.

    Raises `RevokedKey` where it is revoked by now: when its message arrived, only the hub says.
    """
    if any(key.key_id == by and key.revoked_at is not None for key in await store.keys_of(t, bureau)):
        raise RevokedKey(f"{bureau} has revoked {by}, which introduces a key", field="head.signing_key")
    name = key_id(bureau, public_key)
    await store.introduce(t, bureau, name, public_key, by)
    await desk_store.settle(t, key_decided(name))
    return name


def signing_key(known: Mapping[tuple[str, str], KnownKey], bureau: str, name: str) -> SigningKey:
    """A key to verify with. Raises `KeyNotAccepted` for one that is held, `ForgedMessage` for one that is not there."""
    key = known.get((bureau, name))
    if key is None:
        raise ForgedMessage(f"{bureau} has no key {name!r:.60}", field="head.signing_key")
    if key.state is Trust.REFUSED:
        raise KeyRefused(f"the key {name} of {bureau} was refused", field="head.signing_key")
    if key.state is Trust.HELD:
        raise not_accepted(key)
    return key.as_signing_key


def not_accepted(key: KnownKey) -> KeyNotAccepted:
    """Why nothing is sent to or taken from a bureau for now."""
    error = KeyNotAccepted(
        f"{key.bureau} has a new key {key.key_id}, which nobody has accepted yet", field="key"
    )
    error.key_id = key.key_id
    return error
