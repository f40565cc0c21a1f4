"""Bring a database to the newest schema: numbered files, each run once, under an advisory lock."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.resources import files
from types import MappingProxyType

import psycopg
from psycopg import sql

from allpoints.errors import Unavailable

_LOCK = 0x616C6C706F696E74  # "allpoint": one migrator at a time, whoever starts first


def migrate(conninfo: str, passwords: dict[str, str]) -> list[str]:
    """Bring a hub's database to the newest schema, as `run_migrations` does."""
    return run_migrations(
        conninfo,
        "allpoints.store",
        passwords,
        schema="allpoints",
        finish=_forget_snapshots_of_another_cluster,
    )


def run_migrations(
    conninfo: str,
    package: str,
    passwords: Mapping[str, str],
    *,
    schema: str,
    names: Mapping[str, str] = MappingProxyType({}),
    finish: Callable[[psycopg.Connection], None] | None = None,
) -> list[str]:
    """Create the roles named in `passwords`, run the migrations of `package` that are missing, return their names.

    `schema` is where the roles look first. What stands in the files as `:name` is replaced by its value in `names`.
    `finish` runs at the end of each run, under the same lock. Safe to call at every start and from several
    processes at once. Raises `Unavailable` where the database is newer than this program.
    """
    with _connected(conninfo) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _create_roles(connection, passwords, schema)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.allpoints_migrations"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {name for (name,) in connection.execute("SELECT name FROM public.allpoints_migrations")}
        known = _migrations(package)
        if ahead := done - known.keys():
            raise Unavailable(
                f"the database knows a migration that this program does not: {min(ahead)}",
                remedy="Start the newer version of Allpoints that wrote this database.",
            )
        missing = [name for name in known if name not in done]
        for name in missing:
            with connection.transaction():
                connection.execute(_named(known[name], names).encode())
                connection.execute("INSERT INTO public.allpoints_migrations (name) VALUES (%s)", [name])
            connection.execute("RESET search_path")
        if finish is not None:
            finish(connection)
        return missing


def create_database(conninfo: str, name: str) -> None:
    """Create the database where there is none, by the address of another one of the same server."""
    with _connected(conninfo) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        # Another process of this hub may be as fast.
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def is_restored(conninfo: str) -> bool:
    """Whether the database comes from another cluster and `migrate` has not run on it since.

    What was built from the change feed must then be built anew: its place in the feed means nothing here.
    """
    with _connected(conninfo) as connection:
        if connection.execute("SELECT to_regclass('public.allpoints_cluster')").fetchone() == (None,):
            return False
        known = connection.execute("SELECT identifier FROM public.allpoints_cluster").fetchone()
        return known is not None and known != (_cluster(connection),)


def _connected(conninfo: str) -> psycopg.Connection:
    try:
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        # libpq names host, port, user and database, never the password.
        raise Unavailable(
            f"cannot reach PostgreSQL: {str(error).strip().splitlines()[-1]}",
            field="ALLPOINTS_DATABASE_URL",
            remedy="See whether it runs, and whether the address and the password are right.",
        ) from None


def new_passwords() -> dict[str, str]:
    """Make passwords for the two roles that the hub's processes use."""
    return {"allpoints_hub": secrets.token_urlsafe(24), "allpoints_system": secrets.token_urlsafe(24)}


def _migrations(package: str) -> dict[str, str]:
    folder = files(package).joinpath("migrations")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}


def _named(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f":{name}", value)
    return text


def _create_roles(connection: psycopg.Connection, passwords: Mapping[str, str], schema: str) -> None:
    for role, password in passwords.items():
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        statement = (
            "ALTER ROLE {} LOGIN PASSWORD {}"
            if exists
            else "CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOBYPASSRLS"
        )
        connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))
        connection.execute(
            sql.SQL("ALTER ROLE {} SET search_path = {}").format(sql.Identifier(role), sql.Identifier(schema))
        )


def _forget_snapshots_of_another_cluster(connection: psycopg.Connection) -> None:
    """After a restore the stored transaction numbers mean nothing: renumber what is kept.

    The change feed begins anew with the changes that are kept, the groups of the log that no checkpoint covers
    yet are stamped anew so that the sealer finds them, and every group that is sealed stays where it stands in
    the tree.
    """
    with connection.transaction():
        connection.execute("CREATE TABLE IF NOT EXISTS public.allpoints_cluster (identifier bigint NOT NULL)")
        identifier = _cluster(connection)
        known = connection.execute("SELECT identifier FROM public.allpoints_cluster").fetchone()
        if known == (identifier,):
            return
        if known is not None:
            connection.execute("DELETE FROM allpoints.consumers")
            connection.execute("UPDATE allpoints.changes SET xid = pg_current_xact_id()")
            # Row-level security binds the schema's owner, too: for this one statement it must see all rows.
            connection.execute("ALTER TABLE allpoints.notifications NO FORCE ROW LEVEL SECURITY")
            connection.execute("UPDATE allpoints.notifications SET xid = pg_current_xact_id()")
            connection.execute("ALTER TABLE allpoints.notifications FORCE ROW LEVEL SECURITY")
            connection.execute(
                "UPDATE allpoints.log_groups SET xid = CASE WHEN id IN (SELECT group_id FROM allpoints.log_seals)"
                " THEN '1'::xid8 ELSE pg_current_xact_id() END"
            )
            # Not pg_current_snapshot(): it takes this very transaction for seen once a later one has ended.
            connection.execute(
                "UPDATE allpoints.log_checkpoints SET snapshot ="
                " format('%s:%s:', pg_current_xact_id(), pg_current_xact_id())::pg_snapshot"
            )
        connection.execute("DELETE FROM public.allpoints_cluster")
        connection.execute("INSERT INTO public.allpoints_cluster VALUES (%s)", [identifier])


def _cluster(connection: psycopg.Connection) -> int:
    [(identifier,)] = connection.execute("SELECT system_identifier FROM pg_control_system()").fetchall()
    return int(identifier)
