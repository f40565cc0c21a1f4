"""What is refused says which field and what to do; what breaks says nothing of what broke it."""

import pytest
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.console.problems import TITLES
from allpoints.errors import Defect, InvalidValue


def test_a_wrong_field_is_named_with_the_remedy(console: RunningConsole) -> None:
    answer = console.client().post("/account/preferences", data={"language": "de", "theme": "dark"})
    assert answer.status_code == 422
    assert 'data-field="language"' in answer.text
    assert "<!doctype html>" in answer.text


def test_htmx_gets_the_region_alone_so_that_the_form_stays_as_typed(console: RunningConsole) -> None:
    answer = console.client().post(
        "/account/preferences", data={"language": "en", "theme": "pink"}, headers={"hx-request": "true"}
    )
    assert (answer.status_code, answer.headers["hx-retarget"]) == (422, "#problem")
    assert answer.text.strip().startswith('<div id="problem"')
    assert 'data-field="theme"' in answer.text


def test_a_page_that_is_not_there_is_a_page(console: RunningConsole) -> None:
    answer = console.client().get("/nowhere")
    assert answer.status_code == 404
    assert "nav" in answer.text


def test_a_missing_field_is_named(console: RunningConsole) -> None:
    answer = console.client().post("/account/preferences", data={})
    assert answer.status_code == 422
    assert 'data-field="language"' in answer.text


def test_a_defect_shows_nothing_of_itself(console: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("planted secret")

    monkeypatch.setattr(console.node.desk, "matters", broken)
    answer = console.client().get("/")
    assert answer.status_code == 500
    assert "planted" not in answer.text
    assert "ZeroDivision" not in answer.text


def test_the_reader_is_told_in_the_readers_language(console: RunningConsole) -> None:
    answer = console.client(language="fr").get("/nowhere")
    assert "vous n’y avez pas accès" in answer.text or "vous n&#39;y avez pas accès" in answer.text


def test_every_status_of_ours_has_a_title() -> None:
    assert InvalidValue.status in TITLES
    assert Defect.status in TITLES
