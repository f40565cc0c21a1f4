"""From what was typed to what is asked, refused here where no hub could take it."""

from datetime import UTC, datetime

from allpoints.errors import AllpointsError, InvalidValue
from allpoints.formats import mrz
from allpoints.records import Biometric, RawIdentifier, parse_identifier, parse_pattern, scheme_named
from allpoints.records.evidence import Evidence, IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.records.people import Person


def identifier(scheme: str, value: str, *, confusable: bool = False, field: str) -> Evidence:
    """An identifier, or a pattern where the scheme can be searched by one and the value asks for it.

    Raises `InvalidValue` naming `field`.
    """
    raw = RawIdentifier(scheme, value)
    try:
        if scheme_named(scheme).partial and (confusable or "?" in value or "*" in value):
            parse_pattern(raw, field=field, confusable=confusable)
            return PatternEvidence(scheme, value, confusable)
        parse_identifier(raw, field=field)
    except InvalidValue as error:
        raise InvalidValue(error.detail, field=field, remedy=error.remedy) from None
    return IdentifierEvidence(scheme, value)


def zone(text: str) -> Evidence:
    """A machine-readable zone. Raises what `mrz.parse` raises."""
    mrz.parse(text, today=datetime.now(UTC).date())
    return MrzEvidence(text)


def written(evidence: Evidence) -> str:
    """The evidence in a word, for a list of many."""
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
