"""The index's writer: built from the database, kept up from the feed, built anew where it cannot be trusted."""

import shutil
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, contribution, evidence, new_database, operator, plate
from tests.hubs import asker

from allpoints.hits.links import Linker
from allpoints.hub import indexing
from allpoints.hub.environment import Environment
from allpoints.hub.indexing import IndexWriter, rebuild
from allpoints.modalities.identifiers import IdentifierIndex
from allpoints.records import RawIdentifier, parse_identifier
from allpoints.records.evidence import PatternEvidence
from allpoints.settings import HubSettings
from allpoints.steps.indexes import Indexes


def found(indexes: Indexes, identifier: tuple[str, str]) -> list[int]:
    template = parse_identifier(RawIdentifier(*identifier), field="test")
    return [candidate.record_id for candidate in indexes.identifiers.search(template).candidates]


def new_writer(corridor: Corridor) -> IndexWriter:
    """A housekeeper that has just started."""
    return IndexWriter(corridor.database, corridor.place, corridor.conninfos["allpoints_system"])


async def give(corridor: Corridor, identifier: tuple[str, str]) -> int:
    [kept] = await corridor.contribute(operator("ITA"), contribution(identifier))
    assert kept.id
    return kept.id


async def withdraw(corridor: Corridor, record_id: int) -> None:
    path = f"/v1/records/{record_id}"
    await corridor.pipeline.withdraw(corridor.message(operator("ITA"), method="DELETE", path=path), record_id)


async def test_what_is_contributed_is_found_and_what_is_withdrawn_is_not(fresh: Corridor) -> None:
    number = plate()
    record_id = await give(fresh, number)
    assert found(await fresh.writer.feed(), number) == [record_id]
    await withdraw(fresh, record_id)
    assert found(await fresh.writer.feed(), number) == []


async def test_a_rebuilt_index_holds_what_is_in_force(fresh: Corridor) -> None:
    held, withdrawn, outdated = plate(), plate(), plate()
    ids = [await give(fresh, number) for number in (held, withdrawn, outdated)]
    await withdraw(fresh, ids[1])
    with fresh.connection() as connection:
        connection.execute("UPDATE records SET valid_until = current_date - 1 WHERE id = %s", [ids[2]])
    index = rebuild(fresh.place, fresh.conninfos["allpoints_system"])
    assert [found(index, number) for number in (held, withdrawn, outdated)] == [[ids[0]], [], []]
    assert index.cursor


async def test_a_rebuilt_index_finds_what_is_partly_read(fresh: Corridor) -> None:
    record_id = await give(fresh, ("plate", "ALB:AA123BC"))
    rebuild(fresh.place, fresh.conninfos["allpoints_system"])
    await fresh.gallery.catch_up()
    [line] = (await fresh.check(asker("ALB"), PatternEvidence("plate", "ALB:AA?2*"))).result
    assert [(hit.record, hit.match.agreement) for hit in line.hits] == [(record_id, "pattern")]


async def test_a_writer_that_starts_anew_reads_the_feed_from_where_the_segments_end(fresh: Corridor) -> None:
    number = plate()
    record_id = await give(fresh, number)
    assert found(await new_writer(fresh).feed(), number) == [record_id]


async def test_after_a_flush_readers_open_the_newer_segments(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "FLUSH_RECORDS", 1)
    monkeypatch.setattr(indexing, "FLUSH_PAUSE_S", 0)
    first, second = plate(), plate()
    ids = [await give(fresh, first)]
    index = await fresh.writer.feed()
    await Linker(fresh.database, index).run_once()
    await fresh.writer.flush_if_due()
    identifiers = index.identifiers
    assert isinstance(identifiers, IdentifierIndex)
    assert identifiers.memory().tail_records == 0
    ids.append(await give(fresh, second))
    await fresh.gallery.catch_up()
    for number, record_id in zip((first, second), ids, strict=True):
        [line] = (await fresh.check(asker("ALB"), evidence(number))).result
        assert [hit.record for hit in line.hits] == [record_id]
    assert [found(await new_writer(fresh).feed(), n) for n in (first, second)] == [[ids[0]], [ids[1]]]


async def test_a_flush_forgets_only_changes_that_the_older_segments_hold(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that still reads the segments before the newest loses nothing of the feed."""
    monkeypatch.setattr(indexing, "FLUSH_RECORDS", 1)
    monkeypatch.setattr(indexing, "FLUSH_PAUSE_S", 0)
    await fresh.gallery.catch_up()
    number = plate()
    record_id = await give(fresh, number)
    await Linker(fresh.database, await fresh.writer.feed()).run_once()
    monkeypatch.setattr(Indexes, "outdated", False)
    await fresh.writer.flush_if_due()
    await fresh.gallery.catch_up()
    [line] = (await fresh.check(asker("ALB"), evidence(number))).result
    assert [hit.record for hit in line.hits] == [record_id]


async def test_changes_that_have_not_been_compared_yet_are_not_forgotten(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "FLUSH_RECORDS", 1)
    monkeypatch.setattr(indexing, "FLUSH_PAUSE_S", 0)
    for _ in range(3):
        number = plate()
        for owner in ("ITA", "FRA"):
            await fresh.contribute(operator(owner), contribution(number))
        await fresh.writer.feed()
        await fresh.writer.flush_if_due()
    assert await Linker(fresh.database, await fresh.writer.feed()).run_once() == 3


async def test_an_index_that_is_damaged_is_built_anew(fresh: Corridor) -> None:
    number = plate()
    record_id = await give(fresh, number)
    await fresh.writer.feed()
    for file in fresh.folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"\x00" * 10)
    assert found(await new_writer(fresh).feed(), number) == [record_id]


async def test_an_index_of_another_secret_is_built_anew(fresh: Corridor) -> None:
    number = plate()
    record_id = await give(fresh, number)
    other = bytes(32)
    with pytest.raises(Exception, match="secret"):
        IdentifierIndex(fresh.folder / "identifiers", other)
    writer = IndexWriter(
        fresh.database, replace(fresh.place, secret=other), fresh.conninfos["allpoints_system"]
    )
    await writer.feed()
    assert IdentifierIndex(fresh.folder / "identifiers", other).cursor
    assert found(await new_writer(fresh).feed(), number) == [record_id]


async def test_after_a_restore_into_another_cluster_the_index_is_built_anew(
    environment: Environment, owner: str, tmp_path: Path
) -> None:
    shutil.copy(environment.settings.data / "identity.json", tmp_path / "identity.json")
    address = new_database(environment, owner)
    here = Environment(replace(HubSettings(data=tmp_path), database_url=address))
    here.start()
    here.indexes.folder.mkdir(exist_ok=True)
    segment = here.indexes.folder / "segment"
    segment.touch()
    here.start()
    assert segment.exists()
    with psycopg.connect(address) as connection:
        connection.execute("UPDATE public.allpoints_cluster SET identifier = identifier + 1")
    here.start()
    assert not segment.exists()
