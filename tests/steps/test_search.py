"""One worker's view of the index: ready when it is, and never long behind."""

import asyncio

import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, contribution, operator, plate

from allpoints.errors import Unavailable
from allpoints.modalities.identifiers import Keyring
from allpoints.records import Identifier
from allpoints.steps import search
from allpoints.steps.search import Gallery, IndexNotReady


def gallery(corridor: Corridor, folder: str = "") -> Gallery:
    return Gallery(corridor.database, replace(corridor.place, folder=corridor.folder / folder))


def found(gallery: Gallery, *values: str) -> list[tuple[int, int]]:
    return [(c.question, c.record_id) for c in gallery.search([(Identifier("plate", v),) for v in values])]


async def test_until_the_first_segments_are_there_it_is_not_ready(fresh: Corridor) -> None:
    young = gallery(fresh, "elsewhere")
    await young.catch_up()
    assert not young.ready
    with pytest.raises(IndexNotReady):
        young.search([])
    ready = gallery(fresh)
    await ready.catch_up()
    assert ready.ready


async def test_candidates_come_in_the_order_of_the_questions(fresh: Corridor) -> None:
    numbers = [plate() for _ in range(3)]
    kept = await fresh.contribute(operator("ITA"), *[contribution(number) for number in reversed(numbers)])
    one = gallery(fresh)
    await one.catch_up()
    ids = [line.id for line in reversed(kept)]
    values = [number[1] for number in numbers]
    assert found(one, *values, "ALB:NOBODY1") == list(enumerate(ids))
    assert found(one, *values, *["ALB:NOBODY1"] * 20) == list(enumerate(ids))


async def test_a_follower_sees_changes_by_itself_and_outlives_trouble(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "POLL_S", 0.01)
    one = gallery(fresh)
    real, trouble = search.feed.changes_since, iter([Unavailable("broken line"), RuntimeError("a defect")])

    async def changes_since(*arguments: object) -> object:
        if (error := next(trouble, None)) is not None:
            raise error
        return await real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(search.feed, "changes_since", changes_since)
    following = asyncio.create_task(one.follow())
    number = plate()
    [kept] = await fresh.contribute(operator("ITA"), contribution(number))
    async with asyncio.timeout(20):
        while not one.ready or not found(one, number[1]):
            await asyncio.sleep(0.01)
    assert found(one, number[1]) == [(0, kept.id)]
    following.cancel()


async def test_what_is_stored_only_as_its_hash_is_searched_as_its_hash(fresh: Corridor) -> None:
    card = Identifier("payment-card", "4111111111111111")
    [kept] = await fresh.contribute(operator("ITA"), contribution((card.scheme, card.value)))
    one = gallery(fresh)
    await one.catch_up()
    [candidate] = one.search([(card,)])
    assert candidate.record_id == kept.id
    assert candidate.template == Keyring(fresh.identity.index_secret).sealed(card)
