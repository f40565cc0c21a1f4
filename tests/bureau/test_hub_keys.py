"""Each hub knows the keys that the vault holds, whatever failed on the way."""

import asyncio
from pathlib import Path

import pytest
from tests.bureau.nodes import made_vault
from tests.hubs import RunningHub, free_port

from allpoints.bureau import AsyncClient, Signer
from allpoints.bureau.hub_keys import HubKeys, Standing
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.settings import BureauSettings, HubLine
from allpoints.bureau.vault import KeyKind, KeyState, Vault
from allpoints.errors import Conflict, Unauthenticated, Unavailable
from allpoints.wire.messages import PublicKeys


class Kept:
    """A bureau of its own at the shared hub, with its vault."""

    def __init__(self, folder: Path, hub: RunningHub, code: str, *, others: tuple[HubLine, ...] = ()) -> None:
        self.vault: Vault = made_vault(folder, code, hub if code in hub.keys else None)
        lines = (HubLine(name="one", url=hub.url), *others)
        self.hubs = Hubs(code, lines, lambda: self.vault.signing)
        self.keys = HubKeys(self.vault, self.hubs, BureauSettings(code=code, name=f"Bureau {code}"))
        self.admin = self.hubs.administrator
        self._code = code

    async def known(self) -> PublicKeys:
        """What the hub says of the bureau's keys."""
        return await self.hubs.as_node().public_keys(self._code)


async def introduced(kept: Kept) -> None:
    """Let it introduce itself once."""
    task = asyncio.ensure_future(kept.keys.introduce())
    while Standing.UNKNOWN in kept.keys.standing.values():
        assert not task.done()
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])


async def test_a_bureau_that_the_hub_does_not_know_asks_to_become_a_member(
    hub: RunningHub, tmp_path: Path
) -> None:
    kept = Kept(tmp_path, hub, "SWE")
    await introduced(kept)
    assert kept.keys.standing == {"one": Standing.ASKED}
    [asked] = [each for each in hub.secretariat().enrolments().items if each.bureau == "SWE"]
    assert asked.key_id == kept.vault.signing.key_id
    kept.keys.standing["one"] = Standing.UNKNOWN
    await introduced(kept)
    assert kept.keys.standing == {"one": Standing.ASKED}, "asking twice is as good as once"

    hub.secretariat().approve(asked.key_id)
    kept.keys.standing["one"] = Standing.UNKNOWN
    await introduced(kept)
    assert kept.keys.standing == {"one": Standing.MEMBER}
    [published] = (await kept.known()).sealing
    assert published.key_id == next(iter(kept.vault.sealing))
    await kept.hubs.close()


async def test_a_signing_key_rotates_and_what_the_revoked_one_signs_is_refused(
    hub: RunningHub, tmp_path: Path
) -> None:
    hub.enrol("DNK")
    kept = Kept(tmp_path, hub, "DNK")
    await introduced(kept)
    old = kept.vault.signing
    with pytest.raises(Conflict, match="in use"):
        await kept.keys.revoke(kept.admin, old.key_id)

    held = await kept.keys.rotate_signing(kept.admin)
    assert kept.vault.signing.key_id == held.key_id != old.key_id
    [published] = (await kept.known()).sealing
    assert published.signing_key == held.key_id, (
        "it is certified by the new key, before the old one is revoked"
    )

    await kept.keys.revoke(kept.admin, old.key_id)
    states = {key.key_id: key.revoked_at is None for key in (await kept.known()).signing}
    assert states == {old.key_id: False, held.key_id: True}
    thief = AsyncClient(hub.url, Signer("DNK", old), kept.admin)
    with pytest.raises(Unauthenticated):
        await thief.bureaus()
    await thief.close()
    assert (await kept.known()).sealing
    await kept.hubs.close()


async def test_a_sealing_key_rotates_and_the_old_one_still_opens(hub: RunningHub, tmp_path: Path) -> None:
    hub.enrol("FIN")
    kept = Kept(tmp_path, hub, "FIN")
    await introduced(kept)
    [old] = kept.vault.sealing
    held = await kept.keys.rotate_sealing(kept.admin)
    assert [key.key_id for key in (await kept.known()).sealing] == [held.key_id]
    assert list(kept.vault.sealing) == [held.key_id, old]
    await kept.hubs.close()


async def test_a_rotation_that_one_hub_did_not_hear_of_is_taken_up_again(
    hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.enrol("ISL")
    away = HubLine(name="away", url=f"http://127.0.0.1:{free_port()}")
    kept = Kept(tmp_path, hub, "ISL", others=(away,))
    monkeypatch.setattr("allpoints.bureau.client.ATTEMPTS", 1)
    old = kept.vault.signing.key_id
    with pytest.raises(Unavailable):
        await kept.keys.rotate_signing(kept.admin)
    assert kept.vault.signing.key_id == old
    waiting = kept.vault.next_key(KeyKind.SIGNING).key_id
    assert [line.up for line in kept.hubs.states] == [True, False]
    await kept.hubs.close()

    back = Hubs("ISL", (HubLine(name="one", url=hub.url),), lambda: kept.vault.signing)
    keys = HubKeys(kept.vault, back, BureauSettings(code="ISL"))
    held = await keys.rotate_signing(back.administrator)
    assert held.key_id == waiting
    assert kept.vault.held(old).state is KeyState.FORMER
    await back.close()


async def test_a_key_that_a_thief_added_is_revoked_though_the_vault_does_not_hold_it(
    hub: RunningHub, tmp_path: Path
) -> None:
    from allpoints.bureau import BureauKey

    hub.enrol("EST")
    kept = Kept(tmp_path, hub, "EST")
    thiefs = BureauKey.generate("EST")
    await kept.hubs.client(kept.admin).rotate_key(thiefs)
    await kept.keys.revoke(kept.admin, thiefs.key_id)
    revoked = [key.key_id for key in (await kept.known()).signing if key.revoked_at]
    assert revoked == [thiefs.key_id]
    await kept.hubs.close()
