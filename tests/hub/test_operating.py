"""What an operator relies on: TLS, quotas, readiness, a clean stop, and nothing personal in logs and metrics."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import psutil
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.hub.signed import JSON, NDJSON, Request, http, post, problem, send, signature
from tests.hubs import RunningHub, asker
from tests.posting import CONTENT
from tests.sealing import SealedBureau

from allpoints.bureau import BureauKey
from allpoints.bureau.sealed import SealingPrivateKey, seal
from allpoints.errors import TooLarge
from allpoints.records.evidence import IdentifierEvidence
from allpoints.store.migrate import create_database
from allpoints.store.server import SUPERUSER, Server
from allpoints.wire.messages import Priority

OPERATOR = asker("UTO", "operator", "criminal-investigation", "police")
QUESTION = {"evidence": [{"kind": "identifier", "scheme": "phone", "value": "+355672345678"}]}
BURST = 40


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that the hub signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub.test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "hub.crt").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "hub.key").write_bytes(private)
    return folder / "hub.crt", folder / "hub.key"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]) -> Iterator[RunningHub]:
    """A hub that answers over https, and lets each bureau ask little."""
    crt, key = certificate
    running = RunningHub(
        tmp_path_factory.mktemp("strict"),
        tls=ssl.create_default_context(cafile=str(crt)),
        tls_certificate=crt,
        tls_key=key,
        quota_per_s=2,
        quota_burst=BURST,
    )
    try:
        running.start()
        running.enrol("ALB", "UTO")
        yield running
    finally:
        running.stop()
        running.server.stop()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub that is not started yet, with a database that it does not look after itself."""
    folder = tmp_path_factory.mktemp("bare")
    server = Server(folder / "postgresql")
    address = server.start()
    create_database(address.url(SUPERUSER, "postgres"), "allpoints")
    running = RunningHub(folder, database_url=address.url(SUPERUSER, "allpoints"))
    try:
        yield running
    finally:
        running.stop()
        server.stop()


def test_the_hub_answers_over_https(strict: RunningHub) -> None:
    assert strict.url.startswith("https://")
    reply = strict.client("ALB").check([IdentifierEvidence("phone", "+355672345678")])
    assert reply.hits == ()
    assert strict.client("ALB").bureaus().items


def test_who_does_not_trust_the_certificate_does_not_ask(strict: RunningHub) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
        httpx.get(f"{strict.url}/health/live")


def test_over_the_same_port_nobody_asks_without_tls(strict: RunningHub) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{strict.port}/health/live")


def test_a_bureau_that_asks_too_much_is_told_how_long_to_wait_and_hurts_nobody(strict: RunningHub) -> None:
    with httpx.Client(base_url=strict.url, verify=strict.tls or True) as line:

        def ask(bureau: str, count: int) -> httpx.Response:
            request = Request(
                method="POST",
                target="/v1/checks/bulk",
                asker=asker(bureau, "operator", "criminal-investigation", "police"),
                body=b"\n".join([msgspec.json.encode(QUESTION)] * count),
                headers=NDJSON,
            )
            return line.post(request.target, content=request.body, headers=signature(strict, request))

        share = BURST // 2
        too_many = problem(ask("UTO", share + 1), 413)
        assert str(share) in too_many["detail"]
        assert ask("UTO", share).status_code == 200
        refused = ask("UTO", share)
        assert problem(refused, 429)["code"] == "quota-exceeded"
        assert 1 <= int(refused.headers["retry-after"]) <= share
        assert ask("ALB", 1).status_code == 200
    with strict.superuser() as connection:
        entries = connection.execute(
            "SELECT convert_from(unnest(entries), 'UTF8')::json FROM log_groups"
        ).fetchall()
    refusals = [entry for (entry,) in entries if entry["act"] == "refusal" and entry["bureau"] == "UTO"]
    assert {entry["outcome"] for entry in refusals} == {"too-large", "quota-exceeded"}, "it stands in the log"


def test_each_recipient_of_a_message_counts_in_the_quota(strict: RunningHub) -> None:
    codes = [f"X{a}{b}" for a in "ABCDE" for b in "ABCDE"][: BURST // 2 + 1]
    others = {
        code: SealedBureau(code, BureauKey.generate(code), SealingPrivateKey.generate(code)) for code in codes
    }
    envelope = seal(
        CONTENT,
        sender=strict.keys["ALB"],
        recipients={code: other.certificate for code, other in others.items()},
        priority=Priority.ROUTINE,
        now=datetime.datetime.now(datetime.UTC),
    )
    with pytest.raises(TooLarge, match="ALB's quota"):
        strict.client("ALB", "operator", "criminal-investigation", "police").send_message(envelope)


def test_a_hub_without_an_index_is_not_ready_and_says_so(bare: RunningHub) -> None:
    (bare.folder / "index").write_text("this is no folder")
    bare.start(ready=False)
    _eventually(lambda: _status(bare, "/health/live") == 200)
    _eventually(lambda: _status(bare, "/health/ready") == 503)
    assert http.get(f"{bare.url}/health/ready").json()["status"] == "not ready"
    bare.enrol("ALB", "UTO")
    refused = post(bare, OPERATOR, "/v1/checks", QUESTION)
    assert problem(refused, 503)["code"] == "index-not-ready"
    assert int(refused.headers["retry-after"]) >= 1
    (bare.folder / "index").unlink()
    bare.wait_until_ready()
    assert post(bare, OPERATOR, "/v1/checks", QUESTION).status_code == 200


def test_a_hub_without_its_database_is_not_ready_and_comes_back(bare: RunningHub) -> None:
    bare.server.stop()
    assert _status(bare, "/health/live") == 200
    assert http.get(f"{bare.url}/health/ready").json()["status"] == "not ready"
    bare.server.start()
    bare.wait_until_ready()
    assert post(bare, OPERATOR, "/v1/checks", QUESTION).status_code == 200


PLANTED = {
    "document": "PLT7731942",
    "phone": "+355672999111",
    "name": "Zephyrine Plantedova",
    "reference": "planted-reference",
    "word": "plantedword",
}


def test_nothing_that_was_asked_or_shared_is_in_a_log_or_a_metric(bare: RunningHub) -> None:
    record = {
        "reference": PLANTED["reference"],
        "kind": "person",
        "identifiers": [
            {"scheme": "travel-document", "value": f"UTO:P:{PLANTED['document']}"},
            {"scheme": "phone", "value": PLANTED["phone"]},
        ],
        "particulars": {"reason": "wanted", "names": [PLANTED["name"]]},
    }
    question = {
        "evidence": [
            {"kind": "identifier", "scheme": "travel-document", "value": f"UTO:P:{PLANTED['document']}"}
        ],
        "id": PLANTED["word"],
    }
    key = PLANTED["word"]
    assert post(bare, OPERATOR, "/v1/records", record, idempotency_key=key).status_code == 201
    _eventually(lambda: bool(post(bare, asker("ALB"), "/v1/checks", question).json()["hits"]))
    assert post(bare, OPERATOR, "/v1/records", record, idempotency_key=f"{key}-2").status_code == 409
    with bare.superuser() as connection:
        _ask_wrongly(bare, record, question)
        _fail(bare, connection, record, question)
    _is_nowhere(bare)


def _ask_wrongly(hub: RunningHub, record: dict[str, object], question: dict[str, object]) -> None:
    name, word = PLANTED["name"], PLANTED["word"]
    requests = [
        Request(method="GET", target=f"/v1/records?reference={PLANTED['document']}", asker=OPERATOR),
        Request(method="GET", target=f"/v1/records?reference={word}%00", asker=OPERATOR),
        Request(method="GET", target=f"/v1/records?after={word}", asker=OPERATOR),
        Request(method="GET", target=f"/v1/{word}", asker=OPERATOR),
        Request(method="GET", target=f"/v1/log/receipts/{word}", asker=OPERATOR),
        Request(method="POST", target="/v1/checks", asker=OPERATOR, body=f'{{"evidence": {name}'.encode()),
        Request(method="POST", target="/v1/checks", asker=OPERATOR, body=f'{{"{word}": "{name}"}}'.encode()),
        Request(
            method="POST",
            target="/v1/records/bulk",
            asker=OPERATOR,
            body=f'{{"reference": "{name}"}}\n{name}\n'.encode(),
            headers={**NDJSON, "idempotency-key": f"{word}-bulk"},
        ),
        Request(
            method="POST",
            target="/v1/enrolments",
            asker=asker("ALB", "administrator", "administration", "bureau"),
            body=msgspec.json.encode({"bureau": name, "name": name, "public_key": word}),
            headers=JSON,
        ),
    ]
    for request in requests:
        assert send(hub, request).status_code < 500
        assert http.request(request.method, hub.url + request.target, content=request.body).status_code < 500
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{hub.url}/", headers={"x": f"{name}\x00"})
    with socket.create_connection(("127.0.0.1", hub.port), timeout=5) as line:
        line.sendall(f"{name} {word} {PLANTED['phone']}\r\n\r\n".encode())
        assert line.recv(4_096).startswith(b"HTTP/1.1 400")


def _fail(
    hub: RunningHub,
    connection: psycopg.Connection,
    record: dict[str, object],
    question: dict[str, object],
) -> None:
    """Make PostgreSQL refuse what the hub takes for right: its errors quote whole rows."""
    connection.execute("ALTER TABLE records ADD CONSTRAINT planted CHECK (reference = 'none') NOT VALID")
    another = {**record, "reference": f"{PLANTED['reference']}-2"}
    answer = post(hub, OPERATOR, "/v1/records", another, idempotency_key=f"{PLANTED['word']}-3")
    assert problem(answer, 500)["code"] == "defect"
    assert PLANTED["reference"] not in answer.text
    connection.execute("ALTER TABLE records DROP CONSTRAINT planted")
    connection.execute("ALTER TABLE notifications ADD CONSTRAINT planted CHECK (bureau = 'none') NOT VALID")
    failed = [post(hub, asker("ALB"), "/v1/checks", question) for _ in range(20)]
    assert all(problem(answer, 500) for answer in failed)
    connection.execute("ALTER TABLE notifications DROP CONSTRAINT planted")
    assert post(hub, asker("ALB"), "/v1/checks", question).json()["hits"], "it lives on"


def _is_nowhere(hub: RunningHub) -> None:
    metrics = "".join(http.get(f"{hub.url}/metrics").text for _ in range(4))
    places = {
        "process log": hub.log(),
        "PostgreSQL's log": (hub.folder / "postgresql" / "postgresql.log").read_text(errors="replace"),
        "metrics": metrics,
    }
    for place, text in places.items():
        assert text
        for what, planted in PLANTED.items():
            for form in (planted, planted.encode().hex(), *planted.split()):
                assert form.casefold() not in text.casefold(), f"{what} in {place}"


def test_metrics_have_the_documented_names_and_labels(bare: RunningHub) -> None:
    text = http.get(f"{bare.url}/metrics").text
    assert "# TYPE allpoints_requests_total counter" in text
    assert "# TYPE allpoints_request_seconds histogram" in text
    assert 'allpoints_requests_total{route="/v1/checks",status="200"}' in text
    assert 'route="other"' in text, "a path that there is not is counted without being named"
    labels = {line.partition("{")[2].partition('"')[0] for line in text.splitlines() if "{" in line}
    assert labels <= {"route=", "le=", "pid="}


def test_a_hub_that_stops_ends_its_streams_and_answers_what_it_has_begun(bare: RunningHub) -> None:
    stream = Request(method="GET", target="/v1/notifications/stream", asker=OPERATOR)
    ended = threading.Event()
    open_ = threading.Event()

    def listen() -> None:
        headers = signature(bare, stream)
        with httpx.stream("GET", bare.url + stream.target, headers=headers, timeout=30) as response:
            open_.set()
            for _ in response.iter_raw():
                pass
        ended.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert open_.wait(10)
    time.sleep(0.5)
    family = [psutil.Process(bare.pid), *psutil.Process(bare.pid).children(recursive=True)]
    bare.stop()
    assert ended.wait(2), "cleanly: a broken stream would have raised"
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive


def _status(hub: RunningHub, path: str) -> int:
    try:
        return http.get(hub.url + path).status_code
    except httpx.TransportError:
        return 0


def _eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
