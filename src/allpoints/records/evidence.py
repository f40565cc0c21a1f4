"""What a check brings along."""

import msgspec

from allpoints.records.biometrics import Biometric
from allpoints.records.people import Person

MAX_EVIDENCE = 24
MAX_ID = 64


class IdentifierEvidence(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="identifier"
):
    """An exact identifier, as typed: `ALB:P:BA1234567` under the scheme `travel-document`."""

    scheme: str
    value: str


class PatternEvidence(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="pattern"
):
    """A partly known identifier: `?` stands for one character, `*` for any; confusable characters on request."""

    scheme: str
    value: str
    confusable: bool = False


class MrzEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="mrz"):
    """The machine-readable zone of a travel document, as scanned or typed: it asks for document and holder."""

    text: str


Evidence = IdentifierEvidence | PatternEvidence | MrzEvidence | Person | Biometric


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question. All its evidence is about the same thing.

    `id` is the asker's own random name for it. It also salts the digest that the log keeps, so that nobody can
    guess from the log what was asked; an asker who wants that protection makes it random.
    """

    evidence: tuple[Evidence, ...]
    id: str = ""
    verify: bool = False
    """Where it has fingerprints or faces: a second examiner is to look at what was found, without knowing what the
    first one decided."""
