"""The secretariat's acts, and the end of a notice: what each does to the record, and who may do it when."""

import asyncio

import pytest
from tests.announcing import OFFICER, OWNER, REVIEWER, Desk, diffusion, picture, request, review
from tests.corridors import Corridor, operator
from tests.hubs import asker

from allpoints.errors import AllpointsError, Conflict, Forbidden, InvalidValue, NotFound
from allpoints.modalities import FINGERPRINTS
from allpoints.records import RecordState
from allpoints.records.colours import Colour
from allpoints.records.review import ReviewDecision
from allpoints.wire.notices import NoticeState, Step

RETURN, REFUSE = ReviewDecision.RETURN, ReviewDecision.REFUSE


@pytest.fixture
def desk(corridor: Corridor) -> Desk:
    return Desk(corridor)


async def state_of(desk: Desk, record: int) -> RecordState:
    async with desk.corridor.database.act(OWNER) as act:
        found = await act.record(record)
    assert found
    return found.state


async def test_a_publication_lets_every_check_find_it_under_its_number(desk: Desk) -> None:
    kept = await desk.announce(request(name="Flora Publik"))
    published = await desk.review(kept.id, review())
    year, _, serial = published.number.partition("/")
    assert published.state is NoticeState.PUBLISHED
    assert (len(year), serial.endswith("-Y")) == (4, True)
    assert await desk.finds(OFFICER, "Flora Publik") == [kept.record]
    assert desk.told("UTO", kept.id) == ["notice-published"]


async def test_numbers_follow_each_other_without_a_gap(desk: Desk) -> None:
    kept = [await desk.announce(request()) for _ in range(4)]
    published = await asyncio.gather(*(desk.review(one.id, review()) for one in kept))
    serials = sorted(int(p.number.partition("/")[2].partition("-")[0]) for p in published)
    assert serials == list(range(serials[0], serials[0] + 4))


async def test_the_log_has_each_step_for_both_sides(desk: Desk) -> None:
    kept = await desk.published()
    await desk.suspend(kept.id)
    entries = [
        (entry.act, entry.reader, entry.bureau)
        for entry in desk.corridor.all_entries()
        if kept.record in entry.records and entry.act.endswith("notice")
    ]
    assert entries == [
        ("request-notice", "UTO", "UTO"),
        ("request-notice", "HUB", "UTO"),
        ("review-notice", "HUB", "HUB"),
        ("review-notice", "UTO", "HUB"),
        ("suspend-notice", "HUB", "HUB"),
        ("suspend-notice", "UTO", "HUB"),
    ]


async def test_what_is_returned_is_held_and_its_owner_reads_the_questions(desk: Desk) -> None:
    kept = await desk.announce(request())
    returned = await desk.review(kept.id, review(decision=RETURN, quality="Since when?"))
    assert returned.state is NoticeState.RETURNED
    assert await state_of(desk, kept.record) is RecordState.HELD
    shown = await desk.read(kept.id, OWNER)
    assert [a.reason for a in shown.steps[-1].checklist if not a.met] == ["Since when?"]
    assert desk.told("UTO", kept.id) == ["notice-returned"]


async def test_what_is_refused_is_withdrawn_with_everything_of_the_body(desk: Desk) -> None:
    said = request(Colour.RED, biometrics=(FINGERPRINTS.examples()[0],))
    kept = await desk.announce(said)
    await desk.review(kept.id, review(decision=REFUSE, political="He is sought for a speech."))
    assert await state_of(desk, kept.record) is RecordState.WITHDRAWN
    with desk.corridor.connection() as connection:
        for table in ("templates", "pictures"):
            [(number,)] = connection.execute(
                f"SELECT count(*) FROM {table} WHERE record_id = %s".encode(), [kept.record]
            )
            assert number == 0, table
    with pytest.raises(Conflict):
        await desk.correct(kept.id, said)


async def test_a_reviewer_decides_on_what_they_have_seen(desk: Desk) -> None:
    said = request()
    kept = await desk.announce(said)
    await desk.correct(kept.id, said)
    with pytest.raises(Conflict) as refused:
        await desk.review(kept.id, review(version=1))
    assert refused.value.field == "version"
    assert (await desk.review(kept.id, review(version=2))).state is NoticeState.PUBLISHED


async def test_a_checklist_that_does_not_bear_the_decision_is_refused(desk: Desk) -> None:
    kept = await desk.announce(request())
    with pytest.raises(InvalidValue) as refused:
        await desk.review(kept.id, review(racial="It says of which tribe he is."))
    assert refused.value.field == "decision"


async def test_what_waits_for_no_review_gets_none(desk: Desk) -> None:
    kept = await desk.published()
    with pytest.raises(Conflict):
        await desk.review(kept.id, review())


async def test_a_repeated_review_publishes_once(desk: Desk) -> None:
    kept = await desk.announce(request())
    first = await desk.review(kept.id, review(), key="review-once")
    assert await desk.review(kept.id, review(), key="review-once") == first
    assert desk.told("UTO", kept.id) == ["notice-published"]


@pytest.mark.parametrize(
    "who",
    [
        OWNER,
        operator("UTO", "administration"),
        asker("HUB", "officer", "administration", "bureau"),
        asker("HUB", "administrator", "administration", "bureau"),
        asker("HUB", "operator", "criminal-investigation", "bureau"),
    ],
)
async def test_only_the_secretariats_operators_and_supervisors_review(desk: Desk, who: object) -> None:
    kept = await desk.announce(request())
    with pytest.raises(Forbidden):
        await desk.review(kept.id, review(), who)  # type: ignore[arg-type]


async def test_a_suspended_notice_is_found_by_nobody_until_it_is_lifted(desk: Desk) -> None:
    kept = await desk.published(request(name="Greta Suspensa"))
    assert await desk.finds(OFFICER, "Greta Suspensa") == [kept.record]
    await desk.suspend(kept.id)
    assert await desk.finds(OFFICER, "Greta Suspensa") == []
    with pytest.raises(NotFound):
        await desk.read(kept.id, OFFICER)
    lifted = await desk.lift(kept.id)
    assert (lifted.state, lifted.number) == (NoticeState.PUBLISHED, kept.number)
    assert await desk.finds(OFFICER, "Greta Suspensa") == [kept.record]
    assert desk.told("UTO", kept.id) == ["notice-published", "notice-suspended", "notice-lifted"]


async def test_an_index_that_has_not_heard_of_it_shows_nothing_either(desk: Desk) -> None:
    """The re-read drops it, whatever the index proposes."""
    kept = await desk.published(request(name="Hilda Stale"))
    assert await desk.finds(OFFICER, "Hilda Stale") == [kept.record]
    await desk.suspend(kept.id)
    desk.corridor.catch_up = _never  # type: ignore[method-assign]
    try:
        assert await desk.finds(OFFICER, "Hilda Stale") == []
    finally:
        del desk.corridor.catch_up


async def _never() -> None:
    pass


@pytest.mark.parametrize("act", ["suspend", "lift"])
async def test_only_what_is_published_is_suspended_and_only_what_is_suspended_is_lifted(
    desk: Desk, act: str
) -> None:
    kept = await desk.announce(request())
    with pytest.raises(Conflict):
        await getattr(desk, act)(kept.id)


async def test_an_owner_cancels_its_own_and_the_secretariat_is_told(desk: Desk) -> None:
    kept = await desk.published(request(name="Irma Finis"))
    await desk.cancel(kept.id)
    assert await desk.finds(OFFICER, "Irma Finis") == []
    assert await state_of(desk, kept.record) is RecordState.WITHDRAWN
    assert desk.told("HUB", kept.id) == ["notice-requested", "notice-cancelled"]
    shown = await desk.read(kept.id, OWNER)
    assert [step.step for step in shown.steps] == [Step.REQUESTED, Step.PUBLISHED, Step.CANCELLED]
    for again in (desk.cancel(kept.id), desk.review(kept.id, review()), desk.correct(kept.id, request())):
        with pytest.raises(Conflict):
            await again


async def test_the_secretariat_cancels_any_notice_and_its_owner_is_told(desk: Desk) -> None:
    kept = await desk.published()
    await desk.cancel(kept.id, REVIEWER)
    assert desk.told("UTO", kept.id) == ["notice-published", "notice-cancelled"]


async def test_a_diffusion_is_cancelled_by_its_owner_alone_and_its_bureaus_are_told(desk: Desk) -> None:
    kept = await desk.announce(diffusion("ALB", "FRA"))
    for stranger in (REVIEWER, operator("ALB"), operator("ITA")):
        with pytest.raises(NotFound):
            await desk.cancel(kept.id, stranger)
    await desk.cancel(kept.id)
    for bureau in ("ALB", "FRA"):
        assert desk.told(bureau, kept.id) == ["diffusion-received", "diffusion-cancelled"]


async def test_nobody_else_cancels_a_notice(desk: Desk) -> None:
    kept = await desk.published()
    with pytest.raises(NotFound):
        await desk.cancel(kept.id, operator("ALB"))


async def test_what_ends_it_takes_its_pictures_along(desk: Desk) -> None:
    kept = await desk.published(request(pictures=(picture(),)))
    assert await desk.picture(kept.id, 1, OFFICER)
    await desk.cancel(kept.id)
    with pytest.raises(AllpointsError):
        await desk.picture(kept.id, 1, OWNER)


async def test_a_correction_and_a_suspension_at_once_leave_it_suspended_and_due(desk: Desk) -> None:
    said = request()
    kept = await desk.published(said)
    await asyncio.gather(desk.correct(kept.id, said), desk.suspend(kept.id))
    shown = await desk.read(kept.id, REVIEWER)
    assert (shown.state, shown.review_due) == (NoticeState.SUSPENDED, True)
    assert await state_of(desk, kept.record) is RecordState.HELD
