"""A person as evidence: described by a caller, made ready to be compared."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import get_args

import msgspec

from allpoints.errors import InvalidValue
from allpoints.modalities.names.parts import ParsedName, PartRole, parses
from allpoints.modalities.names.slots import written_words
from allpoints.records.births import Birth, parse_birth
from allpoints.records.people import Name, NameKind, Person, Sex, checked_person, named


class PersonTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A person ready to be compared: the description, its names taken apart and its date of birth read."""

    person: Person
    names: tuple[tuple[ParsedName, ...], ...]
    """For each name every way to take it apart."""
    birth: Birth


def person(
    *names: Name | str,
    born: str = "",
    sex: Sex = "",
    nationalities: tuple[str, ...] = (),
    birthplace: str = "",
    residence: str = "",
) -> Person:
    """Describe one person for a comparison or a check.

    `names` are this one person's, in any script, the main one first: a text such as `Мұхаммед Алиев` or
    `ALIYEV, Mukhammed`, or a `Name` in parts or of a stated kind. `born` is a date of birth as
    `allpoints.records.parse_birth` reads it (`1970-03-12`, `1970`, `1970~`). `nationalities` are ISO 3166
    alpha-3 codes.

    Raises `InvalidValue`, naming the field, for what cannot be: no name, a name without letters or with more
    than 200 characters, a date in the future, no such state or sex.
    """
    return checked(
        Person(
            names=names,
            birth=born,
            sex=sex,
            nationalities=nationalities,
            birthplace=birthplace,
            residence=residence,
        )
    )


def checked(evidence: Person) -> Person:
    """Return the description in canonical form. Raises `InvalidValue`, naming the field, as `person` does."""
    if evidence.sex not in get_args(Sex):
        raise InvalidValue("a sex is F, M, X or not stated", field="person.sex")
    # A day ahead, because somewhere on earth it is tomorrow already.
    tidy = checked_person(evidence, field="person", today=datetime.now(UTC).date() + timedelta(days=1))
    for i, name in enumerate(tidy.names):
        # some letters only lengthen or part others: a tatweel, an apostrophe, a sound mark
        if not any(map(str.isalpha, "".join(written_words(name)))):
            raise InvalidValue(
                "a name without letters", field=f"person.names[{i}]", remedy="Write at least one letter."
            )
    return tidy


def prepared(evidence: Person | PersonTemplate) -> PersonTemplate:
    """Return the person ready to be compared; a template as it is."""
    return evidence if isinstance(evidence, PersonTemplate) else _prepared(evidence)


@lru_cache(maxsize=16_384)
def _prepared(evidence: Person) -> PersonTemplate:
    names = tuple(parses(named(name)) for name in evidence.names)
    return PersonTemplate(
        person=evidence,
        names=tuple(_whole(cuts, names) for cuts in names),
        birth=parse_birth(evidence.birth, field="person.birth"),
    )


def _whole(cuts: tuple[ParsedName, ...], names: tuple[tuple[ParsedName, ...], ...]) -> tuple[ParsedName, ...]:
    """A maiden name that is a family name alone, with the given names of the first name that has some."""
    if cuts[0].kind is not NameKind.MAIDEN or any(part.role in _OWN for part in cuts[0].parts):
        return cuts
    family = [msgspec.structs.replace(part, role=PartRole.FAMILY) for part in cuts[0].parts]
    for other in names:
        given = [part for part in other[0].parts if part.role in _OWN]
        if given and other[0].kind is not NameKind.MAIDEN:
            return (msgspec.structs.replace(cuts[0], parts=(*given, *family), stated=other[0].stated),)
    return cuts


_OWN = frozenset({PartRole.GIVEN, PartRole.PATRONYMIC})
