"""The example in docs/signatures.md, taken from the page and verified by an independent implementation."""

import re
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import ED25519

from allpoints.formats.http_signature import check_content, key_id, parse, signature_base, verify

PAGE = Path(__file__).parents[3] / "docs" / "signatures.md"
BLOCKS = dict(re.findall(r"```(\w+)\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
HEAD, _, BODY = BLOCKS["http"].partition("\n\n")
HEADERS = dict(line.split(": ", 1) for line in HEAD.split("\n")[1:])


class Message(NamedTuple):
    method: str
    url: str
    headers: dict[str, str]


def public_key() -> Ed25519PublicKey:
    key = load_pem_public_key(BLOCKS["pem"].encode())
    assert isinstance(key, Ed25519PublicKey)
    return key


def test_an_independent_implementation_verifies_the_example() -> None:
    name = key_id("ALB", public_key().public_bytes_raw())
    verifier = HTTPMessageVerifier(
        signature_algorithm=ED25519,
        key_resolver=MappingKeyResolver(public_keys={name: public_key()}, private_keys={}),
    )
    message = Message("POST", "https://hub.example/v1/checks", HEADERS)
    [result] = verifier.verify(message, max_age=None, body=BODY.encode())
    assert result.parameters["created"] == 1_795_341_600


def test_the_base_and_the_key_are_printed_as_they_are() -> None:
    parameters = parse([(name.lower().encode(), value.encode()) for name, value in HEADERS.items()])
    base = signature_base(parameters, method="POST", authority="hub.example", path="/v1/checks", query="")
    assert base.decode() == BLOCKS["text"]
    assert len(base) == 504
    assert len(BODY) == 119
    verify(parameters, base, public_key().public_bytes_raw())
    check_content(parameters, BODY.encode())
    assert Ed25519PrivateKey.from_private_bytes(bytes(range(32))).sign(base) == parameters.signature
