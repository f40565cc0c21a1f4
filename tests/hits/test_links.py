"""The cross-check: two bureaus that hold the same thing learn of each other, within their conditions."""

import itertools

import pytest
from tests.corridors import Corridor, contribution, operator, plate

from allpoints.hits import links
from allpoints.hits.links import Linker, owners_eyes
from allpoints.records import Conditions, Purpose, Release, Selection
from allpoints.steps.contribute import Stored

PHONES = (f"+39061234{number}" for number in itertools.count(1000))


async def link(corridor: Corridor) -> int:
    """What the housekeeper does: feed its index, then compare what changed."""
    return await Linker(corridor.database, await corridor.writer.feed()).run_once()


async def give(
    corridor: Corridor,
    owner: str,
    *identifiers: tuple[str, str],
    conditions: Conditions | None = None,
    purpose: str = "criminal-investigation",
) -> int:
    """Contribute a record and return its id."""
    kept: list[Stored] = await corridor.contribute(
        operator(owner, purpose), contribution(*identifiers, conditions=conditions)
    )
    assert kept[0].id, kept
    return kept[0].id


def raised(corridor: Corridor) -> set[tuple[int, int, str]]:
    with corridor.connection() as connection:
        return set(connection.execute("SELECT record_a, record_b, scheme FROM links").fetchall())


def told(corridor: Corridor, bureau: str) -> list[object]:
    """The own records of which the bureau was told that another one holds the same."""
    return [body["record"] for body in corridor.told(bureau) if body["kind"] == "link"]


@pytest.mark.parametrize(
    "identifier",
    [
        ("plate", "ALB:AA123BC"),
        ("travel-document", "ALB:P:BA1234567"),
        ("phone", "+355672345678"),
        ("payment-card", "4111111111111111"),
    ],
    ids=lambda identifier: identifier[0],
)
async def test_the_same_identifier_at_two_bureaus_is_one_link_told_to_both(
    fresh: Corridor, identifier: tuple[str, str]
) -> None:
    one = await give(fresh, "ITA", identifier)
    other = await give(fresh, "FRA", identifier)
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, other, identifier[0])}
    assert (told(fresh, "ITA"), told(fresh, "FRA")) == ([one], [other])
    assert (told(fresh, "ALB"), told(fresh, "UTO")) == ([], [])


async def test_one_link_for_each_pair_and_scheme(fresh: Corridor) -> None:
    number, phone = plate(), ("phone", next(PHONES))
    ids = [await give(fresh, owner, number, phone) for owner in ("ITA", "FRA", "ALB")]
    pairs = list(itertools.combinations(ids, 2))
    assert await link(fresh) == 2 * len(pairs)
    assert raised(fresh) == {(*pair, scheme) for pair in pairs for scheme in ("plate", "phone")}


async def test_a_later_record_is_compared_with_what_is_held(fresh: Corridor) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    assert await link(fresh) == 0
    other = await give(fresh, "FRA", number)
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, other, "plate")}


async def test_records_that_come_while_the_index_is_fed_are_linked_too(fresh: Corridor) -> None:
    """Both come after the housekeeper last fed its index."""
    number = plate()
    linker = Linker(fresh.database, await fresh.writer.feed())
    one = await give(fresh, "ITA", number)
    other = await give(fresh, "FRA", number)
    assert await linker.run_once() == 1
    assert raised(fresh) == {(one, other, "plate")}


async def test_a_corrected_record_is_compared_again(fresh: Corridor) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    changed = contribution(plate())
    [kept] = await fresh.contribute(operator("FRA"), changed)
    assert await link(fresh) == 0
    message = fresh.message(
        operator("FRA"),
        fresh.upload(operator("FRA"), contribution(number, reference=changed.reference)).body,
        method="PUT",
        path=f"/v1/records/{kept.id}",
        idempotency_key="correct",
        if_match='"1"',
    )
    await fresh.pipeline.correct(message, kept.id)
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, kept.id, "plate")}


async def test_one_bureaus_records_are_not_linked_with_each_other(fresh: Corridor) -> None:
    number = plate()
    await give(fresh, "ITA", number)
    await give(fresh, "ITA", number)
    assert await link(fresh) == 0


async def test_firearms_whose_makes_contradict_are_not_linked(fresh: Corridor) -> None:
    await give(fresh, "ITA", ("firearm", "BERETTA:92FS:9X19:C12345Z"))
    await give(fresh, "FRA", ("firearm", "GLOCK:17:9X19:C12345Z"))
    compatible = await give(fresh, "ALB", ("firearm", "PIETRO BERETTA:92FS:9X19:C12345Z"))
    assert await link(fresh) == 1
    assert {pair[1] for pair in raised(fresh)} == {compatible}


async def test_a_withdrawn_record_is_not_linked(fresh: Corridor) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    await fresh.pipeline.withdraw(
        fresh.message(operator("ITA"), method="DELETE", path=f"/v1/records/{one}"), one
    )
    await give(fresh, "FRA", number)
    assert await link(fresh) == 0


@pytest.mark.parametrize(
    ("conditions", "is_told"),
    [
        (Conditions(), True),
        (Conditions(disclosure=Release.CONTACT), True),
        (Conditions(disclosure=Release.SILENT), False),
        (Conditions(bureaus=Selection("except", ("FRA",))), False),
        (Conditions(agencies=Selection("except", ("bureau",))), False),
        (Conditions(purposes=(Purpose.DRUG_CONTROL,)), False),
    ],
    ids=["full", "contact", "silent", "not this bureau", "not this agency", "not for this purpose"],
)
async def test_each_owner_is_told_only_within_the_others_conditions(
    fresh: Corridor, conditions: Conditions, is_told: bool
) -> None:
    number = plate()
    one = await give(fresh, "ITA", number, conditions=conditions)
    other = await give(fresh, "FRA", number)
    assert await link(fresh) == 1
    assert told(fresh, "ITA") == [one]
    assert told(fresh, "FRA") == ([other] if is_told else [])


async def test_an_owner_learns_for_the_purpose_for_which_it_contributed(fresh: Corridor) -> None:
    number = plate()
    await give(fresh, "ITA", number, conditions=Conditions(purposes=(Purpose.VEHICLE_CRIME,)))
    other = await give(fresh, "FRA", number, purpose="vehicle-crime")
    await link(fresh)
    assert told(fresh, "FRA") == [other]


async def test_what_is_told_names_the_entry_that_proves_it_and_nothing_of_the_other_record(
    fresh: Corridor,
) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    await give(fresh, "FRA", number)
    await link(fresh)
    [body] = fresh.told("ITA")
    assert set(body) == {"kind", "link", "record", "scheme", "at"}
    async with fresh.database.act(operator("ITA")) as act:
        [notification] = await act.notifications("ITA", after=0, limit=10, unacknowledged=False)
        [found] = await act.links(after=0, limit=10)
    assert notification.entry
    _, _, position = notification.entry.partition(".")
    entry = [e for e in fresh.all_entries() if e.act == "link"][int(position)]
    assert (entry.reader, entry.records, entry.subject) == ("ITA", (one,), str(found.id))
    assert found.sides("ITA") == (one, one + 1)
    assert found.sides("FRA") == (one + 1, one)


async def test_running_again_raises_and_tells_nothing_twice(fresh: Corridor) -> None:
    number = plate()
    for owner in ("ITA", "FRA"):
        await give(fresh, owner, number)
    assert [await link(fresh) for _ in range(3)] == [1, 0, 0]
    with fresh.connection() as connection:
        connection.execute("DELETE FROM consumers")
    assert await link(fresh) == 0
    assert len(told(fresh, "ITA")) == len(told(fresh, "FRA")) == 1


@pytest.mark.parametrize("where", ["raise_links", "tell"])
async def test_a_crash_on_the_way_loses_and_doubles_nothing(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    number = plate()
    one, other = [await give(fresh, owner, number) for owner in ("ITA", "FRA")]
    real = getattr(links.linking, where)

    async def crash(*arguments: object) -> None:
        await real(*arguments)
        raise RuntimeError("crash")

    with monkeypatch.context() as patch:
        patch.setattr(links.linking, where, crash)
        with pytest.raises(RuntimeError, match="crash"):
            await link(fresh)
    assert raised(fresh) == set()
    assert [entry for entry in fresh.all_entries() if entry.act == "link"] == []
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, other, "plate")}
    assert (told(fresh, "ITA"), told(fresh, "FRA")) == ([one], [other])


async def test_many_changes_are_compared_in_slices(fresh: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "SLICE", 2)
    numbers = [plate() for _ in range(5)]
    for owner in ("ITA", "FRA"):
        await fresh.contribute(operator(owner), *[contribution(number) for number in numbers])
    assert await link(fresh) == 5
    assert sorted(map(str, told(fresh, "ITA"))) == sorted(str(a) for a, _, _ in raised(fresh))


def test_an_owner_looks_with_the_least_clearance() -> None:
    eyes = owners_eyes("ITA", "vehicle-crime")
    assert (eyes.bureau, eyes.purpose, eyes.clearance.rank) == ("ITA", Purpose.VEHICLE_CRIME, 0)
