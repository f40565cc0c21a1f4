"""The calls of the corridor: checks, records, links, members, the log.

Every call but a biometric check may be repeated when an answer is lost: changes carry an `Idempotency-Key`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

import msgspec

from allpoints.audit import Checkpoint, Promise, Receipt, VerifierKey, verify_promise
from allpoints.audit.verify import verify_chain, verify_receipt
from allpoints.bureau.call import (
    JSON,
    NDJSON,
    Call,
    answered,
    encode,
    get,
    idempotent,
    post,
    random_name,
    segment,
    slow,
)
from allpoints.bureau.keys import BureauKey
from allpoints.errors import MalformedInput, TooLarge
from allpoints.formats.http_signature import rotation_statement
from allpoints.records import Bureau, Contribution, HeldRecord
from allpoints.records.evidence import Check, Evidence
from allpoints.wire.corridor import (
    About,
    Acknowledged,
    CheckedLine,
    CheckReply,
    Consistency,
    Decision,
    Enrolment,
    Kept,
    KeptLine,
    Link,
    Member,
    Notification,
    Page,
    Read,
    Summary,
    Version,
)

MAX_LINES = 1_000
MAX_BODY = 4 << 20
"""Lines and bytes that a hub takes in one request."""

SEAL_WAIT_S = 5.0
"""How long a receipt may be on its way: the log is sealed each second."""

Line = TypeVar("Line", CheckedLine, KeptLine)


def check(evidence: Sequence[Evidence], *, check_id: str | None = None) -> Call[CheckReply]:
    """Ask one question. All evidence is about the same thing; `check_id` is random unless given."""
    question = Check(tuple(evidence), check_id or random_name())
    return post("/v1/checks", question, CheckReply)


def check_biometrics(
    evidence: Sequence[Evidence], *, verify: bool = False, check_id: str | None = None
) -> Call[CheckReply]:
    """Ask one question that brings fingerprints or faces, whatever else it brings.

    With `verify` a second examiner decides on what was found, too, without knowing what the first one decided.
    """
    question = Check(tuple(evidence), check_id or random_name(), verify)
    return msgspec.structs.replace(slow(post("/v1/checks/biometric", question, CheckReply)), once=True)


def check_many(questions: Iterable[Sequence[Evidence]]) -> Iterator[Call[list[CheckedLine]]]:
    """Ask many questions, a thousand in a request; answers come in the order of the questions."""
    lines = (encode(Check(tuple(evidence), random_name())) for evidence in questions)
    for offset, body, count in _slices(lines):
        yield Call(
            method="POST",
            path="/v1/checks/bulk",
            headers=NDJSON,
            body=body,
            read=partial(_read_lines, CheckedLine, offset, count),
        )


def contribute(contribution: Contribution, *, idempotency_key: str | None = None) -> Call[Kept]:
    """Contribute a record. A repeated call with the same key and content contributes nothing twice."""
    call = post("/v1/records", contribution, Kept, headers=idempotent(idempotency_key))
    return slow(call) if contribution.biometrics else call


def contribute_many(
    contributions: Iterable[Contribution], *, upload: str | None = None
) -> Iterator[Call[list[KeptLine]]]:
    """Contribute many records, a thousand in a request; a refused line spares the others.

    The same contributions under the same name of an `upload` can be sent again after an interruption: what
    was kept is answered again and not contributed twice.
    """
    name = upload or random_name()
    for offset, body, count in _slices(map(encode, contributions)):
        yield Call(
            method="POST",
            path="/v1/records/bulk",
            headers={**NDJSON, **idempotent(f"{name}-{offset}")},
            body=body,
            read=partial(_read_lines, KeptLine, offset, count),
        )


def records(
    *, after: int = 0, limit: int = 100, reference: str | None = None, review_by: date | None = None
) -> Call[Page[HeldRecord]]:
    """List the bureau's own records in the order of their ids: all, that of one reference, or those that are to be
    reviewed by a day."""
    day = review_by.isoformat() if review_by else None
    return get("/v1/records", Page[HeldRecord], after=after, limit=limit, reference=reference, review_by=day)


def record(record_id: int) -> Call[HeldRecord]:
    """Read one record."""
    return get(f"/v1/records/{record_id}", HeldRecord)


def correct(record_id: int, contribution: Contribution, *, version: int) -> Call[Kept]:
    """Replace an own record. Raises `Conflict` where `version` is no longer its version."""
    return Call(
        method="PUT",
        path=f"/v1/records/{record_id}",
        headers={**JSON, **idempotent(None), "if-match": f'"{version}"'},
        body=encode(contribution),
        read=answered(Kept),
    )


def withdraw(record_id: int, *, idempotency_key: str | None = None) -> Call[Kept]:
    """Take an own record back."""
    return Call(
        method="DELETE",
        path=f"/v1/records/{record_id}",
        headers=idempotent(idempotency_key),
        read=answered(Kept),
    )


def versions(record_id: int) -> Call[Page[Version]]:
    """List what an own record said before its corrections."""
    return get(f"/v1/records/{record_id}/versions", Page[Version])


def reads(record_id: int, *, after: str | None = None, limit: int = 100) -> Call[Page[Read]]:
    """List who found an own record, when and why. `after` is the entry of the last one seen."""
    return get(f"/v1/records/{record_id}/reads", Page[Read], after=after, limit=limit)


def notifications(
    *, after: int = 0, limit: int = 100, unacknowledged: bool = False
) -> Call[Page[Notification]]:
    """List what the hub told the bureau, oldest first."""
    wanted = "true" if unacknowledged else None
    return get("/v1/notifications", Page[Notification], after=after, limit=limit, unacknowledged=wanted)


def notification_stream(position: str) -> Call[None]:
    """Open the stream of notifications after the event with the id `position`."""
    headers = {"accept": "text/event-stream", "last-event-id": position}
    return Call(method="GET", path="/v1/notifications/stream", headers=headers, read=lambda _: None)


def acknowledge(ids: Iterable[int]) -> Call[Acknowledged]:
    """Mark notifications as seen."""
    return post("/v1/notifications/acknowledgements", {"ids": list(ids)}, Acknowledged)


def links(*, after: int = 0, limit: int = 100) -> Call[Page[Link]]:
    """List the links between the bureau's records and those of others."""
    return get("/v1/links", Page[Link], after=after, limit=limit)


def decide_link(link_id: int, decision: Decision, *, idempotency_key: str | None = None) -> Call[Link]:
    """Say whether the two records of a link are about the same person or thing. It replaces what was said before."""
    return Call(
        method="PUT",
        path=f"/v1/links/{link_id}/decision",
        headers={**JSON, **idempotent(idempotency_key)},
        body=encode({"decision": decision}),
        read=answered(Link),
    )


def checkpoint() -> Call[Checkpoint]:
    """Read the signed head of the log."""
    return Call(
        method="GET",
        path="/v1/log/checkpoint",
        read=lambda body: Checkpoint.parse(body.decode()),
        verify=lambda head, key: head.verify(key),
    )


def consistency(old: Checkpoint, new: Checkpoint) -> Call[Consistency]:
    """Read the proof that the log of `new` continues the log of `old`."""
    call = get("/v1/log/consistency", Consistency, old=old.size, new=new.size)
    return msgspec.structs.replace(
        call, verify=lambda found, key: verify_chain([old, new], [found.proof], key)
    )


def receipt(entry: str, *, promise: Promise | None = None, patience_s: float = SEAL_WAIT_S) -> Call[Receipt]:
    """Read the receipt of a log entry, waiting until it is sealed.

    Where the hub's key is pinned the receipt is verified, and with a `promise` also that the entry is the one
    that was promised.
    """

    def verify(found: Receipt, key: VerifierKey) -> None:
        verify_receipt(found, key)
        if promise is not None:
            verify_promise(promise, found.entry, key)

    return Call(
        method="GET",
        path=f"/v1/log/receipts/{segment(entry)}",
        read=Receipt.from_json,
        verify=verify,
        patience_s=patience_s,
    )


def bureaus() -> Call[Page[Member]]:
    """List the members."""
    return get("/v1/bureaus", Page[Member])


def enrol(bureau: Bureau, public_key: str) -> Call[Enrolment]:
    """Ask to enrol a bureau's key; the request is signed by that key itself."""
    body = {
        "bureau": bureau.code,
        "name": bureau.name,
        "contact": bureau.contact,
        "public_key": public_key,
    }
    return post("/v1/enrolments", body, Enrolment)


def enrolments() -> Call[Page[Enrolment]]:
    """List the keys that wait for approval; for the secretariat."""
    return get("/v1/enrolments", Page[Enrolment])


def approve(key_id: str) -> Call[Enrolment]:
    """Approve an enrolment; for the secretariat."""
    return post(f"/v1/enrolments/{segment(key_id)}/approval", {}, Enrolment)


def rotate_key(new_key: BureauKey) -> Call[Enrolment]:
    """Add a key to the bureau's own, signed by the current one; the new key proves that it is held."""
    proof = new_key.sign(rotation_statement(new_key.bureau, new_key.public_key))
    body = {"public_key": new_key.public_text, "proof": proof}
    return post(f"/v1/bureaus/{segment(new_key.bureau)}/keys", body, Enrolment)


def revoke_key(bureau: str, key_id: str) -> Call[Enrolment]:
    """End a key at once."""
    return Call(
        method="DELETE",
        path=f"/v1/bureaus/{segment(bureau)}/keys/{segment(key_id)}",
        read=answered(Enrolment),
    )


def about() -> Call[About]:
    """Read what the hub says of itself."""
    return Call(method="GET", path="/.well-known/allpoints", read=answered(About), signed=False)


def _slices(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes, int]]:
    """Yield (lines before, body, lines in it), each body within what a hub takes at once."""
    offset, size = 0, 0
    held: list[bytes] = []
    for line in lines:
        if len(line) >= MAX_BODY:
            raise TooLarge(f"line {offset + len(held) + 1} has more than {MAX_BODY} bytes", field="body")
        if held and (len(held) == MAX_LINES or size + len(line) >= MAX_BODY):
            yield offset, b"\n".join(held) + b"\n", len(held)
            offset, size, held = offset + len(held), 0, []
        held.append(line)
        size += len(line) + 1
    if held:
        yield offset, b"\n".join(held) + b"\n", len(held)


def _read_lines(kind: type[Line], offset: int, count: int, body: bytes) -> list[Line]:
    *lines, last = body.rstrip(b"\n").split(b"\n")
    summary = msgspec.json.decode(last, type=Summary)
    found = msgspec.json.Decoder(kind).decode_lines(b"\n".join(lines))
    if [line.line for line in found] != list(range(1, count + 1)) or summary.lines != count:
        raise MalformedInput("the hub did not answer each line in turn", field="body")
    return [
        msgspec.structs.replace(line, line=offset + line.line, entry=summary.entry, promise=summary.promise)
        for line in found
    ]
