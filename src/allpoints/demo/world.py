"""A synthetic world: bureaus, and the records that they contribute. Nothing and nobody in it exists.

The same seed gives the same world on every machine, byte for byte. A bureau's records do not depend on how many
other bureaus there are, and a larger world begins like a smaller one.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

import pycountry

from allpoints.demo import documents, firearms, items, vehicles, vessels
from allpoints.demo.conditions import conditions, evaluation
from allpoints.demo.cultures import STATES_OF_CULTURES
from allpoints.demo.draw import draw
from allpoints.demo.people import person
from allpoints.demo.planted import planted
from allpoints.demo.planted_people import planted_people
from allpoints.errors import InvalidValue
from allpoints.records import Bureau, Contribution, Particulars, RawIdentifier, Reason, RecordKind
from allpoints.records.states import STATES

FEWEST_BUREAUS = 3
"""UTO, ALB and FRA, between whom the planted cases lie."""

_CODES = (*STATES_OF_CULTURES, *sorted(STATES - set(STATES_OF_CULTURES)))
_OWN_NAMES = {"UTO": "Utopia", "RKS": "Kosovo"}
_FIRST_DAY = date(2018, 1, 1)
_DAYS = (date(2024, 12, 31) - _FIRST_DAY).days

Draft = tuple[RecordKind, tuple[RawIdentifier, ...], Particulars]


class World:
    """A chosen number of bureaus with a chosen number of records, the planted cases among them."""

    def __init__(
        self, *, seed: str = "allpoints", bureaus: int = FEWEST_BUREAUS, records: int = 3_000
    ) -> None:
        """Raises `InvalidValue` for fewer than three bureaus, or more than there are states."""
        if not FEWEST_BUREAUS <= bureaus <= len(_CODES):
            raise InvalidValue(f"a world has {FEWEST_BUREAUS} to {len(_CODES)} bureaus", field="bureaus")
        if records < 0:
            raise InvalidValue("a world has no fewer than 0 records", field="records")
        self.seed = seed
        self.bureaus = tuple(bureau(code) for code in _CODES[:bureaus])
        self._records = records

    def contributions(self, code: str) -> Iterator[Contribution]:
        """What one of the bureaus contributes: its planted cases first. The bureaus share the records evenly."""
        cases = planted(code) + planted_people(code)
        yield from cases
        place = [bureau.code for bureau in self.bureaus].index(code)
        share = len(range(place, self._records, len(self.bureaus)))
        for number in range(max(0, share - len(cases))):
            yield contribution(self.seed, code, number)


def bureau(code: str) -> Bureau:
    """The bureau of that code, with a contact at which nobody can be reached (RFC 2606)."""
    country = pycountry.countries.get(alpha_3=code)
    name = country.name if country else _OWN_NAMES[code]
    return Bureau(code=code, name=f"NCB {name} (synthetic)", contact=f"{code.lower()}@ncb.example")


def contribution(seed: str, bureau: str, number: int) -> Contribution:
    """The record of that number of that bureau."""
    chance = draw(seed, bureau, number)
    [make] = chance.choices(_MAKERS, _SHARES)
    kind, identifiers, particulars = make(chance, bureau, seed)
    return Contribution(
        reference=f"{bureau}-{number:08d}",
        kind=kind,
        identifiers=identifiers,
        particulars=particulars,
        conditions=conditions(chance),
        evaluation=evaluation(chance),
    )


def _travel_document(chance: Random, bureau: str, seed: str) -> Draft:
    holder = person(chance, bureau, seed)
    document = documents.travel_document(chance, holder)
    [reason] = chance.choices(_DOCUMENT_REASONS, _DOCUMENT_WEIGHTS)
    particulars = Particulars(
        reason=reason,
        instructions="Seize the document and inform the owner." if reason != "lost" else "",
        description=f"Machine-readable zone:\n{documents.zone(document)}",
        since=_day(chance),
        names=holder.names,
        birth=holder.birth.isoformat(),
        sex=holder.sex,
        nationalities=(holder.nationality,),
        synthetic=True,
    )
    return RecordKind.TRAVEL_DOCUMENT, (documents.identifier(document),), particulars


def _person(chance: Random, bureau: str, seed: str) -> Draft:
    wanted = person(chance, bureau, seed)
    leads = [make(chance) for make in (items.phone, items.email, items.handset) if chance.random() < 0.5]
    particulars = Particulars(
        reason=chance.choice(_PERSON_REASONS),
        since=_day(chance),
        names=wanted.names,
        birth=str(wanted.birth.year) if chance.random() < 0.2 else wanted.birth.isoformat(),
        sex=wanted.sex,
        nationalities=(wanted.nationality,),
        synthetic=True,
    )
    return RecordKind.PERSON, (documents.national_number(chance, wanted), *leads), particulars


def _vehicle(chance: Random, bureau: str, seed: str) -> Draft:
    model = chance.choice(vehicles.MODELS)
    numbers = [vehicles.vehicle_number(chance, model), vehicles.plate(chance, bureau)]
    if chance.random() < 0.1:
        numbers.append(vehicles.engine_number(chance))
    particulars = Particulars(
        reason=chance.choice(_VEHICLE_REASONS),
        since=_day(chance),
        make=model.make,
        model=model.model,
        colour=chance.choice(vehicles.COLOURS),
        year=2010 + chance.randrange(15),
        synthetic=True,
    )
    return RecordKind.VEHICLE, tuple(numbers), particulars


def _firearm(chance: Random, bureau: str, seed: str) -> Draft:
    model = chance.choice(firearms.MODELS)
    particulars = Particulars(
        reason=chance.choice(_FIREARM_REASONS),
        since=_day(chance),
        make=model.make,
        model=model.model,
        calibre=model.calibre,
        synthetic=True,
    )
    return RecordKind.FIREARM, (firearms.firearm(chance, model),), particulars


def _vessel(chance: Random, bureau: str, seed: str) -> Draft:
    numbers: tuple[RawIdentifier, ...]
    [kind] = chance.choices(("ship", "boat", "aircraft"), (5, 3, 2))
    if kind == "ship":
        numbers = vessels.ship_numbers(chance)
    elif kind == "boat":
        numbers = (vessels.hull_number(chance),)
    else:
        numbers = (vessels.aircraft_mark(chance),)
    particulars = Particulars(
        reason=chance.choice(_VESSEL_REASONS),
        description=chance.choice(vessels.TYPES) if kind == "ship" else kind,
        since=_day(chance),
        vessel_name="" if kind == "aircraft" else vessels.vessel_name(chance),
        synthetic=True,
    )
    return RecordKind.VESSEL, numbers, particulars


def _item(chance: Random, bureau: str, seed: str) -> Draft:
    name, make = chance.choice(items.ITEMS)
    particulars = Particulars(
        reason=chance.choice(_ITEM_REASONS), description=name, since=_day(chance), synthetic=True
    )
    return RecordKind.ITEM, (make(chance),), particulars


def _day(chance: Random) -> date:
    return _FIRST_DAY + timedelta(days=chance.randrange(_DAYS))


_DOCUMENT_REASONS: tuple[Reason, ...] = ("stolen", "lost", "revoked", "blank-stolen", "counterfeit")
_DOCUMENT_WEIGHTS = (45, 40, 8, 5, 2)
_PERSON_REASONS: tuple[Reason, ...] = ("wanted", "missing", "suspect", "information")
_VEHICLE_REASONS: tuple[Reason, ...] = ("stolen", "stolen", "seen", "seized")
_FIREARM_REASONS: tuple[Reason, ...] = ("stolen", "lost", "seized")
_VESSEL_REASONS: tuple[Reason, ...] = ("stolen", "suspect", "seen", "information")
_ITEM_REASONS: tuple[Reason, ...] = ("suspect", "information", "seized", "stolen")

_KINDS: tuple[tuple[Callable[[Random, str, str], Draft], int], ...] = (
    (_travel_document, 60),
    (_vehicle, 15),
    (_firearm, 8),
    (_person, 9),
    (_vessel, 3),
    (_item, 5),
)
"""How many records in a hundred are of which kind."""
_MAKERS = [make for make, _ in _KINDS]
_SHARES = [share for _, share in _KINDS]
