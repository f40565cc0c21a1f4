"""Who owns the records that describe one person."""

from tests.corridors import Corridor, contribution, operator, plate

from allpoints.store.duplicates import owners_of


async def test_owners_are_known_of_records_in_force(fresh: Corridor) -> None:
    ids = []
    for owner in ("ITA", "FRA"):
        [kept] = await fresh.contribute(operator(owner), contribution(plate()))
        ids.append(kept.id)
    housekeeper = fresh.conninfos["allpoints_system"]
    assert owners_of(housekeeper, [*ids, 999_999]) == dict(zip(ids, ("ITA", "FRA"), strict=True))
    with fresh.connection() as connection:
        connection.execute(
            "UPDATE records SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s", [ids[0]]
        )
    assert owners_of(housekeeper, ids) == {ids[1]: "FRA"}
    assert owners_of(housekeeper, []) == {}
