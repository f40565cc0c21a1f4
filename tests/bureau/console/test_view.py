"""Templates are filled in every language, and whatever is put into them comes out as text."""

from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from allpoints.bureau.console.languages import BY_CODE, LANGUAGES
from allpoints.bureau.console.view import View

VIEW = View(ZoneInfo("UTC"), {"bureau": "<b>", "synthetic": False})
SIGN_IN = {
    "session": None,
    "theme": "system",
    "problem": None,
    "next": '"><script>alert(1)</script>',
    "next_quoted": "/",
    "name": "'\"><img src=x onerror=alert(1)>",
    "openid": True,
}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_a_page_is_in_its_language_and_direction(language: object) -> None:
    html = VIEW.render(language, "sign-in.html", SIGN_IN)  # type: ignore[arg-type]
    assert f'<html lang="{language.code}" dir="{language.direction}"' in html  # type: ignore[attr-defined]


def test_what_is_typed_comes_out_as_text() -> None:
    html = VIEW.render(BY_CODE["en"], "sign-in.html", SIGN_IN)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "<b>" not in html


def test_a_name_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        VIEW.render(BY_CODE["en"], "sign-in.html", {"session": None})
