"""A bureau's node from nothing: made, run, approved by the hub, looked after, stopped."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.cli.conftest import Ended, Run
from tests.hubs import RunningHub, free_port

from allpoints.bureau.store import migrate

PASSPHRASE = "four words of passphrase"
_COMMAND = "from allpoints.cli import main; main()"


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLPOINTS_PASSPHRASE", PASSPHRASE)


@contextlib.contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`allpoints bureau serve` in a process of its own."""
    environment = os.environ | {"ALLPOINTS_BUREAU_PORT": str(port)}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "bureau", "serve", "--data", str(folder)],
            env=environment,
            stderr=log,
            stdout=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(30)


def until(what: str, ready: object, *, seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def test_a_node_from_nothing(run: Run, hub: RunningHub, tmp_path: Path) -> None:
    folder, port = tmp_path / "node", free_port()
    try:
        made = run(
            "bureau", "init", "nor", "--data", folder, "--hub", f"europe={hub.url}", "--name", "NCB Oslo"
        )
        assert made.status == 0, made.err
        assert made.out.startswith("http://127.0.0.1:8450/invitation/")
        assert hub.client("ALB").about().vkey in (folder / "bureau.toml").read_text()
        [signing] = [
            key
            for key in run("bureau", "keys", "list", "--data", folder, "--json").lines
            if key["kind"] == "signing"
        ]
        assert signing["key_id"] in made.err
        assert signing["state"] == "current"

        again = run(
            "bureau", "init", "nor", "--data", folder, "--hub", f"europe={hub.url}", "--name", "NCB Oslo"
        )
        assert again.status == 2
        assert "with an administrator" in again.err

        with serving(folder, port) as process:
            admin = hub.secretariat()
            until(
                "the hub is asked",
                lambda: any(e.key_id == signing["key_id"] for e in admin.enrolments().items),
            )
            assert httpx.get(f"http://127.0.0.1:{port}/sign-in").status_code == 200
            admin.approve(signing["key_id"])
            until("others can seal to it", lambda: hub.operator("ALB").public_keys("NOR").sealing)

            added = run(
                "bureau",
                "people",
                "add",
                "oda",
                "--role",
                "operator",
                "--display-name",
                "Oda N.",
                "--data",
                folder,
            )
            assert "/invitation/" in added.out
            _a_program_works_with_a_token(run, folder, port)
            twice = run("bureau", "serve", "--data", folder)
            assert twice.status == 2
            assert "runs already" in twice.err

            rotated = run("bureau", "keys", "rotate", "--data", folder)
            assert rotated.status == 0, rotated.err
            assert run("bureau", "keys", "revoke", signing["key_id"], "--data", folder).status == 0
            until(
                "the sealing key is certified by the new key",
                lambda: hub.operator("ALB").public_keys("NOR").sealing,
            )
            states = {
                k["key_id"]: k["state"]
                for k in run("bureau", "keys", "list", "--data", folder, "--json").lines
            }
            assert states[signing["key_id"]] == "revoked"

            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert not migrate.embedded(folder).running

        assert run("bureau", "people", "deactivate", "oda", "--data", folder).status == 0
        people = {p["name"]: p for p in run("bureau", "people", "list", "--data", folder, "--json").lines}
        assert people["oda"]["active"] is False
        assert people["oda"]["pseudonym"].startswith("u-")
        assert "/invitation/" in run("bureau", "people", "reset", "oda", "--data", folder).out
        last = run("bureau", "people", "deactivate", "administrator", "--data", folder)
        assert last.status == 2
        assert "nobody would be left" in last.err
    finally:
        migrate.embedded(folder).stop("immediate")


def _a_program_works_with_a_token(run: Run, folder: Path, port: int) -> None:
    def people(*arguments: object) -> Ended:
        return run("bureau", "people", *arguments, "--data", folder)

    def status() -> int:
        headers = {"authorization": f"Bearer {token}"}
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/threads", headers=headers).status_code

    right = ["--role", "operator", "--purpose", "criminal-investigation"]
    assert "1 to 400" in people("token", "oda", *right, "--days", 401).err
    made = people("token", "oda", *right)
    token = made.out.strip()
    assert "shown this once" in made.err
    assert status() == 200
    [listed] = people("tokens", "--json").lines
    assert (listed["person"]["name"], listed["role"], listed["ended_at"]) == ("oda", "operator", None)
    assert token not in people("tokens").out
    assert people("end-token", listed["number"]).status == 0
    assert status() == 401


def test_the_vault_gets_a_new_passphrase(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from allpoints.bureau.vault import Vault

    Vault.create(tmp_path / "keys", "NOR", passphrase=PASSPHRASE)
    monkeypatch.setenv("ALLPOINTS_NEW_PASSPHRASE", "five quite other new words")
    assert run("bureau", "keys", "passphrase", "--data", tmp_path).status == 0
    assert run("bureau", "keys", "list", "--data", tmp_path).status == 2
    monkeypatch.setenv("ALLPOINTS_PASSPHRASE", "five quite other new words")
    assert run("bureau", "keys", "list", "--data", tmp_path).status == 0


def test_the_command_line_signs_with_the_key_of_a_nodes_vault(
    run: Run, hub: RunningHub, tmp_path: Path
) -> None:
    from allpoints.bureau.vault import Vault

    Vault.create(tmp_path / "keys", "ALB", passphrase=PASSPHRASE, signing=hub.keys["ALB"])
    who = ["--bureau", "ALB", "--user", "a-1", "--agency", "police", "--as", "operator"]
    run("bureau", "profile", "--hub", hub.url, "--key", tmp_path / "keys", "--purpose", "vehicle-crime", *who)
    assert run("records", "list").status == 0
    refused = run("bureau", "rotate")
    assert refused.status == 2
    assert "allpoints bureau keys rotate" in refused.err
