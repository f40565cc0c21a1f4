"""The database as one file and back, with PostgreSQL's own pg_dump and pg_restore."""

import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from allpoints.errors import Unavailable
from allpoints.store.queries import query
from allpoints.store.server import find_programs


def dump(conninfo: str, file: Path) -> None:
    """Write everything as of one moment into the file, while the hub goes on.

    `conninfo` is the schema owner's, who must be allowed to pass row-level security. Raises `Unavailable`.
    """
    _run("pg_dump", conninfo, "--format=custom", f"--file={file}")


def restore(conninfo: str, file: Path) -> None:
    """Put what `dump` wrote in the place of the schema, all of it or nothing. Raises `Unavailable`.

    The hub's roles must exist: migrate first. Migrate again afterwards, for the dump may be an older one.
    """
    # Without owners: everything becomes the restoring role's, whatever it was called where the dump was made.
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _run("pg_restore", conninfo, *options, str(file))


def is_unused(conninfo: str) -> bool:
    """Whether nothing was ever done in this database: a restore would destroy nothing."""
    with psycopg.connect(conninfo) as connection:
        [(unused,)] = connection.execute(query("is_unused")).fetchall()
    return bool(unused)


def _run(program: str, conninfo: str, *options: str) -> None:
    said = conninfo_to_dict(conninfo)
    # Every user of the machine can read a command line; nobody else's can read the environment.
    environment = {"PGPASSWORD": str(said.pop("password", ""))}
    target = make_conninfo("", **said)
    command = [str(_program(program, conninfo)), f"--dbname={target}", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - a path that we found
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise Unavailable(f"{program} failed: {last}", remedy="Mend what it names, then run it again.")


def _program(name: str, conninfo: str) -> Path:
    """The program of the server's own version; a newer one where there is none: an older one refuses."""
    with psycopg.connect(conninfo) as connection:
        major = connection.info.server_version // 10_000
    fitting = [p for p in find_programs() if p.major >= major and (p.bin / name).exists()]
    if not fitting:
        raise Unavailable(
            f"there is no {name} of PostgreSQL {major}",
            remedy=f"Install the client programs of PostgreSQL {major}.",
        )
    return min(fitting, key=lambda programs: programs.major).bin / name
