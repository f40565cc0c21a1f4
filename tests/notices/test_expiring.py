"""A notice ends with the validity of its record."""

import asyncio

import pytest
from tests.announcing import OFFICER, OWNER, Desk, diffusion, picture, request
from tests.corridors import Corridor

from allpoints.notices.expiring import expire
from allpoints.records import RecordState
from allpoints.wire.notices import NoticeState, Step


@pytest.fixture
def desk(fresh: Corridor) -> Desk:
    return Desk(fresh)


def outdate(desk: Desk, record: int) -> None:
    with desk.corridor.connection() as connection:
        connection.execute("UPDATE records SET valid_until = current_date - 1 WHERE id = %s", [record])


async def test_what_is_no_longer_valid_expires_and_those_concerned_are_told(desk: Desk) -> None:
    stays = await desk.published()
    notice = await desk.published(request(pictures=(picture(),)))
    sent = await desk.announce(diffusion("ALB"))
    waiting = await desk.announce(request())
    for ended in (notice, sent, waiting):
        outdate(desk, ended.record)
    assert await expire(desk.corridor.database) == 3
    assert await expire(desk.corridor.database) == 0

    for ended in (notice, sent, waiting):
        shown = await desk.read(ended.id, OWNER)
        assert (shown.state, shown.hit.state) == (NoticeState.EXPIRED, RecordState.WITHDRAWN)
        assert (shown.steps[-1].step, shown.steps[-1].bureau) == (Step.EXPIRED, "HUB")
    assert (await desk.read(notice.id, OWNER)).pictures == ()
    assert (await desk.read(stays.id, OFFICER)).state is NoticeState.PUBLISHED
    assert desk.told("UTO", notice.id) == ["notice-published", "notice-expired"]
    assert desk.told("HUB", notice.id) == ["notice-requested", "notice-expired"]
    assert desk.told("UTO", sent.id) == ["diffusion-expired"]
    assert "diffusion-expired" not in desk.told("HUB", sent.id)
    entries = [entry for entry in desk.corridor.all_entries() if entry.act == "expire-notice"]
    assert {entry.reader for entry in entries if notice.record in entry.records} == {"UTO", "HUB"}


async def test_a_notice_that_somebody_acts_on_keeps_no_other_from_its_end(desk: Desk) -> None:
    busy, idle = await desk.published(), await desk.published()
    for kept in (busy, idle):
        outdate(desk, kept.record)
    with desk.corridor.connection() as connection, connection.transaction():
        connection.execute("SELECT FROM notices WHERE id = %s FOR UPDATE", [busy.id])
        assert await asyncio.wait_for(expire(desk.corridor.database), 60) == 1
    assert (await desk.read(idle.id, OWNER)).state is NoticeState.EXPIRED
    assert await expire(desk.corridor.database) == 1
    assert (await desk.read(busy.id, OWNER)).state is NoticeState.EXPIRED


async def test_an_expired_record_is_purged_with_its_notice(desk: Desk) -> None:
    kept = await desk.published(request(pictures=(picture(),)))
    with desk.corridor.connection() as connection:
        connection.execute("UPDATE records SET valid_until = current_date - 99 WHERE id = %s", [kept.record])
        await expire(desk.corridor.database)
        with desk.corridor.connection("allpoints_system") as housekeeper:
            housekeeper.execute("DELETE FROM records WHERE id = %s", [kept.record])
        for table in ("notices", "notice_steps", "notice_pictures"):
            [(left,)] = connection.execute(f"SELECT count(*) FROM {table}".encode())
            assert left == 0, table
