"""People as records and checks describe them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.records.people import (
    MAX_NAME,
    MAX_NAMES,
    Name,
    NameKind,
    Person,
    checked_names,
    checked_nationalities,
    checked_place,
    named,
)

LETTERS = st.text(min_size=1, max_size=MAX_NAME).filter(lambda text: any(c.isalpha() for c in text))


@given(st.text(max_size=MAX_NAME + 20))
def test_whatever_is_written_is_taken_or_refused_by_its_field(text: str) -> None:
    refused: InvalidValue | None = None
    try:
        [name] = checked_names((text,), field="names")
    except InvalidValue as error:
        refused = error
    if refused:
        assert refused.field == "names[0]"
        assert refused.remedy
    else:
        assert str(name)
        assert checked_names((name,), field="names") == (name,)


@pytest.mark.parametrize("nothing", ["", "   ", "123", "👮", "\u202e", "<<<", "-"])
def test_a_name_has_a_letter(nothing: str) -> None:
    with pytest.raises(InvalidValue, match="without letters"):
        checked_names(("Anna", nothing), field="names")


def test_a_name_of_five_thousand_characters_is_refused() -> None:
    with pytest.raises(InvalidValue, match="at most 200 characters") as refused:
        checked_names(("a" * 5_000,), field="names")
    assert refused.value.field == "names[0]"


def test_there_are_not_endless_names() -> None:
    with pytest.raises(InvalidValue, match="more than 32 names"):
        checked_names(("Anna",) * (MAX_NAMES + 1), field="names")


def test_what_hides_or_reorders_a_name_is_taken_out() -> None:
    assert checked_names(("Ali\u202e\u0000 Veli\u200b",), field="names") == ("Ali Veli",)


def test_the_joiners_that_persian_spells_with_stay() -> None:
    assert checked_names(("احمدی\u200cنژاد",), field="names") == ("احمدی\u200cنژاد",)


def test_parts_are_checked_and_tidied_like_the_whole() -> None:
    [name] = checked_names((Name(family=" Al  Asad ", given="Bashar", kind=NameKind.ALIAS),), field="names")
    assert str(name) == "Bashar Al Asad"
    assert named(name).kind is NameKind.ALIAS


def test_a_plain_text_is_a_primary_name() -> None:
    assert named("Anna Ek") == Name(text="Anna Ek", kind=NameKind.PRIMARY)


def test_a_person_is_written_with_plain_names_where_they_are_plain() -> None:
    person = Person(names=("Anna Ek", Name(text="Berg", kind=NameKind.MAIDEN)), birth="1970")
    assert msgspec.json.decode(msgspec.json.encode(person), type=Person) == person
    assert b'"Anna Ek"' in msgspec.json.encode(person)


def test_nationalities_are_states() -> None:
    assert checked_nationalities(("fra", " Ita"), field="nationalities") == ("FRA", "ITA")
    with pytest.raises(InvalidValue) as refused:
        checked_nationalities(("FRA", "QQQ"), field="nationalities")
    assert refused.value.field == "nationalities[1]"


def test_a_place_is_tidied_and_bounded() -> None:
    assert checked_place("  Aix   en Provence ", field="birthplace") == "Aix en Provence"
    with pytest.raises(InvalidValue, match="at most 200"):
        checked_place("x" * 201, field="birthplace")
