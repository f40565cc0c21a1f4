"""The options that describe a person, and the question that they make."""

import inspect
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple, cast, get_args

import typer

from allpoints.errors import InvalidValue
from allpoints.records.people import Name, Person, Sex, checked_person

_PANEL = "Whom to check: everything given is about the same person"


class _Option(NamedTuple):
    name: str
    field: str
    """Of `Person`."""
    help: str
    several: bool = False


_OPTIONS = (
    _Option("name", "names", 'A full name in any script; repeat it for others of the same person. '
            'A comma parts the family name from the rest: "Aliyev, Mukhammed".', several=True),
    _Option("family", "names", "The family name, where it is known to be one."),
    _Option("given", "names", "The given names."),
    _Option("born", "birth", "1970-03-12, 1970-03, 1970, 1970~ (about), 1968/1972 (between), AH 1390-02-15 …"),
    _Option("sex", "sex", "F, M or X."),
    _Option("nationality", "nationalities", "A state's code, such as ALB; repeat it for others.", several=True),
    _Option("birthplace", "birthplace", "Where the person was born."),
    _Option("residence", "residence", "Where the person lives."),
)  # fmt: skip


def options() -> Iterator[inspect.Parameter]:
    """One option for each thing that can be said of a person."""
    for option in _OPTIONS:
        declared = typer.Option(f"--{option.name}", help=option.help, metavar="TEXT", rich_help_panel=_PANEL)
        kind: Any = list[str] if option.several else str
        yield inspect.Parameter(
            option.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[kind | None, declared],
        )


def given(values: Mapping[str, Any]) -> Person | None:
    """The person whom the options describe, checked; None where they describe nobody.

    Raises `InvalidValue` naming the option, for what no hub could take.
    """
    said = [option for option in _OPTIONS if values[option.name] is not None and values[option.name] != []]
    if not said:
        return None
    if not any(option.field == "names" for option in said):
        raise InvalidValue(
            "describes a person without a name", field=f"--{said[0].name}", remedy="Give --name as well."
        )
    names: tuple[Name | str, ...] = tuple(values["name"] or ())
    if values["family"] is not None or values["given"] is not None:
        names += (Name(family=values["family"] or "", given=values["given"] or ""),)
    person = Person(
        names=names,
        birth=values["born"] or "",
        sex=_sex(values["sex"] or ""),
        nationalities=tuple(values["nationality"] or ()),
        birthplace=values["birthplace"] or "",
        residence=values["residence"] or "",
    )
    try:
        return checked_person(person, field="", today=datetime.now(UTC).date())
    except InvalidValue as error:
        raise InvalidValue(error.detail, field=_option_of(error.field, person), remedy=error.remedy) from None


def _sex(text: str) -> Sex:
    for sex in get_args(Sex):
        if sex == text.strip().upper():
            return cast(Sex, sex)
    raise InvalidValue(f"{text!r:.20} is none", field="--sex", remedy="Use one of: F, M, X.")


def _option_of(field: str | None, person: Person) -> str:
    """The option that brought a field such as `.names[1]`."""
    name, _, place = (field or "").lstrip(".").partition("[")
    if name == "names" and place and isinstance(person.names[int(place.partition("]")[0])], Name):
        return "--family, --given"
    return next((f"--{option.name}" for option in _OPTIONS if option.field == name), "check")
