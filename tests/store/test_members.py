from tests.corridors import Corridor

from allpoints.bureau import BureauKey
from allpoints.store.members import install_secretariat


async def test_the_secretariats_key_is_active_at_once_and_installed_once(fresh: Corridor) -> None:
    key = BureauKey.generate("HUB")
    for _ in range(2):
        install_secretariat(fresh.owner, key_id=key.key_id, public_key=key.public_key)
    async with fresh.database.act() as act:
        assert await act.active_key(key.key_id) == (key.public_key, "HUB")
        assert [bureau.code for bureau, _ in await act.bureaus()].count("HUB") == 1


async def test_a_second_key_leaves_the_first_one_active(fresh: Corridor) -> None:
    keys = [BureauKey.generate("HUB"), BureauKey.generate("HUB")]
    for key in keys:
        install_secretariat(fresh.owner, key_id=key.key_id, public_key=key.public_key)
    async with fresh.database.act() as act:
        assert [await act.active_key(key.key_id) for key in keys] == [(key.public_key, "HUB") for key in keys]
