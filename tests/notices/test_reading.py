"""Who sees which notice, how much of it, and that its owner can list every read."""

import pytest
from tests.announcing import OFFICER, OWNER, REVIEWER, Desk, diffusion, picture, request, review
from tests.corridors import Corridor, operator
from tests.hubs import asker

from allpoints.errors import Forbidden, NotFound
from allpoints.records import Conditions, Purpose, Selection
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import PublicField
from allpoints.records.review import Item, ReviewDecision
from allpoints.wire.notices import NoticeState

ONLY_ALBANIA = Conditions(bureaus=Selection("only", ("ALB",)))


@pytest.fixture
def desk(corridor: Corridor) -> Desk:
    return Desk(corridor)


async def sees(desk: Desk, who: object, number: int) -> bool:
    """Whether somebody can read a notice; and then it stands in their list, else not."""
    try:
        await desk.read(number, who)  # type: ignore[arg-type]
    except NotFound:
        found = False
    else:
        found = True
    listed = {notice.id for notice in await desk.listed(who)}  # type: ignore[arg-type]
    assert (number in listed) is found
    return found


async def test_a_published_notice_is_seen_within_its_conditions_and_no_further(desk: Desk) -> None:
    conditions = Conditions(
        bureaus=Selection("only", ("ALB",)),
        agencies=Selection("only", ("police",)),
        purposes=(Purpose.CRIMINAL_INVESTIGATION,),
    )
    kept = await desk.published(request(conditions=conditions))
    assert await sees(desk, OFFICER, kept.id)
    assert await sees(desk, OWNER, kept.id)
    assert await sees(desk, REVIEWER, kept.id)
    for stranger in (
        asker("FRA", "officer", "criminal-investigation", "police"),
        asker("ALB", "officer", "criminal-investigation", "customs"),
        asker("ALB", "officer", "border-control", "police"),
    ):
        assert not await sees(desk, stranger, kept.id)


async def test_what_is_not_published_only_its_owner_and_the_secretariat_see(desk: Desk) -> None:
    kept = await desk.announce(request())
    await desk.review(kept.id, review(decision=ReviewDecision.RETURN, quality="Why?"))
    assert await sees(desk, OWNER, kept.id)
    assert await sees(desk, REVIEWER, kept.id)
    assert not await sees(desk, OFFICER, kept.id)


@pytest.mark.parametrize(
    "who",
    [
        asker("UTO", "administrator", "administration", "bureau"),
        asker("UTO", "data-protection-officer", "oversight", "bureau"),
        asker("HUB", "officer", "criminal-investigation", "bureau"),
        asker("HUB", "administrator", "administration", "bureau"),
    ],
)
async def test_who_works_on_no_cases_reads_no_notices(desk: Desk, who: object) -> None:
    with pytest.raises(Forbidden):
        await desk.listed(who)  # type: ignore[arg-type]


async def test_its_steps_and_hints_are_for_those_whom_they_concern(desk: Desk) -> None:
    kept = await desk.published(request(description="Wanted after the protests of May."))
    for_reviewer = await desk.read(kept.id, REVIEWER)
    assert [(h.item, h.word, h.field) for h in for_reviewer.hints] == [
        (Item.POLITICAL, "protests", "contribution.particulars.description")
    ]
    assert for_reviewer.steps
    for_owner, for_reader = await desk.read(kept.id, OWNER), await desk.read(kept.id, OFFICER)
    assert for_owner.steps == for_reviewer.steps
    assert (for_owner.hints, for_reader.hints, for_reader.steps) == ((), (), ())


async def test_its_owner_can_list_who_read_it(desk: Desk) -> None:
    kept = await desk.published(request(pictures=(picture(),)))
    await desk.read(kept.id, OFFICER)
    await desk.picture(kept.id, 1, OFFICER)
    await desk.read(kept.id, OWNER)
    async with desk.corridor.database.act(OWNER) as act:
        places = await act.record_reads(kept.record, after=(0, 0), limit=99)
    reads = [
        (entry.bureau, entry.outcome)
        for entry in desk.corridor.all_entries()
        if entry.act == "read" and kept.record in entry.records
    ]
    assert len(places) == len(reads)
    assert reads == [("ALB", "full"), ("ALB", "full")]


async def test_a_list_is_filtered(desk: Desk) -> None:
    mine = await desk.published(request(Colour.SILVER, conditions=ONLY_ALBANIA))
    theirs = await desk.announce(diffusion("UTO", colour=Colour.BLUE), operator("ITA"))
    waiting = await desk.announce(request(Colour.GREEN))

    async def ids(**filters: object) -> set[int]:
        found = {notice.id for notice in await desk.listed(OWNER, **filters)}
        return found & {mine.id, theirs.id, waiting.id}

    assert await ids() == {mine.id, theirs.id, waiting.id}
    assert await ids(mine=True) == {mine.id, waiting.id}
    assert await ids(kind=NoticeKind.DIFFUSION) == {theirs.id}
    assert await ids(colour=Colour.SILVER) == {mine.id}
    assert await ids(state=NoticeState.REQUESTED) == {waiting.id}
    assert await ids(due=True) == {waiting.id}


async def test_a_picture_is_a_plain_jpeg_without_what_the_camera_wrote(desk: Desk) -> None:
    kept = await desk.published(request(pictures=(picture(size=(3_000, 2_000)),), conditions=ONLY_ALBANIA))
    body = await desk.picture(kept.id, 1, OFFICER)
    assert body.startswith(b"\xff\xd8\xff")
    assert b"taken at home" not in body
    assert b"Exif" not in body
    [head] = (await desk.read(kept.id, OFFICER)).pictures
    assert (head.number, head.width, head.height, head.caption) == (1, 1_600, 1_067, "In 2025")
    for place in (0, 2, 2**40):
        with pytest.raises(NotFound):
            await desk.picture(kept.id, place, OFFICER)
    with pytest.raises(NotFound):
        await desk.picture(kept.id, 1, asker("FRA"))


async def test_the_public_fields_are_for_all_readers_to_know(desk: Desk) -> None:
    kept = await desk.published(request(public=(PublicField.NAMES,)))
    assert (await desk.read(kept.id, OFFICER)).public == (PublicField.NAMES,)
