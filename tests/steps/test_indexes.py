"""The indexes of all modalities, fed by one feed."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, contribution, operator, person, plate

from allpoints.modalities import FINGERPRINTS, MODALITIES, NAMES
from allpoints.records import Identifier, Person
from allpoints.steps.indexes import Indexes, Place, rebuild
from allpoints.store.feed import Change, age


def template(name: str) -> object:
    return NAMES.encode(Person(names=(name,)))


def change(record_id: int, *names: str, version: int = 1) -> Change:
    bodies = tuple(NAMES.dump(NAMES.encode(Person(names=(name,)))) for name in names)
    return Change(record_id, version, identifiers=(), templates={"names": bodies} if bodies else {})


def found(indexes: Indexes, name: str) -> list[int]:
    return [candidate.record_id for candidate in indexes.of("names").search(template(name)).candidates]


def opened(corridor: Corridor) -> Indexes:
    return Indexes.open(place(corridor, "own"))


def place(corridor: Corridor, folder: str) -> Place:
    return replace(corridor.place, folder=corridor.folder / folder)


async def test_a_record_comes_changes_and_goes_in_every_index(fresh: Corridor) -> None:
    indexes = opened(fresh)
    indexes.apply([change(1, "Anna Karenina"), change(2)])
    assert found(indexes, "Anna Karenina") == [1]
    indexes.apply([change(1, "Konstantin Levin", version=2)])
    assert (found(indexes, "Anna Karenina"), found(indexes, "Konstantin Levin")) == ([], [1])
    indexes.apply([change(1, version=3)])
    assert found(indexes, "Konstantin Levin") == []
    indexes.apply([change(1, "Anna Karenina", version=4), Change(1)])
    assert found(indexes, "Anna Karenina") == []


async def test_a_template_that_cannot_be_read_leaves_the_others_searchable(fresh: Corridor) -> None:
    indexes = opened(fresh)
    spoiled = Change(2, 1, templates={"names": (b"of another time",)})
    indexes.apply([change(1, "Anna Karenina"), spoiled, change(3, "Anna Karenina")])
    assert sorted(found(indexes, "Anna Karenina")) == [1, 3]


async def test_what_never_had_a_template_does_not_weigh_on_the_index(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = opened(fresh)
    removed: list[int] = []
    monkeypatch.setattr(indexes.of("names"), "remove", removed.append)
    plate_ = Identifier("plate", "ALB:AA123BC")
    indexes.apply([Change(1, 1, identifiers=(plate_,)), Change(2, 2, identifiers=(plate_,)), Change(3)])
    assert removed == [2, 3]


async def test_all_of_them_go_on_from_the_oldest_cursor(fresh: Corridor) -> None:
    indexes = opened(fresh)
    assert indexes.cursor == ""
    indexes.flush("10:12:11")
    assert indexes.cursor == "10:12:11"
    indexes.of("names").flush("20:20:")
    assert indexes.cursor == "10:12:11"


@pytest.mark.parametrize(
    ("older", "newer"),
    [("9:10:", "10:10:"), ("9:10:9", "9:11:9"), ("9:12:9,11", "9:12:9"), ("9:12:9", "9:12:")],
)
def test_snapshots_have_an_order(older: str, newer: str) -> None:
    assert age(older) < age(newer)


async def test_only_what_is_outdated_is_opened_anew(fresh: Corridor) -> None:
    reader, writer = opened(fresh), opened(fresh)
    assert not reader.outdated
    writer.apply([change(1, "Anna Karenina")])
    writer.of("names").flush("1:1:")
    assert reader.outdated
    again = reader.reopened()
    assert found(again, "Anna Karenina") == [1]
    assert again.of("identifiers") is reader.of("identifiers")


async def test_each_modality_has_its_own_folder_and_is_built_from_the_database(fresh: Corridor) -> None:
    number = plate()
    kept = await fresh.contribute(operator("ITA"), contribution(number), person("Anna Karenina"))
    new, system = place(fresh, "new"), fresh.conninfos["allpoints_system"]
    built = rebuild(new, system)
    assert {path.name for path in (fresh.folder / "new").iterdir()} == {m.name for m in MODALITIES}
    for indexes in (built, Indexes.open_whole(new, system)):
        [held] = indexes.identifiers.search(Identifier(*number)).candidates
        assert (held.record_id, found(indexes, "Anna Karenina")) == (kept[0].id, [kept[1].id])
        assert indexes.cursor


async def test_a_damaged_index_is_built_anew_and_the_others_stay(fresh: Corridor) -> None:
    [kept] = await fresh.contribute(operator("ITA"), person("Anna Karenina"))
    new, system = place(fresh, "new"), fresh.conninfos["allpoints_system"]
    rebuild(new, system)
    for file in (fresh.folder / "new" / "names").rglob("*"):
        if file.is_file():
            file.write_bytes(b"\x00")
    stamps = {f: f.stat().st_mtime_ns for f in (fresh.folder / "new" / "identifiers").rglob("*")}
    indexes = Indexes.open_whole(new, system)
    assert found(indexes, "Anna Karenina") == [kept.id]
    assert {f: f.stat().st_mtime_ns for f in stamps} == stamps


async def test_warming_up_searches_every_index_that_compiles(fresh: Corridor) -> None:
    indexes = opened(fresh)
    indexes.warm_up()
    assert found(indexes, "Anna Karenina") == []


async def test_a_template_that_its_index_cannot_take_keeps_no_other_from_it(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = opened(fresh)
    index = indexes.of("names")
    real = index.add

    def add(record_id: int, templates: Sequence[object]) -> None:
        if record_id == 1:
            raise ZeroDivisionError
        real(record_id, templates)

    monkeypatch.setattr(index, "add", add)
    indexes.apply([change(1, "Anna Karenina"), change(2, "Anna Karenina")])
    assert found(indexes, "Anna Karenina") == [2]


async def test_what_is_compiled_once_is_compiled_ahead(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[object] = []
    real = FINGERPRINTS.compare

    def compare(*templates: object) -> object:
        compared.extend(templates)
        return real(*templates)

    monkeypatch.setattr(FINGERPRINTS, "compare", compare)
    opened(fresh).compile_ahead()
    assert len(compared) == 2
