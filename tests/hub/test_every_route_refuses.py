"""Every operation of the served OpenAPI document, tried in every wrong way: all refused, and nothing has changed."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from tests.announcing import diffusion, picture, review
from tests.announcing import request as announced
from tests.hub.signed import JSON, NDJSON, Request, http, problem, send, signature
from tests.hubs import RunningHub, asker
from tests.posting import sealed_file, sealed_message

from allpoints.bureau import BureauKey, Signer
from allpoints.bureau.sealed import SealingPrivateKey
from allpoints.formats.http_signature import (
    content_digest,
    cover,
    rotation_statement,
    write_asker,
    write_signature,
)
from allpoints.formats.http_signature.signature import DERIVED, REQUIRED
from allpoints.hub.app import create_app
from allpoints.hub.environment import Environment
from allpoints.hub.routes.mail import BYTES
from allpoints.hub.worker import Worker
from allpoints.modalities import FINGERPRINTS
from allpoints.records import (
    OPERATIONAL_PURPOSES,
    Asker,
    Contribution,
    Particulars,
    Purpose,
    RawIdentifier,
    RecordKind,
    Role,
)
from allpoints.records.evidence import Check, IdentifierEvidence
from allpoints.settings import HubSettings

OPERATOR = asker("UTO", "operator", "criminal-investigation", "police")
EXAMINER = asker("UTO", "examiner", "criminal-investigation", "police", user="u-2")
ADMINISTRATOR = asker("UTO", "administrator", "administration", "bureau")
REVIEWER = asker("HUB", "operator", "administration", "bureau")
SECRETARIAT = asker("HUB", "administrator", "administration", "bureau")
OVERSIGHT = asker("HUB", "data-protection-officer", "oversight", "bureau")

UNSIGNED = {
    "/health/live": "a supervisor asks whether the process answers",
    "/health/ready": "a load balancer asks whether to send requests here",
    "/metrics": "Prometheus reads them; no label says who asked or what",
    "/openapi.json": "the document of the API",
    "/.well-known/allpoints": "name and public key of the hub, for who has no key yet",
    "/v1/public/notices": "what owners let everybody read of published notices",
    "/v1/public/notices/{year}/{serial}": "the same of one notice",
    "/v1/public/notices/{year}/{serial}/pictures/{picture}": "and its pictures that everybody may see",
}
"""Every route that nobody signs, and why."""

ASKING = {Role.OFFICER, Role.OPERATOR, Role.EXAMINER, Role.ANALYST, Role.SUPERVISOR}
KEEPING = {Role.OPERATOR, Role.SUPERVISOR}
EXAMINING = {Role.EXAMINER, Role.OPERATOR, Role.SUPERVISOR}
READING = {Role.OPERATOR, Role.SUPERVISOR, Role.EXAMINER, Role.ANALYST}

OF_A_BODY = {
    Purpose.BORDER_CONTROL,
    Purpose.CRIMINAL_INVESTIGATION,
    Purpose.COUNTER_TERRORISM,
    Purpose.MISSING_PERSONS,
    Purpose.VICTIM_IDENTIFICATION,
}

Who = Callable[[Role, Purpose], bool]

CANDIDATE = "/v1/examinations/{examination_id}/candidates/{record_id}"


def _by(roles: set[Role]) -> Who:
    return lambda role, purpose: role in roles and purpose is not Purpose.OVERSIGHT


def _in_a_case(roles: set[Role]) -> Who:
    return lambda role, purpose: role in roles and purpose in OPERATIONAL_PURPOSES


def _anybody(_: Role, __: Purpose) -> bool:
    return True


def _administrator(role: Role, purpose: Purpose) -> bool:
    return (role, purpose) == (Role.ADMINISTRATOR, Purpose.ADMINISTRATION)


def _reviewer(role: Role, purpose: Purpose) -> bool:
    return role in KEEPING and purpose is Purpose.ADMINISTRATION


def _overseer(role: Role, purpose: Purpose) -> bool:
    return (role, purpose) == (Role.DATA_PROTECTION_OFFICER, Purpose.OVERSIGHT)


def _by_writing(role: Role, purpose: Purpose) -> bool:
    return _by(KEEPING)(role, purpose) or _overseer(role, purpose)


WHO_MAY: dict[str, Who] = {
    "post /v1/checks": lambda role, purpose: role in ASKING and purpose in OPERATIONAL_PURPOSES,
    "post /v1/checks/bulk": lambda role, purpose: (
        role in {Role.OPERATOR, Role.ANALYST, Role.SUPERVISOR} and purpose in OPERATIONAL_PURPOSES
    ),
    "post /v1/checks/biometric": lambda role, purpose: (
        role in ASKING - {Role.ANALYST}
        and purpose in OF_A_BODY
        and (role, purpose) != (Role.SUPERVISOR, Purpose.BORDER_CONTROL)
    ),
    "get /v1/examinations": _in_a_case(EXAMINING),
    "get /v1/examinations/{examination_id}": _in_a_case(EXAMINING),
    "post /v1/examinations/{examination_id}/assignment": _in_a_case(EXAMINING),
    f"post {CANDIDATE}/decision": _in_a_case({Role.EXAMINER}),
    f"get {CANDIDATE}/comparison": _in_a_case(EXAMINING),
    f"get {CANDIDATE}/comparison.png": _in_a_case(EXAMINING),
    "post /v1/records": _by(KEEPING),
    "post /v1/records/bulk": _by(KEEPING),
    "get /v1/records": _by(READING),
    "get /v1/records/{record_id}": _by(READING),
    "put /v1/records/{record_id}": _by(KEEPING),
    "delete /v1/records/{record_id}": _by(KEEPING),
    "get /v1/records/{record_id}/versions": _by(READING),
    "get /v1/records/{record_id}/reads": lambda role, purpose: (
        _by(KEEPING)(role, purpose) or _overseer(role, purpose)
    ),
    "get /v1/notifications": _by(KEEPING),
    "get /v1/notifications/stream": _by(KEEPING),
    "post /v1/notifications/acknowledgements": _by(KEEPING),
    "get /v1/links": _by({Role.OPERATOR, Role.SUPERVISOR, Role.ANALYST}),
    "put /v1/links/{link_id}/decision": _by(KEEPING),
    "post /v1/confirmations": _in_a_case(ASKING - {Role.ANALYST}),
    "get /v1/confirmations": _by(ASKING),
    "get /v1/confirmations/{confirmation_id}": _by(ASKING),
    "post /v1/confirmations/{confirmation_id}/answer": _in_a_case(KEEPING),
    "get /v1/statistics": lambda role, purpose: _by(KEEPING)(role, purpose) or _overseer(role, purpose),
    "post /v1/messages": _by_writing,
    "get /v1/messages": _by(KEEPING),
    "post /v1/messages/collections": _by(KEEPING),
    "get /v1/messages/{message_id}/delivery": _by_writing,
    "delete /v1/messages/{message_id}": _by_writing,
    "put /v1/attachments/{attachment_id}/parts/{part}": _by_writing,
    "get /v1/attachments/{attachment_id}/parts/{part}": _by(KEEPING),
    "get /v1/attachments/{attachment_id}": _by_writing,
    "delete /v1/attachments/{attachment_id}": _by_writing,
    "get /v1/bureaus/{bureau}/public-keys": _anybody,
    "put /v1/bureaus/{bureau}/sealing-keys/{key}": _administrator,
    "delete /v1/bureaus/{bureau}/sealing-keys/{key}": _administrator,
    "post /v1/notices": _in_a_case(KEEPING),
    "post /v1/diffusions": _in_a_case(KEEPING),
    "put /v1/notices/{notice_id}": _in_a_case(KEEPING),
    "put /v1/diffusions/{notice_id}": _in_a_case(KEEPING),
    "post /v1/notices/{notice_id}/review": _reviewer,
    "post /v1/notices/{notice_id}/suspension": _reviewer,
    "post /v1/notices/{notice_id}/lifting": _reviewer,
    "post /v1/notices/{notice_id}/cancellation": _in_a_case(KEEPING),
    "get /v1/notices": _in_a_case(ASKING),
    "get /v1/notices/{notice_id}": _in_a_case(ASKING),
    "get /v1/notices/{notice_id}/pictures/{picture}": _in_a_case(ASKING),
    "get /v1/log/checkpoint": _anybody,
    "get /v1/log/consistency": _anybody,
    "get /v1/log/receipts/{entry}": _anybody,
    "get /v1/log/entries": _overseer,
    "get /v1/bureaus": _anybody,
    "post /v1/enrolments": _administrator,
    "get /v1/enrolments": _administrator,
    "post /v1/enrolments/{key}/approval": _administrator,
    "get /v1/bureaus/{bureau}/keys": _administrator,
    "post /v1/bureaus/{bureau}/keys": _administrator,
    "delete /v1/bureaus/{bureau}/keys/{key}": _administrator,
}
"""Which roles, for which purposes, at a police force: read off the policies by a person."""

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
PRINT = FINGERPRINTS.examples()[0]
ANSWERED_AT_LENGTH = "get /v1/notifications/stream"


@pytest.fixture(scope="module")
def document(hub: RunningHub) -> dict[str, Any]:
    """The OpenAPI document as the hub serves it."""
    found: dict[str, Any] = http.get(f"{hub.url}/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def right(hub: RunningHub, document: dict[str, Any]) -> dict[str, Request]:
    """A right request for each operation of the document; none of them is sent."""
    made = right_requests(hub)
    assert made.keys() == {op["operationId"] for path in document["paths"].values() for op in path.values()}
    assert made.keys() == WHO_MAY.keys()
    return made


@pytest.fixture
def untouched(hub: RunningHub) -> Iterator[None]:
    """Nothing is contributed, corrected, withdrawn, acknowledged, enrolled, approved or revoked meanwhile."""
    before = _everything(hub)
    yield
    assert _everything(hub) == before


def right_requests(hub: RunningHub) -> dict[str, Request]:
    """A request for each operation that would be answered, on things of its own where it changes something."""
    operator = hub.operator("UTO")
    kept = [operator.contribute(_contribution(reference)) for reference in _references(3)]
    looked_at, corrected, withdrawn = (record.id for record in kept)
    newcomer, waiting, added, ended = (BureauKey.generate(code) for code in ("ESP", "GRC", "UTO", "UTO"))
    hub.client("UTO", "administrator", "administration", "bureau").rotate_key(ended)
    _enrol(hub, waiting)
    operator.receipt(kept[0].entry)
    rotation = {
        "public_key": added.public_text,
        "proof": added.sign(rotation_statement("UTO", added.public_key)),
    }
    check = (
        b'{"evidence":[{"kind":"identifier","scheme":"phone","value":"+355672345678"}],"id":"every-route"}'
    )
    reads = f"/v1/records/{looked_at}"
    first, second = (_contribution(reference) for reference in _references(2))
    one = _contribution(f"{_references(1)[0]}")

    def by(asker_: Any, method: str, target: str, body: object = b"", **headers: str) -> Request:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return Request(method=method, target=target, asker=asker_, body=content, headers=headers)

    def json(asker_: Any, method: str, target: str, body: object, **headers: str) -> Request:
        return by(asker_, method, target, body, **{**JSON, **headers})

    key = {"idempotency-key": f"every-route-{time.monotonic_ns()}"}
    bulk_key = {"idempotency-key": f"every-route-bulk-{time.monotonic_ns()}"}
    correction = _contribution(_reference_of(hub, corrected))
    to_decide, to_look_at, found = examined(hub)
    candidate = f"/v1/examinations/{to_look_at}/candidates/{found}"
    hit = _hit(hub, "UTO", "ITA")
    owed = hub.operator("FRA").ask_confirmation(*_hit(hub, "FRA", "UTO")).id
    return {
        "post /v1/checks": json(OPERATOR, "POST", "/v1/checks", check),
        "post /v1/checks/bulk": by(OPERATOR, "POST", "/v1/checks/bulk", check + b"\n" + check, **NDJSON),
        "post /v1/checks/biometric": json(
            OPERATOR, "POST", "/v1/checks/biometric", Check((PRINT,), id="every-route")
        ),
        "get /v1/examinations": by(OPERATOR, "GET", "/v1/examinations?mine=false&state=open"),
        "get /v1/examinations/{examination_id}": by(OPERATOR, "GET", f"/v1/examinations/{to_look_at}"),
        "post /v1/examinations/{examination_id}/assignment": json(
            OPERATOR, "POST", f"/v1/examinations/{to_look_at}/assignment", {"examiner": "u-3"}
        ),
        f"post {CANDIDATE}/decision": json(
            EXAMINER,
            "POST",
            f"/v1/examinations/{to_decide}/candidates/{found}/decision",
            {"decision": "inconclusive", "reason": "too few minutiae", "id": "0123456789abcdef"},
        ),
        f"get {CANDIDATE}/comparison": by(EXAMINER, "GET", f"{candidate}/comparison"),
        f"get {CANDIDATE}/comparison.png": by(EXAMINER, "GET", f"{candidate}/comparison.png?probe=0"),
        "post /v1/records": json(OPERATOR, "POST", "/v1/records", one, **key),
        "post /v1/records/bulk": by(
            OPERATOR,
            "POST",
            "/v1/records/bulk",
            msgspec.json.Encoder().encode_lines([first, second]),
            **NDJSON,
            **bulk_key,
        ),
        "get /v1/records": by(OPERATOR, "GET", "/v1/records?limit=2"),
        "get /v1/records/{record_id}": by(OPERATOR, "GET", reads),
        "put /v1/records/{record_id}": json(
            OPERATOR,
            "PUT",
            f"/v1/records/{corrected}",
            correction,
            **{"if-match": '"1"', "idempotency-key": f"every-route-put-{corrected}"},
        ),
        "delete /v1/records/{record_id}": by(OPERATOR, "DELETE", f"/v1/records/{withdrawn}"),
        "get /v1/records/{record_id}/versions": by(OPERATOR, "GET", f"{reads}/versions"),
        "get /v1/records/{record_id}/reads": by(OPERATOR, "GET", f"{reads}/reads?limit=5"),
        "get /v1/notifications": by(OPERATOR, "GET", "/v1/notifications?unacknowledged=true"),
        ANSWERED_AT_LENGTH: by(OPERATOR, "GET", "/v1/notifications/stream"),
        "post /v1/notifications/acknowledgements": json(
            OPERATOR, "POST", "/v1/notifications/acknowledgements", {"ids": [2**62]}
        ),
        "get /v1/links": by(OPERATOR, "GET", "/v1/links"),
        "put /v1/links/{link_id}/decision": json(
            OPERATOR, "PUT", f"/v1/links/{_link(hub)}/decision", {"decision": "different"}
        ),
        "post /v1/confirmations": json(
            OPERATOR,
            "POST",
            "/v1/confirmations",
            {"record": hit[0], "entry": hit[1], "urgency": "gate", "id": "0123456789abcdef"},
        ),
        "get /v1/confirmations": by(OPERATOR, "GET", "/v1/confirmations?side=owed&state=asked"),
        "get /v1/confirmations/{confirmation_id}": by(OPERATOR, "GET", f"/v1/confirmations/{owed}"),
        "post /v1/confirmations/{confirmation_id}/answer": json(
            OPERATOR,
            "POST",
            f"/v1/confirmations/{owed}/answer",
            {"outcome": "refuted", "id": "0123456789abcdef"},
        ),
        "get /v1/statistics": by(OPERATOR, "GET", "/v1/statistics?since=2026-01-01"),
        **mail(hub),
        **notices(hub),
        "get /v1/log/checkpoint": by(OPERATOR, "GET", "/v1/log/checkpoint"),
        "get /v1/log/consistency": by(OPERATOR, "GET", "/v1/log/consistency?old=1&new=2"),
        "get /v1/log/receipts/{entry}": by(OPERATOR, "GET", f"/v1/log/receipts/{kept[0].entry}"),
        "get /v1/log/entries": by(OVERSIGHT, "GET", "/v1/log/entries?limit=2"),
        "get /v1/bureaus": by(OPERATOR, "GET", "/v1/bureaus"),
        "post /v1/enrolments": msgspec.structs.replace(
            json(
                asker("ESP", "administrator", "administration", "bureau"),
                "POST",
                "/v1/enrolments",
                {"bureau": "ESP", "name": "Bureau ESP", "public_key": newcomer.public_text},
            ),
            key=newcomer,
        ),
        "get /v1/enrolments": by(SECRETARIAT, "GET", "/v1/enrolments"),
        "post /v1/enrolments/{key}/approval": json(
            SECRETARIAT, "POST", f"/v1/enrolments/{waiting.key_id}/approval", {}
        ),
        "get /v1/bureaus/{bureau}/keys": by(ADMINISTRATOR, "GET", "/v1/bureaus/UTO/keys"),
        "post /v1/bureaus/{bureau}/keys": json(ADMINISTRATOR, "POST", "/v1/bureaus/UTO/keys", rotation),
        "delete /v1/bureaus/{bureau}/keys/{key}": by(
            ADMINISTRATOR, "DELETE", f"/v1/bureaus/UTO/keys/{ended.key_id}"
        ),
    }


def notices(hub: RunningHub) -> dict[str, Request]:
    """A request for each operation on notices."""
    operator, reviewer = hub.operator("UTO"), hub.secretariat("operator")
    said, sent = announced(pictures=(picture(),)), diffusion("FRA")
    requested = operator.request_notice(said).id
    corrected, cancelled, reviewed = (operator.request_notice(announced()) for _ in range(3))
    resent = operator.send_diffusion(sent).id
    published, suspended = (operator.request_notice(announced()).id for _ in range(2))
    for number in (published, suspended):
        reviewer.review_notice(number, review())
    reviewer.suspend_notice(suspended, "why")
    reference = operator.record(corrected.record).reference

    def by(asker_: Any, method: str, target: str, body: object = None, **headers: str) -> Request:
        keyed = {"idempotency-key": f"every-route-{time.monotonic_ns()}", **headers}
        return Request(
            method=method,
            target=target,
            asker=asker_,
            body=b"" if body is None else msgspec.json.encode(body),
            headers={} if body is None else {**JSON, **keyed},
        )

    one = f"/v1/notices/{requested}"
    why = {"reason": "why"}
    return {
        "post /v1/notices": by(OPERATOR, "POST", "/v1/notices", announced()),
        "post /v1/diffusions": by(OPERATOR, "POST", "/v1/diffusions", diffusion("FRA")),
        "put /v1/notices/{notice_id}": by(
            OPERATOR,
            "PUT",
            f"/v1/notices/{corrected.id}",
            announced(reference=reference),
            **{"if-match": '"1"'},
        ),
        "put /v1/diffusions/{notice_id}": by(
            OPERATOR, "PUT", f"/v1/diffusions/{resent}", sent, **{"if-match": '"1"'}
        ),
        "post /v1/notices/{notice_id}/review": by(
            REVIEWER, "POST", f"/v1/notices/{reviewed.id}/review", review()
        ),
        "post /v1/notices/{notice_id}/suspension": by(
            REVIEWER, "POST", f"/v1/notices/{published}/suspension", why
        ),
        "post /v1/notices/{notice_id}/lifting": by(REVIEWER, "POST", f"/v1/notices/{suspended}/lifting", why),
        "post /v1/notices/{notice_id}/cancellation": by(
            OPERATOR, "POST", f"/v1/notices/{cancelled.id}/cancellation", why
        ),
        "get /v1/notices": by(OPERATOR, "GET", "/v1/notices?mine=true&colour=yellow&limit=2"),
        "get /v1/notices/{notice_id}": by(OPERATOR, "GET", one),
        "get /v1/notices/{notice_id}/pictures/{picture}": by(OPERATOR, "GET", f"{one}/pictures/1"),
    }


def mail(hub: RunningHub) -> dict[str, Request]:
    """A right request for each operation on messages, attachments and public keys."""
    operator, other = hub.operator("UTO"), hub.operator("ITA")
    sent, to_send = (sealed_message(hub, "UTO", "ITA") for _ in range(2))
    operator.send_message(sent)
    attached, kept, dropped, new = (sealed_file(b"a file") for _ in range(4))
    for client, (attachment, parts) in ((other, attached), (operator, kept), (operator, dropped)):
        client.put_attachment_part(attachment.id, 0, parts[0])
    come = sealed_message(hub, "ITA", "UTO", attachments=(attached[0],))
    other.send_message(come)
    published, retired = (SealingPrivateKey.generate("UTO") for _ in range(2))
    certificate = published.certified(hub.keys["UTO"], datetime.now(UTC))
    hub.client("UTO", "administrator", "administration", "bureau").publish_sealing_key(
        retired.certified(hub.keys["UTO"], datetime.now(UTC))
    )

    def by(method: str, target: str, body: object = None, *, who: Asker = OPERATOR) -> Request:
        content = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        kind = {"content-type": BYTES} if isinstance(body, bytes) else JSON
        return Request(
            method=method, target=target, asker=who, body=content, headers={} if body is None else kind
        )

    message = f"/v1/messages/{sent.head.id}"
    keys = "/v1/bureaus/UTO/sealing-keys"
    return {
        "post /v1/messages": by("POST", "/v1/messages", to_send),
        "get /v1/messages": by("GET", "/v1/messages?limit=5"),
        "get /v1/messages/{message_id}/delivery": by("GET", f"{message}/delivery"),
        "delete /v1/messages/{message_id}": by("DELETE", message),
        "put /v1/attachments/{attachment_id}/parts/{part}": by(
            "PUT", f"/v1/attachments/{new[0].id}/parts/0", new[1][0]
        ),
        "get /v1/attachments/{attachment_id}/parts/{part}": by(
            "GET", f"/v1/attachments/{attached[0].id}/parts/0"
        ),
        "post /v1/messages/collections": by("POST", "/v1/messages/collections", {"ids": [come.head.id]}),
        "get /v1/attachments/{attachment_id}": by("GET", f"/v1/attachments/{kept[0].id}"),
        "delete /v1/attachments/{attachment_id}": by("DELETE", f"/v1/attachments/{dropped[0].id}"),
        "get /v1/bureaus/{bureau}/public-keys": by("GET", "/v1/bureaus/UTO/public-keys"),
        "put /v1/bureaus/{bureau}/sealing-keys/{key}": by(
            "PUT", f"{keys}/{published.key_id}", certificate, who=ADMINISTRATOR
        ),
        "delete /v1/bureaus/{bureau}/sealing-keys/{key}": by(
            "DELETE", f"{keys}/{retired.key_id}", who=ADMINISTRATOR
        ),
    }


def examined(hub: RunningHub) -> tuple[int, int, int]:
    """Two candidate lists of the operator's bureau, the first assigned to the examiner, and a record on both."""
    client = hub.operator("UTO")
    pictured = _pictured(hub)
    for _ in range(100):
        replies = [client.check_biometrics([PRINT]) for _ in range(2)]
        first, second = (reply.examination for reply in replies)
        if first and second and all(pictured in {hit.record for hit in r.hits} for r in replies):
            client.assign(first, EXAMINER.user)
            return first, second, pictured
        time.sleep(0.1)
    raise TimeoutError("the print was not found")


def _pictured(hub: RunningHub) -> int:
    """Another bureau's record with a print; contributed once."""
    operator = hub.operator("ITA")
    if held := operator.records(reference="every-route-print").items:
        return held[0].id
    made = msgspec.structs.replace(_contribution("every-route-print"), biometrics=(PRINT,))
    return operator.contribute(made).id


def _hit(hub: RunningHub, bureau: str, owner: str) -> tuple[int, str]:
    """A new record of the owner's, and the entry of a check by which the bureau has found it."""
    phone = f"+3067{time.monotonic_ns() % 10**8:08}"
    made = msgspec.structs.replace(
        _contribution(_references(1)[0]), identifiers=(RawIdentifier("phone", phone),)
    )
    kept = hub.operator(owner).contribute(made)
    for _ in range(100):
        reply = hub.operator(bureau).check([IdentifierEvidence("phone", phone)])
        if kept.id in {hit.record for hit in reply.hits}:
            return kept.id, reply.entry
        time.sleep(0.1)
    raise TimeoutError("the phone was not found")


def _link(hub: RunningHub) -> int:
    """A link of the operator's bureau with another one, raised by the housekeeper meanwhile."""
    held = f"+3069{time.monotonic_ns() % 10**8:08}"
    own, other = (
        hub.operator(bureau).contribute(
            msgspec.structs.replace(_contribution(reference), identifiers=(RawIdentifier("phone", held),))
        )
        for bureau, reference in zip(("UTO", "ITA"), _references(2), strict=True)
    )
    assert other.id
    for _ in range(200):
        for link in hub.operator("UTO").links(limit=500).items:
            if link.record == own.id:
                return link.id
        time.sleep(0.1)
    raise TimeoutError("no link was raised")


def test_there_are_no_other_routes_than_in_the_document_and_those_that_nobody_signs(
    hub: RunningHub, document: dict[str, Any]
) -> None:
    settings = HubSettings(data=hub.folder, port=hub.port)
    app = create_app(Worker(Environment(settings, {"allpoints_hub": "", "allpoints_system": ""})))
    found = {
        (method.lower(), _template(route.path))
        for route in app.routes
        for method in (getattr(route, "methods", None) or {"POST"}) - {"OPTIONS"}
    }
    signed = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert found == signed | {("get", path) for path in UNSIGNED}


def _template(path: str) -> str:
    return path.replace(":int}", "}").replace(":str}", "}")


@pytest.mark.parametrize("path", [path for path in UNSIGNED if "{" not in path])
def test_what_nobody_signs_is_answered_to_everybody(hub: RunningHub, path: str) -> None:
    assert http.get(hub.url + path).status_code == 200


def test_every_right_request_is_answered_as_the_document_says_but_only_once(
    hub: RunningHub, document: dict[str, Any]
) -> None:
    for operation_id, request in right_requests(hub).items():
        headers = signature(hub, request)
        described = _described(document, operation_id)
        if operation_id == ANSWERED_AT_LENGTH:
            with http.stream(request.method, hub.url + request.target, headers=headers) as stream:
                assert stream.status_code == 200
        else:
            answer = send(hub, request, headers)
            assert str(answer.status_code) in described, (operation_id, answer.content)
            assert answer.is_success, (operation_id, answer.content)
            [(media_type, content)] = described[str(answer.status_code)]["content"].items()
            assert answer.headers["content-type"].startswith(media_type)
            _conforms(document, content["schema"], media_type, answer.content)
        replay = send(hub, request, headers)
        # A key can be enrolled once only, so that a repeated enrolment fails before anybody looks for replays.
        status, field = (409, "public_key") if operation_id == "post /v1/enrolments" else (401, "Signature")
        assert problem(replay, status)["field"] == field, operation_id


Spoiled = Callable[[RunningHub, Request], Mapping[str, str]]


def _unsigned(_: RunningHub, request: Request) -> Mapping[str, str]:
    return request.headers


def _without(name: str) -> Spoiled:
    def spoil(hub: RunningHub, request: Request) -> Mapping[str, str]:
        return {n: value for n, value in signature(hub, request).items() if n != name}

    return spoil


def _signed_at(seconds: int) -> Spoiled:
    return lambda hub, request: signature(hub, request, now=int(time.time()) + seconds)


def _signed_for(**other: Any) -> Spoiled:
    """A signature of another request: what was signed is not what is sent."""
    return lambda hub, request: signature(
        hub, msgspec.structs.replace(request, **{n: v(request) for n, v in other.items()})
    )


def _with(name: str, value: str) -> Spoiled:
    """A header that was changed, or added, on the way."""
    return lambda hub, request: {**signature(hub, request), name: value}


def _unknown_key(hub: RunningHub, request: Request) -> Mapping[str, str]:
    return _sign(request, BureauKey.generate(request.asker.bureau), hub.url)


def _claimed_key(hub: RunningHub, request: Request) -> Mapping[str, str]:
    """Another bureau's key that claims to be the asker's."""
    key = hub.keys["ITA"]
    claimed = BureauKey("ITA", key.seed)
    claimed.bureau, claimed.key_id = (
        request.asker.bureau,
        (request.key or hub.keys[request.asker.bureau]).key_id,
    )
    return _sign(request, claimed, hub.url)


def _another_hub(hub: RunningHub, request: Request) -> Mapping[str, str]:
    """A request that another hub was asked, carried on to this one with its own host."""
    key = request.key or hub.keys[request.asker.bureau]
    return {**_sign(request, key, "http://hub.example"), "host": "hub.example"}


def _another_hub_renamed(hub: RunningHub, request: Request) -> Mapping[str, str]:
    return _sign(request, request.key or hub.keys[request.asker.bureau], "http://hub.example")


def _not_covering(component: str) -> Spoiled:
    """A true signature that leaves one required component out."""

    def spoil(hub: RunningHub, request: Request) -> Mapping[str, str]:
        key = request.key or hub.keys[request.asker.bureau]
        sent = {
            **request.headers,
            "content-digest": content_digest(request.body),
            "allpoints-asker": write_asker(request.asker),
        }
        names = [n for n in (*DERIVED, *sent) if n != component]
        whole = cover(sent, created=int(time.time()), nonce=f"n{time.monotonic_ns():020d}", key_id=key.key_id)
        components = "({})".format(" ".join(f'"{n}"' for n in names))
        text = whole.text.replace(whole.components, components)
        path, _, query = request.target.partition("?")
        values = {
            "@method": request.method,
            "@authority": hub.url.removeprefix("http://"),
            "@path": path,
            "@query": f"?{query}",
            **sent,
        }
        base = "\n".join([*(f'"{n}": {values[n]}' for n in names), f'"@signature-params": {text}'])
        return {
            **sent,
            "signature-input": f"sig={text}",
            "signature": write_signature(key.sign(base.encode())),
        }

    return spoil


def _sign(request: Request, key: BureauKey, url: str) -> Mapping[str, str]:
    return Signer(key.bureau, key).sign(
        request.method, url + request.target, asker=request.asker, body=request.body, headers=request.headers
    )


SPOILED: dict[str, Spoiled] = {
    "unsigned": _unsigned,
    "without Signature": _without("signature"),
    "without Signature-Input": _without("signature-input"),
    "without Content-Digest": _without("content-digest"),
    "without Allpoints-Asker": _without("allpoints-asker"),
    "stale": _signed_at(-600),
    "from the future": _signed_at(+600),
    "another body": _signed_for(body=lambda request: request.body + b" "),
    "another path": _signed_for(target=lambda request: "/v1/elsewhere"),
    "another query": _signed_for(
        target=lambda request: f"{request.target}{'&' if '?' in request.target else '?'}after=7"
    ),
    "another method": _signed_for(method=lambda request: "PATCH"),
    "another asker": _with("allpoints-asker", write_asker(asker("UTO", "supervisor"))),
    "another digest": _with("content-digest", content_digest(b"something else")),
    "another idempotency key": _with("idempotency-key", "another"),
    "another version": _with("if-match", '"7"'),
    "another content type": _with("content-type", "text/plain"),
    "another key's name": lambda hub, request: {
        **(right := signature(hub, request)),
        "signature-input": right["signature-input"].replace('keyid="', 'keyid="x'),
    },
    "another signature": _with("signature", write_signature(bytes(64))),
    "no signature at all in it": _with("signature", "sig=::"),
    "unknown key": _unknown_key,
    "foreign key that claims to be the asker's": _claimed_key,
    "another hub": _another_hub,
    "another hub, renamed": _another_hub_renamed,
    **{f"not covering {component}": _not_covering(component) for component in REQUIRED},
}


@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.usefixtures("untouched")
def test_no_operation_is_done_for_a_request_that_is(
    hub: RunningHub, right: dict[str, Request], spoiled: str
) -> None:
    for operation_id, request in right.items():
        answer = send(hub, request, SPOILED[spoiled](hub, request))
        assert answer.status_code in (400, 401), (operation_id, answer.status_code, answer.content)
        assert problem(answer, 400, 401)["field"], operation_id


@pytest.mark.usefixtures("untouched")
def test_a_header_that_stands_twice_is_refused(hub: RunningHub, right: dict[str, Request]) -> None:
    for operation_id, request in right.items():
        headers = [
            *signature(hub, request).items(),
            ("allpoints-asker", write_asker(asker("UTO", "supervisor"))),
        ]
        answer = http.request(request.method, hub.url + request.target, content=request.body, headers=headers)
        assert problem(answer, 400)["field"] == "Allpoints-Asker", operation_id


@pytest.mark.usefixtures("untouched")
def test_every_operation_is_refused_to_every_wrong_role_and_purpose(
    hub: RunningHub, right: dict[str, Request]
) -> None:
    for operation_id, request in right.items():
        for role, purpose in _wrong(operation_id, request):
            who = msgspec.structs.replace(request.asker, role=role, purpose=purpose)
            answer = send(hub, msgspec.structs.replace(request, asker=who))
            assert answer.status_code == 403, (operation_id, role, purpose, answer.content)
            assert problem(answer, 403)["code"] == "forbidden"


def _wrong(operation_id: str, request: Request) -> list[tuple[Role, Purpose]]:
    mine = request.asker
    purposes = (Purpose.CRIMINAL_INVESTIGATION, Purpose.OVERSIGHT, Purpose.ADMINISTRATION)
    pairs = {(role, purpose) for role in Role for purpose in purposes} | {(mine.role, p) for p in Purpose}
    return sorted(pair for pair in pairs if not WHO_MAY[operation_id](*pair))


@pytest.mark.usefixtures("untouched")
def test_no_bureau_acts_on_what_another_owns(hub: RunningHub, right: dict[str, Request]) -> None:
    owned = [
        operation_id
        for operation_id in right
        if "{record_id}" in operation_id
        or "{examination_id}" in operation_id
        or "{confirmation_id}" in operation_id
        or "{notice_id}" in operation_id
        or "{message_id}" in operation_id
        or ("{attachment_id}" in operation_id and not operation_id.startswith("put"))
        or "/sealing-keys" in operation_id
        or "/keys" in operation_id
        or "{entry}" in operation_id
    ]
    assert len(owned) == 31
    for operation_id in owned:
        request = right[operation_id]
        stranger = msgspec.structs.replace(request.asker, bureau="ITA")
        answer = send(hub, msgspec.structs.replace(request, asker=stranger))
        assert answer.status_code in (403, 404), (operation_id, answer.content)
        assert problem(answer, 403, 404)


@pytest.mark.usefixtures("untouched")
def test_no_member_does_the_secretariats_work(hub: RunningHub, right: dict[str, Request]) -> None:
    for operation_id in (
        "get /v1/log/entries",
        "get /v1/enrolments",
        "post /v1/enrolments/{key}/approval",
        "post /v1/notices/{notice_id}/review",
        "post /v1/notices/{notice_id}/suspension",
        "post /v1/notices/{notice_id}/lifting",
    ):
        request = right[operation_id]
        member = msgspec.structs.replace(request.asker, bureau="UTO")
        assert problem(send(hub, msgspec.structs.replace(request, asker=member)), 403)


@pytest.mark.usefixtures("untouched")
def test_the_secretariat_neither_asks_nor_shares(hub: RunningHub, right: dict[str, Request]) -> None:
    for operation_id in (
        "post /v1/checks",
        "post /v1/checks/bulk",
        "post /v1/records",
        "post /v1/records/bulk",
        "post /v1/notices",
        "post /v1/diffusions",
    ):
        request = right[operation_id]
        secretariat = msgspec.structs.replace(request.asker, bureau="HUB")
        assert problem(send(hub, msgspec.structs.replace(request, asker=secretariat)), 403)


def _contribution(reference: str) -> Contribution:
    return Contribution(
        reference=reference,
        kind=RecordKind.PERSON,
        identifiers=(),
        particulars=Particulars(reason="missing", names=("Anna Example",)),
    )


def _references(count: int) -> list[str]:
    return [f"every-route-{time.monotonic_ns()}-{n}" for n in range(count)]


def _reference_of(hub: RunningHub, record_id: int) -> str:
    return hub.operator("UTO").record(record_id).reference


def _enrol(hub: RunningHub, key: BureauKey) -> None:
    who = asker(key.bureau, "administrator", "administration", "bureau")
    body = msgspec.json.encode({"bureau": key.bureau, "name": "A bureau", "public_key": key.public_text})
    asked = Request(method="POST", target="/v1/enrolments", asker=who, body=body, headers=JSON, key=key)
    assert send(hub, asked).status_code == 202


def _everything(hub: RunningHub) -> object:
    with hub.superuser() as connection:
        return connection.execute(
            "SELECT (SELECT array_agg((id, version, state) ORDER BY id) FROM records),"
            " (SELECT count(*) FROM examination_decisions),"
            " (SELECT array_agg((id, state, examiner, verifier) ORDER BY id) FROM examinations),"
            " (SELECT array_agg((id, state) ORDER BY id) FROM confirmations),"
            " (SELECT array_agg((id, state, number, review_due) ORDER BY id) FROM notices),"
            " (SELECT count(*) FROM notice_steps), (SELECT sum(last) FROM notice_numbers),"
            " (SELECT count(*) FROM link_decisions), (SELECT count(*) FROM idempotency),"
            " (SELECT count(*) FROM bureaus),"
            " (SELECT count(acknowledged_at) FROM notifications),"
            " (SELECT array_agg((number, state) ORDER BY number) FROM message_copies),"
            " (SELECT count(*) FROM envelopes), (SELECT count(*) FROM attachment_parts),"
            " (SELECT array_agg((key_id, retired_at) ORDER BY key_id) FROM sealing_keys),"
            " (SELECT array_agg((key_id, status) ORDER BY key_id) FROM keys)"
        ).fetchone()


def _described(document: dict[str, Any], operation_id: str) -> dict[str, Any]:
    method, _, path = operation_id.partition(" ")
    responses: dict[str, Any] = document["paths"][path][method]["responses"]
    return responses


def _conforms(document: dict[str, Any], schema: dict[str, Any], media_type: str, body: bytes) -> None:
    if media_type in PICTURES:
        assert body.startswith(PICTURES[media_type])
        return
    if media_type == BYTES:
        return
    validator = jsonschema_rs.validator_for({"components": document["components"], "allOf": [schema]})
    if media_type == "text/plain":
        validator.validate(body.decode())
        return
    for line in body.splitlines() if "ndjson" in media_type else [body]:
        validator.validate(msgspec.json.decode(line))
