"""`allpoints messages`: two bureaus on this machine write to each other from the command line."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Ended, Run
from tests.corridors import new_database
from tests.hubs import RunningHub

from allpoints.bureau.node import Node
from allpoints.cli.app import BAD_INPUT, NOTHING, REFUSED
from allpoints.cli.node import settings_of, unlocked
from allpoints.hub.environment import Environment

At = Callable[..., Ended]
DATABASE = "ALLPOINTS_BUREAU_DATABASE_URL"


@pytest.fixture(scope="module")
def databases(environment: Environment, owner: str) -> dict[str, str]:
    """One for each of the two bureaus."""
    return {code: new_database(environment, owner) for code in ("LUX", "MCO")}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {code: tmp_path_factory.mktemp(code) / "node" for code in ("LUX", "MCO")}


@pytest.fixture
def at(
    run: Run,
    hub: RunningHub,
    folders: dict[str, Path],
    databases: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> At:
    """Run `allpoints messages …` at the node of a bureau; it succeeds unless another status is expected."""
    monkeypatch.setenv("ALLPOINTS_PASSPHRASE", "four words of passphrase")
    for code, folder in folders.items():
        monkeypatch.setenv(DATABASE, databases[code])
        if not folder.exists():
            made = run("bureau", "init", code, "--name", code, "--data", folder, "--hub", f"hub={hub.url}")
            assert made.status == NOTHING, made.err
            for name, role in (("ana", "operator"), ("otto", "officer")):
                added = run("bureau", "people", "add", name, "--role", role, "--data", folder)
                assert added.status == NOTHING, added.err
            _become_member(hub, folder)

    def messages(code: str, *arguments: object, status: int = NOTHING) -> Ended:
        monkeypatch.setenv(DATABASE, databases[code])
        ended = run("messages", *arguments, "--data", folders[code])
        assert ended.status == status, ended.err
        return ended

    return messages


def _become_member(hub: RunningHub, folder: Path) -> None:
    settings = settings_of(folder)
    node = Node(settings, unlocked(settings))

    async def introduce() -> None:
        async with node.opened():
            await node.keys._introduce("hub")
            await asyncio.to_thread(hub.secretariat().approve, node.vault.signing.key_id)
            await node.keys._introduce("hub")

    asyncio.run(introduce())


def test_a_question_with_a_file_is_answered_from_the_command_line(at: At, tmp_path: Path) -> None:
    file = tmp_path / "seen.txt"
    file.write_text("LX 4711, white")
    form = ["--form", "information-request", "--field", "subject=vehicle", "--field", "described=LX 4711"]
    form += ["--field", "information-wanted=ownership", "--field", "information-wanted=travel"]
    form += ["--field", "offence=theft", "--field", "facts=Seen at the port", "--answer-hours", "4"]
    who = ["--person", "ana"]
    said = at("LUX", "send", *who, "--to", "MCO", "--subject", "White van", "--attach", file, *form)
    message = said.out.split()[0]
    assert said.out == f"{message} is sent.\n"
    assert at("MCO", "collect").out.startswith("1 collected; nothing is left")
    [thread] = at("MCO", "list", "--unread", "--json").lines
    assert (thread["subject"], thread["bureaus"], thread["unread"]) == ("White van", ["LUX"], 1)
    assert "Ce qui est demandé: propriétaire; déplacements" in (
        at("MCO", "read", message, *who, "--language", "fr").out
    )
    [written] = at("MCO", "read", message, *who, "--json").lines
    [attachment] = written["content"]["attachments"]
    assert "key" not in attachment
    saved = tmp_path / "saved.txt"
    assert "text/plain" in at("MCO", "fetch", attachment["id"], saved).out
    assert saved.read_text() == "LX 4711, white"
    at("MCO", "fetch", attachment["id"], saved, status=BAD_INPUT)
    answer = at("MCO", "reply", message, *who, "--text", "Ours, stolen.").out.split()[0]
    at("LUX", "collect")
    assert "Ours, stolen." in at("LUX", "read", answer, *who).out
    [copy] = at("LUX", "receipts", message, *who, "--json").lines
    assert copy["copy"] == "collected"
    assert all(copy[each] for each in ("delivered_at", "read_at", "answered_at"))
    [found] = at("LUX", "search", "STOLEN", "--json").lines
    assert found["id"] == answer


def test_a_message_is_recalled_before_it_is_fetched(at: At) -> None:
    message = at("LUX", "send", "--person", "ana", "--to", "MCO", "--text", "No.").out.split()[0]
    assert "recalled" in at("LUX", "recall", message, "--person", "ana").out
    at("MCO", "collect")
    assert at("MCO", "search", message, "--json").out == ""


def test_who_may_not_write_is_refused_and_nothing_is_sent(at: At) -> None:
    refused = at("LUX", "send", "--person", "otto", "--to", "MCO", "--text", "Hello", status=REFUSED)
    assert "reads and writes no messages" in refused.err
    at("LUX", "send", "--person", "ana", "--to", "MCO", "--field", "x", status=BAD_INPUT)
    at("LUX", "read", "nothing-of-the-kind", "--person", "ana", status=BAD_INPUT)
    assert at("LUX", "quarantine", "--json").out == ""
