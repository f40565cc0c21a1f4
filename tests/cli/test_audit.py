import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.corridors import contribution, evidence, plate
from tests.hubs import RunningHub

Member = Callable[..., list[str]]


@pytest.fixture
def found(hub: RunningHub) -> int:
    """A record of FRA that ALB just found: its number."""
    identifier = plate(int(time.time_ns() % 10**6))
    with hub.operator("FRA") as owner, hub.client("ALB", user="u-asker") as asker:
        kept = owner.contribute(contribution(identifier))
        deadline = time.monotonic() + 30
        while not asker.check([evidence(identifier)]).hits:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    return kept.id


@pytest.fixture
def receipt(run: Run, member: Member, found: int, tmp_path: Path) -> Path:
    """The receipt of that read, as its owner keeps it."""
    [read] = run("audit", "reads", found, "--json", *member("FRA")).lines
    file = tmp_path / "receipt.json"
    ended = run("audit", "receipt", read["entry"], "--save", file, *member("FRA"))
    assert ended.status == 0
    assert "The receipt holds." in ended.out
    return file


def test_an_owner_and_its_data_protection_officer_see_who_asked(run: Run, member: Member, found: int) -> None:
    for role in ("operator", "data-protection-officer"):
        ended = run("audit", "reads", found, *member("FRA", role), *_oversight(role))
        assert ended.status == 0
        assert "u-asker" in ended.out
        assert "border-control" in ended.out
    assert run("audit", "reads", found, *member("ALB")).status == 2


def _oversight(role: str) -> list[str]:
    return ["--as", role]


def test_a_receipt_is_verified_offline_with_the_key_or_the_pinned_one(
    run: Run, member: Member, receipt: Path, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    vkey = hub.client("FRA").about().vkey
    ended = run("audit", "verify", receipt, "--key", vkey)
    assert ended.status == 0
    assert "u-asker" in ended.out
    assert json.loads(run("audit", "verify", receipt, "--key", vkey, "--json").out)["entry"]["act"] == "read"
    assert run("audit", "verify", receipt).err.startswith("--key: is missing")
    monkeypatch.setenv("ALLPOINTS_PROFILE", member("FRA")[1])
    assert run("audit", "verify", receipt).status == 0


def test_one_flipped_character_of_a_receipt_is_tampering_or_no_receipt(
    run: Run, receipt: Path, hub: RunningHub, tmp_path: Path
) -> None:
    vkey = hub.client("FRA").about().vkey
    whole = json.loads(receipt.read_text())
    forged = tmp_path / "forged.json"
    for name, value in {**whole, "index": whole["index"] + 1}.items():
        changed = value if name == "index" else _flipped(value)
        forged.write_text(json.dumps({**whole, name: changed}))
        assert run("audit", "verify", forged, "--key", vkey).status in (2, 5), name
    entry = whole["entry"]
    forged.write_text(json.dumps({**whole, "entry": _flipped(entry)}))
    assert run("audit", "verify", forged, "--key", vkey).status == 5


def _flipped(value: object) -> object:
    if isinstance(value, list):
        return [_flipped(value[0]), *value[1:]] if value else ["A" * 43 + "="]
    text = str(value)
    at = len(text) // 3
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def test_a_receipt_of_somebody_elses_entry_is_not_given(run: Run, member: Member, receipt: Path) -> None:
    assert run("audit", "receipt", "1.0", *member("ALB", "officer")).status == 2
    assert run("audit", "receipt", "first", *member("ALB")).status == 2


def test_a_later_checkpoint_proves_that_the_log_only_grew(
    run: Run, member: Member, found: int, tmp_path: Path
) -> None:
    who, kept = member("FRA"), tmp_path / "checkpoint"
    assert run("audit", "checkpoint", "--save", kept, *who).status == 0
    time.sleep(1.5)
    ended = run("audit", "checkpoint", "--since", kept, "--json", *who)
    assert ended.status == 0
    assert "is the beginning of this one" in ended.err
    assert ended.lines[0]["size"] > int(kept.read_text().splitlines()[1])
    forged = tmp_path / "forged"
    lines = kept.read_text().split("\n")
    forged.write_text("\n".join([lines[0], str(int(lines[1]) - 1), *lines[2:]]))
    assert run("audit", "checkpoint", "--since", forged, *who).status == 5


def test_the_operator_verifies_the_whole_log_on_the_hubs_machine(
    run: Run, hub: RunningHub, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = run("audit", "verify", "--whole-log", "--data", hub.folder, "--json")
    assert ended.status == 0
    assert ended.lines[0]["sealed"] > 0
    assert hub.client("ALB").about().name, "the hub's PostgreSQL goes on running"
    other = "hub.other+" + hub.client("FRA").about().vkey.partition("+")[2]
    assert run("audit", "verify", "--whole-log", "--data", hub.folder, "--key", other).status in (2, 5)


def test_one_flipped_byte_in_the_stored_log_is_found(run: Run, hub: RunningHub, found: int) -> None:
    flip = (
        "UPDATE log_groups SET entries[1] = set_byte(entries[1], 0, get_byte(entries[1], 0) # 1) WHERE id = 1"
    )
    with hub.superuser() as connection:
        connection.execute(flip)
        try:
            ended = run("audit", "verify", "--whole-log", "--data", hub.folder)
        finally:
            connection.execute(flip)
    assert ended.status == 5
    assert "are not what was signed" in ended.err
    assert run("audit", "verify", "--whole-log", "--data", hub.folder).status == 0


def test_a_verification_needs_something_to_verify(run: Run) -> None:
    assert run("audit", "verify").status == 2
    assert run("audit", "verify", "x.json", "--whole-log").status == 2
