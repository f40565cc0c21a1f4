"""What everybody may read: what the owner opened of what is published, and nothing else."""

import pytest
from msgspec.structs import replace
from tests.announcing import Desk, picture, request, review
from tests.corridors import Corridor

from allpoints.records import Name
from allpoints.records.colours import Colour
from allpoints.records.notices import NoticeRequest, PublicExtract, PublicField
from allpoints.store import notices as store

OPEN = (PublicField.NAMES, PublicField.PLACE, PublicField.SINCE)


@pytest.fixture
def desk(corridor: Corridor) -> Desk:
    return Desk(corridor)


async def extract(desk: Desk, number: str) -> PublicExtract | None:
    async with desk.corridor.database.act() as act:
        return await store.extract(act, number)


async def public_picture(desk: Desk, number: str, place: int) -> bytes | None:
    async with desk.corridor.database.act() as act:
        return await store.public_picture(act, number, place)


async def test_nothing_is_public_unless_its_owner_says_so(desk: Desk) -> None:
    kept = await desk.published()
    assert await extract(desk, kept.number) is None


async def test_the_opened_fields_are_there_and_no_others(desk: Desk) -> None:
    said = request(name="Julia Offen", public=OPEN)
    who = replace(said.contribution.particulars, names=("Julia Offen", Name(family="Offen", given="J")))
    said = replace(said, contribution=replace(said.contribution, particulars=who))
    kept = await desk.published(said)
    found = await extract(desk, kept.number)
    assert found
    assert (found.number, found.colour, found.owner) == (kept.number, Colour.YELLOW, "UTO")
    assert found.names == ("Julia Offen", "J Offen")
    assert (found.place, found.since) == (said.grounds.place, who.since)
    assert (found.birth, found.nationalities, found.facts, found.description) == ("", (), "", "")


async def test_before_publication_and_after_the_end_nothing_is_public(desk: Desk) -> None:
    kept = await desk.announce(request(public=OPEN))
    async with desk.corridor.database.act() as act:
        assert kept.id not in {number for number, _ in await store.extracts(act, after=0, limit=500)}
    published = await desk.review(kept.id, review())
    assert await extract(desk, published.number)
    await desk.suspend(kept.id)
    assert await extract(desk, published.number) is None
    await desk.lift(kept.id)
    assert await extract(desk, published.number)
    await desk.cancel(kept.id)
    assert await extract(desk, published.number) is None


async def test_what_is_corrected_nobody_reads_until_it_is_reviewed(desk: Desk) -> None:
    said = request(name="Karla Wechsel", public=OPEN)
    kept = await desk.published(said)
    opened = replace(said, public=(PublicField.PLACE,), pictures=(picture(public=True),))
    await desk.correct(kept.id, opened)
    assert await extract(desk, kept.number) is None
    assert await public_picture(desk, kept.number, 1) is None
    await desk.suspend(kept.id)
    await desk.lift(kept.id)
    assert await extract(desk, kept.number) is None
    await desk.review(kept.id, review(version=2))
    found = await extract(desk, kept.number)
    assert found
    assert (found.names, found.place, found.pictures) == ((), said.grounds.place, (1,))
    assert await public_picture(desk, kept.number, 1)
    await desk.correct(kept.id, replace(said, public=(), pictures=()), version=2)
    await desk.review(kept.id, review(version=3))
    assert await extract(desk, kept.number) is None


async def test_only_the_pictures_that_are_public_are_shown(desk: Desk) -> None:
    said: NoticeRequest = request(public=OPEN, pictures=(picture(), picture(public=True)))
    kept = await desk.published(said)
    found = await extract(desk, kept.number)
    assert found
    assert found.pictures == (2,)
    shown = await public_picture(desk, kept.number, 2)
    assert shown
    assert shown.startswith(b"\xff\xd8\xff")
    assert await public_picture(desk, kept.number, 1) is None
    await desk.correct(kept.id, replace(said, public=(), pictures=()))
    assert await public_picture(desk, kept.number, 2) is None


async def test_what_is_no_longer_valid_is_not_public(desk: Desk) -> None:
    kept = await desk.published(request(public=OPEN))
    with desk.corridor.connection() as connection:
        connection.execute("UPDATE records SET valid_until = current_date - 1 WHERE id = %s", [kept.record])
    assert await extract(desk, kept.number) is None
