"""Forms that were filled in: held to the table by the writer, shown whole and in the reader's language."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.bureau.mailbox.forms import FORMS, LANGUAGES, check, show, title
from allpoints.errors import InvalidValue, NotFound

REQUEST = {
    "subject": "phone",
    "described": ["+355 69 123 4567"],
    "information-wanted": ["subscriber", "contacts"],
    "offence": ["abduction"],
    "facts": "Звонок с угрозами",
}


def shown(
    language: str, fields: dict[str, Any], form: str = "information-request"
) -> dict[str, tuple[str, ...]]:
    return {line.label: line.values for line in show(form, fields, language)}


@pytest.mark.parametrize(
    ("language", "label", "values"),
    [
        ("en", "What is asked for", ("the subscriber", "contacts")),
        ("fr", "Ce qui est demandé", ("titulaire de l’abonnement", "relations")),
        ("es", "Qué se solicita", ("titular del abono", "contactos")),
        ("ar", "المطلوب", ("المشترك", "جهات الاتصال")),
    ],
)
def test_codes_and_labels_show_in_the_readers_language(
    language: str, label: str, values: tuple[str, ...]
) -> None:
    assert shown(language, check("information-request", REQUEST))[label] == values


def test_what_people_wrote_stays_as_they_wrote_it() -> None:
    for language in LANGUAGES:
        assert ("Звонок с угрозами",) in shown(language, REQUEST).values()


def test_a_title_is_in_the_readers_language_and_an_unknown_one_stays_a_name() -> None:
    assert title("urgent-assistance", "es") == "Solicitud de asistencia urgente"
    assert title("form-of-2040", "es") == "form-of-2040"


def test_empty_fields_are_left_out_and_one_value_needs_no_list() -> None:
    checked = check("information-request", REQUEST | {"described": " +355 ", "contact": "", "from": None})
    assert checked["described"] == ["+355"]
    assert "contact" not in checked
    assert "from" not in checked


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "ghost"),
        ("subject", ["phone"]),
        ("facts", ""),
        ("facts", "x" * 8_001),
        ("offence", ["abduction", "yawning"]),
        ("described", ["x"] * 51),
        ("from", "1980-02-30"),
        ("from", "80-02-01"),
        ("to", "1980-13"),
        ("facts", 7),
        ("colour", "red"),
    ],
)
def test_a_writer_is_held_to_the_table(field: str, value: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        check("information-request", REQUEST | {field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ("confirmation-request", "record", "12a"),
        ("confirmation-request", "found-at", "2026-11-29"),
        ("confirmation-request", "found-at", "2026-11-29T05:42:00"),
        ("identity-request", "nationality", ["ALB", "QQQ"]),
    ],
)
def test_numbers_moments_and_states_are_checked(form: str, field: str, value: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        check(form, {field: value})
    assert refused.value.field == field


def test_an_unknown_form_is_refused_by_its_name() -> None:
    with pytest.raises(NotFound, match="no form 'invitation'"):
        check("invitation", {})


def test_what_a_newer_version_wrote_is_shown_raw_and_marked() -> None:
    fields = REQUEST | {"subject": "drone", "altitude": {"m": 120}, "described": 5}
    lines = {line.name: line for line in show("information-request", fields, "fr")}
    assert (lines["subject"].values, lines["subject"].known) == (("drone",), False)
    assert (lines["altitude"].values, lines["altitude"].known) == (("{'m': 120}",), False)
    assert (lines["described"].values, lines["described"].known) == (("5",), False)
    assert lines["offence"].known


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_at_the_ends_of_the_calendar_is_refused_and_shown_as_it_came(moment: str) -> None:
    with pytest.raises(InvalidValue):
        check("confirmation-request", {"found-at": moment})
    [line] = show("confirmation-request", {"found-at": moment}, "en")
    assert (line.values, line.known) == ((moment,), False)


def test_a_form_that_nobody_knows_is_shown_whole() -> None:
    assert [line.known for line in show("form-of-2040", {"a": "b", "c": ["d", "e"]}, "ar")] == [False, False]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=40)
@given(
    form=st.sampled_from([*FORMS, "form-of-2040"]),
    fields=st.dictionaries(
        st.sampled_from(sorted({f.name for form in FORMS.values() for f in form.fields})) | st.text(), JSON
    ),
    language=st.sampled_from(LANGUAGES),
)
def test_nothing_that_came_is_lost_or_breaks_the_reader(
    form: str, fields: dict[str, Any], language: str
) -> None:
    assert {line.name for line in show(form, fields, language)} == set(fields)
