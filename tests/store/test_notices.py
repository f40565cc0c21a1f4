"""Notices in the database: whose hand can write what, whatever the hub's program does."""

import re

import psycopg
import pytest
from tests.announcing import OWNER, REVIEWER, Desk, diffusion, picture, request, review
from tests.corridors import Corridor, operator
from tests.hubs import asker
from tests.store.test_row_level_security import as_asker, bind_the_owner, refuse

from allpoints.records import Asker, RecordState
from allpoints.records.notices import PublicField
from allpoints.store import notices


@pytest.fixture
def desk(corridor: Corridor) -> Desk:
    return Desk(corridor)


def rows(connection: psycopg.Connection, number: int) -> tuple[int, ...]:
    """How many rows of a notice somebody sees: itself, its steps, its pictures."""
    found = []
    for table, column in (("notices", "id"), ("notice_steps", "notice_id"), ("notice_pictures", "notice_id")):
        [(count,)] = connection.execute(
            f"SELECT count(*) FROM {table} WHERE {column} = %s".encode(), [number]
        )
        found.append(int(count))
    return tuple(found)


async def test_each_sees_what_concerns_them(desk: Desk) -> None:
    said = request(pictures=(picture(),))
    waiting = await desk.announce(said)
    published = await desk.published(request(pictures=(picture(),)))
    sent = await desk.announce(diffusion("ALB"))
    officer, stranger = asker("ALB"), asker("FRA")
    with desk.corridor.connection("allpoints_hub") as connection:
        for who, expected in (
            (OWNER, ((1, 1, 1), (1, 2, 1), (1, 1, 0))),
            (REVIEWER, ((1, 1, 1), (1, 2, 1), (0, 0, 0))),
            (officer, ((0, 0, 0), (1, 0, 1), (1, 0, 0))),
            (stranger, ((0, 0, 0), (1, 0, 1), (0, 0, 0))),
        ):
            with connection.transaction():
                as_asker(connection, who)
                seen = tuple(rows(connection, one.id) for one in (waiting, published, sent))
                assert seen == expected, who.bureau
        assert rows(connection, published.id) == (0, 0, 0)


async def test_only_the_secretariats_word_publishes(desk: Desk) -> None:
    kept = await desk.announce(request())
    for statement in (
        "UPDATE notices SET state = 'published', number = '2026/999-Y' WHERE id = %s",
        "UPDATE notices SET number = '2026/999-Y' WHERE id = %s",
        "UPDATE records SET state = 'active' WHERE id = (SELECT record_id FROM notices WHERE id = %s)",
        "UPDATE particulars SET notice = '{}' WHERE record_id = (SELECT record_id FROM notices WHERE id = %s)",
        "UPDATE notices SET owner = 'ITA' WHERE id = %s",
        "UPDATE notices SET kind = 'diffusion' WHERE id = %s",
        "DELETE FROM notices WHERE id = %s",
    ):
        refuse(desk.corridor, "allpoints_hub", statement, kept.id, who=OWNER)


@pytest.mark.parametrize("suspended", [False, True])
async def test_a_record_that_was_held_does_not_come_back_by_way_of_a_withdrawal(
    desk: Desk, suspended: bool
) -> None:
    kept = await desk.announce(request())
    if suspended:
        await desk.review(kept.id, review())
        await desk.suspend(kept.id)
    with desk.corridor.connection("allpoints_hub") as connection, connection.transaction(force_rollback=True):
        as_asker(connection, OWNER)
        withdrawn = connection.execute("UPDATE records SET state = 'withdrawn' WHERE id = %s", [kept.record])
        assert withdrawn.rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only its notice"):
            connection.execute("UPDATE records SET state = 'active' WHERE id = %s", [kept.record])


async def test_settling_follows_the_notice_whoever_calls_it(desk: Desk) -> None:
    """Its one argument is a name: nobody can have it do anything that the notice's row does not say."""
    kept = await desk.announce(request())
    for who in (OWNER, REVIEWER, asker("FRA")):
        async with desk.corridor.database.act(who) as act:
            await notices.settle(act, kept.id)
    async with desk.corridor.database.act(OWNER) as act:
        record = await act.record(kept.record)
    assert record
    assert record.state is RecordState.HELD


async def test_an_owner_does_not_take_a_notice_off_the_list_of_those_due(desk: Desk) -> None:
    said = request()
    kept = await desk.published(said)
    await desk.correct(kept.id, said)
    refuse(
        desk.corridor,
        "allpoints_hub",
        "UPDATE notices SET review_due = false WHERE id = %s",
        kept.id,
        who=OWNER,
    )


async def test_an_owner_writes_nothing_that_everybody_reads(desk: Desk) -> None:
    said = request(public=(PublicField.NAMES,), pictures=(picture(public=True),))
    kept = await desk.published(said)
    for statement in (
        "UPDATE notices SET extracted = '{}' WHERE id = %s",
        "INSERT INTO notice_pictures SELECT %s, 2, '', true, 1, 1, ''",
    ):
        refuse(desk.corridor, "allpoints_hub", statement, kept.id, who=OWNER)
    await desk.correct(kept.id, said)
    restored = "UPDATE notices SET extracted = '{}' WHERE id = %s"
    refuse(desk.corridor, "allpoints_hub", restored, kept.id, who=OWNER)


@pytest.mark.parametrize("who", [OWNER, REVIEWER])
async def test_what_has_ended_stays_so(desk: Desk, who: Asker) -> None:
    kept = await desk.published()
    await desk.cancel(kept.id)
    statement = "UPDATE notices SET state = 'published' WHERE id = %s"
    refuse(desk.corridor, "allpoints_hub", statement, kept.id, who=who)


async def test_nobody_touches_what_is_another_bureaus(desk: Desk) -> None:
    kept = await desk.published(request(pictures=(picture(),)))
    for who in (operator("FRA"), REVIEWER):
        hub = desk.corridor.connection("allpoints_hub")
        with hub as connection, connection.transaction(force_rollback=True):
            as_asker(connection, who)
            gone = connection.execute("DELETE FROM notice_pictures WHERE notice_id = %s", [kept.id])
            assert gone.rowcount == 0
        refuse(
            desk.corridor,
            "allpoints_hub",
            "INSERT INTO notice_pictures SELECT %s, 2, '', true, 1, 1, ''",
            kept.id,
            who=who,
        )
    with desk.corridor.connection("allpoints_hub") as connection, connection.transaction(force_rollback=True):
        as_asker(connection, operator("FRA"))
        changed = connection.execute("UPDATE notices SET state = 'cancelled' WHERE id = %s", [kept.id])
        assert changed.rowcount == 0
    refuse(
        desk.corridor,
        "allpoints_hub",
        "INSERT INTO notices (kind, colour, state, owner, record_id, grounds)"
        " SELECT 'notice', 'red', 'requested', 'FRA', %s, '{}'",
        kept.record,
        who=operator("FRA"),
    )
    refuse(
        desk.corridor,
        "allpoints_hub",
        "INSERT INTO notice_steps (notice_id, step, bureau, user_name, version)"
        " VALUES (%s, 'published', 'HUB', 'x', 1)",
        kept.id,
        who=OWNER,
    )


async def test_members_do_not_count_for_the_secretariat(desk: Desk) -> None:
    refuse(desk.corridor, "allpoints_hub", "INSERT INTO notice_numbers VALUES (1999, 1)", who=OWNER)


async def test_the_records_that_are_reviewed_nobody_else_reads(desk: Desk) -> None:
    waiting, sent = await desk.announce(request()), await desk.announce(diffusion("ALB"))
    for who, sees in ((REVIEWER, {waiting.record}), (OWNER, set()), (asker("FRA"), set())):
        async with desk.corridor.database.act(who) as act:
            found = await notices.records(act, [waiting.record, sent.record], reviewer=True)
        assert set(found) == sees, who.bureau


async def test_the_housekeeper_ends_only_what_is_no_longer_valid(desk: Desk) -> None:
    kept = await desk.published()
    expire = "UPDATE notices SET state = 'expired' WHERE id = %s"
    with desk.corridor.connection("allpoints_system") as connection:
        assert connection.execute(expire.encode(), [kept.id]).rowcount == 0
    with desk.corridor.connection() as owner:
        owner.execute("UPDATE records SET valid_until = current_date - 1 WHERE id = %s", [kept.record])
    refuse(desk.corridor, "allpoints_system", "UPDATE notices SET state = 'published' WHERE id = %s", kept.id)


@pytest.mark.parametrize(
    ("function", "arguments", "index"),
    [
        ("public_extract", {"named": "text"}, "notices_by_number"),
        ("public_extracts", {"after": "bigint", "most": "integer"}, "notices_for_everybody"),
    ],
)
async def test_what_everybody_reads_is_found_by_an_index(
    desk: Desk, function: str, arguments: dict[str, str], index: str
) -> None:
    await desk.published(request(public=(PublicField.NAMES,)))
    with desk.corridor.connection() as connection, connection.transaction(force_rollback=True):
        [(body,)] = connection.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [function])
        for place, name in enumerate(arguments, start=1):
            body = re.sub(rf"\b{name}\b", f"${place}", body)
        connection.execute("ANALYZE notices, records")
        # As many as there may be one day, in the tables and in the indexes of some of their rows.
        connection.execute(
            "UPDATE pg_class SET reltuples = 1000000, relpages = 1"
            " WHERE relname ~ '^(notices|records)(_by_number|_for_everybody)?$'"
        )
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE asked ({', '.join(arguments.values())}) AS {body}".encode())
        plan = connection.execute(f"EXPLAIN EXECUTE asked ({', '.join('0' for _ in arguments)})".encode())
        assert index in " ".join(line for (line,) in plan)


async def test_pictures_are_stored_sealed(desk: Desk) -> None:
    kept = await desk.announce(request(pictures=(picture(),)))
    with desk.corridor.connection() as connection:
        [(body,)] = connection.execute("SELECT body FROM notice_pictures WHERE notice_id = %s", [kept.id])
    assert b"\xff\xd8\xff" not in bytes(body)
    async with desk.corridor.database.act(OWNER) as act:
        assert (await notices.picture(act, kept.id, 1) or b"").startswith(b"\xff\xd8\xff")


async def test_it_works_also_where_the_schemas_owner_is_bound_by_the_rules(fresh: Corridor) -> None:
    """A superuser passes row-level security anyway; an owner who is none depends on the policies."""
    with fresh.connection() as connection:
        somebody = bind_the_owner(connection)
        desk = Desk(fresh)
        said = request(name="Nora Bound", public=(PublicField.NAMES,), pictures=(picture(public=True),))
        kept = await desk.announce(said)
        assert (await desk.read(kept.id, REVIEWER)).hit.particulars == said.contribution.particulars
        published = await desk.review(kept.id, review())
        assert await desk.finds(asker("ALB"), "Nora Bound") == [kept.record]
        async with fresh.database.act() as act:
            assert await notices.extract(act, published.number)
            assert await notices.public_picture(act, published.number, 1)
        await desk.suspend(kept.id)
        assert await desk.finds(asker("ALB"), "Nora Bound") == []
        await desk.cancel(kept.id)
        [(left,)] = connection.execute("SELECT count(*) FROM templates WHERE record_id = %s", [kept.record])
        assert left == 0
        connection.execute(f"SET ROLE {somebody}".encode())
        other = await fresh.contribute(OWNER, request().contribution)
        [(beside,)] = connection.execute("SELECT count(*) FROM records WHERE id = %s", [other[0].id])
        assert beside == 0, "what belongs to no notice stays closed to the owner"
        connection.execute("RESET ROLE")
