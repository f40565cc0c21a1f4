"""The forms, so that a program can fill them in and show them in its people's language."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter
from msgspec import Struct

from allpoints.bureau.api.messages import READ
from allpoints.bureau.api.problems import REFUSALS
from allpoints.bureau.mailbox.forms import CODES, FORMS, Field, Form, Kind, words
from allpoints.bureau.mailbox.forms.words import Words


class FieldOf(Struct, frozen=True, kw_only=True):
    """One question of a form."""

    name: str
    label: str
    kind: Kind
    required: bool
    many: bool
    """Whether it may hold several values, as a list."""
    most: int
    """Characters of one value."""
    codes: dict[str, str]
    """What each code means, where the kind is `code`."""


class FormOf(Struct, frozen=True, kw_only=True):
    """A form in one language."""

    name: str
    title: str
    answer: str | None
    """The form that replies to it; None for a reply."""
    fields: tuple[FieldOf, ...]


class Forms(Struct, frozen=True, kw_only=True):
    """All forms in one language."""

    language: str
    forms: tuple[FormOf, ...]


@get("/forms", opt=READ, responses=REFUSALS)
async def table(
    language: Annotated[str, Parameter(max_length=20, description="en, fr, es or ar.")] = "en",
) -> Forms:
    """The forms with their fields and codes, in the words of a language."""
    called = words(language)
    return Forms(language=language, forms=tuple(_form(form, called) for form in FORMS.values()))


def _form(form: Form, called: Words) -> FormOf:
    return FormOf(
        name=form.name,
        title=called.forms[form.name],
        answer=form.answer,
        fields=tuple(_field(field, called) for field in form.fields),
    )


def _field(field: Field, called: Words) -> FieldOf:
    meanings = called.codes.get(field.codes, {})
    return FieldOf(
        name=field.name,
        label=called.fields[field.name],
        kind=field.kind,
        required=field.required,
        many=field.many,
        most=field.most,
        codes={code: meanings[code] for code in CODES.get(field.codes, ())},
    )


ROUTES = (table,)
