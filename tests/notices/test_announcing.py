"""Requesting notices, sending diffusions, correcting either: what is kept, who is told, what is refused."""

import asyncio

import msgspec
import pytest
from msgspec.structs import replace
from tests.announcing import GROUNDS, OFFICER, OWNER, REVIEWER, Desk, diffusion, picture, request, review
from tests.corridors import Corridor, operator
from tests.hubs import asker

from allpoints.errors import Conflict, Forbidden, InvalidValue, MalformedInput, NotFound
from allpoints.modalities import FINGERPRINTS
from allpoints.records import Conditions, RecordKind, RecordState, Selection
from allpoints.records.colours import Colour, NoticeKind, NoticeMark
from allpoints.records.review import ReviewDecision
from allpoints.wire.notices import NoticeState, Step


@pytest.fixture
def desk(corridor: Corridor) -> Desk:
    return Desk(corridor)


async def held(corridor: Corridor, number: int) -> RecordState:
    async with corridor.database.act(OWNER) as act:
        record = await act.record(number)
    assert record
    return record.state


async def test_a_requested_notice_is_a_record_that_only_its_owner_sees(desk: Desk) -> None:
    kept = await desk.announce(request(name="Berta Vorbild"))
    assert (kept.state, kept.version, kept.number) == (NoticeState.REQUESTED, 1, "")
    assert await held(desk.corridor, kept.record) is RecordState.HELD
    assert await desk.finds(OFFICER, "Berta Vorbild") == []
    assert await desk.finds(asker("UTO", "officer", "border-control"), "Berta Vorbild") == []
    async with desk.corridor.database.act(OFFICER) as act:
        assert await act.record(kept.record) is None
    assert desk.told("HUB", kept.id) == ["notice-requested"]
    assert desk.told("UTO", kept.id) == []


async def test_each_colour_can_be_requested_published_and_read(desk: Desk) -> None:
    for colour in Colour:
        kept = await desk.published(request(colour))
        shown = await desk.read(kept.id, OFFICER)
        assert (shown.colour, shown.state, shown.grounds) == (colour, NoticeState.PUBLISHED, GROUNDS[colour])
        assert shown.hit.notice
        assert shown.hit.notice.number == kept.number


async def test_what_a_notice_lacks_is_named_and_nothing_is_kept(desk: Desk) -> None:
    said = request(Colour.RED, grounds=replace(GROUNDS[Colour.RED], order=None))
    with pytest.raises(InvalidValue) as refused:
        await desk.announce(said)
    assert refused.value.field == "grounds.order"
    async with desk.corridor.database.act(OWNER) as act:
        found = await act.own_records("UTO", after=0, limit=9, reference=said.contribution.reference)
    assert found == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (request(birth="yesterday"), "contribution.particulars.birth"),
        (request(conditions=Conditions(purposes=())), "contribution.conditions.purposes"),
        (request(reference=""), "contribution.reference"),
        (
            request(Colour.SILVER, kind=RecordKind.ITEM, identifiers=(), description=""),
            "contribution.identifiers",
        ),
        (replace(diffusion("ALB"), to=()), "to"),
        (diffusion("ALB", "XXX"), "to[1]"),
        (diffusion("ESP"), "to"),
        (diffusion("HUB"), "to[0]"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, said: object, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        await desk.announce(said)  # type: ignore[arg-type]
    assert refused.value.field == field


async def test_a_diffusion_states_no_bureaus_but_those_it_is_sent_to(desk: Desk) -> None:
    said = diffusion("ALB")
    conditions = Conditions(bureaus=Selection("only", ("FRA",)))
    with pytest.raises(InvalidValue, match="`to`"):
        await desk.announce(replace(said, contribution=replace(said.contribution, conditions=conditions)))


async def test_a_reference_that_is_taken_is_refused(desk: Desk) -> None:
    said = request()
    await desk.announce(said)
    with pytest.raises(Conflict) as refused:
        await desk.announce(said)
    assert refused.value.field == "contribution.reference"


async def test_a_retry_gets_the_first_reply_and_nothing_twice(desk: Desk) -> None:
    said = request(pictures=(picture(),))
    first = await desk.announce(said, key="notice-retry")
    assert await desk.announce(said, key="notice-retry") == first
    assert desk.told("HUB", first.id) == ["notice-requested"]
    with pytest.raises(Conflict) as refused:
        await desk.announce(request(), key="notice-retry")
    assert refused.value.field == "Idempotency-Key"


async def test_two_retries_at_once_keep_one_notice(desk: Desk) -> None:
    said = request()
    replies = await asyncio.gather(*(desk.announce(said, key="notice-race") for _ in range(4)))
    assert len({reply.id for reply in replies}) == 1


@pytest.mark.parametrize("who", [REVIEWER, OFFICER, operator("UTO", "administration")])
async def test_nobody_else_requests_notices(desk: Desk, who: object) -> None:
    with pytest.raises(Forbidden):
        await desk.announce(request(), who)  # type: ignore[arg-type]


async def test_who_may_not_contribute_biometrics_puts_none_into_a_notice(desk: Desk) -> None:
    said = request(Colour.RED, biometrics=(FINGERPRINTS.examples()[0],))
    with pytest.raises(Forbidden, match="contribute-biometrics"):
        await desk.announce(said, operator("UTO", "financial-crime"))


async def test_a_picture_that_is_none_is_named(desk: Desk) -> None:
    broken = replace(picture(), image=b"\xff\xd8\xff" + b"no picture")
    with pytest.raises((InvalidValue, MalformedInput)) as refused:
        await desk.announce(request(pictures=(picture(), broken)))
    assert refused.value.field == "pictures[1].image"


# Diffusions ------------------------------------------------------------------------------------------------


async def test_a_diffusion_is_found_at_once_by_those_it_is_sent_to_and_by_nobody_else(desk: Desk) -> None:
    kept = await desk.announce(diffusion("ALB", name="Cecilia Paradigma"))
    assert (kept.state, kept.number) == (NoticeState.SENT, "")
    assert await desk.finds(OFFICER, "Cecilia Paradigma") == [kept.record]
    assert await desk.finds(asker("FRA"), "Cecilia Paradigma") == []
    assert desk.told("ALB", kept.id) == ["diffusion-received"]
    assert desk.told("FRA", kept.id) == desk.told("HUB", kept.id) == []
    shown = await desk.read(kept.id, OFFICER)
    assert shown.hit.notice == NoticeMark(
        id=kept.id,
        kind=NoticeKind.DIFFUSION,
        colour=Colour.YELLOW,
        since=shown.published_at.date(),  # type: ignore[union-attr]
    )
    for stranger in (asker("FRA"), REVIEWER):
        with pytest.raises(NotFound):
            await desk.read(kept.id, stranger)


async def test_a_diffusion_that_goes_to_others_now_is_told_to_each(desk: Desk) -> None:
    said = diffusion("ALB", "FRA", name="Dora Muster")
    kept = await desk.announce(said)
    changed = await desk.correct(kept.id, replace(said, to=("FRA", "ITA")))
    assert changed.version == 2
    assert desk.told("ALB", kept.id) == ["diffusion-received", "diffusion-cancelled"]
    assert desk.told("FRA", kept.id) == ["diffusion-received", "diffusion-corrected"]
    assert desk.told("ITA", kept.id) == ["diffusion-received"]
    assert await desk.finds(OFFICER, "Dora Muster") == []
    assert await desk.finds(asker("ITA"), "Dora Muster") == [kept.record]


# Corrections -----------------------------------------------------------------------------------------------


async def test_a_correction_of_a_published_notice_counts_at_once_and_is_due_for_a_review(desk: Desk) -> None:
    said = request(name="Elisa Wrong")
    kept = await desk.published(said)
    right = replace(
        said.contribution, particulars=replace(said.contribution.particulars, names=("Elisa Vera",))
    )
    changed = await desk.correct(kept.id, replace(said, contribution=right))
    assert (changed.state, changed.version, changed.number) == (NoticeState.PUBLISHED, 2, kept.number)
    assert await desk.finds(OFFICER, "Elisa Vera") == [kept.record]
    assert desk.told("HUB", kept.id) == ["notice-requested", "notice-corrected"]
    assert (await desk.read(kept.id, REVIEWER)).review_due
    assert kept.id in {notice.id for notice in await desk.listed(REVIEWER, due=True)}
    await desk.review(kept.id, review(version=2))
    assert not (await desk.read(kept.id, REVIEWER)).review_due


async def test_what_was_returned_and_is_corrected_is_requested_again(desk: Desk) -> None:
    said = request()
    kept = await desk.announce(said)
    await desk.review(kept.id, review(decision=ReviewDecision.RETURN, quality="Since when exactly?"))
    again = await desk.correct(kept.id, said)
    assert again.state is NoticeState.REQUESTED
    assert desk.told("HUB", kept.id) == ["notice-requested", "notice-requested"]
    steps = (await desk.read(kept.id, OWNER)).steps
    assert [step.step for step in steps] == [Step.REQUESTED, Step.RETURNED, Step.CORRECTED]
    assert await held(desk.corridor, kept.record) is RecordState.HELD


async def test_a_correction_keeps_to_version_colour_kind_and_owner(desk: Desk) -> None:
    said = request()
    kept = await desk.announce(said)
    with pytest.raises(Conflict) as refused:
        await desk.correct(kept.id, said, version=7)
    assert refused.value.field == "If-Match"
    with pytest.raises(InvalidValue) as wrong:
        await desk.correct(kept.id, replace(request(Colour.SPECIAL), contribution=said.contribution))
    assert wrong.value.field == "colour"
    for strange in (kept.id + 10_000, 0, 2**63):
        with pytest.raises(NotFound):
            await desk.correct(strange, said)
    with pytest.raises(NotFound):
        await desk.correct(kept.id, said, operator("ITA"))
    with pytest.raises(NotFound):
        await desk.correct(kept.id, diffusion("ALB"))


async def test_pictures_and_biometrics_stay_where_a_correction_brings_none(desk: Desk) -> None:
    said = request(Colour.BLACK, pictures=(picture(), picture(caption="The scar")))
    said = replace(said, contribution=replace(said.contribution, biometrics=(FINGERPRINTS.examples()[0],)))
    kept = await desk.announce(said)
    bare = replace(said, pictures=(), contribution=replace(said.contribution, biometrics=()))
    await desk.correct(kept.id, bare)
    assert [p.caption for p in (await desk.read(kept.id, OWNER)).pictures] == ["In 2025", "The scar"]
    async with desk.corridor.database.act(OWNER) as act:
        assert await act.has_pictures(kept.record)
    await desk.correct(kept.id, replace(bare, pictures=(picture(caption="Alone"),)), version=2)
    assert [p.caption for p in (await desk.read(kept.id, OWNER)).pictures] == ["Alone"]


async def test_the_record_of_a_notice_is_neither_corrected_nor_withdrawn_beside_it(desk: Desk) -> None:
    said = request()
    kept = await desk.published(said)
    corridor = desk.corridor
    path = f"/v1/records/{kept.record}"
    body = msgspec.json.encode(said.contribution)
    correction = corridor.message(
        OWNER, body, method="PUT", path=path, idempotency_key="beside", if_match='"1"'
    )
    with pytest.raises(Conflict, match=f"notice {kept.id}"):
        await corridor.pipeline.correct(correction, kept.record)
    with pytest.raises(Conflict, match=f"notice {kept.id}"):
        await corridor.pipeline.withdraw(corridor.message(OWNER, method="DELETE", path=path), kept.record)


async def test_a_contribution_that_brings_a_mark_is_refused(corridor: Corridor) -> None:
    said = msgspec.to_builtins(request().contribution)
    for place in (said, said["particulars"]):
        place["notice"] = {"id": 1, "kind": "notice", "colour": "red", "number": "2026/1-R"}
        message = corridor.message(OWNER, msgspec.json.encode(said), idempotency_key="marked")
        with pytest.raises((InvalidValue, MalformedInput), match="notice"):
            await corridor.pipeline.contribute_one(message)
        del place["notice"]
