"""From what people type, scan or drop to what is asked, refused here where no hub could take it."""

import re
from datetime import UTC, datetime

from allpoints.errors import InvalidValue, TooLarge
from allpoints.formats import mrz
from allpoints.records import (
    FINGERS,
    Biometric,
    Face,
    Fingerprint,
    NistFile,
    RawIdentifier,
    check_biometric,
    parse_identifier,
    parse_pattern,
    scheme_named,
)
from allpoints.records.evidence import IdentifierEvidence, MrzEvidence, PatternEvidence

_NIST_ENDINGS = (".an2", ".ansi", ".eft", ".nist", ".nst")
_OF_A_FINGER = re.compile(r"finger-?(\d{1,2})(?!\d)")


def identifier(
    scheme: str, value: str, *, confusable: bool = False, field: str
) -> IdentifierEvidence | PatternEvidence:
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


def zone(text: str) -> MrzEvidence:
    """A machine-readable zone. Raises what `mrz.parse` raises."""
    mrz.parse(text, today=datetime.now(UTC).date())
    return MrzEvidence(text)


def named_picture(name: str, content: bytes) -> Biometric:
    """What a file shows, by its name: `finger-2.png`, `trace.png`, `face.jpg`, `card.an2`.

    Raises `InvalidValue` for a name that does not say what is in it, and for content that no hub could take,
    naming the file.
    """
    plain = name.lower()
    finger = _OF_A_FINGER.match(plain)
    piece: Biometric
    if plain.endswith(_NIST_ENDINGS):
        piece = NistFile(file=content)
    elif plain.startswith("face"):
        piece = Face(image=content)
    elif finger and int(finger[1]) in FINGERS:
        piece = Fingerprint(image=content, finger=int(finger[1]))
    elif plain.startswith("trace"):
        piece = Fingerprint(image=content)
    else:
        raise InvalidValue(
            "its name does not say what it shows",
            field=name,
            remedy="Name it finger-1 to finger-10 (1 is the right thumb, 6 the left one), trace, face, or .an2 for an "
            "ANSI/NIST-ITL file.",
        )
    return checked_picture(piece, field=name)


def checked_picture(piece: Biometric, *, field: str) -> Biometric:
    """The picture. Raises `InvalidValue` or `TooLarge`, naming `field`, for what no hub could take."""
    try:
        check_biometric(piece, field="")
    except (InvalidValue, TooLarge) as error:
        raise type(error)(error.detail, field=field, remedy=error.remedy) from None
    return piece
