"""Listeners are woken, and none of them keeps another waiting."""

import asyncio

from allpoints.bureau.desk.announcing import Announcements


async def test_a_listener_is_woken_once_for_many_changes() -> None:
    news = Announcements()
    changes = news.changes(0.05)
    first = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    news.announce()
    news.announce()
    assert await first is True
    assert await anext(changes) is False, "a sign of life"
    await changes.aclose()


async def test_what_changes_while_a_listener_is_busy_is_not_lost() -> None:
    news = Announcements()
    changes = news.changes(5)
    first = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    news.announce()
    await first
    news.announce()
    assert await anext(changes) is True
    await changes.aclose()


async def test_who_has_gone_is_forgotten() -> None:
    news = Announcements()
    changes = news.changes(0.01)
    await anext(changes)
    await changes.aclose()
    assert not news._listeners
