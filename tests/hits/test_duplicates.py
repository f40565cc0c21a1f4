"""Duplicates over everybody's records: found in bulk, linked within conditions, decided by their owners."""

import itertools

import pytest
from tests.corridors import Corridor, contribution, operator

from allpoints.hits import duplicates
from allpoints.hits.duplicates import Found, find, link_owners, strongest
from allpoints.hits.links import Raised
from allpoints.modalities.names.duplicates import Duplicates, Link
from allpoints.records import Conditions, Particulars, RecordKind, Release

NAMES = itertools.product(
    ("Anna", "Bruno", "Carla", "Dario"), ("Bellini", "Castellanos", "Dvorak", "Eriksson")
)


async def give(
    corridor: Corridor, owner: str, name: str, birth: str = "1961-04-17", conditions: Conditions | None = None
) -> int:
    """Contribute a person and return the record's id."""
    said = Particulars(reason="wanted", names=(name,), birth=birth)
    person = contribution(particulars=said, conditions=conditions, kind=RecordKind.PERSON)
    [kept] = await corridor.contribute(operator(owner), person)
    assert kept.id, kept
    return kept.id


async def strangers(corridor: Corridor) -> None:
    for number, (given, family) in enumerate(NAMES):
        await give(corridor, "ITA", f"{given} {family}", f"19{50 + number}-0{number % 9 + 1}-11")


def everything(corridor: Corridor, threshold_llr: float = 3.0) -> Found:
    told: list[str] = []
    return find(
        corridor.conninfos["allpoints_system"],
        threshold_llr=threshold_llr,
        progress=lambda stage, share: told.append(stage),
    )


def raised(corridor: Corridor) -> set[tuple[int, int, str]]:
    with corridor.connection() as connection:
        return set(connection.execute("SELECT record_a, record_b, scheme FROM links").fetchall())


async def test_one_person_at_two_bureaus_is_linked_once_and_both_are_told(fresh: Corridor) -> None:
    await strangers(fresh)
    one = await give(fresh, "ITA", "Berta Zwingli")
    other = await give(fresh, "FRA", "ZWINGLI, Berta")
    found = everything(fresh)
    assert found.duplicates.groups == ((one, other),)
    assert found.owners == {one: "ITA", other: "FRA"}
    assert raised(fresh) == set()
    told: list[int] = []
    assert await link_owners(fresh.database, found.between, told.append) == Raised(new=1)
    assert raised(fresh) == {(one, other, "names")}
    assert [body["record"] for body in fresh.told("ITA") if body["kind"] == "link"] == [one]
    assert [body["record"] for body in fresh.told("FRA") if body["kind"] == "link"] == [other]
    assert told == [1]
    assert await link_owners(fresh.database, found.between, told.append) == Raised()


async def test_pairs_that_their_comparison_does_not_bear_out_are_counted(fresh: Corridor) -> None:
    one = await give(fresh, "ITA", "Berta Zwingli", "1961-04-17")
    other = await give(fresh, "FRA", "Ulla Nadig", "1975-11-20")
    pairs = [Link(record_a=one, record_b=other, llr=0.1)]
    assert await link_owners(fresh.database, pairs, lambda done: None) == Raised(not_borne_out=1)


async def test_a_record_that_cannot_be_read_is_counted_and_stops_nothing(fresh: Corridor) -> None:
    await strangers(fresh)
    one, other, broken = [await give(fresh, owner, "Berta Zwingli") for owner in ("ITA", "FRA", "ALB")]
    with fresh.connection() as connection:
        connection.execute("UPDATE templates SET body = 'x' WHERE record_id = %s", [broken])
    found = everything(fresh)
    assert found.duplicates.groups == ((one, other),)
    assert found.summary().unreadable == 1


async def test_duplicates_within_one_bureau_are_counted_and_not_linked(fresh: Corridor) -> None:
    await strangers(fresh)
    await give(fresh, "FRA", "Berta Zwingli")
    await give(fresh, "FRA", "Berta Zwingli")
    found = everything(fresh)
    assert found.summary().within_one_bureau == 1
    assert found.summary().groups_by_size == {2: 1}
    assert found.between == ()


async def test_a_bureau_learns_no_more_than_the_other_allows(fresh: Corridor) -> None:
    await strangers(fresh)
    secret = Conditions(disclosure=Release.SILENT)
    hidden = await give(fresh, "ITA", "Berta Zwingli", conditions=secret)
    await give(fresh, "FRA", "Berta Zwingli")
    await link_owners(fresh.database, everything(fresh).between, lambda done: None)
    assert [body for body in fresh.told("FRA") if body["kind"] == "link"] == []
    assert [body["record"] for body in fresh.told("ITA") if body["kind"] == "link"] == [hidden]


async def test_a_withdrawn_record_is_no_duplicate(fresh: Corridor) -> None:
    await strangers(fresh)
    await give(fresh, "ITA", "Berta Zwingli")
    other = await give(fresh, "FRA", "Berta Zwingli")
    with fresh.connection() as connection:
        connection.execute(
            "UPDATE records SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s", [other]
        )
    assert everything(fresh).duplicates.groups == ()


async def test_an_interruption_leaves_whole_links_and_the_rest_for_the_next_time(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await strangers(fresh)
    for number, name in enumerate(("Berta Zwingli", "Ulla Nadig")):
        for owner in ("ITA", "FRA"):
            await give(fresh, owner, name, f"196{number}-04-17")
    found = everything(fresh)
    assert len(found.between) == 2
    monkeypatch.setattr(duplicates, "SLICE", 1)

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await link_owners(fresh.database, found.between, interrupt)
    assert len(raised(fresh)) == 1
    assert [
        len([body for body in fresh.told(owner) if body["kind"] == "link"]) for owner in ("ITA", "FRA")
    ] == [1, 1]
    assert await link_owners(fresh.database, found.between, lambda done: None) == Raised(new=1)
    assert len(raised(fresh)) == 2


async def test_an_empty_hub_has_no_duplicates(fresh: Corridor) -> None:
    found = everything(fresh)
    assert (found.duplicates.records, found.summary().groups_by_size) == (0, {})


def link(a: int, b: int, llr: float) -> Link:
    return Link(record_a=a, record_b=b, llr=llr)


def test_each_record_has_its_strongest_link_to_each_other_owner() -> None:
    owners = {1: "ITA", 2: "ITA", 3: "FRA", 4: "ALB"}
    links = [link(1, 2, 9), link(1, 3, 5), link(2, 3, 7), link(1, 4, 4), link(2, 4, 3), link(3, 4, 6)]
    chosen = {(each.record_a, each.record_b) for each in strongest(links, owners)}
    assert chosen == {(1, 3), (2, 3), (1, 4), (2, 4), (3, 4)}
    assert strongest([link(1, 9, 5)], owners) == []


def test_the_report_names_owners_and_strengths_and_nobody() -> None:
    of_all = Duplicates(
        groups=((1, 3), (2, 4, 5)),
        links=(link(1, 3, 5), link(2, 4, 6), link(4, 5, 7)),
        threshold_llr=4.0,
        records=9,
        compared=20,
        left_out=0,
    )
    owners = {1: "ITA", 2: "ITA", 3: "FRA", 4: "ALB", 5: "ALB"}
    found = Found(duplicates=of_all, owners=owners, between=tuple(strongest(of_all.links, owners)))
    first, second = found.groups()
    assert (first.records, first.links) == ({1: "ITA", 3: "FRA"}, (link(1, 3, 5),))
    assert [each.llr for each in second.links] == [6, 7]
    assert found.summary().pairs_by_bureaus == {"ALB ITA": 1, "FRA ITA": 1}
