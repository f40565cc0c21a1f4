"""What `allpoints hub duplicates` shows and writes."""

import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from allpoints.cli.duplicates import show, show_raised, stages, write_report
from allpoints.hits.duplicates import Summary
from allpoints.hits.links import Raised

FOUND = Summary(
    records=1000,
    compared=4321,
    left_out=17,
    unreadable=2,
    threshold_llr=4.2,
    groups_by_size={2: 30, 3: 4},
    within_one_bureau=5,
    pairs_by_bureaus={"FRA ITA": 33},
)


def test_the_numbers_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    show(FOUND)
    written = capsys.readouterr()
    assert "34 groups among 1,000 records, from LLR 4.2 on; 5 of them within one bureau" in written.out
    assert "FRA ITA" in written.out
    assert "4,321 pairs compared; 17 pairs" in written.err
    assert "2 records could not be read" in written.err


def test_pairs_that_became_no_link_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    show_raised(Raised(new=1, not_borne_out=40))
    written = capsys.readouterr()
    assert "1 links are new" in written.out
    assert "40 pairs became no link" in written.err


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    show(msgspec.structs.replace(FOUND, groups_by_size={}, pairs_by_bureaus={}))
    assert "No duplicates." in capsys.readouterr().out


def test_a_report_is_for_the_operators_eyes(tmp_path: Path) -> None:
    file = tmp_path / "groups.ndjson"
    write_report(file, iter([{"records": {1: "ITA"}}, {"records": {2: "FRA"}}]))
    assert [msgspec.json.decode(line) for line in file.read_bytes().splitlines()] == [
        {"records": {"1": "ITA"}},
        {"records": {"2": "FRA"}},
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_interrupted_report_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> Iterator[object]:
        yield {"records": {}}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(tmp_path / "groups.ndjson", interrupted())
    assert list(tmp_path.iterdir()) == []


def test_stages_take_any_share() -> None:
    with stages() as progress:
        for stage, share in (("reading", 0.0), ("reading", 0.5), ("reading", 0.4), ("grouping", 2.0)):
            progress(stage, share)
