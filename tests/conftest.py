"""One running hub serves all tests that do not need to break it, and one PostgreSQL all that need no HTTP."""

import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import pytest_asyncio
from hypothesis import settings
from playwright.async_api import Browser
from psycopg.conninfo import conninfo_to_dict
from tests.browser import running_browser
from tests.corridors import MEMBERS, Corridor, new_database
from tests.hubs import RunningHub, running_hub
from tests.posting import Post

from allpoints.hub import identity
from allpoints.hub.environment import Environment
from allpoints.settings import HubSettings
from allpoints.store.migrate import migrate

# A shell without job control starts what it puts in the background with SIGINT ignored, and every process below
# inherits that. The tests send SIGINT to processes of their own, so it must mean something again.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing here is asked over TLS but what names its own authority, and reading the machine's takes 50 ms a client.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("authority.pem"))

# How long an example takes says more about what else runs on the machine than about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub with the members ALB, FRA, ITA and UTO. Tests tell their records apart by their own references."""
    with running_hub(tmp_path_factory.mktemp("hub"), "ALB", "FRA", "ITA", "UTO") as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's browser. Each test opens a context of its own, see `tests.browser`."""
    async with running_browser() as running:
        yield running


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """What a hub stands on, with its PostgreSQL running: the place for `Corridor`s."""
    folder = tmp_path_factory.mktemp("environment")
    identity.create(folder, "hub.test")
    made = Environment(HubSettings(data=folder))
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def owner(environment: Environment) -> str:
    """The address of the environment's first database as its owner."""
    address = environment.start()
    with psycopg.connect(address, autocommit=True) as connection:
        # No test here pulls the plug: those that do run a server of their own.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return address


@pytest_asyncio.fixture(scope="session")
async def corridor(
    environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Corridor]:
    """A corridor with members, shared by all tests that tell their records apart."""
    async for made in _corridor(environment, owner, tmp_path_factory.mktemp("index")):
        yield made


@pytest.fixture(scope="session")
def post(corridor: Corridor) -> Post:
    """The members of the shared corridor, as they write to each other."""
    return Post(corridor)


@pytest.fixture(scope="session")
def migrated(environment: Environment, owner: str) -> str:
    """The name of a database with the newest schema in which nothing has happened, for others to be copied from."""
    address = new_database(environment, owner)
    migrate(address, environment.identity.database_passwords)
    return str(conninfo_to_dict(address)["dbname"])


@pytest_asyncio.fixture
async def fresh(
    environment: Environment, owner: str, migrated: str, tmp_path: Path
) -> AsyncIterator[Corridor]:
    """A corridor with members on a new database, for tests that look at all there is."""
    address = new_database(environment, owner, like=migrated)
    async for made in _corridor(environment, address, tmp_path / "index"):
        yield made


@pytest.fixture
def no_quota_refills(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, what was taken from a quota in this process stays taken."""
    still = SimpleNamespace(time=time.time, monotonic=lambda: 0.0)
    monkeypatch.setattr("allpoints.steps.authorise.time", still)


async def _corridor(environment: Environment, owner: str, folder: Path) -> AsyncIterator[Corridor]:
    made = Corridor(environment, owner, folder)
    made.enrol(*MEMBERS)
    await made.database.open()
    try:
        await made.catch_up()
        yield made
    finally:
        await made.database.close()
