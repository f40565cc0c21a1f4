"""The table of forms holds together."""

from allpoints.bureau.mailbox.forms import FORMS, Kind


def test_every_request_has_its_reply_and_every_reply_its_request() -> None:
    replies = {form.answer for form in FORMS.values() if form.answer}
    assert replies <= set(FORMS)
    assert set(FORMS) - replies == {form.name for form in FORMS.values() if form.answer}


def test_a_form_asks_each_thing_once_and_something_is_required() -> None:
    for form in FORMS.values():
        names = [field.name for field in form.fields]
        assert len(names) == len(set(names))
        assert any(field.required for field in form.fields)


def test_only_a_field_of_codes_has_a_list() -> None:
    for form in FORMS.values():
        assert all((field.kind is Kind.CODE) == bool(field.codes) for field in form.fields)
