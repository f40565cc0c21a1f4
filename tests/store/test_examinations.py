"""Candidate lists in the database: whose they are, what nobody can change, what is deleted when and by whom."""

import psycopg
import pytest
from tests.corridors import Corridor, operator
from tests.examining import assign, candidate_list, decide
from tests.hubs import asker
from tests.store.test_row_level_security import as_asker, refuse

from allpoints.errors import Unavailable
from allpoints.store import examinations, retention
from allpoints.wire.corridor import ExaminationState, ExaminerDecision

OFFICER = asker("FRA", "officer", "criminal-investigation", "police", user="officer")
ANNA = asker("FRA", "examiner", "criminal-investigation", "police", user="anna")
TABLES = ("examinations", "examination_candidates", "examination_probes", "examination_decisions")


def rows(connection: psycopg.Connection, table: str, number: int) -> int:
    """How many rows of a list somebody sees."""
    column = "id" if table == "examinations" else "examination_id"
    [(found,)] = connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s".encode(), [number])
    return int(found)


async def half_decided(corridor: Corridor, *, verify: bool = False) -> tuple[int, list[int]]:
    """A list of two candidates, one of them decided."""
    number, ids = await candidate_list(corridor, OFFICER, "ITA", "UTO", verify=verify)
    await assign(corridor, operator("FRA"), number, "anna")
    await decide(corridor, ANNA, number, ids[0])
    return number, ids


async def test_a_bureau_sees_its_own_lists_only(corridor: Corridor) -> None:
    number, _ = await half_decided(corridor)
    with corridor.connection("allpoints_hub") as connection:
        for bureau, sees in (("FRA", (1, 2, 1, 1)), ("ITA", (0,) * 4), ("UTO", (0,) * 4)):
            with connection.transaction():
                as_asker(connection, operator(bureau))
                assert tuple(rows(connection, table, number) for table in TABLES) == sees, bureau
        assert tuple(rows(connection, table, number) for table in TABLES) == (0,) * 4
    async with corridor.database.act(operator("ITA")) as act:
        assert await examinations.examination(act, number) is None
        assert await examinations.examination(act, number, for_change=True) is None
        assert await examinations.probes(act, number) == []


async def test_a_decision_is_neither_changed_nor_deleted(corridor: Corridor) -> None:
    number, _ = await half_decided(corridor)
    for role in ("allpoints_hub", "allpoints_system"):
        for statement in (
            "UPDATE examination_decisions SET decision = 'exclusion' WHERE examination_id = %s",
            "DELETE FROM examination_decisions WHERE examination_id = %s",
            "UPDATE examination_candidates SET rank = 9 WHERE examination_id = %s",
            "DELETE FROM examination_candidates WHERE examination_id = %s",
            "UPDATE examinations SET asked_by = 'x' WHERE id = %s",
        ):
            refuse(corridor, role, statement, number, who=ANNA)
    refuse(corridor, "allpoints_hub", "DELETE FROM examinations WHERE id = %s", number, who=ANNA)
    for forbidden in (
        "SELECT picture FROM examination_probes WHERE examination_id = %s",
        "SELECT reason FROM examination_decisions WHERE examination_id = %s",
        "UPDATE examinations SET examiner = 'x' WHERE id = %s",
    ):
        refuse(corridor, "allpoints_system", forbidden, number)


async def test_the_database_takes_decisions_of_the_assigned_examiner_only(corridor: Corridor) -> None:
    number, [_, record] = await half_decided(corridor)
    insert = (
        "INSERT INTO examination_decisions (examination_id, record_id, round, verification, examiner, decision, reason,"
        " name) VALUES (%s, %s, %s, %s, %s, 'identification', 'because', 'random')"
    )
    for round_, verification, examiner in ((1, False, "ben"), (2, False, "anna"), (1, True, "anna")):
        values = (number, record, round_, verification, examiner)
        refuse(corridor, "allpoints_hub", insert, *values, who=ANNA)
    values = (number, record, 1, False, "anna")
    refuse(corridor, "allpoints_hub", insert, *values, who=operator("ITA"))
    refuse(corridor, "allpoints_system", insert, *values)

    blind, ids = await half_decided(corridor, verify=True)
    await decide(corridor, ANNA, blind, ids[1])
    await assign(corridor, operator("FRA"), blind, "ben")
    for verification, examiner in ((True, "anna"), (True, "cleo"), (False, "ben"), (False, "anna")):
        values = (blind, ids[0], 1, verification, examiner)
        refuse(corridor, "allpoints_hub", insert, *values, who=ANNA)


@pytest.mark.parametrize(
    "change", ["examiner = 'officer'", "verifier = 'officer'", "verifier = 'anna'", "state = 'disputed'"]
)
async def test_the_database_knows_that_nobody_confirms_their_own(corridor: Corridor, change: str) -> None:
    number, _ = await half_decided(corridor)
    with corridor.connection("allpoints_hub") as connection, connection.transaction(force_rollback=True):
        as_asker(connection, ANNA)
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(f"UPDATE examinations SET {change} WHERE id = %s".encode(), [number])


async def test_no_probe_goes_before_its_time(corridor: Corridor) -> None:
    number, [_, record] = await half_decided(corridor)
    with corridor.connection("allpoints_hub") as connection, connection.transaction():
        as_asker(connection, ANNA)
        assert connection.execute("DELETE FROM examination_probes").rowcount == 0
    with corridor.connection("allpoints_system") as connection:
        assert connection.execute("DELETE FROM examination_probes").rowcount == 0
        for statement in ("UPDATE examinations SET state = 'lapsed'", "DELETE FROM examinations"):
            assert connection.execute(f"{statement} WHERE id = %s".encode(), [number]).rowcount == 0
    await decide(corridor, ANNA, number, record, ExaminerDecision.EXCLUSION)
    with corridor.connection() as connection:
        assert tuple(rows(connection, table, number) for table in TABLES) == (1, 2, 0, 2)


async def test_what_nobody_decides_in_ninety_days_lapses_and_nothing_sooner(corridor: Corridor) -> None:
    by_age = {}
    for days in (89, 91):
        number, _ = await half_decided(corridor)
        by_age[days] = number
        with corridor.connection() as connection:
            connection.execute(
                "UPDATE examinations SET created_at = now() - make_interval(days => %s) WHERE id = %s",
                [days, number],
            )
    async with corridor.database.system() as connection:
        assert (by_age[91], "FRA") in await retention.lapse_examinations(connection, limit=100)
        assert await retention.lapse_examinations(connection, limit=100) == []
    async with corridor.database.act(ANNA) as act:
        found = [await examinations.examination(act, by_age[days]) for days in (89, 91)]
        assert [one and one.state for one in found] == [ExaminationState.ASSIGNED, ExaminationState.LAPSED]
        assert [len(await examinations.probes(act, by_age[days])) for days in (89, 91)] == [1, 0]


async def test_a_list_goes_with_the_last_of_its_records(corridor: Corridor) -> None:
    number, ids = await half_decided(corridor)
    for left, record in ((1, ids[0]), (0, ids[1])):
        with corridor.connection() as owner:
            owner.execute("UPDATE records SET valid_until = current_date - 400 WHERE id = %s", [record])
            async with corridor.database.system() as connection:
                await retention.purge_overdue(connection, limit=1_000)
                await retention.forget_examinations(connection)
            assert tuple(rows(owner, table, number) for table in TABLES) == (left, left, left, 0)


async def test_a_probe_opens_only_as_the_one_of_its_own_list(corridor: Corridor) -> None:
    first, _ = await half_decided(corridor)
    second, _ = await half_decided(corridor)
    async with corridor.database.act(ANNA) as act:
        [probe] = await examinations.probes(act, first)
        assert (probe.modality, probe.template) == ("fingerprints", b"the template of a finger")
    with corridor.connection() as connection:
        connection.execute(
            "UPDATE examination_probes SET picture = (SELECT picture FROM examination_probes WHERE examination_id = %s)"
            " WHERE examination_id = %s",
            [first, second],
        )
    async with corridor.database.act(ANNA) as act:
        with pytest.raises(Unavailable):
            await examinations.probes(act, second)
