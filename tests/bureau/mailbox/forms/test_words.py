"""Each language names every form, field and code, and nothing else: nobody reads a code where a word should stand."""

import pytest

from allpoints.bureau.mailbox.forms import CODES, FORMS, LANGUAGES, Kind, words
from allpoints.errors import NotFound


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_complete_and_has_nothing_to_spare(language: str) -> None:
    table = words(language)
    assert set(table.forms) == set(FORMS)
    assert set(table.fields) == {field.name for form in FORMS.values() for field in form.fields}
    assert {name: set(codes) for name, codes in table.codes.items()} == {
        name: set(codes) for name, codes in CODES.items()
    }
    said = [
        *table.forms.values(),
        *table.fields.values(),
        *(w for c in table.codes.values() for w in c.values()),
    ]
    assert all(word == word.strip() and word for word in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_codes_of_a_list_and_no_two_fields_of_a_form_are_called_the_same(language: str) -> None:
    table = words(language)
    for codes in table.codes.values():
        assert len(set(codes.values())) == len(codes)
    for form in FORMS.values():
        labels = [table.fields[field.name] for field in form.fields]
        assert len(set(labels)) == len(labels), form.name


def test_a_language_without_a_table_is_refused() -> None:
    with pytest.raises(NotFound, match="no table for 'eo'"):
        words("eo")


def test_every_list_of_codes_belongs_to_a_field() -> None:
    used = {f.codes for form in FORMS.values() for f in form.fields if f.kind is Kind.CODE}
    assert used == set(CODES)
