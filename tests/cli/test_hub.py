"""An operator's day: make a hub, serve it, let a bureau in, look after it, lose it and restore it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.cli.conftest import Run
from tests.corridors import contribution, evidence
from tests.hubs import asker, free_port

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey, Client, Signer
from allpoints.records import Bureau
from allpoints.store.server import Server

ALLPOINTS = [sys.executable, "-c", "from allpoints.cli import main; main()"]
PHONE = ("phone", "+355672345678")


class Operated:
    """A hub in a folder of its own, and the settings that name it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = {
            "ALLPOINTS_DATA": str(folder / "hub"),
            "ALLPOINTS_NAME": "hub.cli",
            "ALLPOINTS_PORT": str(free_port()),
            "ALLPOINTS_WORKERS": "1",
            "ALLPOINTS_PASSPHRASE": "correct horse",
        }
        self.key = BureauKey.generate("ALB")

    @property
    def data(self) -> Path:
        return Path(self.settings["ALLPOINTS_DATA"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings['ALLPOINTS_PORT']}"

    def allpoints(self, *arguments: object) -> str:
        """Run a command and return its standard output."""
        done = subprocess.run(
            [*ALLPOINTS, *map(str, arguments)],
            env=os.environ | self.settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self) -> "subprocess.Popen[bytes]":
        """`allpoints hub serve`, once it is ready."""
        with (self.folder / "serve.log").open("ab") as log:
            serving = subprocess.Popen(
                [*ALLPOINTS, "hub", "serve"],
                env=os.environ | self.settings,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(f"{self.url}/health/ready").status_code == 200:
                    return serving
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, (self.folder / "serve.log").read_text()
            time.sleep(0.1)

    def client(self, role: str = "operator", purpose: str = "criminal-investigation") -> Client:
        """Somebody of ALB."""
        return Client(self.url, Signer("ALB", self.key), asker("ALB", role, purpose, "police"))


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A hub made and served by the commands themselves, with ALB as a member."""
    made = Operated(tmp_path_factory.mktemp("operated"))
    vkey = made.allpoints("hub", "init").strip()
    serving = made.serve()
    try:
        with made.client("administrator", "administration") as newcomer:
            assert newcomer.about().vkey == vkey
            newcomer.enrol(Bureau(code="ALB", name="NCB Tirana"), made.key.public_text)
        assert made.key.key_id in made.allpoints("hub", "approve")
        assert "ALB is a member" in made.allpoints("hub", "approve", made.key.key_id)
        yield made
    finally:
        serving.terminate()
        serving.wait(30)
        Server(made.data / "postgresql").stop("immediate")


@pytest.fixture(autouse=True)
def _settings(operated: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in operated.settings.items():
        monkeypatch.setenv(name, value)


def finds(client: Client, identifier: tuple[str, str], wanted: bool) -> None:
    """Wait until a check finds the identifier, or finds it no more."""
    deadline = time.monotonic() + 30
    while bool(client.check([evidence(identifier)]).hits) is not wanted:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_hub_is_never_overwritten(run: Run, operated: Operated) -> None:
    before = (operated.data / "identity.json").read_bytes()
    ended = run("hub", "init")
    assert ended.status == 2
    assert "never overwritten" in ended.err
    assert (operated.data / "identity.json").read_bytes() == before


def test_the_secretariats_key_is_encrypted(operated: Operated) -> None:
    file = operated.data / "secretariat.pem"
    assert b"ENCRYPTED" in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_interrupted_init_goes_on_with_the_same_identity(run: Run, tmp_path: Path) -> None:
    from allpoints.hub import identity

    made = identity.create(tmp_path / "hub", "hub.again")
    try:
        ended = run("hub", "init", "--data", tmp_path / "hub")
        assert ended.status == 0
        assert VerifierKey.parse(ended.out.strip()) == made.verifier_key
        assert not Server(tmp_path / "hub" / "postgresql").running
    finally:
        Server(tmp_path / "hub" / "postgresql").stop("immediate")


def test_a_folder_without_a_hub_is_unavailable(run: Run, tmp_path: Path) -> None:
    for command in ("reindex", "retention", "duplicates", "serve"):
        ended = run("hub", command, "--data", tmp_path / "none")
        assert ended.status == 4
        assert "allpoints hub init" in ended.err


def test_a_setting_that_is_none_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLPOINTS_PORT", "eighty")
    assert run("hub", "retention").err.startswith("ALLPOINTS_PORT: ")


def test_an_unknown_key_is_not_approved(run: Run) -> None:
    assert run("hub", "approve", "ALB-unknown").status == 2


def test_the_index_is_rebuilt_while_the_hub_answers(run: Run, operated: Operated) -> None:
    with operated.client() as client:
        client.contribute(contribution(PHONE, reference="reindexed"))
        finds(client, PHONE, wanted=True)
        ended = run("hub", "reindex")
        assert ended.status == 0
        assert "The indexes are new" in ended.out
        finds(client, PHONE, wanted=True)
        later = ("phone", "+355672345679")
        client.contribute(contribution(later, reference="after reindexing"))
        finds(client, later, wanted=True)


def test_retention_purges_what_is_due_and_the_owner_reads_of_it(
    run: Run, operated: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    with operated.client() as client:
        kept = client.contribute(contribution(("phone", "+355672345670"), reference="to be purged"))
        client.withdraw(kept.id)
        nothing = {"records": 0, "examinations": 0, "entries": [], "overdue": 0}
        assert run("hub", "retention", "--json").lines == [nothing]
        monkeypatch.setenv("ALLPOINTS_GRACE_DAYS", "0")
        assert run("hub", "retention", "--dry-run", "--json").lines == [{"due": 1}]
        ended = run("hub", "retention")
        assert ended.status == 0
        assert "1 records purged; 0 overdue are left." in ended.out
        entry = ended.out.split()[-1]
        said = client.receipt(entry)
        assert b'"act":"purge"' in said.entry
        assert f'"records":[{kept.id}]'.encode() in said.entry
        assert client.records(reference="to be purged").items == ()


def test_a_lost_hub_is_restored_with_its_log_its_members_and_its_records(
    run: Run, operated: Operated, tmp_path: Path
) -> None:
    phone = ("phone", "+355672345671")
    with operated.client() as client:
        kept = client.contribute(contribution(phone, reference="backed up"))
        before = client.receipt(kept.entry)
        head = client.checkpoint()
    assert run("hub", "backup", tmp_path / "backup").status == 0
    assert run("hub", "backup", tmp_path / "backup").status == 2
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0

    restored = Operated(tmp_path)
    restored.key = operated.key
    data = restored.data
    assert run("hub", "restore", tmp_path / "backup", "--data", data).status == 0
    assert run("hub", "restore", tmp_path / "backup", "--data", data).status == 2
    assert run("hub", "restore", tmp_path, "--data", tmp_path / "x").status == 2
    serving = restored.serve()
    try:
        with restored.client() as client:
            assert client.about().vkey == operated.client().about().vkey
            finds(client, phone, wanted=True)
            assert client.receipt(kept.entry).entry == before.entry
            client.consistency(head, client.checkpoint())
            added = client.contribute(contribution(("phone", "+355672345672"), reference="after"))
            assert client.receipt(added.entry).index > before.index
        assert run("audit", "verify", "--whole-log", "--data", data).status == 0
    finally:
        serving.terminate()
        serving.wait(30)
        Server(data / "postgresql").stop("immediate")
