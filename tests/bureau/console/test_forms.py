"""Forms are typed, and what is wrong names its field."""

from typing import Annotated, Any, Literal

import pytest
from litestar.datastructures import FormMultiDict
from msgspec import Meta, Struct

from allpoints.bureau.console.forms import read_form, whole_number
from allpoints.errors import InvalidValue


class Thing(Struct, frozen=True):
    name: Annotated[str, Meta(max_length=5)]
    number: int = 3
    ticked: bool = False
    colour: Literal["red", "blue"] = "red"
    tags: tuple[str, ...] = ()


class _Request:
    def __init__(self, *fields: tuple[str, Any]) -> None:
        self._fields = fields

    async def form(self) -> FormMultiDict:
        return FormMultiDict(self._fields)


async def read(*fields: tuple[str, Any]) -> Thing:
    return await read_form(_Request(*fields), Thing)  # type: ignore[arg-type]


async def test_what_is_typed_becomes_what_it_means() -> None:
    thing = await read(
        ("name", " abc "), ("number", "7"), ("ticked", "true"), ("tags", "a"), ("tags", "b"), ("_token", "x")
    )
    assert thing == Thing("abc", 7, True, "red", ("a", "b"))


async def test_what_is_left_empty_takes_the_default() -> None:
    assert await read(("name", "a"), ("number", ""), ("tags", " ")) == Thing("a")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ([], "name"),
        ([("name", "  ")], "name"),
        ([("name", "too long")], "name"),
        ([("name", "a"), ("number", "x")], "number"),
        ([("name", "a"), ("colour", "green")], "colour"),
        ([("name", "a"), ("ticked", "perhaps")], "ticked"),
    ],
)
async def test_what_is_wrong_names_its_field(fields: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        await read(*fields)
    assert refused.value.field == field


@pytest.mark.parametrize(("text", "number"), [("07", 7), ("", None), ("-1", None), ("²", None), ("٣", None)])
def test_a_whole_number_is_made_of_digits(text: str, number: int | None) -> None:
    assert whole_number(text) == number


def test_a_whole_number_is_no_longer_than_a_database_counts() -> None:
    assert whole_number("9" * 18) == 10**18 - 1
    assert whole_number("9" * 19) is None
