"""The fingerprints and the face that the demo compares: drawn, of a person who does not exist.

| record or picture | whose | what it shows |
|---|---|---|
| `UTO-CARD` | UTO | a wanted man's fingers and face |
| `FRA-CARD` | FRA | somebody else's, who is not to be taken for him |
| `mark()` | ALB | a mark that his right index finger left at a scene |
| `at_the_gate()` | ALB | his face years later, before a camera at a border |
"""

from allpoints.demo.faces import drawn_face
from allpoints.demo.fingerprints import finger, impression, png, trace
from allpoints.records import Biometric, Contribution, Face, Fingerprint, Particulars, RecordKind

CARD, OTHER_CARD = "UTO-CARD", "FRA-CARD"
FINGERS_TAKEN = (2, 7)
LEFT_BY = 2
"""The finger of the mark: the right index finger."""
_PERSONS = {CARD: 41, OTHER_CARD: 42}


def cards(bureau: str) -> tuple[Contribution, ...]:
    """The records with fingers and a face that this bureau contributes."""
    return tuple(_card(reference) for reference in _PERSONS if reference.startswith(f"{bureau}-"))


def mark() -> Fingerprint:
    """A mark at a scene, of an unknown finger."""
    return Fingerprint(image=png(trace(finger(_PERSONS[CARD], LEFT_BY), 7)))


def at_the_gate() -> Face:
    """The wanted man's face, before a camera."""
    return Face(image=drawn_face(_PERSONS[CARD], 7))


def _card(reference: str) -> Contribution:
    names = {CARD: "Oskar Lindqvist Branstad", OTHER_CARD: "Émeric Vauclair"}
    return Contribution(
        reference=reference,
        kind=RecordKind.PERSON,
        identifiers=(),
        particulars=Particulars(
            reason="wanted" if reference == CARD else "suspect",
            instructions="Detain and inform the owner." if reference == CARD else "",
            names=(names[reference],),
            birth="1984-02-17" if reference == CARD else "1990-08-30",
            sex="M",
            synthetic=True,
        ),
        biometrics=_biometrics(_PERSONS[reference]),
    )


def _biometrics(person: int) -> tuple[Biometric, ...]:
    prints = (
        Fingerprint(image=png(impression(finger(person, position), 1)), finger=position)
        for position in FINGERS_TAKEN
    )
    return (*prints, Face(image=drawn_face(person, 1)))
