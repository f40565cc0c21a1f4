"""Whose request it is: fresh, for this hub, whole, and signed by the key it names."""

import pytest
from msgspec.structs import replace
from tests.hubs import asker

from allpoints.access.authenticate import (
    SKEW_S,
    WINDOW_S,
    HttpMessage,
    SignedRequest,
    authenticate,
    read_signature,
)
from allpoints.bureau import BureauKey, Signer
from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, Unauthenticated
from allpoints.records import Asker

NOW = 1_795_000_000
HOST = "hub.example"
KEY = BureauKey("ALB", bytes(range(32)))
WHO = asker("ALB", "operator", "vehicle-crime", "police", user="u-7", clearance="restricted")


def message(
    body: bytes = b'{"evidence":[]}',
    *,
    now: int = NOW,
    nonce: str = "a" * 24,
    who: Asker = WHO,
    **headers: str,
) -> HttpMessage:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    signed = Signer("ALB", KEY).sign(
        "POST", f"https://{HOST}/v1/checks?x=1", asker=who, body=body, headers=named, now=now, nonce=nonce
    )
    fields = [(name.encode(), value.encode()) for name, value in signed.items()]
    return HttpMessage(
        method="POST", authority=HOST, path="/v1/checks", query="x=1", headers=fields, body=body
    )


def admitted(message: HttpMessage, *, key: BureauKey = KEY, now: float = NOW) -> tuple[Asker, SignedRequest]:
    unverified = read_signature(message, authorities=frozenset({HOST}), now=now)
    assert unverified.key_id == KEY.key_id
    return authenticate(unverified, public_key=key.public_key, bureau=key.bureau)


def test_a_signed_request_says_who_asks() -> None:
    who, request = admitted(message(idempotency_key="k-1", if_match='"3"'))
    assert who == WHO
    assert (request.key_id, request.created) == (KEY.key_id, NOW)
    assert (request.idempotency_key, request.if_match) == ("k-1", '"3"')


def test_the_asker_belongs_to_the_bureau_of_the_key() -> None:
    who, _ = admitted(message(), key=BureauKey("FRA", bytes(range(32))))
    assert who.bureau == "FRA"


@pytest.mark.parametrize("age", [0, WINDOW_S, -SKEW_S])
def test_a_signature_holds_within_its_window(age: int) -> None:
    admitted(message(), now=NOW + age)


@pytest.mark.parametrize("age", [WINDOW_S + 1, -SKEW_S - 1, 10**6])
def test_a_stale_or_early_signature_is_refused(age: int) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        admitted(message(), now=NOW + age)
    assert refusal.value.field == "Signature-Input.created"


def test_a_request_for_another_hub_is_refused() -> None:
    with pytest.raises(Unauthenticated) as refusal:
        read_signature(message(), authorities=frozenset({"other.example"}), now=NOW)
    assert refusal.value.field == "Host"


def test_another_hub_that_pretends_to_be_addressed_is_refused_by_the_signature() -> None:
    forwarded = replace(message(), authority="other.example")
    unverified = read_signature(forwarded, authorities=frozenset({"other.example"}), now=NOW)
    with pytest.raises(Unauthenticated):
        authenticate(unverified, public_key=KEY.public_key, bureau="ALB")


@pytest.mark.parametrize(
    "altered",
    [
        {"method": "PUT"},
        {"path": "/v1/records"},
        {"query": "x=2"},
        {"query": ""},
        {"body": b'{"evidence":[ ]}'},
        {"body": b""},
    ],
    ids=str,
)
def test_an_altered_request_is_refused(altered: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        admitted(replace(message(), **altered))


@pytest.mark.parametrize("name", ["allpoints-asker", "content-digest", "idempotency-key", "if-match"])
def test_an_altered_header_is_refused(name: str) -> None:
    original = message(idempotency_key="k-1", if_match='"3"')
    other = dict(message(b"{}", idempotency_key="k-2", if_match='"4"', who=asker("ALB", user="u-8")).headers)
    fields = [(n, other[n] if n == name.encode() else value) for n, value in original.headers]
    with pytest.raises(Unauthenticated):
        admitted(replace(original, headers=fields))


@pytest.mark.parametrize("name", ["signature", "signature-input", "allpoints-asker", "content-digest"])
def test_a_missing_header_is_refused(name: str) -> None:
    original = message()
    fields = [(n, value) for n, value in original.headers if n != name.encode()]
    with pytest.raises((Unauthenticated, MalformedInput)):
        admitted(replace(original, headers=fields))


def test_a_header_that_the_signature_does_not_cover_is_not_believed() -> None:
    """An Idempotency-Key or If-Match that somebody on the line added."""
    original = message()
    for name, value in ((b"idempotency-key", b"forged"), (b"if-match", b'"9"')):
        with_more = replace(original, headers=[*original.headers, (name, value)])
        try:
            _, request = admitted(with_more)
        except AllpointsError:
            continue
        assert (request.idempotency_key, request.if_match) == (None, None)


def test_another_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        admitted(message(), key=BureauKey.generate("ALB"))


def test_two_requests_differ_by_their_nonce_and_their_key() -> None:
    digests = {admitted(message(nonce=nonce))[1].nonce_digest for nonce in ("a" * 24, "b" * 24)}
    assert len(digests) == 2
    assert {len(digest) for digest in digests} == {16}
    assert admitted(message(nonce="a" * 24))[1].nonce_digest in digests


def test_an_asker_that_is_no_asker_names_its_field() -> None:
    original = message()
    bad = dict(original.headers)
    bad[b"allpoints-asker"] = b"agency=nonsense"
    with pytest.raises((InvalidValue, MalformedInput, Unauthenticated)):
        admitted(replace(original, headers=list(bad.items())))
