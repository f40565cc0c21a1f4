"""Conditions of every kind, as owners mix them: most records are open, some are held closely."""

from random import Random

from allpoints.records import (
    OPERATIONAL_PURPOSES,
    AgencyKind,
    Conditions,
    Confidentiality,
    Evaluation,
    Purpose,
    Release,
    Selection,
)

AT_THE_BORDER = Selection("only", (AgencyKind.BORDER_POLICE, AgencyKind.BUREAU, AgencyKind.CUSTOMS))

OPEN = Conditions()
FOR_BORDERS = Conditions(agencies=AT_THE_BORDER, purposes=(Purpose.BORDER_CONTROL,))
FOR_NEIGHBOURS = Conditions(bureaus=Selection("only", ("ALB", "BGR", "FRA", "GRC", "ITA", "MKD", "UTO")))
NOT_FOR_SOME = Conditions(bureaus=Selection("except", ("RUS", "USA")))
NOT_FOR_REGISTRIES = Conditions(
    agencies=Selection("except", (AgencyKind.VEHICLE_REGISTRATION, AgencyKind.FIREARMS_REGISTRY))
)
FOR_INVESTIGATORS = Conditions(
    purposes=(Purpose.CRIMINAL_INVESTIGATION, Purpose.COUNTER_TERRORISM),
    confidentiality=Confidentiality.RESTRICTED,
)
CONTACT_ME = Conditions(disclosure=Release.CONTACT)
TELL_ONLY_ME = Conditions(disclosure=Release.SILENT)
CLOSELY_HELD = Conditions(
    agencies=Selection("only", (AgencyKind.BUREAU, AgencyKind.POLICE)),
    purposes=tuple(p for p in OPERATIONAL_PURPOSES if p is not Purpose.BORDER_CONTROL),
    disclosure=Release.CONTACT,
    confidentiality=Confidentiality.CONFIDENTIAL,
)

MIX = (
    (OPEN, 60),
    (FOR_BORDERS, 10),
    (FOR_NEIGHBOURS, 5),
    (NOT_FOR_SOME, 6),
    (NOT_FOR_REGISTRIES, 3),
    (FOR_INVESTIGATORS, 5),
    (CONTACT_ME, 6),
    (TELL_ONLY_ME, 3),
    (CLOSELY_HELD, 2),
)
"""The conditions, and how many records in a hundred carry them."""

_EVALUATIONS = (
    Evaluation("A", 1),
    Evaluation("A", 2),
    Evaluation("B", 2),
    Evaluation("B", 3),
    Evaluation("C", 3),
    Evaluation("X", 4),
)


def conditions(chance: Random) -> Conditions:
    """The conditions of one record."""
    return chance.choices([mixed for mixed, _ in MIX], [share for _, share in MIX])[0]


def evaluation(chance: Random) -> Evaluation:
    """How much the owner trusts source and information."""
    return chance.choice(_EVALUATIONS)
