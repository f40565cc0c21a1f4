"""Confirmations in the database: who sees them, who may write what, and that no program confirms for an owner."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tests.confirming import answer, asked, hit, told
from tests.corridors import Corridor, operator
from tests.store.test_row_level_security import as_asker, refuse

from allpoints.records import Asker, Conditions, Release
from allpoints.store import confirmations
from allpoints.wire.confirmations import Confirmation, Urgency

FRENCH, ITALIAN, UTOPIAN = operator("FRA"), operator("ITA"), operator("UTO")
INSERT = (
    "INSERT INTO confirmations (record_id, owner, level, asker, asked_by, agency, purpose, group_id, position, name,"
    " urgency, state, asked_at, due_at, next_step_at, answered_at, answered_by, answer_name)"
    " VALUES (%(record)s, %(owner)s, %(level)s, %(asker)s, 'u', 'police', 'border-control', 1, 0, 'name', 'gate',"
    " %(state)s, now(), now() + interval '1 hour', now(), %(answered)s, %(by)s, %(by)s)"
)


def inserted(corridor: Corridor, who: Asker, **said: object) -> None:
    """Try to start a clock without the program."""
    values = {"level": "full", "state": "asked", "answered": None, "by": None, **said}
    with (
        corridor.connection("allpoints_hub") as connection,
        connection.transaction(force_rollback=True),
    ):
        as_asker(connection, who)
        connection.execute(INSERT.encode(), values)


async def running(corridor: Corridor) -> Confirmation:
    """A confirmation that Italy owes France."""
    return await asked(corridor, FRENCH, "ITA")


async def test_only_the_two_bureaus_see_a_confirmation(corridor: Corridor) -> None:
    kept = await running(corridor)
    with corridor.connection("allpoints_hub") as connection:
        for who, sees in ((FRENCH, 1), (ITALIAN, 1), (UTOPIAN, 0), (operator("ALB"), 0), (None, 0)):
            with connection.transaction():
                if who is not None:
                    as_asker(connection, who)
                [(found,)] = connection.execute("SELECT count(*) FROM confirmations WHERE id = %s", [kept.id])
                assert found == sees, who


async def test_the_database_takes_a_question_only_from_whom_the_record_is_disclosed_to(
    corridor: Corridor,
) -> None:
    shown, _ = await hit(corridor, FRENCH, "ITA")
    silent, _ = await hit(corridor, FRENCH, "ITA", conditions=Conditions(disclosure=Release.SILENT))
    inserted(corridor, FRENCH, record=shown, owner="ITA", asker="FRA")
    refused: list[dict[str, object]] = [
        {"record": shown, "owner": "ITA", "asker": "UTO"},
        {"record": shown, "owner": "UTO", "asker": "FRA"},
        {"record": shown, "owner": "ITA", "asker": "FRA", "level": "contact"},
        {"record": silent, "owner": "ITA", "asker": "FRA"},
        {"record": silent, "owner": "ITA", "asker": "FRA", "level": "contact"},
        {"record": 2**31, "owner": "ITA", "asker": "FRA"},
        {
            "record": shown,
            "owner": "ITA",
            "asker": "FRA",
            "state": "confirmed",
            "answered": datetime.now(UTC),
            "by": "u",
        },
    ]
    for values in refused:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            inserted(corridor, FRENCH, **values)


async def test_nobody_but_the_owner_writes_an_outcome(corridor: Corridor) -> None:
    kept = await running(corridor)
    confirm = (
        "UPDATE confirmations SET state = 'confirmed', answered_at = now(), answered_by = 'u', answer_name = 'n'"
        " WHERE id = %s RETURNING id"
    )
    with corridor.connection("allpoints_hub") as connection:
        for who in (FRENCH, UTOPIAN):
            with connection.transaction(force_rollback=True):
                as_asker(connection, who)
                assert connection.execute(confirm, [kept.id]).fetchall() == []
    refuse(corridor, "allpoints_system", confirm, kept.id)
    refuse(
        corridor,
        "allpoints_system",
        "UPDATE confirmations SET state = 'confirmed' WHERE id = %s",
        kept.id,
    )


async def test_an_outcome_without_an_answer_is_no_row(corridor: Corridor) -> None:
    kept = await running(corridor)
    with corridor.connection() as connection:
        for nonsense in (
            "UPDATE confirmations SET state = 'confirmed' WHERE id = %s",
            "UPDATE confirmations SET state = 'refuted', answered_at = now() WHERE id = %s",
            "UPDATE confirmations SET answered_at = now(), answered_by = 'u', answer_name = 'n' WHERE id = %s",
            "UPDATE confirmations SET owner = asker WHERE id = %s",
        ):
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute(nonsense, [kept.id])


async def test_an_owner_writes_its_answer_once_and_nothing_else(corridor: Corridor) -> None:
    kept = await running(corridor)
    with corridor.connection("allpoints_hub") as connection, connection.transaction(force_rollback=True):
        as_asker(connection, ITALIAN)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE confirmations SET state = 'withdrawn' WHERE id = %s", [kept.id])
    for forbidden in (
        "UPDATE confirmations SET due_at = due_at + interval '1 day' WHERE id = %s",
        "DELETE FROM confirmations WHERE id = %s",
    ):
        refuse(corridor, "allpoints_hub", forbidden, kept.id, who=ITALIAN)
    await answer(corridor, ITALIAN, kept.id)
    with corridor.connection("allpoints_hub") as connection, connection.transaction():
        as_asker(connection, ITALIAN)
        change = "UPDATE confirmations SET state = 'refuted' WHERE id = %s RETURNING id"
        assert connection.execute(change, [kept.id]).fetchall() == []


async def test_the_housekeeper_does_not_read_who_asked_and_who_answered(corridor: Corridor) -> None:
    kept = await running(corridor)
    for column in ("asked_by", "purpose", "agency", "name", "answered_by", "group_id"):
        refuse(corridor, "allpoints_system", f"SELECT {column} FROM confirmations WHERE id = %s", kept.id)


async def test_the_open_medians_are_all_that_one_bureau_sees_of_another(fresh: Corridor) -> None:
    start = datetime.now(UTC)
    for _ in range(5):
        kept = await asked(fresh, FRENCH, "ITA", Urgency.GATE, now=start)
        await answer(fresh, ITALIAN, kept.id, now=start + timedelta(minutes=3))
    with fresh.connection("allpoints_hub") as connection, connection.transaction():
        as_asker(connection, UTOPIAN)
        medians = connection.execute("SELECT * FROM open_medians()").fetchall()
        assert dict(medians) == {"ALB": None, "FRA": None, "ITA": 180.0, "UTO": None}
        assert connection.execute("SELECT count(*) FROM confirmations").fetchall() == [(0,)]
    refuse(fresh, "allpoints_system", "SELECT * FROM open_medians()")


async def test_the_medians_are_counted_also_where_the_schemas_owner_is_bound_by_the_rules(
    fresh: Corridor,
) -> None:
    start = datetime.now(UTC)
    for _ in range(5):
        kept = await asked(fresh, FRENCH, "ITA", now=start)
        await answer(fresh, ITALIAN, kept.id, now=start + timedelta(minutes=3))
    with fresh.connection() as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE ROLE somebody_else")
        connection.execute("GRANT USAGE ON SCHEMA allpoints TO somebody_else")
        connection.execute("GRANT SELECT ON bureaus TO somebody_else")
        for what in ("TABLE confirmations", "FUNCTION open_medians()"):
            connection.execute(f"ALTER {what} OWNER TO somebody_else".encode())
        connection.execute("SET LOCAL ROLE allpoints_hub")
        as_asker(connection, UTOPIAN)
        medians = connection.execute("SELECT * FROM open_medians()")
        assert dict(medians.fetchall())["ITA"] == 180.0
        assert connection.execute("SELECT count(*) FROM confirmations").fetchall() == [(0,)]


async def test_what_ended_more_than_a_year_ago_is_forgotten_and_nothing_else(fresh: Corridor) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=401)
    ended = await asked(fresh, FRENCH, "ITA", now=long_ago)
    await answer(fresh, ITALIAN, ended.id, now=long_ago)
    running_still = await asked(fresh, FRENCH, "ITA", now=long_ago)
    recent = await asked(fresh, FRENCH, "ITA")
    await answer(fresh, ITALIAN, recent.id)
    with fresh.connection("allpoints_system") as connection:
        assert (
            connection.execute("DELETE FROM confirmations WHERE id = %s RETURNING id", [recent.id]).fetchall()
            == []
        )
    async with fresh.database.system() as connection:
        await confirmations.forget(connection)
    with fresh.connection() as connection:
        left = connection.execute("SELECT id FROM confirmations ORDER BY id").fetchall()
    assert left == [(running_still.id,), (recent.id,)]
    assert told(fresh, "FRA", ended.id) == ["confirmation-answered"]
