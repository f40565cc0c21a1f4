"""A person as evidence."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue
from allpoints.modalities.names import compare, person, prepared
from allpoints.records.people import MAX_NAME, Name, NameKind, Person


def test_a_description_is_kept_in_canonical_form() -> None:
    described = person("  Anna   Berg ", born="12.03.1970", nationalities=("deu",), birthplace=" Bremen ")
    assert described == Person(
        names=("Anna Berg",), birth="1970-03-12", nationalities=("DEU",), birthplace="Bremen"
    )


@pytest.mark.parametrize(
    ("names", "said", "field"),
    [
        ((), {}, "names"),
        (("",), {}, "names[0]"),
        (("Anna", " "), {}, "names[1]"),
        (("1234",), {}, "names[0]"),
        (("😀",), {}, "names[0]"),
        (("\u202e\u200f",), {}, "names[0]"),
        *(((letter,), {}, "names[0]") for letter in "ـʼʹꞌﾞ"),
        *((("Anna", letter), {}, "names[1]") for letter in "ـʼʹꞌﾞ"),
        (("Anna", Name(family="ـ", given="ʼ")), {}, "names[1]"),
        (("x" * (MAX_NAME + 1),), {}, "names[0]"),
        (("x" * 5_000,), {}, "names[0]"),
        (("Anna",), {"born": str((datetime.now(UTC) + timedelta(days=3)).date())}, "birth"),
        (("Anna",), {"born": "yesterday"}, "birth"),
        (("Anna",), {"sex": "W"}, "sex"),
        (("Anna",), {"nationalities": ("ZZZ",)}, "nationalities[0]"),
        (("Anna",), {"birthplace": "x" * 500}, "birthplace"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    names: tuple[str, ...], said: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        person(*names, **said)
    assert refused.value.field == f"person.{field}"
    assert refused.value.remedy


@given(st.lists(st.text(max_size=250), max_size=3), st.text(max_size=12))
def test_any_text_gets_an_answer_or_a_clear_error(names: list[str], born: str) -> None:
    with suppress(AllpointsError):
        described = person(*names, born=born)
        assert 0 < compare(described, described).score < 1


def test_a_description_is_prepared_once() -> None:
    ready = prepared(person("Anna Berg"))
    assert prepared(ready) is ready
    assert prepared(person("Anna Berg")) is ready


def test_a_name_may_be_given_in_parts() -> None:
    in_parts = person(Name(family="Berg", given="Anna"))
    assert compare(in_parts, person("Anna Berg")).score > 0.9


def test_a_maiden_name_that_stands_alone_takes_the_given_names() -> None:
    template = prepared(person("Anna Maria Holm", Name(family="Berg", kind=NameKind.MAIDEN)))
    assert [part.word for part in template.names[1][0].parts] == ["anna", "maria", "berg"]
    whole = prepared(person("Anna Holm", Name(text="Ina Berg", kind=NameKind.MAIDEN)))
    assert [part.word for part in whole.names[1][0].parts] == ["ina", "berg"]
    alone = prepared(person(Name(family="Berg", kind=NameKind.MAIDEN)))
    assert [part.word for part in alone.names[0][0].parts] == ["berg"]
