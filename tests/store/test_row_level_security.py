"""PostgreSQL itself enforces what `access` decides, whatever the hub's code does."""

import secrets
from datetime import date

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.corridors import Corridor, contribution, operator, person, plate
from tests.hubs import asker
from tests.strategies import BUREAUS, TODAY, askers, held_records

from allpoints.access import Disclosure, Match, Outcome, Refusal, release
from allpoints.modalities import NAMES
from allpoints.modalities.identifiers import Keyring, signed
from allpoints.records import Asker, Face, HeldRecord, Person, Record, RecordState, Retention
from allpoints.store.acts import StoredPicture, StoredTemplate
from allpoints.store.queries import query

MATCH = Match(modality="identifiers", agreement="exact", score=1.0)
TEMPLATE = StoredTemplate("names", NAMES.dump(NAMES.encode(Person(names=("Anna Karenina",)))))
PICTURE = StoredPicture(0, "faces", Face(image=b"a face"))
ROLES = ("allpoints_hub", "allpoints_system")


# The rule of release, decided twice -----------------------------------------------------------------------


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Whole databases are not worth shrinking: the pair that disagrees stands in the message.
    phases=(Phase.reuse, Phase.generate),
)
@given(
    records=st.lists(held_records(), min_size=30, max_size=30),
    who=st.lists(askers(), min_size=16, max_size=16, unique=True),
)
async def test_postgresql_shows_exactly_what_access_releases(
    corridor: Corridor, records: list[HeldRecord], who: list[Asker]
) -> None:
    today = database_day(corridor)
    held = await stored(corridor, [moved(record, today) for record in records])
    with corridor.connection("allpoints_hub") as connection:
        for one in who:
            shown, particulars, templates, pictures = visible(connection, one, list(held))
            assert templates == shown
            assert pictures == particulars
            decided = {number: release(r, one, today=today, match=MATCH) for number, r in held.items()}
            assert shown == {
                number for number, outcome in decided.items() if not isinstance(outcome, Refusal)
            }
            assert particulars == {number for number, outcome in decided.items() if is_full(outcome)}
            async with corridor.database.act(one) as act:
                given = {number: replace(h, contact="") for number, h in (await act.candidates(held)).items()}
            assert given == {
                number: held[number]
                if is_full(outcome)
                else replace(held[number], particulars=None, notice=None)
                for number, outcome in decided.items()
                if not isinstance(outcome, Refusal) and in_force(held[number], today)
            }


async def test_the_property_meets_every_outcome(corridor: Corridor) -> None:
    """The guard of the property above: its strategies draw all that there is to agree on."""
    met = set()

    @settings(max_examples=500, database=None, derandomize=True)
    @given(record=held_records(), one=askers())
    def draw(record: HeldRecord, one: Asker) -> None:
        outcome = release(record, one, today=TODAY, match=MATCH)
        own = record.owner == one.bureau
        met.add((own, getattr(outcome, "reason", None) or getattr(outcome, "level", "silent")))

    draw()
    assert len(met) == 1 + 3 + 5, met


def is_full(outcome: Outcome) -> bool:
    return isinstance(outcome, Disclosure) and outcome.level == "full"


def in_force(held: HeldRecord, today: date) -> bool:
    return held.state is RecordState.ACTIVE and held.retention.valid_until >= today


def moved(record: HeldRecord, today: date) -> HeldRecord:
    """The record as it would have been drawn on the database's day."""
    days = today - TODAY
    old = record.retention
    return replace(
        record, retention=Retention(valid_until=old.valid_until + days, review_by=old.review_by + days)
    )


def visible(
    connection: psycopg.Connection, who: Asker, ids: list[int]
) -> tuple[set[int], set[int], set[int], set[int]]:
    """Which of the records, and of their particulars, templates and pictures, row-level security shows."""
    with connection.transaction():
        connection.execute(
            query("name_asker"), [who.bureau, who.agency.value, who.purpose.value, str(who.clearance.rank)]
        )
        return rows_of(connection, ids)


def rows_of(connection: psycopg.Connection, ids: list[int]) -> tuple[set[int], set[int], set[int], set[int]]:
    def seen(column: str, table: str) -> set[int]:
        rows = connection.execute(f"SELECT {column} FROM {table} WHERE {column} = ANY (%s)".encode(), [ids])
        return {number for (number,) in rows.fetchall()}

    return (
        seen("id", "records"),
        seen("record_id", "particulars"),
        seen("record_id", "templates"),
        seen("record_id", "pictures"),
    )


async def stored(corridor: Corridor, records: list[HeldRecord]) -> dict[int, HeldRecord]:
    """Store the records as their owners would, in whatever state; return them as they are held."""
    keyring = Keyring(corridor.identity.index_secret)
    held = {}
    with corridor.connection() as connection:
        for owner in BUREAUS:
            own = [
                Record(
                    owner=owner,
                    reference=contribution().reference,
                    kind=r.kind,
                    identifiers=r.identifiers,
                    particulars=r.particulars,
                    conditions=r.conditions,
                    evaluation=r.evaluation,
                    retention=r.retention,
                )
                for r in records
                if r.owner == owner
            ]
            keys = [[signed(keyring.key(i)) for i in record.identifiers] for record in own]
            async with corridor.database.act(operator(owner)) as act:
                ids = await act.add_records(own, keys, contributed_for="border-control")
                await act.add_templates({number: [TEMPLATE] for number in ids.values()})
                await act.add_pictures({number: [PICTURE] for number in ids.values()})
            for record, drawn in zip(own, [r for r in records if r.owner == owner], strict=True):
                number = ids[record.reference]
                [(at,)] = connection.execute(
                    "UPDATE records SET state = %s, version = %s WHERE id = %s RETURNING contributed_at",
                    [drawn.state.value, drawn.version, number],
                )
                connection.execute(
                    "UPDATE particulars SET notice = %s WHERE record_id = %s",
                    [msgspec.json.encode(drawn.notice).decode() if drawn.notice else None, number],
                )
                held[number] = replace(drawn, id=number, reference=record.reference, contributed_at=at)
    return held


def database_day(corridor: Corridor) -> date:
    with corridor.connection() as connection:
        [(today,)] = connection.execute("SELECT current_date")
    assert isinstance(today, date)
    return today


# What no role may do --------------------------------------------------------------------------------------


@pytest.fixture
async def record_id(corridor: Corridor) -> int:
    """A record of Italy's, open to everyone."""
    one = replace(person("Anna Karenina"), identifiers=contribution(plate()).identifiers)
    [kept] = await corridor.contribute(operator("ITA"), one)
    assert kept.id
    async with corridor.database.act(operator("ITA")) as act:
        await act.add_pictures({kept.id: [PICTURE]})
    return kept.id


def as_asker(connection: psycopg.Connection, who: Asker) -> None:
    """Name the asker of the transaction that is open."""
    connection.execute(
        query("name_asker"), [who.bureau, who.agency.value, who.purpose.value, str(who.clearance.rank)]
    )


def bind_the_owner(connection: psycopg.Connection) -> str:
    """Give all of the schema to a new owner, whom row-level security binds; return its name."""
    name = f"owner_{secrets.token_hex(8)}"
    [(owned,)] = connection.execute(
        "SELECT array_agg(format('%s %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass))"
        " FROM pg_class WHERE relnamespace = 'allpoints'::regnamespace AND relkind IN ('r', 'S')"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = pg_class.oid AND d.deptype = 'i')"
    )
    [(functions,)] = connection.execute(
        "SELECT array_agg(format('FUNCTION %s', oid::regprocedure)) FROM pg_proc"
        " WHERE pronamespace = 'allpoints'::regnamespace"
    )
    connection.execute(f"CREATE ROLE {name} IN ROLE allpoints_owner".encode())
    connection.execute(f"GRANT ALL ON SCHEMA allpoints TO {name}".encode())
    for what in (*owned, *functions):
        connection.execute(f"ALTER {what} OWNER TO {name}".encode())
    return name


async def test_where_nobody_is_named_nothing_is_shown(corridor: Corridor, record_id: int) -> None:
    with corridor.connection("allpoints_hub") as connection:
        assert rows_of(connection, [record_id]) == (set(),) * 4
        assert visible(connection, asker("ALB"), [record_id]) == ({record_id},) * 4
        assert rows_of(connection, [record_id]) == (set(),) * 4
        for table in (
            "records",
            "particulars",
            "templates",
            "pictures",
            "versions",
            "notifications",
            "reads",
            "links",
            "link_decisions",
            "idempotency",
            "notices",
            "notice_steps",
            "notice_pictures",
            "notice_numbers",
        ):
            [(number,)] = connection.execute(f"SELECT count(*) FROM {table}".encode())
            assert number == 0, table


async def test_nobody_changes_or_adds_to_what_another_bureau_owns(corridor: Corridor, record_id: int) -> None:
    with corridor.connection("allpoints_hub") as connection, connection.transaction(force_rollback=True):
        as_asker(connection, operator("FRA"))
        assert visible_rows(connection, "records", record_id) == 1
        for statement in (
            "UPDATE records SET state = 'withdrawn' WHERE id = %s",
            "UPDATE particulars SET body = '{}' WHERE record_id = %s",
            "DELETE FROM templates WHERE record_id = %s",
            "DELETE FROM pictures WHERE record_id = %s",
        ):
            assert connection.execute(statement.encode(), [record_id]).rowcount == 0
    for forbidden in (
        "INSERT INTO versions (record_id, version, content) VALUES (%s, 1, '{}')",
        "INSERT INTO templates (record_id, modality, number, body) VALUES (%s, 'names', 9, '')",
        "UPDATE templates SET body = '' WHERE record_id = %s",
        "INSERT INTO pictures (record_id, number, modality, body) VALUES (%s, 9, 'faces', '')",
        "UPDATE pictures SET body = '' WHERE record_id = %s",
        "INSERT INTO records (owner, reference, kind, identifiers, keys, condition_set, evaluation, valid_until,"
        " review_by, contributed_for) SELECT 'ITA', 'forged', kind, identifiers, keys, condition_set, evaluation,"
        " valid_until, review_by, contributed_for FROM records WHERE id = %s",
        "DELETE FROM records WHERE id = %s",
        "DELETE FROM particulars WHERE record_id = %s",
        "INSERT INTO idempotency (bureau, key, digest) SELECT 'ITA', 'x', '' WHERE %s > 0",
    ):
        refuse(corridor, "allpoints_hub", forbidden, record_id, who=operator("FRA"))


async def test_an_owner_cannot_give_a_record_away(corridor: Corridor, record_id: int) -> None:
    refuse(
        corridor,
        "allpoints_hub",
        "UPDATE records SET owner = 'FRA' WHERE id = %s",
        record_id,
        who=operator("ITA"),
    )


async def test_what_is_one_bureaus_another_cannot_read(corridor: Corridor, record_id: int) -> None:
    with corridor.connection() as connection:
        [(other,)] = connection.execute(
            "INSERT INTO records (owner, reference, kind, identifiers, keys, condition_set, evaluation, valid_until,"
            " review_by, contributed_for) SELECT 'FRA', %s, kind, identifiers, keys, condition_set, evaluation,"
            " valid_until, review_by, contributed_for FROM records WHERE id = %s RETURNING id",
            [contribution().reference, record_id],
        )
        for statement in (
            "INSERT INTO notifications (bureau, body) SELECT 'ITA', '{}' WHERE %(id)s > 0",
            "INSERT INTO versions (record_id, version, content) VALUES (%(id)s, 1, '{}')",
            "INSERT INTO reads VALUES (%(id)s, 'ITA', 1, 0)",
            "INSERT INTO links (record_a, record_b, owner_a, owner_b, scheme)"
            " VALUES (%(id)s, %(other)s, 'ITA', 'FRA', 'plate')",
            "INSERT INTO link_decisions SELECT id, 'ITA', 'same', 1, 1 FROM links"
            " WHERE record_a = %(id)s AND record_b = %(other)s",
        ):
            connection.execute(statement.encode(), {"id": record_id, "other": other})
    with corridor.connection("allpoints_hub") as connection:
        for bureau, sees in (("ITA", True), ("XPO", False)):
            with connection.transaction():
                as_asker(connection, operator(bureau))
                for table, column in (
                    ("versions", "record_id"),
                    ("reads", "record_id"),
                    ("links", "record_a"),
                ):
                    assert bool(visible_rows(connection, table, record_id, column)) is sees, table
                decisions = connection.execute(
                    "SELECT count(*) FROM link_decisions d JOIN links l ON l.id = d.link_id WHERE l.record_a = %s",
                    [record_id],
                ).fetchone()
                assert decisions == (1 if sees else 0,)
                for table in ("notifications", "idempotency"):
                    rows = connection.execute(f"SELECT bureau FROM {table}".encode()).fetchall()
                    assert {row for (row,) in rows} <= {bureau}
                    assert bool(rows) is sees, table
        with connection.transaction(force_rollback=True):
            as_asker(connection, operator("XPO"))
            seen = connection.execute("UPDATE notifications SET acknowledged_at = now()")
            assert seen.rowcount == 0


async def test_an_owner_decides_for_itself_alone_and_on_its_own_links(
    corridor: Corridor, record_id: int
) -> None:
    [other] = await corridor.contribute(operator("FRA"), person("Anna Karenina"))
    with corridor.connection() as connection:
        [(link,)] = connection.execute(
            "INSERT INTO links (record_a, record_b, owner_a, owner_b, scheme) VALUES (%s, %s, 'ITA', 'FRA', 'names')"
            " RETURNING id",
            [record_id, other.id],
        )
    decide = (
        "INSERT INTO link_decisions (link_id, bureau, decision, version_a, version_b)"
        " VALUES (%s, %s, 'same', 1, 1)"
    )
    refuse(corridor, "allpoints_hub", decide, link, "FRA", who=operator("ITA"))
    refuse(corridor, "allpoints_hub", decide, link, "ALB", who=operator("ALB"))
    refuse(corridor, "allpoints_system", decide, link, "ITA")
    with corridor.connection("allpoints_hub") as connection, connection.transaction():
        as_asker(connection, operator("ITA"))
        connection.execute(decide.encode(), [link, "ITA"])
    with corridor.connection("allpoints_hub") as connection, connection.transaction(force_rollback=True):
        as_asker(connection, operator("FRA"))
        assert connection.execute("UPDATE link_decisions SET decision = 'different'").rowcount == 0
    refuse(corridor, "allpoints_hub", "DELETE FROM link_decisions", who=operator("ITA"))
    refuse(corridor, "allpoints_hub", "UPDATE links SET llr = 9", who=operator("ITA"))


async def test_templates_and_pictures_go_with_their_record(corridor: Corridor, record_id: int) -> None:
    with corridor.connection() as owner:
        for table in ("templates", "pictures"):
            assert visible_rows(owner, table, record_id, "record_id") == 1
        owner.execute("UPDATE records SET valid_until = current_date - 400 WHERE id = %s", [record_id])
        with corridor.connection("allpoints_system") as connection:
            connection.execute("DELETE FROM records WHERE id = %s", [record_id])
        for table in ("templates", "pictures"):
            assert visible_rows(owner, table, record_id, "record_id") == 0


def visible_rows(connection: psycopg.Connection, table: str, record_id: int, column: str = "id") -> int:
    [(number,)] = connection.execute(
        f"SELECT count(*) FROM {table} WHERE {column} = %s".encode(), [record_id]
    )
    return int(number)


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_has_no_power_of_its_own(corridor: Corridor, role: str) -> None:
    with corridor.connection(role) as connection:
        [(superuser, bypass, create_role, create_db, replication)] = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert not any((superuser, bypass, create_role, create_db, replication))
        owned = connection.execute(
            "SELECT classid::regclass, objid FROM pg_shdepend"
            " WHERE refobjid = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND deptype = 'o'"
        ).fetchall()
        assert owned == []
        [(memberships,)] = connection.execute(
            "SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
            " WHERE r.rolname = current_user"
        )
        assert memberships == 0
        connection.execute("SET row_security = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM versions")
    for forbidden in (
        "ALTER TABLE records DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE public.mine (x int)",
        "CREATE TABLE allpoints.mine (x int)",
        "CREATE OR REPLACE FUNCTION allpoints.asker(what text) RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
        "SET ROLE postgres",
        "COPY records TO PROGRAM 'cat'",
        "SELECT * FROM public.allpoints_migrations",
    ):
        refuse(corridor, role, forbidden)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", ["log_groups", "log_seals", "log_checkpoints", "log_tiles", "reads"])
async def test_the_log_can_be_added_to_and_never_rewritten(corridor: Corridor, role: str, table: str) -> None:
    refuse(corridor, role, f"DELETE FROM {table}")
    refuse(corridor, role, f"TRUNCATE {table}")
    if (role, table) != ("allpoints_system", "log_tiles"):
        column = {
            "log_groups": "entries",
            "log_seals": "first_index",
            "log_tiles": "hashes",
            "reads": "owner",
        }
        name = column.get(table, "note")
        refuse(corridor, role, f"UPDATE {table} SET {name} = {name}")


async def test_the_housekeeper_reads_no_particulars(corridor: Corridor, record_id: int) -> None:
    for forbidden in (
        "SELECT * FROM particulars",
        "SELECT * FROM versions",
        "SELECT reference FROM records",
        "UPDATE records SET state = 'withdrawn'",
        "DELETE FROM particulars",
        "UPDATE condition_sets SET disclosure = 'full'",
        "UPDATE templates SET body = ''",
        "INSERT INTO templates SELECT record_id, modality, 9, body FROM templates",
        "DELETE FROM templates",
        "SELECT * FROM pictures",
        "DELETE FROM pictures",
        "UPDATE keys SET status = 'active'",
        "SELECT grounds FROM notices",
        "SELECT body FROM notice_pictures",
        "SELECT * FROM notice_steps",
        "SELECT * FROM public_extracts(0, 1)",
        "SELECT * FROM public_extract('2026/1-R')",
    ):
        refuse(corridor, "allpoints_system", forbidden)


async def test_the_housekeeper_deletes_nothing_but_what_is_overdue(
    corridor: Corridor, record_id: int
) -> None:
    with corridor.connection("allpoints_system") as connection:
        assert connection.execute("DELETE FROM records WHERE id = %s", [record_id]).rowcount == 0
        with corridor.connection() as owner:
            owner.execute("UPDATE records SET valid_until = current_date - 29 WHERE id = %s", [record_id])
            assert connection.execute("DELETE FROM records WHERE id = %s", [record_id]).rowcount == 0
            owner.execute("UPDATE records SET valid_until = current_date - 32 WHERE id = %s", [record_id])
        assert connection.execute("DELETE FROM records WHERE id = %s", [record_id]).rowcount == 1


def refuse(
    corridor: Corridor, role: str, statement: str, *parameters: object, who: Asker | None = None
) -> None:
    """The role is not allowed to do it: not for want of a row, but of a privilege or by a policy."""
    with corridor.connection(role) as connection, connection.transaction(force_rollback=True):
        if who is not None:
            as_asker(connection, who)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode(), parameters or None)
