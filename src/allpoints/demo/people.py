"""Made-up people, named in their own scripts."""

from datetime import date, timedelta
from random import Random
from typing import Literal

import msgspec

from allpoints.demo.cultures import STATES_OF_CULTURES, Spelling, culture, culture_state

FIRST_BIRTH = date(1945, 1, 1)
_BIRTHDAYS = (date(2006, 12, 31) - FIRST_BIRTH).days
_COMPATRIOTS = 0.7
"""The part of a bureau's records that is about its own nationals."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who does not exist."""

    surname: Spelling
    given: Spelling
    birth: date
    sex: Literal["F", "M"]
    nationality: str

    @property
    def names(self) -> tuple[str, ...]:
        """As a record names them: in their own script first, then in Latin letters where that differs."""
        native = f"{self.surname.native} {self.given.native}"
        latin = f"{self.surname.latin} {self.given.latin}"
        return (native,) if native == latin else (native, latin)


def person(chance: Random, bureau: str, seed: str) -> Person:
    """Somebody whom this bureau could have a record of."""
    nationality = bureau
    if chance.random() > _COMPATRIOTS:
        nationality = STATES_OF_CULTURES[chance.randrange(len(STATES_OF_CULTURES))]
    sex: Literal["F", "M"] = "F" if chance.random() < 0.4 else "M"
    names = culture(culture_state(nationality), seed)
    return Person(
        surname=chance.choice(names.surnames[sex]),
        given=chance.choice(names.given[sex]),
        birth=FIRST_BIRTH + timedelta(days=chance.randrange(_BIRTHDAYS)),
        sex=sex,
        nationality=nationality,
    )
