"""From what was typed to a message, and from a message to lines in the reader's language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from allpoints.bureau.console.message_forms import (
    draft_of,
    field_named,
    lines,
    path_of,
)
from allpoints.bureau.sealed import Content
from allpoints.errors import InvalidValue

ROME = ZoneInfo("Europe/Rome")


def test_moments_are_typed_by_the_bureaus_clock() -> None:
    typed = {
        "deadline": ["2026-07-01T12:00"],
        "fields.found": ["person"],
        "fields.record": ["17"],
        "fields.urgency": ["gate"],
        "fields.found-at": ["2026-12-01T12:00"],
    }
    draft = draft_of(typed, "confirmation-request", ROME, answers=None, hub=None)
    assert draft.deadline == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert draft.fields["found-at"] == "2026-12-01T11:00:00Z"


def test_several_are_set_apart_by_lines_or_by_anything() -> None:
    typed = {
        "recipients": ["alb, ITA;fra"],
        "references": ["record:17\n\n FILE 7 "],
        "fields.subject": ["phone"],
        "fields.described": ["+39 055 1\n+39 055 2"],
        "fields.information-wanted": ["identity", "location"],
        "fields.offence": ["fraud"],
        "fields.facts": ["…"],
    }
    draft = draft_of(typed, "information-request", ROME, answers=None, hub=None)
    assert draft.recipients == ("ALB", "ITA", "FRA")
    assert draft.references == ("record:17", "FILE 7")
    assert draft.fields["described"] == ["+39 055 1", "+39 055 2"]
    assert draft.fields["information-wanted"] == ["identity", "location"]


@pytest.mark.parametrize("text", ["soon", "0001-01-01T00:00+23:00", "9999-12-31T23:59-23:00"])
def test_a_moment_that_is_none_names_its_field(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        draft_of({"deadline": [text]}, "message", ROME, answers=None, hub=None)
    assert refused.value.field == "deadline"


def test_a_structured_field_is_named_apart_from_the_messages_own() -> None:
    with pytest.raises(InvalidValue) as refused:
        draft_of({"subject": ["x"]}, "information-request", ROME, answers=None, hub=None)
    assert refused.value.field == "fields.subject"
    assert (field_named("attachment"), field_named("deadline"), field_named(None)) == (
        "file",
        "deadline",
        None,
    )


def test_only_what_has_a_page_is_a_link() -> None:
    assert path_of("record:17") == "/records/17"
    assert path_of("message:abc_-1") == "/messages/abc_-1"
    for other in ("javascript:alert(1)", "record:../x", "record:", "FILE 7", "notice:1 2"):
        assert path_of(other) is None


def test_times_are_shown_as_times_and_what_is_unknown_as_it_came() -> None:
    content = Content(
        kind="confirmation-reply",
        thread="0" * 16,
        fields={"hit-outcome": "confirmed", "until": "2026-11-29T05:42:00Z", "mood": "good"},
    )
    outcome, until, mood = lines(content, "fr")
    assert outcome.values != ("confirmed",)
    assert until.values == (datetime(2026, 11, 29, 5, 42, tzinfo=UTC),)
    assert (mood.label, mood.values, mood.known) == ("mood", ("good",), False)
    assert lines(Content(kind="message", thread="0" * 16, text="x"), "en") == []
