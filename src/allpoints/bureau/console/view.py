"""Pages: templates in a language, whole for a browser that comes, in part for htmx, which replaces a region."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Request, Response
from markupsafe import Markup

from allpoints.bureau.console import assets
from allpoints.bureau.console.administration_words import ADMINISTRATION_WORDS
from allpoints.bureau.console.compression import compressed
from allpoints.bureau.console.evidence_words import EVIDENCE_WORDS
from allpoints.bureau.console.formatting import Formatting, bdi
from allpoints.bureau.console.languages import LANGUAGES, Language, translations
from allpoints.bureau.console.message_words import MESSAGE_WORDS
from allpoints.bureau.console.notice_words import NOTICE_WORDS
from allpoints.bureau.console.security import TOKEN_FIELD
from allpoints.bureau.console.words import WORDS
from allpoints.records import OPERATIONAL_PURPOSES

HTML = "text/html"
_WORDS = WORDS | EVIDENCE_WORDS | MESSAGE_WORDS | NOTICE_WORDS | ADMINISTRATION_WORDS


class View:
    """The templates, one environment for each language."""

    def __init__(self, zone: ZoneInfo, shared: Mapping[str, object]) -> None:
        """`shared` is what every template knows, `zone` the clock that the pages show."""
        self._environments = {each.code: _environment(each, zone, shared) for each in LANGUAGES}

    def render(
        self, language: Language, template: str, context: Mapping[str, object], *, block: str | None = None
    ) -> str:
        """Fill a template, or one block of it."""
        found = self._environments[language.code].get_template(template)
        if block is None:
            return found.render(context)
        return "".join(found.blocks[block](found.new_context(dict(context))))


def answer(
    request: Request[Any, Any, Any],
    html: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A page or a part of one as it travels."""
    body, encoding = compressed(request, html.encode())
    return Response(body, status_code=status, media_type=HTML, headers={**encoding, **(headers or {})})


def is_part(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks, to replace a region of the page that is open."""
    headers = request.headers
    return "hx-request" in headers and headers.get("hx-history-restore-request") != "true"


def _environment(language: Language, zone: ZoneInfo, shared: Mapping[str, object]) -> Environment:
    environment = Environment(
        loader=PackageLoader("allpoints.bureau.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    said = translations(language.code)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        said.gettext, said.ngettext, newstyle=True, pgettext=said.pgettext, npgettext=said.npgettext
    )
    written = Formatting(language, zone)
    environment.filters |= {
        "number": written.number,
        "percent": written.percent,
        "day": written.day,
        "moment": written.moment,
        "since": written.since,
        "due": written.due,
        "duration": written.duration,
        "bdi": bdi,
        "as_json": lambda value: msgspec.json.encode(value).decode(),
    }
    environment.globals |= {
        **shared,
        "language": language,
        "languages": LANGUAGES,
        "static": assets.load().url,
        "word": partial(_word, said.pgettext),
        "say": lambda marked: said.pgettext(*marked),
        "token": _token,
        "all_purposes": OPERATIONAL_PURPOSES,
    }
    environment.globals["things"] = environment.get_template("things.html").module
    return environment


def _word(pgettext: Any, what: str, code: str | None) -> Markup:
    """The word for a code; a code that is newer than this program is shown as such."""
    if code is None:
        return Markup("")
    marked = _WORDS[what].get(code)
    return Markup.escape(pgettext(*marked)) if marked else bdi(code)


@pass_context
def _token(context: Context) -> Markup:
    """What every form that changes something carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, context["session"].csrf)
