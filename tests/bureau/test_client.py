"""The client against a real server on a real socket that answers, refuses, stalls and hangs up as told."""

import asyncio
import inspect
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from nacl.signing import SigningKey
from tests.announcing import diffusion, review
from tests.announcing import request as announced

from allpoints.audit import (
    EMPTY_ROOT,
    Frontier,
    Receipt,
    VerifierKey,
    append,
    leaf_hash,
    make_promises,
    sign_checkpoint,
)
from allpoints.bureau import AsyncClient, BureauKey, Client, Signer, client
from allpoints.bureau.calls import corridor as calls
from allpoints.errors import (
    AllpointsError,
    Conflict,
    Defect,
    Forbidden,
    InvalidValue,
    MalformedInput,
    NotFound,
    QuotaExceeded,
    TamperingFound,
    Unauthenticated,
    Unavailable,
)
from allpoints.formats.http_signature import (
    check_content,
    parse,
    parse_public_key,
    rotation_statement,
    signature_base,
    verify,
)
from allpoints.records import (
    AgencyKind,
    Asker,
    Contribution,
    Fingerprint,
    Particulars,
    Purpose,
    RawIdentifier,
    RecordKind,
    Role,
)
from allpoints.records.colours import Colour
from allpoints.records.evidence import IdentifierEvidence
from allpoints.wire.corridor import Decision, ExaminationState, ExaminerDecision
from allpoints.wire.messages import Envelope, EnvelopeHead, Priority, SealingKey

KEY = BureauKey("ALB", bytes(range(32)))
HUB_KEY = SigningKey(bytes(range(1, 33)))
VKEY = VerifierKey.of("hub.example/log", HUB_KEY)
OFFICER = Asker(
    bureau="ALB",
    user="u-93f2",
    agency=AgencyKind.BORDER_POLICE,
    role=Role.OFFICER,
    purpose=Purpose.BORDER_CONTROL,
)
PASSPORT = [IdentifierEvidence("travel-document", "ALB:P:BA1234567")]
CAR = Contribution(
    reference="car-1",
    kind=RecordKind.VEHICLE,
    identifiers=(RawIdentifier("vin", "WVWZZZ1JZXW000001"),),
    particulars=Particulars(reason="stolen"),
)
ENTRY = b'{"act":"check"}'
[PROMISE] = make_promises(7, [leaf_hash(ENTRY)], HUB_KEY)
PROMISED = {"entry": "7.0", "promise": msgspec.to_builtins(PROMISE)}
ABOUT = {"name": "n", "origin": "o", "vkey": "v", "version": "1", "synthetic": True}
ENROLLED = {"key_id": "ALB-x", "bureau": "ALB", "status": "active"}
EMPTY: dict[str, list[Any]] = {"items": []}
NOTIFICATIONS = "/v1/notifications"
UNSEEN = "after=0&limit=100&unacknowledged=true"
KEPT = {"id": 5, "version": 1, **PROMISED}
HIT = {
    "record": 9,
    "level": "contact",
    "owner": "FRA",
    "contact": "ncb@example",
    "kind": "travel-document",
    "match": {"modality": "identifiers", "agreement": "exact", "score": 1.0},
}
LINK = {
    "id": 12,
    "record": 5,
    "scheme": "names",
    "raised_at": "2026-01-02T03:04:05Z",
    "decision": "same",
    "other": HIT,
}

EXAMINATIONS = "/v1/examinations"
CANDIDATE = f"{EXAMINATIONS}/3/candidates/9"
OPEN = "after=0&limit=100&state=open"
EXCLUSION = ExaminerDecision.EXCLUSION
EXAMINATION = {
    "id": 3,
    "state": "assigned",
    "purpose": "criminal-investigation",
    "asked_by": "u-93f2",
    "agency": "police",
    "verify": False,
    "round": 1,
    "examiner": "u-7",
    "verifier": None,
    "created_at": "2026-01-02T03:04:05Z",
    "concluded_at": None,
}
PAIR = {"modality": "fingerprints", "probe": 0, "reference": 1, "llr": 4.5}
COMPARISON = {
    "examination": 3,
    "record": 9,
    "modalities": [],
    "pairs": [PAIR],
    "shown": PAIR,
    "correspondences": [],
    "remarks": [],
    "size": [800, 400],
    "reference_x": 400,
}


class Seen(NamedTuple):
    """A request as it reached the server."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def nonce(self) -> str:
        return parse([(n.encode(), v.encode()) for n, v in self.headers.items()]).nonce


Step = Callable[[BaseHTTPRequestHandler, bytes], None]


class Hub:
    """A server that plays one step of its script for each request, the last one for all that follow."""

    def __init__(self) -> None:
        self.script: list[Step] = []
        self.seen: list[Seen] = []
        self.badly_signed: list[AllpointsError] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def play(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                hub.seen.append(Seen(self.command, self.path, headers, body))
                if not self.path.startswith(("/.well-known/", "/v1/public/")):
                    hub.verify(hub.seen[-1])
                step = hub.script.pop(0) if len(hub.script) > 1 else hub.script[0]
                step(self, body)

            do_GET = do_POST = do_PUT = do_DELETE = play  # noqa: N815 - named so by the standard library

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.authority = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.authority}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def verify(self, seen: Seen) -> None:
        path, _, query = seen.target.partition("?")
        try:
            parameters = parse([(n.encode(), v.encode()) for n, v in seen.headers.items()])
            base = signature_base(
                parameters, method=seen.method, authority=self.authority, path=path, query=query
            )
            verify(parameters, base, KEY.public_key)
            check_content(parameters, seen.body)
        except AllpointsError as error:
            self.badly_signed.append(error)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def says(status: int, content: Any = None, **headers: str) -> Step:
    """Answer with JSON, or with text as it is."""
    raw = content if isinstance(content, bytes) else json.dumps(content, default=_base64).encode()

    def step(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return step


def hangs_up(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def breaks_off(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    """Close the connection in the middle of an answer."""
    handler.send_response(200)
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id":')
    handler.close_connection = True


def streams(*parts: bytes) -> Step:
    """Send server-sent events and end the stream."""

    def step(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("connection", "close")
        handler.end_headers()
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
        handler.close_connection = True

    return step


def _base64(value: bytes) -> str:
    return str(msgspec.to_builtins(value))


def refuses(status: int, code: str, *, retry_after: str | None = None, **members: str) -> Step:
    """Answer with a problem document."""
    headers = {"retry_after": retry_after} if retry_after is not None else {}
    document = {"title": code, "status": status, "code": code, "detail": "why", **members}
    return says(status, document, content_type="application/problem+json", **headers)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(client, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(client, "NOT_YET_PAUSE_S", 0.01)
    hub = Hub()
    yield hub
    hub.close()
    assert hub.badly_signed == []


Ask = Callable[..., Any]


@pytest.fixture(params=["blocking", "asynchronous"])
def ask(request: pytest.FixtureRequest, hub: Hub) -> Ask:
    """Make one call with either client; what comes as an iterator is collected, at most `first` of it."""
    signer = Signer("ALB", KEY)

    def blocking(name: str, *args: Any, first: int | None = None, options: Any = None, **kwargs: Any) -> Any:
        with Client(hub.url, signer, OFFICER, **(options or {})) as asked:
            answer = getattr(asked, name)(*args, **kwargs)
            return list(islice(answer, first)) if inspect.isgenerator(answer) else answer

    async def asynchronous(
        name: str, *args: Any, first: int | None = None, options: Any = None, **kwargs: Any
    ) -> Any:
        async with AsyncClient(hub.url, signer, OFFICER, **(options or {})) as asked:
            answer = getattr(asked, name)(*args, **kwargs)
            if not inspect.isasyncgen(answer):
                return await answer
            found: list[Any] = []
            while first is None or len(found) < first:
                try:
                    found.append(await anext(answer))
                except StopAsyncIteration:
                    break
            await answer.aclose()
            return found

    if request.param == "blocking":
        return blocking
    return lambda *args, **kwargs: asyncio.run(asynchronous(*args, **kwargs))


PINNED = {"hub_key": VKEY}
CHECKED = {"id": "q", "at": "2026-11-22T10:00:00Z", "hits": [HIT], "notes": ["n"], **PROMISED}


# Asking -----------------------------------------------------------------------------------------------------


def test_a_check_is_signed_and_answered(hub: Hub, ask: Ask) -> None:
    hub.script = [says(200, CHECKED)]
    reply = ask("check", PASSPORT)
    [seen] = hub.seen
    sent = json.loads(seen.body)
    assert (seen.method, seen.target) == ("POST", "/v1/checks")
    assert sent["evidence"] == [
        {"kind": "identifier", "scheme": "travel-document", "value": "ALB:P:BA1234567"}
    ]
    assert len(sent["id"]) == 22
    assert seen.headers["content-type"] == "application/json"
    assert (reply.hits[0].owner, reply.hits[0].level, reply.notes) == ("FRA", "contact", ("n",))
    assert (reply.entry, reply.promise) == ("7.0", PROMISE)


def _answers_lines(member: str) -> Step:
    """Answer each line with its number and a slice's summary."""

    def step(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        count = len(body.splitlines())
        lines = [
            {"line": n, **({"hits": []} if member == "hits" else {"id": n, "version": 1})}
            for n in range(1, count + 1)
        ]
        lines.append({"lines": count, "hits": 0, "errors": 0, **PROMISED})
        says(200, "\n".join(json.dumps(line, default=_base64) for line in lines).encode())(handler, body)

    return step


def test_many_checks_go_in_slices_of_a_thousand_and_keep_their_numbers(hub: Hub, ask: Ask) -> None:
    hub.script = [_answers_lines("hits")]
    lines = ask("check_many", (PASSPORT for _ in range(2_100)))
    assert [line.line for line in lines] == list(range(1, 2_101))
    assert [len(seen.body.splitlines()) for seen in hub.seen] == [1000, 1000, 100]
    assert {seen.headers["content-type"] for seen in hub.seen} == {"application/x-ndjson"}
    assert lines[-1].promise == PROMISE


def test_many_contributions_carry_a_key_for_each_slice_that_a_second_upload_repeats(
    hub: Hub, ask: Ask
) -> None:
    hub.script = [_answers_lines("id")]
    for _ in range(2):
        lines = ask("contribute_many", [CAR] * 1_500, upload="march")
        assert [line.line for line in lines] == list(range(1, 1_501))
    keys = [seen.headers["idempotency-key"] for seen in hub.seen]
    assert keys[:2] == keys[2:]
    assert len(set(keys)) == 2


def test_long_lines_are_sent_in_smaller_slices(hub: Hub, ask: Ask) -> None:
    hub.script = [_answers_lines("hits")]
    long = [IdentifierEvidence("url", "https://example/" + "x" * 100_000)]
    assert len(ask("check_many", [long] * 100)) == 100
    assert all(len(seen.body) <= calls.MAX_BODY for seen in hub.seen)
    assert len(hub.seen) == 3


def test_a_refused_line_spares_the_others(hub: Hub, ask: Ask) -> None:
    lines = [
        {"line": 1, "hits": [HIT]},
        {"line": 2, "error": {"status": 422, "code": "invalid-value", "detail": "d", "field": "e[0]", "remedy": "r"}},
        {"lines": 2, "hits": 1, "errors": 1, **PROMISED},
    ]  # fmt: skip
    hub.script = [says(200, "\n".join(json.dumps(line, default=_base64) for line in lines).encode())]
    good, bad = ask("check_many", [PASSPORT, PASSPORT])
    assert good.hits[0].record == 9
    error = bad.error.as_error()
    assert isinstance(error, InvalidValue)
    assert (error.field, error.detail, error.remedy) == ("e[0]", "d", "r")


@pytest.mark.parametrize(
    "lines",
    [
        [{"lines": 2, "errors": 0}],
        [{"line": 1}, {"lines": 2, "errors": 0}],
        [{"line": 2}, {"line": 1}, {"lines": 2, "errors": 0}],
        [{"line": 1}, {"line": 2}, {"lines": 3, "errors": 0}],
        [{"line": 1}, {"line": 2}],
    ],
)
def test_an_answer_that_lacks_a_line_is_not_taken_for_no_hit(hub: Hub, ask: Ask, lines: list[Any]) -> None:
    if "lines" in lines[-1]:
        lines[-1] |= PROMISED
    hub.script = [says(200, "\n".join(json.dumps(line, default=_base64) for line in lines).encode())]
    with pytest.raises(MalformedInput):
        ask("check_many", [PASSPORT, PASSPORT])


MESSAGES = "/v1/messages"
NOW = "2026-11-29T05:42:00Z"
NOTICES = "/v1/notices"
RED_AND_DUE = f"{NOTICES}?after=0&limit=100&colour=red&due=true"
NOTICE_KEPT = {"id": 6, "record": 9, "version": 1, "state": "requested", **PROMISED}
NOTICE = {
    "id": 6,
    "kind": "notice",
    "colour": "red",
    "state": "published",
    "number": "2026/17-R",
    "owner": "FRA",
    "version": 1,
    "requested_at": NOW,
    "published_at": NOW,
    "valid_until": "2031-01-01",
    "review_due": False,
    "hit": HIT,
    "grounds": {},
    "public": [],
    "pictures": [],
}
EXTRACT = {"number": "2026/17-R", "colour": "red", "owner": "FRA", "published_at": NOW}
PUBLIC_KEYS = {"bureau": "FRA", "signing": [], "sealing": []}
DELIVERY = {"id": "m", "arrived_at": NOW, "copies": []}
PARTS = {"id": "a", "parts": [0, 3], "size": 9}
SEALING_KEY = SealingKey(
    key_id="FRA-k",
    bureau="FRA",
    public_key=b"",
    created_at=datetime(2026, 11, 29, tzinfo=UTC),
    signing_key="FRA-s",
    signature=b"",
)
ENVELOPE = Envelope(
    head=EnvelopeHead(
        id="m",
        sender="ALB",
        signing_key="ALB-s",
        recipients=("FRA",),
        sent_at=datetime(2026, 11, 29, tzinfo=UTC),
        priority=Priority.ROUTINE,
    ),
    keys=(),
    commitment=b"",
    body=b"",
    signature=b"",
)


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "method", "target", "answer"),
    [
        ("records", [], {"reference": "a b"}, "GET", "/v1/records?after=0&limit=100&reference=a+b", EMPTY),
        ("withdraw", [5], {}, "DELETE", "/v1/records/5", KEPT),
        ("versions", [5], {}, "GET", "/v1/records/5/versions", EMPTY),
        ("reads", [5], {"after": "7.0"}, "GET", "/v1/records/5/reads?after=7.0&limit=100", EMPTY),
        ("notifications", [], {"after": 4, "limit": 9}, "GET", f"{NOTIFICATIONS}?after=4&limit=9", EMPTY),
        ("notifications", [], {"unacknowledged": True}, "GET", f"{NOTIFICATIONS}?{UNSEEN}", EMPTY),
        ("acknowledge", [[1, 2]], {}, "POST", f"{NOTIFICATIONS}/acknowledgements", {"ids": [1]}),
        ("links", [], {}, "GET", "/v1/links?after=0&limit=100", EMPTY),
        ("decide_link", [12, Decision.SAME], {}, "PUT", "/v1/links/12/decision", LINK),
        ("examinations", [], {"mine": True}, "GET", f"{EXAMINATIONS}?after=0&limit=100&mine=true", EMPTY),
        ("examinations", [], {"state": ExaminationState.OPEN}, "GET", f"{EXAMINATIONS}?{OPEN}", EMPTY),
        ("examination", [3], {}, "GET", f"{EXAMINATIONS}/3", {**EXAMINATION, "probes": [], "candidates": []}),
        ("assign", [3, "u-7"], {}, "POST", f"{EXAMINATIONS}/3/assignment", EXAMINATION),
        ("decide", [3, 9, EXCLUSION, "r"], {}, "POST", f"{CANDIDATE}/decision", EXAMINATION),
        ("comparison", [3, 9], {"probe": 1}, "GET", f"{CANDIDATE}/comparison?probe=1", COMPARISON),
        ("comparison_picture", [3, 9], {}, "GET", f"{CANDIDATE}/comparison.png", b"PNG"),
        ("bureaus", [], {}, "GET", "/v1/bureaus", EMPTY),
        ("enrolments", [], {}, "GET", "/v1/enrolments", EMPTY),
        ("approve", ["ALB-x"], {}, "POST", "/v1/enrolments/ALB-x/approval", ENROLLED),
        ("revoke_key", ["ALB", "ALB-x"], {}, "DELETE", "/v1/bureaus/ALB/keys/ALB-x", ENROLLED),
        ("public_keys", ["FRA"], {}, "GET", "/v1/bureaus/FRA/public-keys", PUBLIC_KEYS),
        ("publish_sealing_key", [SEALING_KEY], {}, "PUT", "/v1/bureaus/FRA/sealing-keys/FRA-k", PUBLIC_KEYS),
        ("retire_sealing_key", ["FRA", "FRA-k"], {}, "DELETE", "/v1/bureaus/FRA/sealing-keys/FRA-k", PUBLIC_KEYS),
        ("send_message", [ENVELOPE], {}, "POST", MESSAGES, {"id": "m", "arrived_at": NOW, **PROMISED}),
        ("waiting_messages", [], {"after": 4}, "GET", f"{MESSAGES}?after=4&limit=100", {"messages": []}),
        ("collect_messages", [["m"]], {}, "POST", f"{MESSAGES}/collections", {"ids": ["m"]}),
        ("delivery", ["m"], {}, "GET", f"{MESSAGES}/m/delivery", DELIVERY),
        ("recall_message", ["m"], {}, "DELETE", f"{MESSAGES}/m", DELIVERY),
        ("put_attachment_part", ["a", 3, b"part"], {}, "PUT", "/v1/attachments/a/parts/3", PARTS),
        ("attachment", ["a"], {}, "GET", "/v1/attachments/a", PARTS),
        ("attachment_part", ["a", 3], {}, "GET", "/v1/attachments/a/parts/3", b"part"),
        ("drop_attachment", ["a"], {}, "DELETE", "/v1/attachments/a", PARTS),
        ("request_notice", [announced()], {}, "POST", NOTICES, NOTICE_KEPT),
        ("send_diffusion", [diffusion("FRA")], {}, "POST", "/v1/diffusions", NOTICE_KEPT),
        ("correct_notice", [6, announced()], {"version": 2}, "PUT", f"{NOTICES}/6", NOTICE_KEPT),
        ("correct_diffusion", [6, diffusion("FRA")], {"version": 2}, "PUT", "/v1/diffusions/6", NOTICE_KEPT),
        ("cancel_notice", [6, "why"], {}, "POST", f"{NOTICES}/6/cancellation", NOTICE_KEPT),
        ("notices", [], {"colour": Colour.RED, "due": True}, "GET", RED_AND_DUE, EMPTY),
        ("notice", [6], {}, "GET", f"{NOTICES}/6", NOTICE),
        ("notice_picture", [6, 1], {}, "GET", f"{NOTICES}/6/pictures/1", b"JPEG"),
        ("review_notice", [6, review()], {}, "POST", f"{NOTICES}/6/review", NOTICE_KEPT),
        ("suspend_notice", [6, "why"], {}, "POST", f"{NOTICES}/6/suspension", NOTICE_KEPT),
        ("lift_suspension", [6, "why"], {}, "POST", f"{NOTICES}/6/lifting", NOTICE_KEPT),
        ("public_notices", [], {}, "GET", "/v1/public/notices?after=0&limit=100", EMPTY),
        ("public_notice", ["2026/17-R"], {}, "GET", "/v1/public/notices/2026/17-R", EXTRACT),
        ("public_picture", ["2026/17-R", 2], {}, "GET", "/v1/public/notices/2026/17-R/pictures/2", b"JPEG"),
        ("about", [], {}, "GET", "/.well-known/allpoints", ABOUT),
    ],
)  # fmt: skip
def test_each_call_goes_to_its_place(
    hub: Hub,
    ask: Ask,
    name: str,
    args: list[Any],
    kwargs: dict[str, Any],
    method: str,
    target: str,
    answer: Any,
) -> None:
    hub.script = [says(200, answer)]
    ask(name, *args, **kwargs)
    assert (hub.seen[0].method, hub.seen[0].target) == (method, target)


def test_a_biometric_check_asks_for_a_second_examiner_where_it_should(hub: Hub, ask: Ask) -> None:
    hub.script = [says(200, {**CHECKED, "examination": 3})]
    assert ask("check_biometrics", [Fingerprint(image=b"picture", finger=2)], verify=True).examination == 3
    [seen] = hub.seen
    sent = json.loads(seen.body)
    assert (seen.method, seen.target) == ("POST", "/v1/checks/biometric")
    assert sent["verify"]
    assert sent["evidence"] == [{"kind": "fingerprint", "image": "cGljdHVyZQ==", "finger": 2, "dpi": None}]


def test_pictures_are_waited_for_longer_than_the_client_waits_for_anything_else(hub: Hub, ask: Ask) -> None:
    def takes_its_time(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        time.sleep(0.3)
        says(200, b"PNG")(handler, body)

    hub.script = [takes_its_time]
    assert ask("comparison_picture", 3, 9, options={"timeout_s": 0.1}) == b"PNG"


def test_a_decision_has_a_random_name_that_nobody_can_guess_it_by(hub: Hub, ask: Ask) -> None:
    hub.script = [hangs_up, says(200, EXAMINATION)]
    ask("decide", 3, 9, EXCLUSION, "the deltas differ")
    first, again = [json.loads(seen.body) for seen in hub.seen]
    assert first == again
    assert (first["decision"], first["reason"], len(first["id"])) == ("exclusion", "the deltas differ", 22)


def test_what_the_hub_says_of_itself_is_asked_unsigned(hub: Hub, ask: Ask) -> None:
    hub.script = [says(200, ABOUT)]
    assert ask("about").synthetic
    assert "signature" not in hub.seen[0].headers


def test_a_correction_names_the_version_it_corrects(hub: Hub, ask: Ask) -> None:
    hub.script = [says(200, KEPT)]
    ask("correct", 5, CAR, version=3)
    assert hub.seen[0].headers["if-match"] == '"3"'
    assert "if-match" in hub.seen[0].headers["signature-input"]


def test_a_rotation_proves_that_the_new_key_is_held(hub: Hub, ask: Ask) -> None:
    hub.script = [says(200, ENROLLED)]
    ask("rotate_key", BureauKey("ALB", bytes(32)))
    sent = msgspec.json.decode(hub.seen[0].body, type=dict[str, str])
    public = parse_public_key(sent["public_key"])
    new_key = VerifierKey("ALB", public)
    proof = msgspec.convert(sent["proof"], bytes)
    assert new_key.accepts(rotation_statement("ALB", public), proof)


# Trying again -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [hangs_up, breaks_off], ids=["before the answer", "amid the answer"])
def test_a_broken_connection_is_tried_again_with_a_fresh_signature_and_the_same_key(
    hub: Hub, ask: Ask, failure: Step
) -> None:
    hub.script = [failure, failure, says(200, KEPT)]
    assert ask("contribute", CAR).id == 5
    assert len(hub.seen) == 3
    assert len({seen.nonce for seen in hub.seen}) == 3
    assert len({seen.headers["idempotency-key"] for seen in hub.seen}) == 1
    assert len({seen.body for seen in hub.seen}) == 1


@pytest.mark.parametrize("failure", ["hangs up", "breaks off", "gateway", "unavailable"])
def test_a_biometric_check_whose_answer_is_lost_is_not_asked_again(hub: Hub, ask: Ask, failure: str) -> None:
    """Each one that reaches the hub opens a candidate list with a copy of the picture."""
    steps = {
        "hangs up": hangs_up,
        "breaks off": breaks_off,
        "gateway": says(504, b"<html>"),
        "unavailable": refuses(503, "unavailable"),
    }
    hub.script = [steps[failure], says(200, CHECKED)]
    with pytest.raises(Unavailable):
        ask("check_biometrics", [Fingerprint(image=b"x")])
    assert len(hub.seen) == 1


def test_a_biometric_check_that_the_quota_put_off_is_asked_again(hub: Hub, ask: Ask) -> None:
    hub.script = [refuses(429, "quota-exceeded", retry_after="0"), says(200, CHECKED)]
    assert ask("check_biometrics", [Fingerprint(image=b"x")]).id == "q"


def test_a_biometric_check_that_never_left_is_asked_again(
    hub: Hub, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = iter([httpx.ConnectError("refused")])
    for kind in (httpx.Client, httpx.AsyncClient):
        monkeypatch.setattr(kind, "send", _failing_first(kind.send, refused))
    hub.script = [says(200, CHECKED)]
    assert ask("check_biometrics", [Fingerprint(image=b"x")]).id == "q"
    assert len(hub.seen) == 1


def _failing_first(send: Callable[..., Any], errors: Iterator[Exception]) -> Callable[..., Any]:
    def sending(*args: Any, **kwargs: Any) -> Any:
        for error in errors:
            raise error
        return send(*args, **kwargs)

    return sending


def test_a_repeated_check_keeps_its_id(hub: Hub, ask: Ask) -> None:
    hub.script = [hangs_up, says(200, CHECKED)]
    ask("check", PASSPORT)
    assert len({json.loads(seen.body)["id"] for seen in hub.seen}) == 1


def test_a_hub_that_stays_away_is_given_up(hub: Hub, ask: Ask) -> None:
    hub.script = [hangs_up]
    with pytest.raises(Unavailable, match="does not answer"):
        ask("check", PASSPORT)
    assert len(hub.seen) == client.ATTEMPTS


def test_a_stalled_hub_is_given_up(hub: Hub, ask: Ask) -> None:
    stalled = threading.Event()
    hub.script = [lambda *_: stalled.wait(5) and None]
    try:
        with pytest.raises(Unavailable, match="ReadTimeout"):
            ask("check", PASSPORT, options={"timeout_s": 0.05})
    finally:
        stalled.set()


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_unavailable_hub_is_asked_again(hub: Hub, ask: Ask, status: int) -> None:
    hub.script = [says(status, b"<html>"), says(200, CHECKED)]
    assert ask("check", PASSPORT).id == "q"


def test_a_short_wait_is_waited_for_and_a_long_one_is_the_callers_matter(hub: Hub, ask: Ask) -> None:
    hub.script = [refuses(429, "quota-exceeded", retry_after="0"), says(200, CHECKED)]
    assert ask("check", PASSPORT).id == "q"
    hub.script = [refuses(429, "quota-exceeded", retry_after="3600")]
    with pytest.raises(QuotaExceeded) as refused:
        ask("check", PASSPORT)
    assert refused.value.retry_after_s == 3600
    assert len(hub.seen) == 3


# Refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Unauthenticated), (403, Forbidden), (404, NotFound), (409, Conflict), (422, InvalidValue)],
)
def test_a_problem_becomes_the_error_that_the_hub_raised(
    hub: Hub, ask: Ask, status: int, kind: type[AllpointsError]
) -> None:
    code = kind("x").code
    hub.script = [refuses(status, code, field="f", remedy="r")]
    with pytest.raises(kind) as refused:
        ask("check", PASSPORT)
    assert (refused.value.detail, refused.value.field, refused.value.remedy) == ("why", "f", "r")
    assert len(hub.seen) == 1


def test_a_code_that_is_new_to_us_goes_by_its_status(hub: Hub, ask: Ask) -> None:
    hub.script = [refuses(401, "key-not-active")]
    with pytest.raises(Unauthenticated, match="why"):
        ask("check", PASSPORT)


def test_a_failure_of_the_hub_is_neither_tampering_nor_tried_again(hub: Hub, ask: Ask) -> None:
    hub.script = [refuses(500, "defect")]
    with pytest.raises(Defect, match="why"):
        ask("check", PASSPORT)
    assert len(hub.seen) == 1


@pytest.mark.parametrize("answer", [b"", b"{}", b"[1]", b"<html>", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_not_the_hubs_is_refused(hub: Hub, ask: Ask, answer: bytes) -> None:
    hub.script = [says(200, answer)]
    with pytest.raises(MalformedInput):
        ask("check", PASSPORT)
    hub.script = [says(418, answer)]
    with pytest.raises(AllpointsError):
        ask("check", PASSPORT)


def test_an_endless_answer_is_cut_off(hub: Hub, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_REPLY", 1000)
    hub.script = [says(200, b" " * 2000)]
    with pytest.raises(AllpointsError, match="more than 1000 bytes"):
        ask("check", PASSPORT)


def test_an_address_that_is_none_is_named() -> None:
    for url in ("hub.example", "ftp://hub.example", "https://hub.example:x"):
        with pytest.raises(InvalidValue) as refused, Client(url, Signer("ALB", KEY), OFFICER) as asked:
            asked.check(PASSPORT)
        assert refused.value.field == "url"


# The log ----------------------------------------------------------------------------------------------------


def _receipt(entry: bytes = ENTRY) -> Receipt:
    growth = append(Frontier(), [leaf_hash(entry)])
    head = sign_checkpoint(VKEY.name, 1, growth.root, datetime(2026, 11, 22, tzinfo=UTC), HUB_KEY)
    return Receipt(entry=entry, index=0, proof=(), checkpoint=head.text)


def test_a_receipt_is_waited_for_until_it_is_sealed_and_verified(hub: Hub, ask: Ask) -> None:
    hub.script = [refuses(404, "not-found")] * 3 + [says(200, _receipt().to_json())]
    assert ask("receipt", "7.0", promise=PROMISE, options=PINNED) == _receipt()
    assert hub.seen[0].target == "/v1/log/receipts/7.0"
    assert len(hub.seen) == 4


def test_a_receipt_that_never_comes_is_given_up(hub: Hub, ask: Ask) -> None:
    hub.script = [refuses(404, "not-found", remedy="Wait until it is sealed.")]
    with pytest.raises(NotFound) as refused:
        ask("receipt", "7.0", patience_s=0.05)
    assert refused.value.remedy == "Wait until it is sealed."


def test_a_receipt_for_another_entry_than_was_promised_is_tampering(hub: Hub, ask: Ask) -> None:
    hub.script = [says(200, _receipt(b'{"act":"other"}').to_json())]
    with pytest.raises(TamperingFound):
        ask("receipt", "7.0", promise=PROMISE, options=PINNED)


def test_a_receipt_of_another_hub_is_tampering(hub: Hub, ask: Ask) -> None:
    hub.script = [says(200, _receipt().to_json())]
    foreign = VerifierKey.of(VKEY.name, SigningKey(bytes(32)))
    with pytest.raises(TamperingFound):
        ask("receipt", "7.0", options={"hub_key": foreign})


def test_checkpoints_and_their_consistency_are_verified(hub: Hub, ask: Ask) -> None:
    when = datetime(2026, 11, 22, tzinfo=UTC)
    first = append(Frontier(), [leaf_hash(b"a")])
    second = append(first.frontier, [leaf_hash(b"b")])
    old, new = (sign_checkpoint(VKEY.name, n, g.root, when, HUB_KEY) for n, g in ((1, first), (2, second)))
    hub.script = [says(200, new.text.encode())]
    assert ask("checkpoint", options=PINNED) == new
    hub.script = [says(200, {"proof": [leaf_hash(b"b")]})]
    ask("consistency", old, new, options=PINNED)
    assert hub.seen[-1].target == "/v1/log/consistency?old=1&new=2"
    hub.script = [says(200, {"proof": [EMPTY_ROOT]})]
    with pytest.raises(TamperingFound):
        ask("consistency", old, new, options=PINNED)


# The stream -------------------------------------------------------------------------------------------------


def _event(number: int, end: bytes = b"\n") -> bytes:
    data = {"id": number, "body": {"record": 9}, "entry": "7.0", "created_at": "2026-11-22T10:00:00Z"}
    return end.join(
        [b"event: notification", f"id: {number}".encode(), b"data: " + json.dumps(data).encode(), b"", b""]
    )


def test_a_stream_that_breaks_goes_on_where_it_broke(hub: Hub, ask: Ask) -> None:
    hub.script = [
        hangs_up,
        streams(b": hello\n\n", _event(4)[:20], _event(4)[20:], _event(5, b"\r\n"), _event(6)[:30]),
        refuses(503, "unavailable"),
        streams(_event(5), _event(6), b"event: other\ndata: x\n\n", _event(2), _event(7)),
    ]
    told = ask("follow_notifications", after=3, first=5)
    # Number 2 was committed late: it must not be taken for one that was told before.
    assert [notification.id for notification in told] == [4, 5, 6, 2, 7]
    assert [seen.headers["last-event-id"] for seen in hub.seen] == ["3", "3", "5", "5"]
    assert len({seen.nonce for seen in hub.seen}) == 4


def test_a_stream_ends_when_the_key_is_revoked(hub: Hub, ask: Ask) -> None:
    hub.script = [streams(_event(4)), refuses(401, "unauthenticated")]
    with pytest.raises(Unauthenticated):
        ask("follow_notifications")


def test_a_stream_that_never_opens_is_given_up(hub: Hub, ask: Ask) -> None:
    hub.script = [hangs_up]
    with pytest.raises(Unavailable):
        ask("follow_notifications")
    assert len(hub.seen) == client.ATTEMPTS


def test_both_clients_have_the_same_calls() -> None:
    def public(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert public(Client) == public(AsyncClient)
