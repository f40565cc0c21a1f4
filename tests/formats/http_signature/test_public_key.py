"""Public keys as text."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.formats.http_signature import key_id, parse_public_key, write_public_key

# RFC 8410, section 10.1, prints this key; the 32 bytes are what follows the first 12 of its DER.
RFC_8410 = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""
RFC_8410_KEY = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"


def test_the_key_printed_in_rfc_8410_is_read_and_written() -> None:
    assert parse_public_key(RFC_8410).hex() == RFC_8410_KEY
    assert write_public_key(bytes.fromhex(RFC_8410_KEY)) == RFC_8410


@given(st.binary(min_size=32, max_size=32))
def test_keys_are_written_as_an_independent_implementation_writes_them(seed: bytes) -> None:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert write_public_key(public.public_bytes_raw()) == pem
    assert parse_public_key(pem) == public.public_bytes_raw()


def test_a_key_on_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(InvalidValue) as refusal:
        parse_public_key(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
    assert refusal.value.field == "public_key"


@pytest.mark.parametrize("point", [bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_a_point_for_which_everybody_can_sign_is_refused(point: bytes) -> None:
    with pytest.raises(InvalidValue):
        parse_public_key(write_public_key(point))


@given(st.text())
def test_whatever_is_sent_is_parsed_or_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_public_key(text)


def test_a_key_is_named_by_its_bureau_and_its_fingerprint() -> None:
    key = bytes.fromhex(RFC_8410_KEY)
    bureau, fingerprint = key_id("ALB", key).split("-", 1)
    assert bureau == "ALB"
    assert base64.urlsafe_b64decode(fingerprint + "==") == hashlib.sha256(key).digest()[:16]
