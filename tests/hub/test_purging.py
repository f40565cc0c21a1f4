import pytest
from tests.corridors import Corridor, contribution, operator, plate
from tests.examining import assign, candidate_list, decide, probes_left, withdraw
from tests.hubs import asker

from allpoints.hub import purging
from allpoints.hub.purging import count_due, purge_due


async def withdrawn(corridor: Corridor, owner: str, count: int) -> list[int]:
    stored = await corridor.contribute(operator(owner), *(contribution(plate()) for _ in range(count)))
    ids = [line.id for line in stored if line.id]
    with corridor.connection() as connection:
        connection.execute(
            "UPDATE records SET state = 'withdrawn', withdrawn_at = now() - interval '10 days' WHERE id = ANY (%s)",
            [ids],
        )
    return ids


async def test_everything_due_is_purged_in_slices_and_nothing_else(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "SLICE", 3)
    due = {owner: await withdrawn(fresh, owner, 4) for owner in ("ALB", "FRA")}
    await fresh.contribute(operator("ALB"), contribution(plate()))
    assert await count_due(fresh.database, grace_days=11) == 0
    assert await count_due(fresh.database, grace_days=9) == 8
    progress: list[int] = []
    purged = await purge_due(fresh.database, progress.append)
    assert (purged.records, purged.overdue) == (8, 0)
    assert progress == [3, 3, 2]
    with fresh.connection() as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM particulars").fetchone() == (1,)
    entries = [entry for entry in fresh.all_entries() if entry.act == "purge"]
    assert len(entries) == len(purged.entries)
    for owner, ids in due.items():
        assert sorted(i for e in entries if e.reader == owner for i in e.records) == ids


async def test_a_purged_record_leaves_the_index(fresh: Corridor) -> None:
    from tests.corridors import evidence

    identifier = plate()
    [stored] = await fresh.contribute(operator("ALB"), contribution(identifier))
    await fresh.catch_up()
    with fresh.connection() as connection:
        connection.execute("UPDATE records SET valid_until = current_date - 40 WHERE id = %s", [stored.id])
    await count_due(fresh.database, grace_days=30)
    assert (await purge_due(fresh.database, lambda _: None)).records == 1
    await fresh.catch_up()
    done = await fresh.check(operator("ALB"), evidence(identifier))
    assert done.result[0].hits == ()


async def test_where_nothing_is_due_nothing_is_logged(fresh: Corridor) -> None:
    purged = await purge_due(fresh.database, lambda _: None)
    assert (purged.records, purged.entries, purged.overdue) == (0, (), 0)
    assert fresh.all_entries() == []


async def test_lists_that_nobody_decided_in_time_lose_their_probe_and_their_bureau_can_read_that(
    fresh: Corridor,
) -> None:
    old, _ = await candidate_list(fresh, operator("FRA"), "ITA")
    young, _ = await candidate_list(fresh, operator("FRA"), "ITA")
    with fresh.connection() as connection:
        connection.execute(
            "UPDATE examinations SET created_at = now() - interval '91 days' WHERE id = %s", [old]
        )
    purged = await purge_due(fresh.database, lambda _: None)
    assert (purged.records, purged.examinations, len(purged.entries)) == (0, 1, 1)
    [entry] = [entry for entry in fresh.all_entries() if entry.act == "lapse-examination"]
    assert (entry.reader, entry.subject) == ("FRA", str(old))
    with fresh.connection() as connection:
        left = connection.execute("SELECT examination_id FROM examination_probes").fetchall()
    assert left == [(young,)]


async def test_lists_that_need_nobody_any_more_end_and_their_bureau_can_read_that(fresh: Corridor) -> None:
    officer = asker("FRA", "officer", "criminal-investigation", "police", user="officer")
    anna = asker("FRA", "examiner", "criminal-investigation", "police", user="anna")
    number, [decided, gone] = await candidate_list(fresh, officer, "ITA", "UTO")
    waits, _ = await candidate_list(fresh, officer, "ITA")
    await assign(fresh, operator("FRA"), number, "anna")
    await decide(fresh, anna, number, decided)
    await withdraw(fresh, "UTO", gone)
    purged = await purge_due(fresh.database, lambda _: None)
    assert (purged.records, purged.examinations, len(purged.entries)) == (0, 0, 1)
    assert (probes_left(fresh, number), probes_left(fresh, waits)) == (0, 1)
    [entry] = [entry for entry in fresh.all_entries() if entry.act == "settle-examination"]
    assert (entry.reader, entry.subject) == ("FRA", str(number))
    assert (await purge_due(fresh.database, lambda _: None)).entries == ()
