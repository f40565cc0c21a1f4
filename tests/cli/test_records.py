import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run
from tests.corridors import contribution
from tests.hubs import RunningHub

Member = Callable[..., list[str]]
_numbers = itertools.count(1)


@pytest.fixture
def record(hub: RunningHub, tmp_path: Path) -> tuple[int, str]:
    """A record of ITA: its number and its reference."""
    reference = f"cli-r{next(_numbers)}-{tmp_path.name}"
    with hub.operator("ITA") as client:
        kept = client.contribute(contribution(("phone", f"+39347{next(_numbers):07}"), reference=reference))
    return kept.id, reference


def corrected(reference: str, tmp_path: Path, **particulars: Any) -> Path:
    file = tmp_path / "new.ndjson"
    phone = {"scheme": "phone", "value": "+393471234567"}
    body = {"reference": reference, "kind": "item", "identifiers": [phone], "particulars": particulars}
    file.write_text(json.dumps(body))
    return file


def test_a_record_is_listed_and_shown_with_its_conditions(
    run: Run, member: Member, record: tuple[int, str]
) -> None:
    number, reference = record
    who = member("ITA")
    assert reference in run("records", "list", "--limit", 0, "--json", *who).out
    [listed] = run("records", "list", "--reference", reference, "--json", *who).lines
    assert listed["id"] == number
    text = run("records", "show", number, *who).out
    assert "everyone" in text
    assert "every operational purpose" in text
    assert "stolen" in text
    [shown] = run("records", "show", number, "--json", *who).lines
    for name in ("id", "version", "reference", "identifiers", "particulars", "conditions"):
        assert shown[name] == listed[name]


def test_a_record_is_corrected_once_for_each_version_seen(
    run: Run, member: Member, record: tuple[int, str], tmp_path: Path
) -> None:
    number, reference = record
    who, file = member("ITA"), corrected(reference, tmp_path, reason="lost")
    assert run("records", "versions", number, *who).out == "It was never corrected.\n"
    assert "version 2" in run("records", "correct", number, file, "--version", 1, *who).out
    assert run("records", "correct", number, file, "--version", 1, *who).status == 2
    assert "lost" in run("records", "show", number, *who).out
    [earlier] = run("records", "versions", number, "--json", *who).lines
    assert earlier["content"]["particulars"]["reason"] == "stolen"
    assert "stolen" in run("records", "versions", number, *who).out


def test_a_withdrawn_record_stays_visible_to_its_owner_as_withdrawn(
    run: Run, member: Member, record: tuple[int, str]
) -> None:
    number, reference = record
    who = member("ITA")
    assert f"Record {number} is withdrawn" in run("records", "withdraw", number, *who).out
    assert "withdrawn" in run("records", "list", "--reference", reference, *who).out


def test_anothers_record_does_not_exist(run: Run, member: Member, record: tuple[int, str]) -> None:
    assert run("records", "show", record[0], *member("ALB")).status == 2


def test_a_file_with_more_or_less_than_one_record_corrects_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.ndjson"
    for text in ("", "{}\n{}\n"):
        file.write_text(text)
        assert "records" in run("records", "correct", 1, file, "--version", 1).err
    file.write_text('{"reference": 7}')
    assert run("records", "correct", 1, file, "--version", 1).err.startswith("reference: ")
