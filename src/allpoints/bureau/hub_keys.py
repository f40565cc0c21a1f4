"""The bureau's keys as its hubs know them: introduced, rotated and revoked at each, or begun again where one failed."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum

from allpoints.bureau.hubs import Hubs
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.vault import HeldKey, KeyKind, KeyState, Vault
from allpoints.errors import AllpointsError, Conflict, Forbidden, NotFound, Unauthenticated
from allpoints.records import Asker, Bureau
from allpoints.wire.messages import PublicKeys

TRY_AGAIN_S = 15.0
LOOK_AGAIN_S = 600.0


class Standing(StrEnum):
    """What a hub's secretariat makes of the bureau."""

    UNKNOWN = "unknown"
    """The hub was not reached yet."""
    ASKED = "asked"
    """The secretariat has the bureau's key before it, and has not approved it."""
    MEMBER = "member"


class HubKeys:
    """Keeps the hubs' knowledge of the bureau's keys in step with the vault."""

    def __init__(self, vault: Vault, hubs: Hubs, settings: BureauSettings) -> None:
        self._vault = vault
        self._hubs = hubs
        self._bureau = Bureau(code=vault.bureau, name=settings.name or vault.bureau, contact=settings.contact)
        self.standing = dict.fromkeys(hubs.names, Standing.UNKNOWN)

    async def introduce(self) -> None:
        """See to it that each hub knows the bureau and the key to which others seal, again and again. Never returns.

        A hub that does not know the bureau is asked to make it a member; its secretariat decides.
        """
        while True:
            await asyncio.gather(*map(self._introduce, self._hubs.names))
            self._vault.forget_former(datetime.now(UTC))
            settled = set(self.standing.values()) == {Standing.MEMBER}
            await asyncio.sleep(LOOK_AGAIN_S if settled else TRY_AGAIN_S)

    async def rotate_signing(self, asker: Asker) -> HeldKey:
        """Give the bureau a new key to sign with. The old one stays valid until it is revoked.

        The new one is in use when every hub knows it. Raises what a hub refused or why it was not reached: then
        nothing has changed but that some hubs know one key more, and the same key is tried the next time.
        """
        key = self._vault.next_key(KeyKind.SIGNING)
        new = self._vault.signing_key(key.key_id)
        for hub in self._hubs.names:
            client = self._hubs.client(asker, hub)
            known = await client.public_keys(self._bureau.code)
            if key.key_id not in {each.key_id for each in known.signing}:
                await client.rotate_key(new)
        self._vault.promote(key.key_id, datetime.now(UTC))
        for hub in self._hubs.names:
            await self._publish(asker, hub)
        return self._vault.held(key.key_id)

    async def rotate_sealing(self, asker: Asker) -> HeldKey:
        """Give the bureau a new key that others seal to. What is under way to the old one can still be opened.

        Raises as `rotate_signing` does.
        """
        before = self._vault.current(KeyKind.SEALING)
        key = self._vault.next_key(KeyKind.SEALING)
        for hub in self._hubs.names:
            await self._publish(asker, hub, key)
        self._vault.promote(key.key_id, datetime.now(UTC))
        for hub in self._hubs.names:
            with suppress(NotFound):
                await self._hubs.client(asker, hub).retire_sealing_key(self._bureau.code, before.key_id)
        return self._vault.held(key.key_id)

    async def revoke(self, asker: Asker, key_id: str) -> None:
        """End a key of the bureau's at every hub, whether the vault holds it or not, and destroy its secret.

        Whatever a signing key signs is refused from then on. Raises `Conflict` for the key that is in use, and what
        a hub refused: then it may be revoked at some hubs already, and can be tried again.
        """
        held = next((key for key in self._vault.keys if key.key_id == key_id), None)
        if held is not None and held.state is KeyState.CURRENT:
            raise Conflict(f"{key_id} is in use", field="key_id", remedy="Rotate first, then revoke it.")
        sealing = held is not None and held.kind is KeyKind.SEALING
        found = False
        for hub in self._hubs.names:
            client = self._hubs.client(asker, hub)
            with suppress(NotFound):
                if sealing:
                    await client.retire_sealing_key(self._bureau.code, key_id)
                else:
                    await client.revoke_key(self._bureau.code, key_id)
                found = True
        if held is not None and held.state is not KeyState.REVOKED:
            self._vault.revoke(key_id)
        elif not found:
            raise NotFound("no such key, or it is revoked already", field="key_id")

    async def _introduce(self, hub: str) -> None:
        with suppress(AllpointsError):
            self.standing[hub] = await self._introduced(hub)

    async def _introduced(self, hub: str) -> Standing:
        asker = self._hubs.administrator
        client = self._hubs.client(asker, hub)
        try:
            known = await client.public_keys(self._bureau.code)
        except (Unauthenticated, Forbidden):
            # A conflict says that the secretariat has the key before it already.
            with suppress(Conflict):
                await client.enrol(self._bureau, self._vault.signing.public_text)
            return Standing.ASKED
        if not self._is_published(known):
            await self._publish(asker, hub)
        return Standing.MEMBER

    def _is_published(self, known: PublicKeys) -> bool:
        sealing, signing = self._vault.current(KeyKind.SEALING), self._vault.current(KeyKind.SIGNING)
        return any(k.key_id == sealing.key_id and k.signing_key == signing.key_id for k in known.sealing)

    async def _publish(self, asker: Asker, hub: str, key: HeldKey | None = None) -> None:
        """Publish a sealing key, by default the current one, certified by the current signing key."""
        key_id = (key or self._vault.current(KeyKind.SEALING)).key_id
        certified = self._vault.sealing[key_id].certified(self._vault.signing, datetime.now(UTC))
        await self._hubs.client(asker, hub).publish_sealing_key(certified)
