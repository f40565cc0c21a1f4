"""Acts that need two people: the second one approves in their own name, or declines."""

from tests.bureau.consoles import RunningConsole

HOSTILE = "<b>17</b>"


def test_a_second_person_declines_and_nobody_approves_their_own(console: RunningConsole) -> None:
    proposer = console.sign_in("operator").session
    four_eyes = console.node.four_eyes
    content = {"hub": "hub", "notice": 2**50, "reason": HOSTILE}
    outcome = console.run(four_eyes.do(proposer, "cancel-notice", HOSTILE, content))
    own = console.client("operator").get("/administration/proposals").text
    assert f'id="proposal-{outcome.proposal}"' in own
    assert f"/administration/proposals/{outcome.proposal}/approval" not in own
    supervisor = console.client("supervisor")
    text = supervisor.get("/administration/proposals").text
    assert f"/administration/proposals/{outcome.proposal}/approval" in text
    assert "&lt;b&gt;17&lt;/b&gt;" in text
    assert HOSTILE not in text
    failed = supervisor.post(f"/administration/proposals/{outcome.proposal}/approval")
    assert failed.status_code == 404, "the hub knows no such notice"
    part = supervisor.post(
        f"/administration/proposals/{outcome.proposal}/declining", headers={"hx-request": "true"}
    )
    assert f'id="proposal-{outcome.proposal}"' not in part.text
    assert supervisor.post(f"/administration/proposals/{outcome.proposal}/declining").status_code == 404


def test_officers_have_nothing_to_approve(console: RunningConsole) -> None:
    assert console.client("officer").get("/administration/proposals").status_code == 403
