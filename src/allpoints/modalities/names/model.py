"""The recipe: what each kind of agreement weighs, in log10 units of evidence for the same person.

Every number stands here. `docs/names.md` says where they come from.
"""

from allpoints.modalities.names.alike import Agreement
from allpoints.modalities.names.births import BirthKind
from allpoints.modalities.names.parts import PartRole
from allpoints.modalities.names.places import NationalityKind, PlaceKind, SexKind

START = -1.2
"""Before anything is compared: who comes up for a query mostly has a similar name already."""


AGREEING = {
    Agreement.EQUAL: 1.0,
    Agreement.TRANSLITERATION: 0.95,
    Agreement.SPELLING: 0.9,
    Agreement.TYPO: 0.9,
    Agreement.SYMBOL: 0.8,
    Agreement.JOINED: 0.9,
    Agreement.TRUNCATED: 0.6,
    Agreement.INITIAL: 0.5,
}
"""How much of a part's information an agreement of full quality is worth."""

CONTRADICTING = {
    PartRole.GIVEN: -3.3,
    PartRole.FAMILY: -3.3,
    PartRole.PATRONYMIC: -3.3,
    PartRole.KUNYA: -1.2,
    PartRole.OTHER: -3.0,
}
"""A part with nothing in common with its counterpart; the milder of the two roles counts."""
NEUTRAL = 0.45
"""The share of that doubt which is left where the likeness of two parts tells nothing; equal parts leave none."""
FURTHER_DOUBTS = 0.25
"""The share of all doubts but the worst that counts: people are mostly confused who differ in one part."""

UNREAD = -0.2
"""A part whose counterpart is written in a script whose readings are unknown."""

MISSING = {
    PartRole.GIVEN: -0.3,
    PartRole.FAMILY: -0.3,
    PartRole.PATRONYMIC: -0.1,
    PartRole.KUNYA: -0.05,
    PartRole.OTHER: -0.2,
}
"""A part that only one side states."""

ONE_PART_ONLY = -1.2
"""Only one part agrees, and one side has more."""
INITIALS_ONLY = -2.4
"""Nothing but initials agrees."""
TURNED = -0.1
"""The family name stands first on one side and last on the other."""
SHUFFLED = -0.4
"""The parts stand in another order."""
SWAPPED_WITH_FATHER = -3.2
"""The given name is the other's patronymic, and the other way round: father and son."""
FATHER = -3.0
"""The shorter name lacks the given name of the longer and begins with the father's: it is likely the father's."""
CROSSED = -1.2
"""Both sides say which is the family name, and they disagree."""

UNLIKELIER_CUT = -0.1
"""A name without spaces is cut where it seldom is."""

WEAK_ALIAS_AT_MOST = 0.8
"""However well a weak alias agrees."""
FURTHER_NAMES = 0.15
"""Another of the person's names agrees too."""

NAMES_LOWER, NAMES_UPPER = -5.0, 2.6
"""Bounds of what the agreement of two names weighs: a name never identifies."""
LOWER, UPPER = -6.0, 4.5
"""Bounds of all evidence together."""

BIRTH = {
    BirthKind.SAME_DAY: 3.0,
    BirthKind.SAME_MONTH: 2.0,
    BirthKind.SWAPPED: 1.9,
    BirthKind.SAME_STAND_IN: 1.4,
    BirthKind.YEAR_BESIDE: 1.4,
    BirthKind.TRANSPOSED: 1.4,
    BirthKind.SAME_YEAR: 1.2,
    BirthKind.DAY_UNKNOWN: 1.0,
    BirthKind.DAY_APART: 1.0,
    BirthKind.CENTURY: 0.9,
    BirthKind.CALENDAR: 0.7,
    BirthKind.WITHIN: 0.6,
    BirthKind.ONE_DIGIT: 0.5,
    BirthKind.SAME_MONTH_OTHER_DAY: 0.4,
    BirthKind.SAME_DAY_OTHER_YEAR: 0.2,
    BirthKind.NEAR: 0.2,
    BirthKind.SAME_YEAR_OTHER_DAY: -0.3,
    BirthKind.NOT_STATED: 0.0,
    BirthKind.DIFFERENT: -2.2,
}
SEX = {SexKind.SAME: 0.1, SexKind.NOT_STATED: 0.0, SexKind.DIFFERENT: -1.2}
NATIONALITY = {
    NationalityKind.SAME: 0.4,
    NationalityKind.COMPATIBLE: 0.1,
    NationalityKind.NOT_STATED: 0.0,
    NationalityKind.DIFFERENT: -0.4,
}
PLACE = {
    PlaceKind.SAME_POSTCODE: 1.8,
    PlaceKind.SAME: 1.0,
    PlaceKind.POSTCODE_BESIDE: 0.9,
    PlaceKind.SIMILAR: 0.6,
    PlaceKind.CONTAINED: 0.5,
    PlaceKind.SAME_DISTRICT: 0.6,
    PlaceKind.SAME_STATE: 0.2,
    PlaceKind.NOT_STATED: 0.0,
    PlaceKind.DIFFERENT: -0.4,
}
RESIDENCE_SHARE = 0.6
"""People move: a residence weighs less than a place of birth, and another one says hardly anything."""
