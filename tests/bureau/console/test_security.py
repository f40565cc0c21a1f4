"""What keeps others out: headers on every answer, no request of another site, no cookie of another node."""

from typing import Any

import httpx
import pytest
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.console.security import HEADERS, POLICY, TOKEN_FIELD, TOKEN_HEADER, cookie_name

EVERYWHERE = ["/", "/sign-in", "/nowhere", "/static/x/y.js", "/inbox/999999", "/live?x", "/drafts/x"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_says_what_the_browser_may_do(console: RunningConsole, path: str) -> None:
    with httpx.Client(base_url=console.url) as stranger:
        answer = stranger.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"]


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert all(source in ("'none'", "'self'") for part in POLICY.split("; ") for source in part.split()[1:])


def test_pages_are_kept_by_nobody(console: RunningConsole) -> None:
    assert console.client().get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_sites_page_sends_is_refused(console: RunningConsole, site: str) -> None:
    """Another program on the same machine, at another port, is `same-site`."""
    client = console.client()
    refused = client.post(
        "/account/preferences", data={"language": "fr", "theme": "dark"}, headers={"sec-fetch-site": site}
    )
    assert refused.status_code == 403
    assert client.get("/", headers={"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}).status_code == 403
    assert client.get("/", headers={"sec-fetch-site": site, "sec-fetch-mode": "navigate"}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", ""])
def test_a_browser_that_only_says_the_origin_is_believed(console: RunningConsole, origin: str) -> None:
    refused = console.client().post("/sign-out", headers={"origin": origin})
    assert refused.status_code == 403


def test_a_request_that_says_nothing_of_where_it_comes_from_is_refused(console: RunningConsole) -> None:
    client = console.client()
    del client.headers["origin"]
    assert client.post("/sign-out").status_code == 403


@pytest.mark.parametrize("token", [None, "", "x", "é"])
def test_without_the_sessions_token_nothing_is_changed(console: RunningConsole, token: str | None) -> None:
    client = console.client()
    own = client.headers.pop(TOKEN_HEADER)
    typed: dict[str, Any] = {"language": "fr", "theme": "dark"}
    if token is not None:
        typed[TOKEN_FIELD] = token
    refused = client.post("/account/preferences", data=typed)
    assert refused.status_code == 403
    assert client.post("/account/preferences", data=typed | {TOKEN_FIELD: own}).status_code == 303


def test_a_token_of_another_session_is_not_taken(console: RunningConsole) -> None:
    client, other = console.client(), console.sign_in("supervisor")
    assert client.post("/sign-out", headers={TOKEN_HEADER: other.token}).status_code == 403


def test_a_cookie_of_another_node_opens_nothing(console: RunningConsole) -> None:
    with httpx.Client(base_url=console.url, headers={"accept": "text/html"}) as stranger:
        for name, value in [
            (console.cookie_name, "of-another-node"),
            (cookie_name("FRA", "elsewhere", secure=False), console.sign_in().cookie),
        ]:
            answer = stranger.get("/", cookies={name: value})
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


def test_each_node_has_a_cookie_of_its_own() -> None:
    names = {cookie_name(*who, secure=False) for who in [("ALB", "/a"), ("ALB", "/b"), ("FRA", "/a")]}
    assert len(names) == 3
    assert cookie_name("ALB", "/a", secure=True).startswith("__Host-")


def test_the_cookie_is_for_the_server_alone(console: RunningConsole) -> None:
    answer = console.client().post("/session/capacity", data={"capacity": "operator border-control"})
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/"))


def test_a_form_is_as_large_as_a_form_is(console: RunningConsole) -> None:
    answer = console.client().post("/account/preferences", data={"language": "x" * (2 << 20)})
    assert answer.status_code == 413


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE"])
def test_other_methods_are_refused(console: RunningConsole, method: str) -> None:
    assert console.client().request(method, "/account").status_code in (403, 404, 405)
