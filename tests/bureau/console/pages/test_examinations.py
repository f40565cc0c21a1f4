"""Examinations: candidate lists, the pictures side by side, an examiner's decision."""

import re
import secrets
import time
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect
from tests.bureau.console.cases import HOSTILE, HTMX, until
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.modalities import faces
from allpoints.records import Contribution, Face, Particulars, RecordKind

PICTURES = Path(faces.__file__).parent / "examples"
FOR = "criminal-investigation"


def candidate_list(console: RunningConsole, *, verify: bool = False) -> int:
    """Ask with a picture; the number of the list that comes of it."""
    client = console.client("operator", FOR)
    files = {"file": ("face.jpg", (PICTURES / "1.jpg").read_bytes(), "image/jpeg")}
    data = {"verify": "true"} if verify else {}
    found = until(
        lambda: client.post("/check", data=data, files=files, headers=HTMX),
        lambda text: "/examinations/" in text,
    )
    return int(re.findall(r"/examinations/(\d+)", found.text)[0])


def wanted_face(hub: RunningHub) -> int:
    """A wanted person of ALB's, with a face."""
    made = Contribution(
        reference=f"FACE-{secrets.token_hex(4)}",
        kind=RecordKind.PERSON,
        identifiers=(),
        particulars=Particulars(reason="wanted", names=(f"Anna {HOSTILE}",), description=HOSTILE),
        biometrics=(Face(image=(PICTURES / "1.jpg").read_bytes()),),
    )
    return hub.operator("ALB").contribute(made).id


def assigned_list(console: RunningConsole) -> int:
    """A list with that candidate, assigned to the examiner."""
    listed = candidate_list(console)
    client = console.client("examiner", FOR)
    answer = client.post(f"/examinations/{listed}/assignment", data={"examiner": "u-examiner"}, headers=HTMX)
    assert answer.status_code == 200, answer.text
    return listed


@pytest.fixture(scope="module")
def record(hub: RunningHub) -> int:
    return wanted_face(hub)


@pytest.fixture(scope="module")
def number(console: RunningConsole, record: int) -> int:
    return assigned_list(console)


def examiner(console: RunningConsole) -> httpx.Client:
    return console.client("examiner", FOR)


def test_lists_are_listed_with_whom_they_are_assigned_to(console: RunningConsole, number: int) -> None:
    page = examiner(console).get("/examinations", params={"mine": "true"}).text
    assert f"Candidate list {number}" in page
    assert "Arta &lt;examiner&gt;" in page
    assert (
        f"Candidate list {number}"
        not in examiner(console).get("/examinations", params={"show": "lapsed"}).text
    )
    assert console.client("officer").get("/examinations").status_code == 403


def test_a_list_says_that_the_machine_only_proposes(
    console: RunningConsole, number: int, record: int
) -> None:
    page = examiner(console).get(f"/examinations/{number}").text
    assert "nothing is an identification before an examiner decides" in page
    assert f'id="candidate-{record}"' in page
    assert "wanted" in page
    assert "<script>alert" not in page


def test_both_pictures_are_shown_with_what_corresponds_and_how_often_that_errs(
    console: RunningConsole, number: int, record: int
) -> None:
    client = examiner(console)
    page = client.get(f"/examinations/{number}/candidates/{record}").text
    assert '<svg class="drawing comparison"' in page
    assert page.count("<line ") == 5
    for said in (
        "left eye",
        "LLR",
        "misses",
        "Decide on record",
        "identification",
        "exclusion",
        "inconclusive",
    ):
        assert said in page
    assert "<script>alert" not in page
    picture = client.get(f"/examinations/{number}/candidates/{record}/comparison.png?probe=0")
    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["cache-control"] == "no-store"
    assert client.get(f"/examinations/{number}/candidates/999999").status_code == 404


def test_who_is_not_to_decide_is_not_asked_to(console: RunningConsole, number: int, record: int) -> None:
    page = console.client("operator", FOR).get(f"/examinations/{number}/candidates/{record}").text
    assert 'name="decision"' not in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "decision"),
        ({"decision": "guilty", "reason": "x"}, "decision"),
        ({"decision": "exclusion"}, "reason"),
        ({"decision": "exclusion", "reason": "x" * 2_001}, "reason"),
    ],
)
def test_a_decision_needs_its_reason(
    console: RunningConsole, number: int, record: int, typed: dict[str, str], field: str
) -> None:
    refused = examiner(console).post(
        f"/examinations/{number}/candidates/{record}/decision", data=typed, headers=HTMX
    )
    assert refused.status_code == 422
    assert f'data-field="{field}"' in refused.text


def test_the_first_decision_stays_hidden_while_the_second_is_blind(
    console: RunningConsole, record: int
) -> None:
    number = candidate_list(console, verify=True)
    client = examiner(console)
    client.post(f"/examinations/{number}/assignment", data={"examiner": "u-examiner"})
    asked = console.client("operator", FOR).get(f"/examinations/{number}").text
    assert "decides without knowing what the first one decided" in asked
    for path in re.findall(rf"/examinations/{number}/candidates/\d+", asked):
        client.post(
            f"{path}/decision", data={"decision": "exclusion", "reason": "Another ear."}, headers=HTMX
        )
    deadline = time.monotonic() + 40
    operator = console.client("operator", FOR)
    while "awaiting verification" not in (page := operator.get(f"/examinations/{number}").text):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert "exclusion" not in page
    assert "Another ear." not in operator.get(f"/examinations/{number}/candidates/{record}").text
    assert "exclusion" in client.get(f"/examinations/{number}").text, "one knows one's own"


async def test_the_lines_can_be_hidden_by_keyboard_and_stay_left_to_right(
    console: RunningConsole, browser: Browser, number: int, record: int
) -> None:
    path = f"/examinations/{number}/candidates/{record}"
    async with console.page(browser, path, role="examiner", purpose=FOR, language="ar") as page:
        marks = page.locator("svg .marks")
        await expect(marks).to_be_visible()
        assert await marks.evaluate("(each) => getComputedStyle(each.ownerSVGElement).direction") == "ltr"
        await page.locator("#marks").focus()
        await page.keyboard.press("Space")
        await expect(marks).to_be_hidden()
