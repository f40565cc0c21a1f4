"""A receipt is verified by the node itself."""

import re
from typing import Any

import pytest
from tests.bureau.console.cases import HTMX, new_plate
from tests.bureau.consoles import RunningConsole

from allpoints.audit import Receipt
from allpoints.audit.verify import verify_receipt
from allpoints.bureau.console.pages import receipts
from allpoints.errors import TamperingFound


@pytest.fixture
def promised(console: RunningConsole) -> dict[str, str]:
    """What the result of a check brings along."""
    found = console.client().post("/check", data={"text": new_plate(), "scheme": "plate"}, headers=HTMX).text
    form = re.search(r'action="/receipts".*?</form>', found, re.S)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    return {name: value.replace("&#34;", '"') for name, value in fields.items()}


def test_the_check_stands_in_the_log_as_it_was_promised(
    console: RunningConsole, promised: dict[str, str]
) -> None:
    page = console.client().post("/receipts", data=promised)
    assert page.status_code == 200
    for said in (
        "The receipt holds.",
        "The hub had signed the promise to seal exactly this entry.",
        "hub.test",
        "compare it with what its secretariat published",
        "the asker's bureau cannot deny it",
    ):
        assert said in page.text


def test_the_receipt_can_be_kept_and_verified_anywhere(
    console: RunningConsole, promised: dict[str, str]
) -> None:
    kept = console.client().get(f"/receipts/{promised['entry']}/file")
    assert kept.headers["content-disposition"].startswith("attachment")
    about = console.run(console.node.hubs.as_node().about())
    from allpoints.audit import VerifierKey

    assert verify_receipt(Receipt.from_json(kept.content), VerifierKey.parse(about.vkey)).entry


def test_another_entrys_promise_is_noticed(console: RunningConsole, promised: dict[str, str]) -> None:
    other = console.client().post("/check", data={"text": new_plate(), "scheme": "plate"}, headers=HTMX).text
    [entry] = set(re.findall(r'name="entry" value="([\d.]+)"', other))
    found = console.client().post("/receipts", data={**promised, "entry": entry})
    assert found.status_code == 500
    assert "has not promised this entry" in found.text


def test_a_receipt_that_does_not_hold_is_said(
    console: RunningConsole, promised: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise TamperingFound("the root is another one", field="checkpoint")

    monkeypatch.setattr(receipts, "verify_receipt", refuse)
    found = console.client().get(f"/receipts/{promised['entry']}")
    assert found.status_code == 500
    assert "the root is another one" in found.text
    assert "The receipt holds." not in found.text


@pytest.mark.parametrize(("entry", "status"), [("1.999", 404), ("nonsense", 422)])
def test_what_is_no_entry_of_ours_is_not_found(console: RunningConsole, entry: str, status: int) -> None:
    assert console.client().get(f"/receipts/{entry}").status_code in (status, 400, 404, 422)


def test_what_is_no_promise_is_refused(console: RunningConsole) -> None:
    refused = console.client().post("/receipts", data={"entry": "1.0", "promise": "{}"}, headers=HTMX)
    assert 'data-field="promise"' in refused.text
