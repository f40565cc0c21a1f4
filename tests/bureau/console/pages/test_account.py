"""One's own account."""

from datetime import timedelta

import pytest
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.console.languages import BY_CODE


@pytest.mark.parametrize("language", BY_CODE)
def test_language_and_theme_are_ones_own_choice(console: RunningConsole, language: str) -> None:
    client = console.client("analyst")
    answer = client.post("/account/preferences", data={"language": language, "theme": "dark"})
    assert answer.status_code == 303
    text = client.get("/account").text
    assert f'lang="{language}" dir="{BY_CODE[language].direction}" data-theme="dark"' in text


@pytest.mark.parametrize(
    "chosen", [{"language": "de"}, {"theme": "pink"}, {"language": "<b>"}, {"theme": ""}]
)
def test_what_there_is_not_is_refused(console: RunningConsole, chosen: dict[str, str]) -> None:
    answer = console.client().post("/account/preferences", data={"language": "en", "theme": "light"} | chosen)
    assert answer.status_code == 422


def test_one_reads_what_others_see_of_one(console: RunningConsole) -> None:
    text = console.client("operator").get("/account").text
    assert "u-operator" in text
    assert "restricted" in text


def test_a_passkey_is_asked_for_and_nonsense_is_not_kept(console: RunningConsole) -> None:
    client = console.client()
    assert client.get("/account/passkeys/new").json()["challenge"]
    assert client.post("/account/passkeys?label=mine", content="{}").status_code == 422
    assert client.post("/account/passkeys/zz/removal").status_code == 422
    assert client.post("/account/passkeys/00/removal").status_code == 404


def test_only_who_has_just_signed_in_adds_a_passkey(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = console.client()
    assert "data-passkey" in client.get("/account").text
    monkeypatch.setattr("allpoints.bureau.people.sessions.FRESH", timedelta(0))
    assert "data-passkey" not in client.get("/account").text
    assert client.get("/account/passkeys/new").status_code == 403


def test_a_password_is_changed_by_who_knows_the_old_one(console: RunningConsole) -> None:
    """The people of the fixture have none: whatever is typed is not it."""
    client = console.client("examiner")
    typed = {"password": "x", "code": "1", "new": "a new and quiet password"}
    assert client.post("/account/password", data=typed).status_code == 401
    assert client.post("/account/password", data=typed | {"new": "short"}).status_code == 422
    assert client.get("/account").status_code == 200
