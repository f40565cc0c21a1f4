"""Reading candidates for links, keeping links, telling of them."""

from tests.corridors import Corridor, contribution, operator, plate
from tests.store.test_ledger import entry

from allpoints.records import Identifier
from allpoints.store import ledger, linking
from allpoints.store.linking import Link


async def give(corridor: Corridor, owner: str, identifier: tuple[str, str]) -> int:
    [kept] = await corridor.contribute(operator(owner, "vehicle-crime"), contribution(identifier))
    assert kept.id
    return kept.id


async def test_what_is_in_force_is_linkable_without_its_particulars(fresh: Corridor) -> None:
    number = plate()
    held, withdrawn, outdated = [await give(fresh, "ITA", number) for _ in range(3)]
    with fresh.connection() as connection:
        connection.execute("UPDATE records SET state = 'withdrawn' WHERE id = %s", [withdrawn])
        connection.execute("UPDATE records SET valid_until = current_date - 1 WHERE id = %s", [outdated])
    async with fresh.database.system() as connection:
        found = await linking.linkable(connection, fresh.database.seals, [held, withdrawn, outdated, 99])
    identifier = Identifier("plate", number[1])
    assert found == {held: linking.Linkable(held, "ITA", (identifier,), "vehicle-crime")}


async def test_a_link_is_kept_once(fresh: Corridor) -> None:
    one, other = [await give(fresh, owner, plate()) for owner in ("ITA", "FRA")]
    links = [
        Link(record_a=one, record_b=other, owner_a="ITA", owner_b="FRA", scheme=scheme)
        for scheme in ("plate", "phone", "plate")
    ]
    async with fresh.database.system() as connection:
        raised = await linking.raise_links(connection, links)
        assert sorted(link.scheme for link in raised.values()) == ["phone", "plate"]
        assert await linking.raise_links(connection, links) == {}


async def test_only_the_owners_see_a_link(fresh: Corridor) -> None:
    one, other = [await give(fresh, owner, plate()) for owner in ("ITA", "FRA")]
    link = Link(record_a=one, record_b=other, owner_a="ITA", owner_b="FRA", scheme="plate")
    async with fresh.database.system() as connection:
        [number] = await linking.raise_links(connection, [link])
    for bureau, sees in (("ITA", [number]), ("FRA", [number]), ("ALB", [])):
        async with fresh.database.act(operator(bureau)) as act:
            assert [stored.id for stored in await act.links(after=0, limit=9)] == sees
            assert await act.links(after=number, limit=9) == []


async def test_what_is_told_points_at_its_entry(fresh: Corridor) -> None:
    async with fresh.database.system() as connection:
        group = await ledger.append_system(connection, [entry("a"), entry("b")])
        await linking.tell(connection, group, [(1, "ITA", b'{"kind": "link"}')])
    async with fresh.database.act(operator("ITA")) as act:
        [told] = await act.notifications("ITA", after=0, limit=9, unacknowledged=True)
    assert told.entry == f"{group}.1"
