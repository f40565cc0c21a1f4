"""One works in one role for one purpose, in sight; signing out leaves nothing."""

import pytest
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.console.pages.session import own_path


def test_one_goes_on_for_another_purpose_in_a_new_session(console: RunningConsole) -> None:
    client = console.client("operator", "border-control")
    answer = client.post("/session/capacity", data={"capacity": "operator vehicle-crime", "next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert console.cookie_name in answer.cookies
    assert "vehicle crime" in client.get("/account").text


@pytest.mark.parametrize(
    "capacity",
    ["supervisor border-control", "operator administration", "operator", "a b c", "x y", "operator <script>"],
)
def test_what_is_not_ones_own_is_refused(console: RunningConsole, capacity: str) -> None:
    answer = console.client().post("/session/capacity", data={"capacity": capacity})
    assert answer.status_code in (403, 422)
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session_and_its_drafts(console: RunningConsole) -> None:
    client = console.client("analyst")
    client.put("/drafts/f", json={"a": ["typed"]})
    cookie = client.cookies[console.cookie_name]
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert answer.headers["clear-site-data"] == '"storage"'
    client.cookies.set(console.cookie_name, cookie)
    assert client.get("/").status_code == 303, "the old cookie opens nothing"
    assert console.client("analyst").get("/drafts/f").json() is None


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/account?x=1", "/account?x=1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x", "/"),
        ("", "/"),
    ],
)
def test_one_is_led_on_within_the_console_only(asked: str, path: str) -> None:
    assert own_path(asked) == path


def test_one_is_led_on_to_a_path_in_any_script(console: RunningConsole) -> None:
    on = {"capacity": "operator border-control", "next": "/日本?hub=b&x=%C3%A9"}
    answer = console.client().post("/session/capacity", data=on)
    assert answer.headers["location"] == "/%E6%97%A5%E6%9C%AC?hub=b&x=%C3%A9"


def test_who_goes_on_in_another_role_stays_on_the_page_and_at_its_hub(console: RunningConsole) -> None:
    page = console.client().get("/messages/new?about=record:1&hub=lyon").text
    assert 'name="next" value="/messages/new?about=record:1&amp;hub=lyon"' in page
