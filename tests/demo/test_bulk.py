"""The large world, loaded into a real hub and found by real checks."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.hubs import RunningHub

from allpoints.demo import bulk
from allpoints.demo.bulk_identifiers import MAX_LOADED, OWNERS, identifiers_of, owner_numbers
from allpoints.errors import Conflict, InvalidValue, Unavailable
from allpoints.records import RawIdentifier
from allpoints.records.evidence import IdentifierEvidence
from allpoints.settings import HubSettings

RECORDS = 6_000
ASKERS = ("ALB", "FRA", "JPN")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("bulk")
    hub = RunningHub(folder, workers=1)
    heard: list[int] = []
    done = bulk.load(
        HubSettings(data=folder, name="hub.test"), RECORDS, identifiers_per_record=2, said=heard.append
    )
    assert done.records == sum(heard) == RECORDS
    try:
        hub.start()
        hub.enrol(*ASKERS)
        yield hub
    finally:
        hub.stop()
        hub.server.stop()


def found(hub: RunningHub, bureau: str, asked: list[RawIdentifier]) -> list[set[int]]:
    with hub.operator(bureau) as operator:
        evidence = ([IdentifierEvidence(one.scheme, one.value)] for one in asked)
        return [{hit.record for hit in line.hits} for line in operator.check_many(evidence)]


@pytest.mark.parametrize("bureau", ASKERS)
def test_every_regenerated_identifier_is_found_by_its_owner(loaded: RunningHub, bureau: str) -> None:
    records = np.arange(RECORDS)
    own = records[owner_numbers(records) == OWNERS.index(bureau)]
    assert len(own) > 100
    for place in (0, 1):
        assert found(loaded, bureau, identifiers_of(own, place)) == [{number + 1} for number in own]


def test_what_was_not_loaded_is_not_found(loaded: RunningHub) -> None:
    asked = identifiers_of(np.arange(MAX_LOADED, MAX_LOADED + 2_000))
    assert found(loaded, "ALB", asked) == [set()] * 2_000


def test_conditions_hold_for_loaded_records_too(loaded: RunningHub) -> None:
    records = np.arange(RECORDS)
    foreign = records[owner_numbers(records) == OWNERS.index("JPN")]
    hits = found(loaded, "ALB", identifiers_of(foreign))
    assert 0 < sum(map(len, hits)) < len(foreign)


def test_a_hub_that_holds_records_is_not_loaded_over(loaded: RunningHub) -> None:
    loaded.stop()
    with pytest.raises(Conflict):
        bulk.load(HubSettings(data=loaded.folder, name="hub.test"), 10)
    # The tests below need no hub.
    loaded.server.start()
    with loaded.superuser() as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (RECORDS,)


def test_the_command_refuses_a_world_of_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLPOINTS_DATA", str(tmp_path))
    assert bulk.main(["--records", "0"]) == 1
    assert "SYNTHETIC" in capsys.readouterr().err


@pytest.mark.parametrize(("records", "per_record"), [(0, 1), (MAX_LOADED + 1, 1), (10, 0), (10, 16)])
def test_numbers_out_of_range_are_refused(tmp_path: Path, records: int, per_record: int) -> None:
    with pytest.raises(InvalidValue):
        bulk.load(HubSettings(data=tmp_path), records, identifiers_per_record=per_record)


def test_a_world_that_does_not_fit_the_disk_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="GiB"):
        bulk.load(HubSettings(data=tmp_path), MAX_LOADED, identifiers_per_record=15)
    assert not (tmp_path / "postgresql").exists()
