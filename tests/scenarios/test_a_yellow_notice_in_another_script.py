"""UTO misses a girl whose name is Arabic. The secretariat publishes a yellow notice, an officer of ALB finds her by a
Latin spelling, and when she is home again nobody finds her any more."""

import time

from tests.announcing import request, review
from tests.hubs import RunningHub
from tests.scenarios.waiting import eventually

from allpoints.records import Person
from allpoints.records.colours import Colour, NoticeKind
from allpoints.wire.notices import NoticeState

NAME = "ليلى عبد الرحمن المنصوري"
ASKED = [Person(names=("Layla Abdulrahman Al-Mansoori",), birth="2010-05-06")]


def test_she_is_found_while_the_notice_stands_and_not_before_or_after(hub: RunningHub) -> None:
    operator = hub.operator("UTO", "missing-persons")
    officer = hub.client("ALB", "officer", "border-control", "border-police")
    reviewer = hub.secretariat("operator")

    requested = operator.request_notice(request(Colour.YELLOW, NAME, birth="2010-05-06"))
    assert (requested.state, requested.number) == (NoticeState.REQUESTED, "")
    assert officer.check(ASKED).hits == ()
    news = [n.body for n in reviewer.notifications(limit=500).items]
    [told] = [body for body in news if body.get("notice") == requested.id]
    assert (told["kind"], told["bureau"], told["colour"]) == ("notice-requested", "UTO", "yellow")

    [waiting] = [one for one in reviewer.notices(due=True).items if one.id == requested.id]
    assert waiting.hit.particulars
    assert waiting.hit.particulars.names == (NAME,)
    published = reviewer.review_notice(requested.id, review(waiting.version))
    year, _, serial = published.number.partition("/")
    assert (published.state, year, serial[-2:]) == (NoticeState.PUBLISHED, str(time.gmtime().tm_year), "-Y")
    news = [n.body for n in operator.notifications(limit=500).items]
    assert [body["kind"] for body in news if body.get("notice") == requested.id] == ["notice-published"]

    [hit] = eventually(lambda: officer.check(ASKED).hits)
    assert (hit.record, hit.owner, hit.match.modality) == (requested.record, "UTO", "names")
    assert hit.notice
    assert (hit.notice.kind, hit.notice.colour, hit.notice.number) == (
        NoticeKind.NOTICE,
        Colour.YELLOW,
        published.number,
    )
    assert officer.notice(hit.notice.id).grounds.place == "Utopolis, Main Station"

    cancelled = operator.cancel_notice(requested.id, "She is home again.")
    assert cancelled.state == NoticeState.CANCELLED
    assert officer.check(ASKED).hits == ()


def test_a_suspension_hides_her_from_the_next_answer_on(hub: RunningHub) -> None:
    operator = hub.operator("UTO", "missing-persons")
    officer = hub.client("ALB", "officer", "border-control", "border-police")
    reviewer = hub.secretariat("supervisor")
    requested = operator.request_notice(request(Colour.YELLOW, NAME, birth="2010-05-06"))
    reviewer.review_notice(requested.id, review())
    eventually(lambda: officer.check(ASKED).hits)

    reviewer.suspend_notice(
        requested.id, "Her family says that she is an adult and has asked not to be found."
    )
    assert officer.check(ASKED).hits == ()
    assert requested.id not in {one.id for one in officer.notices(limit=500).items}

    reviewer.lift_suspension(requested.id, "It was another person.")
    assert eventually(lambda: officer.check(ASKED).hits)
    operator.cancel_notice(requested.id, "She is home again.")
