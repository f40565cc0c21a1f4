"""The options that describe a person. None of these tests needs a hub."""

from typing import Any

import pytest
from tests.cli.conftest import Run

from allpoints.cli import people
from allpoints.errors import InvalidValue
from allpoints.records.people import Name, Person

NOTHING: dict[str, Any] = {option.name: None for option in people.options()}


def person(**values: Any) -> Person | None:
    return people.given(NOTHING | values)


def refused(**values: Any) -> InvalidValue:
    with pytest.raises(InvalidValue) as error:
        person(**values)
    return error.value


def test_options_make_one_description() -> None:
    assert person(
        name=["Мұхаммед Әлиев", "Mukhammed Aliyev"],
        family="Aliyev",
        given="Mohammed",
        born="12 March 1970",
        sex="m",
        nationality=["kaz", "RUS"],
        birthplace=" Shymkent ",
        residence="Oral",
    ) == Person(
        names=("Мұхаммед Әлиев", "Mukhammed Aliyev", Name(family="Aliyev", given="Mohammed")),
        birth="1970-03-12",
        sex="M",
        nationalities=("KAZ", "RUS"),
        birthplace="Shymkent",
        residence="Oral",
    )


def test_nothing_said_describes_nobody() -> None:
    assert person() is None
    assert person(name=[], nationality=[]) is None


@pytest.mark.parametrize(
    ("values", "option"),
    [
        ({"name": [""]}, "--name"),
        ({"name": ["Anna", " "]}, "--name"),
        ({"name": ["x" * 5_000]}, "--name"),
        ({"name": ["😀👮"]}, "--name"),
        ({"name": ["12345"]}, "--name"),
        ({"name": ["Anna"] * 33}, "--name"),
        ({"family": "", "given": ""}, "--family, --given"),
        ({"name": ["Anna"], "born": "2999-01-01"}, "--born"),
        ({"name": ["Anna"], "born": "soon"}, "--born"),
        ({"name": ["Anna"], "nationality": ["XQX"]}, "--nationality"),
        ({"name": ["Anna"], "sex": "female"}, "--sex"),
        ({"name": ["Anna"], "birthplace": "x" * 201}, "--birthplace"),
        ({"born": "1970"}, "--born"),
        ({"nationality": ["ALB"]}, "--nationality"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_option(values: dict[str, Any], option: str) -> None:
    error = refused(**values)
    assert error.field == option
    assert error.remedy


def test_what_turns_the_direction_of_writing_is_left_out() -> None:
    assert person(name=["\u202eAnna\u202c\u0007 Hoxha\u2066"]) == Person(names=("Anna Hoxha",))


def test_every_option_has_its_help(run: Run) -> None:
    text = run("check", "--help").out
    assert [option.name for option in people.options() if f"--{option.name}" not in text] == []


def test_a_bad_person_is_refused_before_any_hub_is_asked(run: Run) -> None:
    """There is no profile here, so that anything else would complain about the hub."""
    ended = run("check", "--name", "Anna", "--born", "03/04/1970")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("--born: day and month cannot be told apart\nWrite ")
    assert run("check", "--many", "x", "--name", "Anna").err.startswith("--many: ")
