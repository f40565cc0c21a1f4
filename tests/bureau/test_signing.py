"""Signed requests, verified by the hub's half of the profile."""

import pytest

from allpoints.bureau.keys import BureauKey
from allpoints.bureau.signing import Signer
from allpoints.errors import InvalidValue
from allpoints.formats.http_signature import check_content, parse, parse_asker, signature_base, verify
from allpoints.records import AgencyKind, Asker, Purpose, Role

KEY = BureauKey("ALB", bytes(range(32)))
OFFICER = Asker(
    bureau="ALB",
    user="u-93f2",
    agency=AgencyKind.BORDER_POLICE,
    role=Role.OFFICER,
    purpose=Purpose.BORDER_CONTROL,
)


def raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


@pytest.mark.parametrize(
    ("url", "authority", "path", "query"),
    [
        ("https://hub.example/v1/checks", "hub.example", "/v1/checks", ""),
        ("https://Hub.Example:443/v1/records?after=5", "hub.example", "/v1/records", "after=5"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "/", ""),
        ("http://127.0.0.1:8080?", "127.0.0.1:8080", "/", ""),
    ],
)
def test_the_hub_verifies_what_is_signed(url: str, authority: str, path: str, query: str) -> None:
    headers = Signer("ALB", KEY).sign(
        "POST", url, asker=OFFICER, body=b"{}", headers={"content-type": "application/json", "accept": "*/*"}
    )
    parameters = parse(raw(headers))
    verify(
        parameters,
        signature_base(parameters, method="POST", authority=authority, path=path, query=query),
        KEY.public_key,
    )
    check_content(parameters, b"{}")
    assert parameters.key_id == KEY.key_id
    assert parse_asker(parameters.fields["allpoints-asker"], bureau="ALB") == OFFICER
    assert headers["accept"] == "*/*"


def test_headers_that_change_the_meaning_are_covered_and_others_are_not() -> None:
    headers = {"idempotency-key": "k", "if-match": '"2"', "content-type": "application/json", "accept": "*/*"}
    signed = Signer("ALB", KEY).sign("PUT", "https://hub.example/", asker=OFFICER, headers=headers)
    assert set(parse(raw(signed)).fields) == {
        "content-digest", "allpoints-asker", "idempotency-key", "if-match", "content-type"
    }  # fmt: skip


def test_the_same_moment_and_nonce_give_the_same_headers() -> None:
    def sign(nonce: str) -> dict[str, str]:
        return Signer("ALB", KEY).sign("GET", "https://hub.example/", asker=OFFICER, now=1, nonce=nonce)

    assert sign("n" * 16) == sign("n" * 16)
    assert sign("n" * 16)["signature"] != sign("m" * 16)["signature"]


def test_each_signature_has_a_nonce_of_its_own() -> None:
    signer = Signer("ALB", KEY)
    nonces = {parse(raw(signer.sign("GET", "https://h/", asker=OFFICER))).nonce for _ in range(100)}
    assert len(nonces) == 100


def test_nobody_signs_for_another_bureau() -> None:
    with pytest.raises(InvalidValue):
        Signer("FRA", KEY)
    with pytest.raises(InvalidValue):
        Signer("FRA", BureauKey.generate("FRA")).sign("GET", "https://hub.example/", asker=OFFICER)


@pytest.mark.parametrize(
    "url", ["", "/v1/checks", "ftp://hub.example/", "https://user@hub.example/", "https:///x"]
)
def test_an_address_that_cannot_be_signed_is_named(url: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        Signer("ALB", KEY).sign("GET", url, asker=OFFICER)
    assert refusal.value.field == "url"
