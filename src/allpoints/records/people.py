"""A person as records and checks describe one: names in any script, birth, sex, nationalities, places."""

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from allpoints.errors import InvalidValue
from allpoints.records.births import parse_birth
from allpoints.records.states import issuing_state

MAX_NAMES = 32
MAX_NAME = 200
"""Characters of one name: the longest on record are under a hundred and fifty."""
MAX_PLACE = 200
MAX_NATIONALITIES = 8

Sex = Literal["", "F", "M", "X"]


class NameKind(StrEnum):
    """What sort of name it is, and so how much its agreement means."""

    PRIMARY = "primary"
    """The person's name, in any script; a transliteration of it is one too."""
    MAIDEN = "maiden"
    """A former family name, alone or within the full name."""
    ALIAS = "alias"
    """A name the person is known by, of good quality."""
    WEAK_ALIAS = "weak-alias"
    """A nickname, a nom de guerre, a name of low quality: it finds, but supports little."""
    DOCUMENT = "document"
    """As a machine-readable zone prints it: transliterated by ICAO's tables, perhaps cut off."""


class Name(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One name, whole in `text` or in parts; what is not known stays empty.

    A comma in `text` parts the family name from the rest, as in `ALIYEV, Mukhammed`.
    """

    text: str = ""
    family: str = ""
    given: str = ""
    patronymic: str = ""
    kind: NameKind = NameKind.PRIMARY
    truncated: bool = False
    """The end may be missing: a document had no room for it."""

    def __str__(self) -> str:
        return self.text or " ".join(filter(None, (self.given, self.patronymic, self.family)))


class Person(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="person",
):
    """A description of one person: what a check brings along, or what a record holds.

    `names` are this one person's, the main one first; a plain text stands for a primary name. `birth` is a
    date of birth as `births.parse_birth` reads it, such as `1970-03-12`, `1970-03`, `1970`, `1970~` or
    `1968/1972`. What is not known stays empty.
    """

    names: tuple[Name | str, ...]
    birth: str = ""
    sex: Sex = ""
    nationalities: tuple[str, ...] = ()
    birthplace: str = ""
    residence: str = ""
    """Where the person lives or lived last: an address, a town, a postcode."""


def named(name: Name | str) -> Name:
    """Return the name as a `Name`."""
    return Name(text=name) if isinstance(name, str) else name


def checked_names(names: tuple[Name | str, ...], *, field: str) -> tuple[Name | str, ...]:
    """Return the names without needless blanks.

    Raises `InvalidValue`, naming the name, for one that is empty, too long or without a letter.
    """
    if len(names) > MAX_NAMES:
        raise InvalidValue(
            f"more than {MAX_NAMES} names", field=field, remedy="Give those that the person is known by."
        )
    return tuple(_checked_name(name, f"{field}[{i}]") for i, name in enumerate(names))


def checked_nationalities(codes: tuple[str, ...], *, field: str) -> tuple[str, ...]:
    """Return the states' codes in canonical form. Raises `InvalidValue` for one that is none."""
    if len(codes) > MAX_NATIONALITIES:
        raise InvalidValue(f"more than {MAX_NATIONALITIES} nationalities", field=field)
    return tuple(issuing_state(code.strip().upper(), field=f"{field}[{i}]") for i, code in enumerate(codes))


def checked_place(place: str, *, field: str) -> str:
    """Return the place without needless blanks. Raises `InvalidValue` for one that is too long."""
    if len(place) > MAX_PLACE:
        raise InvalidValue(f"a place has at most {MAX_PLACE} characters", field=field)
    return " ".join(place.split())


def checked_person(person: Person, *, field: str, today: date) -> Person:
    """Return the description in canonical form.

    Raises `InvalidValue` naming what is wrong, such as `evidence[1].names[0]` or `evidence[1].birth`.
    """
    if not person.names:
        raise InvalidValue(
            "a person is searched by name", field=f"{field}.names", remedy="Give at least one name."
        )
    return msgspec.structs.replace(
        person,
        names=checked_names(person.names, field=f"{field}.names"),
        birth=str(parse_birth(person.birth, field=f"{field}.birth", today=today)),
        nationalities=checked_nationalities(person.nationalities, field=f"{field}.nationalities"),
        birthplace=checked_place(person.birthplace, field=f"{field}.birthplace"),
        residence=checked_place(person.residence, field=f"{field}.residence"),
    )


def _checked_name(name: Name | str, field: str) -> Name | str:
    texts = (name,) if isinstance(name, str) else (name.text, name.family, name.given, name.patronymic)
    if any(len(text) > MAX_NAME for text in texts):
        raise InvalidValue(
            f"a name has at most {MAX_NAME} characters", field=field, remedy="Leave out titles and addresses."
        )
    if not any(unicodedata.category(character).startswith("L") for text in texts for character in text):
        raise InvalidValue("a name without letters", field=field, remedy="Write at least one letter.")
    if any(unicodedata.category(character) == "Cs" for text in texts for character in text):
        raise InvalidValue("a lone surrogate is no character", field=field)
    if isinstance(name, str):
        return _tidy(name)
    parts = {part: _tidy(getattr(name, part)) for part in ("text", "family", "given", "patronymic")}
    return msgspec.structs.replace(name, **parts)


def _tidy(text: str) -> str:
    """Without control and format characters, which hide or reorder what is read, and needless blanks."""
    kept = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in text
        if unicodedata.category(character) != "Cf" or character in "\u200c\u200d"
    )
    return " ".join(kept.split())
