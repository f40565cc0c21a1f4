"""What was asked, in a word, for a list of many."""

from datetime import UTC, datetime

from allpoints.errors import AllpointsError
from allpoints.formats import mrz
from allpoints.records import Biometric
from allpoints.records.evidence import Evidence, MrzEvidence
from allpoints.records.people import Person


def written(evidence: Evidence) -> str:
    """The evidence in a word."""
    if isinstance(evidence, MrzEvidence):
        try:
            return f"MRZ {mrz.parse(evidence.text, today=datetime.now(UTC).date()).document_number}"
        except AllpointsError:
            return "MRZ"
    if isinstance(evidence, Person):
        return ", ".join(filter(None, (" / ".join(map(str, evidence.names)), evidence.birth)))
    if isinstance(evidence, Biometric):
        return "a picture"
    return f"{evidence.scheme} {evidence.value}"
