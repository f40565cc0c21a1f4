"""The cases that the demo tells, and that everybody can try: they stand in every world.

| record | owner | what it shows |
|---|---|---|
| `UTO-SPECIMEN` | UTO | the specimen passport of Doc 9303, stolen: full, for border control, to border police |
| `UTO-WITHDRAWN` | UTO | a passport reported stolen by mistake, to be withdrawn |
| `UTO-DISCREET` | UTO | a vehicle that UTO wants to hear of without anybody knowing: silent |
| `UTO-NOT-ALB` | UTO | a passport that every bureau but ALB may know of |
| `FRA-STOLEN-CAR`, `ALB-SEEN-CAR` | FRA, ALB | stolen in one country, seen in another: a link |
| `FRA-PHONE`, `UTO-PHONE` | FRA, UTO | a phone in two countries' files; UTO gives its contact only |
| `FRA-FILED-PISTOL` | FRA | a pistol with a serial that was filed off in part |
"""

from datetime import date

from allpoints.demo.conditions import AT_THE_BORDER, CONTACT_ME, OPEN, TELL_ONLY_ME
from allpoints.formats import mrz
from allpoints.formats.mrz import Document, PartialDate
from allpoints.records import (
    AgencyKind,
    Conditions,
    Contribution,
    Evaluation,
    Particulars,
    Purpose,
    RawIdentifier,
    RecordKind,
    Selection,
)

SPECIMEN = Document(
    format="TD3",
    document_code="P",
    issuing_state="UTO",
    document_number="L898902C3",
    nationality="UTO",
    surname="Eriksson",
    given_names="Anna Maria",
    birth=PartialDate(1974, 8, 12),
    sex="F",
    expiry=PartialDate(2012, 4, 15),
    optional_data="ZE184226B",
)
"""The specimen of Doc 9303-4, appendix B."""
SPECIMEN_ZONE = mrz.write(SPECIMEN)

WITHDRAWN_PASSPORT = "UTO:P:UT4410027"
NOT_FOR_ALB_PASSPORT = "UTO:P:UT7730512"
DISCREET_PLATE = "UTO:UT-7007-DS"
CAR_VIN = "VF1RFE00055912345"
CAR_PLATE = "FRA:GK-482-TW"
SHARED_PHONE = "+33 6 39 98 00 07"
FILED_PISTOL = "Pietro Beretta:92FS:9x19mm:B1?85?4Z"
FILED_PISTOL_AS_FOUND = "B1*8*Z"
"""What an examiner can still read of the same pistol's serial."""
FREE_PASSPORT = "FRA:P:09FR00000"
"""A passport that no record of any world names."""


def planted(bureau: str) -> tuple[Contribution, ...]:
    """The cases that this bureau owns."""
    return _CASES.get(bureau, ())


def _case(
    reference: str,
    kind: RecordKind,
    identifiers: tuple[RawIdentifier, ...],
    particulars: Particulars,
    conditions: Conditions = OPEN,
) -> Contribution:
    return Contribution(
        reference=reference,
        kind=kind,
        identifiers=identifiers,
        particulars=particulars,
        conditions=conditions,
        evaluation=Evaluation("A", 1),
    )


_STOLEN_PASSPORT = Particulars(
    reason="stolen",
    instructions="Seize the document and inform the owner.",
    since=date(2011, 9, 3),
    names=("Eriksson Anna Maria",),
    birth="1974-08-12",
    sex="F",
    nationalities=("UTO",),
    description=f"Machine-readable zone:\n{SPECIMEN_ZONE}",
    synthetic=True,
)
_CAR = Particulars(reason="stolen", make="Renault", model="Clio", colour="blue", year=2021, synthetic=True)

_CASES = {
    "UTO": (
        _case(
            "UTO-SPECIMEN",
            RecordKind.TRAVEL_DOCUMENT,
            (RawIdentifier("travel-document", "UTO:P:L898902C3"),),
            _STOLEN_PASSPORT,
            Conditions(
                agencies=AT_THE_BORDER, purposes=(Purpose.BORDER_CONTROL, Purpose.CRIMINAL_INVESTIGATION)
            ),
        ),
        _case(
            "UTO-WITHDRAWN",
            RecordKind.TRAVEL_DOCUMENT,
            (RawIdentifier("travel-document", WITHDRAWN_PASSPORT),),
            Particulars(
                reason="stolen", names=("Lindqvist Ture",), description="Found again at home.", synthetic=True
            ),
        ),
        _case(
            "UTO-DISCREET",
            RecordKind.VEHICLE,
            (RawIdentifier("plate", DISCREET_PLATE),),
            Particulars(reason="suspect", make="BMW", model="X5", colour="black", synthetic=True),
            TELL_ONLY_ME,
        ),
        _case(
            "UTO-NOT-ALB",
            RecordKind.TRAVEL_DOCUMENT,
            (RawIdentifier("travel-document", NOT_FOR_ALB_PASSPORT),),
            Particulars(reason="suspect", names=("Strand Einar",), synthetic=True),
            Conditions(bureaus=Selection("except", ("ALB",))),
        ),
        _case(
            "UTO-PHONE",
            RecordKind.ITEM,
            (RawIdentifier("phone", SHARED_PHONE),),
            Particulars(reason="information", description="Seen in a case of forged papers.", synthetic=True),
            CONTACT_ME,
        ),
    ),
    "FRA": (
        _case(
            "FRA-STOLEN-CAR",
            RecordKind.VEHICLE,
            (RawIdentifier("vin", CAR_VIN), RawIdentifier("plate", CAR_PLATE)),
            _CAR,
        ),
        _case(
            "FRA-PHONE",
            RecordKind.PERSON,
            (RawIdentifier("phone", SHARED_PHONE),),
            Particulars(reason="suspect", names=("Morvan Olivier",), nationalities=("FRA",), synthetic=True),
        ),
        _case(
            "FRA-FILED-PISTOL",
            RecordKind.FIREARM,
            (RawIdentifier("firearm", FILED_PISTOL),),
            Particulars(
                reason="stolen", make="Pietro Beretta", model="92FS", calibre="9x19mm", synthetic=True
            ),
            Conditions(agencies=Selection("except", (AgencyKind.VEHICLE_REGISTRATION,))),
        ),
    ),
    "ALB": (
        _case(
            "ALB-SEEN-CAR",
            RecordKind.VEHICLE,
            (RawIdentifier("vin", CAR_VIN),),
            Particulars(
                reason="seen", description="Parked in the port of Durrës.", make="Renault", synthetic=True
            ),
        ),
    ),
}
