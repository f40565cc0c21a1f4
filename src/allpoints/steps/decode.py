"""Second step: from bytes to questions. Limits hold before anything is decoded."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from typing import TypeVar

import msgspec

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats import mrz
from allpoints.records import (
    Face,
    Fingerprint,
    Identifier,
    Name,
    NameKind,
    NistFile,
    Person,
    RawIdentifier,
    issuing_state,
    parse_identifier,
)
from allpoints.records.evidence import (
    MAX_EVIDENCE,
    MAX_ID,
    Check,
    Evidence,
    IdentifierEvidence,
    MrzEvidence,
    PatternEvidence,
)
from allpoints.records.identifiers import Pattern, parse_pattern
from allpoints.records.people import checked_person
from allpoints.steps.biometrics import Pictured, pictures_of

MAX_LINES = 1_000
MAX_BODY = 4 << 20
MAX_SINGLE_BODY = 64 << 10
MAX_PICTURES_BODY = 24 << 20
"""Bytes of a request that may bring pictures, which JSON makes a third larger."""
BIOMETRIC_ROUTE = "/v1/checks/biometric"

UNREADABLE_HOLDER = "the holder's name or date of birth cannot be read: only the document was checked"

Line = TypeVar("Line")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One check, ready to search for: what it asks, and what the asker should know of its evidence."""

    id: str
    identifiers: tuple[Identifier | Pattern, ...] = ()
    people: tuple[Person, ...] = ()
    """Descriptions of the person that the check is about; `steps/templates.py` encodes them."""
    pictured: tuple[Pictured, ...] = ()
    """Pictures of the person, or of a trace."""
    verify: bool = False
    """Whether a second examiner is to look at what the pictures find."""
    notes: tuple[str, ...] = ()


# A backslash may spell any of the words in escapes.
_SLOW = (b'"person"', b'"mrz"', b'"pattern"', b"\\")
QUICK_LINE = 4 << 10
"""Bytes of a single check that can be no more than identifiers."""
_check = msgspec.json.Decoder(Check)


def decode_check(body: bytes, *, today: date) -> Question:
    """Decode a single check. Raises `TooLarge`, `MalformedInput` or `InvalidValue` naming the field."""
    if len(body) > MAX_SINGLE_BODY:
        raise TooLarge(
            f"a check has at most {MAX_SINGLE_BODY} bytes",
            field="body",
            remedy=f"Send fewer pieces of evidence; fingerprints and faces go to {BIOMETRIC_ROUTE}.",
        )
    return _question(decoded(_check, body), today)


def decode_biometric_check(body: bytes, *, today: date) -> Question:
    """Decode a single check that brings pictures, whatever else it brings; none of them is decoded yet.

    Raises as `decode_check`.
    """
    if len(body) > MAX_PICTURES_BODY:
        raise TooLarge(f"a check has at most {MAX_PICTURES_BODY} bytes", field="body")
    check = decoded(_check, body)
    pictures = pictures_of(
        (f"evidence[{number}]", evidence)
        for number, evidence in enumerate(check.evidence[:MAX_EVIDENCE])
        if isinstance(evidence, Fingerprint | Face | NistFile)
    )
    if not pictures.pictured:
        raise InvalidValue(
            "; ".join(("there is no single fingerprint and no face to compare", *pictures.notes)),
            field="evidence",
            remedy="A check without any goes to /v1/checks.",
        )
    question = _question(check, today, biometric=True)
    return msgspec.structs.replace(
        question,
        pictured=pictures.pictured,
        verify=check.verify,
        notes=tuple(dict.fromkeys((*question.notes, *pictures.notes))),
    )


def decode_checks(body: bytes, *, today: date) -> list[Question | AllpointsError]:
    """Decode many checks, one JSON object a line; a bad line becomes its own error and spares the others."""
    return [
        line if isinstance(line, AllpointsError) else _attempt(partial(_question, line, today))
        for line in decode_lines(_check, body)
    ]


def decode_lines(decoder: msgspec.json.Decoder[Line], body: bytes) -> list[Line | AllpointsError]:
    """Decode NDJSON of at most `MAX_LINES` lines. Raises `TooLarge` for the whole, never for a line."""
    if len(body) > MAX_BODY:
        raise TooLarge(
            f"a request has at most {MAX_BODY} bytes", field="body", remedy="Send fewer lines at once."
        )
    lines = body.split(b"\n")
    if not lines[-1]:
        lines.pop()
    if len(lines) > MAX_LINES:
        raise TooLarge(
            f"a request has at most {MAX_LINES} lines", field="body", remedy="Send fewer lines at once."
        )
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        values = decoder.decode_lines(body)
        # msgspec reads several values from one line and skips empty ones: neither may pass a limit on lines.
        if len(values) == len(lines):
            return list(values)
    return [_attempt(partial(decoded, decoder, line)) for line in lines]


def decoded(decoder: msgspec.json.Decoder[Line], body: bytes) -> Line:
    """Decode one JSON value. Raises `InvalidValue` with the path of the field, or `MalformedInput`."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$")
        raise InvalidValue(detail, field=path.rstrip("`").lstrip(".") or "body") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput(f"not JSON: {error}", field="body") from None


def count_lines(body: bytes) -> int:
    """How many questions a body could hold, counted without decoding it."""
    return body.count(b"\n") + (not body.endswith(b"\n"))


def may_take_time(body: bytes) -> bool:
    """Whether a body could ask for more than identifiers, told by words in it without decoding it.

    Nothing is decided by it but with whom the request waits, and that its decoding happens in a thread.
    """
    return any(word in body for word in _SLOW) or (len(body) > QUICK_LINE and count_lines(body) == 1)


def _question(check: Check, today: date, *, biometric: bool = False) -> Question:
    if len(check.id) > MAX_ID:
        raise InvalidValue(f"more than {MAX_ID} characters", field="id")
    if not 1 <= len(check.evidence) <= MAX_EVIDENCE:
        raise InvalidValue(f"a check has 1 to {MAX_EVIDENCE} pieces of evidence", field="evidence")
    if check.verify and not biometric:
        raise InvalidValue(
            "only what fingerprints and faces find is verified",
            field="verify",
            remedy=f"Send them to {BIOMETRIC_ROUTE}.",
        )
    if len(check.evidence) == 1 and isinstance(check.evidence[0], IdentifierEvidence):
        return Question(id=check.id, identifiers=(_identifier(check.evidence[0], "evidence[0]"),))
    identifiers: dict[Identifier | Pattern, None] = {}
    people: dict[Person, None] = {}
    notes: list[str] = []
    for number, evidence in enumerate(check.evidence):
        if biometric and isinstance(evidence, Fingerprint | Face | NistFile):
            continue
        asked = _asked(evidence, f"evidence[{number}]", today)
        identifiers.update(dict.fromkeys(asked.identifiers))
        people.update(dict.fromkeys(asked.people))
        notes.extend(asked.notes)
    return Question(
        id=check.id, identifiers=tuple(identifiers), people=tuple(people), notes=tuple(dict.fromkeys(notes))
    )


def _asked(evidence: Evidence, field: str, today: date) -> Question:
    """What one piece of evidence asks."""
    match evidence:
        case IdentifierEvidence():
            return Question(id="", identifiers=(_identifier(evidence, field),))
        case PatternEvidence(scheme=scheme, value=value, confusable=confusable):
            pattern = parse_pattern(RawIdentifier(scheme, value), field=field, confusable=confusable)
            return Question(id="", identifiers=(pattern,))
        case Person():
            return Question(id="", people=(checked_person(evidence, field=field, today=today),))
        case Fingerprint() | Face() | NistFile():
            raise InvalidValue(
                "fingerprints and faces are checked under a rule of their own",
                field=field,
                remedy=f"Send the check to {BIOMETRIC_ROUTE}.",
            )
        case MrzEvidence(text=text):
            zone = mrz.parse(text, today=today)
            document = f"{zone.issuing_state}:{zone.document_code}:{zone.document_number}"
            identifier = parse_identifier(RawIdentifier("travel-document", document), field=f"{field}.text")
            remarks = _remarks(zone, today)
            try:
                holder = (checked_person(_holder(zone), field=f"{field}.text", today=today),)
            except InvalidValue:
                # What is odd about the name stands among the remarks; the document itself is asked all the same.
                return Question(id="", identifiers=(identifier,), notes=(*remarks, UNREADABLE_HOLDER))
            return Question(id="", identifiers=(identifier,), people=holder, notes=remarks)


def _holder(zone: mrz.MachineReadableZone) -> Person:
    """The document's holder, as far as the zone says who that is."""
    name = Name(
        family=zone.surname, given=zone.given_names, kind=NameKind.DOCUMENT, truncated=zone.names_truncated
    )
    return Person(
        names=(name,),
        birth=_birth(zone.birth),
        # Doc 9303 writes X also where the sex is not specified, so it states nothing.
        sex="" if zone.sex == "X" else zone.sex,
        nationalities=_nationality(zone.nationality),
    )


def _birth(born: mrz.PartialDate) -> str:
    """As `parse_birth` reads it; a month or a day without its year says too little."""
    if born.year is None:
        return ""
    if born.month is None:
        return f"{born.year:04}"
    return f"{born.year:04}-{born.month:02}" + ("" if born.day is None else f"-{born.day:02}")


def _nationality(code: str) -> tuple[str, ...]:
    """Nothing for a code that names no state, such as one misread: what is not known counts neither way."""
    try:
        return (issuing_state(code, field="nationality"),)
    except InvalidValue:
        return ()


def _identifier(evidence: IdentifierEvidence, field: str) -> Identifier:
    return parse_identifier(RawIdentifier(evidence.scheme, evidence.value), field=field)


def _remarks(zone: mrz.MachineReadableZone, today: date) -> tuple[str, ...]:
    """What an officer should know of the zone itself, before any record is looked at."""
    wrong = [
        f"check digit of {digit.field} is wrong: {digit.found} instead of {digit.expected}"
        for digit in zone.check_digits
        if not digit.ok
    ]
    repaired = [
        f"{repair.field}: read {repair.was} as {repair.now}"
        f" (line {repair.line}, position {repair.position}; {repair.why})"
        for repair in zone.repairs
    ]
    odd = [f"{doubt.field}: {doubt.detail}" for doubt in zone.warnings]
    if zone.names_truncated:
        odd.append("names: the zone had no room for all of the name; what was cut off is not compared")
    return (*wrong, *_expired(zone.expiry, today), *repaired, *odd)


def _expired(expiry: mrz.PartialDate, today: date) -> list[str]:
    if expiry.year is None or expiry.month is None or expiry.day is None:
        return []
    day = date(expiry.year, expiry.month, expiry.day)
    return [f"the document expired on {day.isoformat()}"] if day < today else []


def _attempt(work: Callable[[], Line]) -> Line | AllpointsError:
    try:
        return work()
    except AllpointsError as error:
        return error
