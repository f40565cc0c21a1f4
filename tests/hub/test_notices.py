"""Over HTTP: what everybody may read of notices, how long it is kept, and that a crowd of readers is held up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from tests.announcing import picture, request, review
from tests.hub.signed import problem
from tests.hubs import RunningHub

from allpoints.bureau import Client
from allpoints.errors import AllpointsError, NotFound
from allpoints.hub.problems import refused
from allpoints.hub.routes import notices
from allpoints.hub.routes.notices import EVERYBODY
from allpoints.records.notices import PublicField
from allpoints.wire.notices import NoticeKept

OPEN = (PublicField.NAMES, PublicField.PLACE)


@pytest.fixture
def owner(hub: RunningHub) -> Client:
    return hub.operator("UTO", "missing-persons")


@pytest.fixture
def published(hub: RunningHub, owner: Client) -> NoticeKept:
    """A notice of which everybody may read something and see the second picture."""
    said = request(name="Magda Allgemein", public=OPEN, pictures=(picture(), picture(public=True)))
    return hub.secretariat("operator").review_notice(owner.request_notice(said).id, review())


def test_everybody_reads_what_its_owner_opened_and_a_proxy_keeps_it_for_a_second(
    hub: RunningHub, owner: Client, published: NoticeKept
) -> None:
    answer = httpx.get(f"{hub.url}/v1/public/notices/{published.number}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=1"
    said = answer.json()
    assert (said["number"], said["names"], said["pictures"]) == (published.number, ["Magda Allgemein"], [2])
    assert said.keys() <= {"number", "colour", "owner", "published_at", "names", "place", "pictures"}
    assert owner.public_notice(published.number).names == ("Magda Allgemein",)
    assert published.number in {one.number for one in owner.public_notices(limit=500).items}


def test_a_list_comes_in_pages(owner: Client, hub: RunningHub) -> None:
    said = [owner.request_notice(request(public=OPEN)).id for _ in range(2)]
    numbers = [hub.secretariat("operator").review_notice(one, review()).number for one in said]
    found: list[str] = []
    after = 0
    while True:
        page = owner.public_notices(after=after, limit=1)
        found += [one.number for one in page.items]
        if page.next is None:
            break
        after = int(page.next)
    assert found[-2:] == numbers


def test_only_a_public_picture_is_shown(hub: RunningHub, owner: Client, published: NoticeKept) -> None:
    assert owner.public_picture(published.number, 2).startswith(b"\xff\xd8\xff")
    for number in (1, 3, 10**12):
        answer = httpx.get(f"{hub.url}/v1/public/notices/{published.number}/pictures/{number}")
        assert problem(answer, 404)["code"] == "not-found"


@pytest.mark.parametrize("number", ["2026/99999-R", "1/x", "2026/%00-R", f"{10**30}/1-R"])
def test_what_is_not_public_is_not_there(hub: RunningHub, number: str) -> None:
    assert problem(httpx.get(f"{hub.url}/v1/public/notices/{number}"), 404)["field"] == "number"


@pytest.mark.parametrize("query", [f"after={10**30}", "after=-1", "limit=0", "limit=501", "after=x"])
def test_a_page_that_there_cannot_be_is_refused(hub: RunningHub, query: str) -> None:
    assert problem(httpx.get(f"{hub.url}/v1/public/notices?{query}"), 400, 422)


def test_what_is_cancelled_everybody_stops_reading_at_once(owner: Client, published: NoticeKept) -> None:
    owner.cancel_notice(published.id, "found")
    with pytest.raises(NotFound):
        owner.public_notice(published.number)
    with pytest.raises(NotFound):
        owner.public_picture(published.number, 2)


def test_a_repeated_request_is_answered_with_the_first_reply(owner: Client) -> None:
    said = request()
    first = owner.request_notice(said, idempotency_key="notice-over-http")
    again = owner.request_notice(said, idempotency_key="notice-over-http")
    assert (again.id, again.record) == (first.id, first.record)
    assert again.entry != first.entry


def test_a_crowd_is_told_to_come_back() -> None:
    """In a worker of its own whose clock stands still, however slow the machine is."""

    class Empty:
        """A database without notices."""

        database = property(lambda self: self)

        @asynccontextmanager
        async def single_statement(self) -> AsyncIterator[Any]:
            yield self

        async def _rows(self, *_: object) -> list[Any]:
            return []

    app = Litestar(
        route_handlers=notices._public(Empty()),  # type: ignore[arg-type]
        exception_handlers={AllpointsError: refused},
    )
    with (
        patch.object(notices, "time", SimpleNamespace(monotonic=lambda: 1_000.0)),
        TestClient(app=app) as client,
    ):
        answers = [client.get("/v1/public/notices") for _ in range(EVERYBODY.burst + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert answers[-1].status_code == 429
    assert answers[-1].json()["code"] == "quota-exceeded"
    assert int(answers[-1].headers["retry-after"]) >= 1
