"""Every parser that reads what somebody else wrote, with good examples to spoil.

Each takes any bytes. It reads them or refuses them with an `AllpointsError`; nothing else may come out.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import msgspec
from nacl.signing import SigningKey
from tests.formats.nist.files import BY_NISTITL, WITH_MINUTIAE
from tests.formats.pictures.files import GOOD as PICTURES
from tests.formats.test_minutiae_records import ANSI_2004, ISO_2005, ISO_2011

from allpoints.audit import Checkpoint, Receipt, VerifierKey, leaf_hash, sign_checkpoint
from allpoints.audit.verify import verify_receipt
from allpoints.bureau.event_stream import EventReader
from allpoints.errors import AllpointsError
from allpoints.formats import check_lists, minutiae_records, mrz, nist, pictures
from allpoints.formats.http_signature import (
    normal_authority,
    parse,
    parse_asker,
    parse_public_key,
    signature_base,
    write_public_key,
)
from allpoints.formats.ndjson import read_ndjson
from allpoints.hub.routes.records import entry_number
from allpoints.records import SCHEMES, Contribution, RawIdentifier, checked_record, parse_identifier
from allpoints.records.identifiers import parse_pattern
from allpoints.steps.decode import count_lines, decode_check, decode_checks

TODAY = date(2026, 11, 22)
KEY = SigningKey(bytes(32))
VERIFIER = VerifierKey.of("hub.test", KEY)
NOTE = sign_checkpoint(
    "hub.test", 1, leaf_hash(b'{"act":"check"}'), datetime(2026, 11, 22, tzinfo=UTC), KEY
).text

ZONES = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
)
CONTRIBUTION = (
    b'{"reference":"R-1","kind":"vehicle","identifiers":[{"scheme":"plate","value":"ALB:AA123BB"}],'
    b'"particulars":{"reason":"stolen","names":["A B"],"birth":"1970-03","since":"2020-01-02"},'
    b'"conditions":{"bureaus":{"mode":"only","members":["ITA"]},"purposes":["border-control"]},'
    b'"evaluation":{"source":"A","information":1},"valid_until":"2027-01-01"}\n'
)
CHECK = (
    b'{"id":"q","evidence":[{"kind":"identifier","scheme":"travel-document","value":"ALB:P:BA1234567"},'
    b'{"kind":"pattern","scheme":"plate","value":"ALB:AA?2*","confusable":true},'
    b'{"kind":"mrz","text":"' + ZONES[0].replace("\n", "\\n").encode() + b'"}]}\n'
)
HEADERS = (
    b'signature-input: sig=("@method" "@authority" "@path" "@query" "content-digest" "allpoints-asker");'
    b'created=1795000000;nonce="abcdefghijklmnopqrst";keyid="ALB-x";alg="ed25519"\n'
    b"signature: sig=:"
    + b"A" * 86
    + b"==:\ncontent-digest: sha-256=:x:\nallpoints-asker: x\nhost: hub.test:1\n"
)
ASKER = b'user="u-1", agency=border-police, role=officer, purpose=border-control, clearance=official'


class Parser(msgspec.Struct, frozen=True):
    """A parser of bytes, under the name by which a finding is told, and good examples of its input."""

    name: str
    read: Callable[[bytes], object]
    examples: Sequence[bytes]


def attempt(parser: Parser, data: bytes) -> object | None:
    """What the parser reads, None where it refuses. Everything else it raises is a finding."""
    try:
        return parser.read(data)
    except AllpointsError as refusal:
        return _told(refusal)


def _told(refusal: AllpointsError) -> None:
    assert refusal.detail
    assert refusal.remedy


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _identifier(data: bytes) -> object:
    scheme, _, value = _text(data).partition(" ")
    identifier = parse_identifier(RawIdentifier(scheme, value), field="value")
    again = parse_identifier(RawIdentifier(identifier.scheme, identifier.value), field="value")
    assert (again.scheme, again.value) == (identifier.scheme, identifier.value), "what is canonical stays so"
    return identifier


def _pattern(data: bytes) -> object:
    scheme, _, value = _text(data).partition(" ")
    return parse_pattern(RawIdentifier(scheme, value), field="value", confusable=len(value) % 2 == 0)


def _signature(data: bytes) -> object:
    lines = (line.partition(b":") for line in data.split(b"\n") if line)
    headers = [(name.strip().lower(), value) for name, _, value in lines]
    parameters = parse(headers)
    host = dict(headers).get(b"host", b"").strip().decode("latin-1")
    authority = normal_authority(host, "https")
    return signature_base(parameters, method="GET", authority=authority, path="/", query="")


def _receipt(data: bytes) -> object:
    receipt = Receipt.from_json(data)
    assert Receipt.from_json(receipt.to_json()) == receipt
    return verify_receipt(receipt, VERIFIER)


def _checks(data: bytes) -> object:
    found = decode_checks(data, today=TODAY)
    assert len(found) <= count_lines(data), "the quota counts every question"
    return found


def _contributions(data: bytes) -> object:
    read = list(read_ndjson([data[:7], data[7:]], Contribution))
    return [
        checked_record(r.value, owner="ALB", today=TODAY) for r in read if isinstance(r.value, Contribution)
    ]


def _events(data: bytes) -> object:
    whole = EventReader().feed(data)
    pieces = EventReader()
    size = 1 + len(data) // 300
    assert [e for at in range(0, len(data), size) for e in pieces.feed(data[at : at + size])] == whole
    return whole


def _nist(data: bytes) -> object:
    transaction = nist.parse(data)
    assert nist.parse(nist.write(transaction)) == transaction
    return nist.biometrics(transaction)


PARSERS = (
    Parser("mrz", lambda data: mrz.parse(_text(data), today=TODAY), [zone.encode() for zone in ZONES]),
    Parser(
        "identifier", _identifier, [f"{s.name} {example}".encode() for s in SCHEMES for example in s.examples]
    ),
    Parser("pattern", _pattern, [b"plate ALB:AA?23*", b"firearm Glock:17:9x19mm:B1?85?4Z"]),
    Parser("check", lambda data: decode_check(data, today=TODAY), [CHECK]),
    Parser("checks", _checks, [CHECK * 2, CHECK + b"\n" + CHECK]),
    Parser("contributions", _contributions, [CONTRIBUTION * 2]),
    Parser("signature", _signature, [HEADERS]),
    Parser("asker", lambda data: parse_asker(_text(data), bureau="ALB"), [ASKER]),
    Parser(
        "public-key",
        lambda data: parse_public_key(_text(data)),
        [write_public_key(bytes(KEY.verify_key)).encode()],
    ),
    Parser("log-entry-name", lambda data: entry_number(_text(data), field="entry"), [b"17.3", b"0.0"]),
    Parser("checkpoint", lambda data: Checkpoint.parse(_text(data)), [NOTE.encode()]),
    Parser("verifier-key", lambda data: VerifierKey.parse(_text(data)), [str(VERIFIER).encode()]),
    Parser(
        "receipt",
        _receipt,
        [Receipt(entry=b'{"act":"check"}', index=0, proof=(), checkpoint=NOTE).to_json()],
    ),
    Parser("event-stream", _events, [b'event: notification\nid: 7\ndata: {"id":7}\n\n: still here\n\n']),
    Parser(
        "check-list",
        lambda data: list(check_lists.read_checks([data])),
        [b"scheme,value\nplate,ALB:AA123BB\nvin,X\n", CHECK, ZONES[0].encode()],
    ),
    Parser("nist", _nist, [BY_NISTITL, WITH_MINUTIAE]),
    Parser("picture", pictures.colour, list(PICTURES.values())),
    Parser("minutiae-record", minutiae_records.parse, [ISO_2005, ISO_2011, ANSI_2004]),
)
