"""From a draft to a content."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import msgspec
import pytest

from allpoints.bureau.mailbox.composing import (
    CLOCKED,
    REQUESTS,
    Draft,
    check_deadline,
    check_form,
    compose,
    digest_of,
    names_of,
    recipients_of,
    replies_to,
    words_of,
)
from allpoints.bureau.mailbox.forms import FORMS
from allpoints.bureau.sealed import Content
from allpoints.errors import InvalidValue, NotFound, TooLarge

THREAD = "t" * 22


def test_a_draft_opens_a_thread_of_its_own() -> None:
    first, second = (compose(Draft(text="x"), "u-1", None, ()) for _ in range(2))
    assert first.thread != second.thread
    assert (first.kind, first.author, first.in_reply_to) == ("message", "u-1", None)


def test_references_are_trimmed_and_named_once() -> None:
    draft = Draft(text="x", references=(" record:1", "record:1", " ", "c"))
    assert compose(draft, "u", None, ()).references == ("record:1", "c")


def test_recipients_are_each_named_once_in_order() -> None:
    assert recipients_of(Draft(recipients=("ITA", "fra", "FRA")), "ALB", None) == ("FRA", "ITA")
    with pytest.raises(InvalidValue, match="itself"):
        recipients_of(Draft(recipients=("ITA", "ALB")), "ALB", None)


def test_an_unknown_form_and_a_text_that_is_too_long_are_refused() -> None:
    with pytest.raises(NotFound):
        compose(Draft(form="love-letter", fields={"a": "b"}), "u", None, ())
    with pytest.raises(TooLarge):
        compose(Draft(text="x" * 300_000), "u", None, ())


def test_every_request_but_that_of_the_clock_can_be_written_and_answered() -> None:
    answered = {name for name, form in FORMS.items() if form.answer}
    assert set(REQUESTS) == {"message", *answered} - set(CLOCKED)
    assert replies_to("identity-request") == ("identity-reply", "message")
    for kind in ("message", "confirmation-request", "identity-reply", "a-newer-form"):
        assert replies_to(kind) == ("message",)
    check_form("identity-reply", "identity-request")
    for form, answers in (("identity-reply", None), ("identity-reply", "message"), (CLOCKED[0], None)):
        with pytest.raises(NotFound):
            check_form(form, answers)


def test_a_digest_names_what_is_asked_for_in_whatever_order_it_was_written() -> None:
    one = digest_of(Draft(text="x", fields={"a": "1", "b": "2"}))
    assert digest_of(Draft(text="x", fields={"b": "2", "a": "1"})) == one
    assert digest_of(Draft(text="x", fields={"a": "1", "b": "3"})) != one


def test_a_digest_stays_as_it_is_when_drafts_get_more_fields() -> None:
    written = {"recipients": ["FRA"], "text": "x", "deadline": "2026-11-30T09:00:00Z"}
    expected = sha256(b'{"deadline":"2026-11-30T09:00:00Z","recipients":["FRA"],"text":"x"}').digest()
    assert digest_of(msgspec.convert(written, Draft)) == expected
    spelt_out = json.dumps({**written, "form": "message", "priority": "routine", "fields": {}, "hub": None})
    assert digest_of(msgspec.json.decode(spelt_out, type=Draft)) == expected


def test_a_deadline_beyond_the_calendar_of_utc_is_refused() -> None:
    last = datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=1)))
    with pytest.raises(InvalidValue):
        check_deadline(Draft(deadline=last), datetime.now(UTC))


def test_every_text_in_the_fields_is_searched_whatever_version_wrote_it() -> None:
    fields = {"new": {"deep": ["Ёж", 7, None, {"er": "Igel"}]}, "long": "x" * 1_000}
    content = Content(kind="form-of-tomorrow", thread=THREAD, text="body", fields=fields)
    assert words_of(content).split()[:3] == ["body", "еж", "igel"]
    names = names_of(content, "m" * 22, ("ALB", "FRA"))
    assert "еж igel" in names
    assert "x" * 301 not in names
