"""Ed25519 public keys as text, and the names of keys.

The text is the PEM of RFC 8410, as `openssl pkey -pubout` writes it: 44 bytes of DER, of which the
first 12 are always the same.
"""

import base64
import binascii
import hashlib
import re

from nacl.bindings import crypto_core_ed25519_is_valid_point

from allpoints.errors import InvalidValue

_DER_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""SubjectPublicKeyInfo { id-Ed25519, BIT STRING of 32 bytes } up to the key itself (RFC 8410, section 4)."""

_PEM = re.compile(
    r"\s{0,20}-----BEGIN PUBLIC KEY-----\s{1,4}([A-Za-z0-9+/]{59}=)\s{1,4}-----END PUBLIC KEY-----\s{0,20}"
)


def write_public_key(public_key: bytes) -> str:
    """Return the PEM of a public key of 32 bytes."""
    text = base64.b64encode(_DER_PREFIX + public_key).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"


def parse_public_key(text: str, *, field: str = "public_key") -> bytes:
    """Return the 32 bytes of a public key in PEM.

    Raises `InvalidValue` for anything else, and for the points of small order: everybody can sign for those.
    """
    match = _PEM.fullmatch(text)
    der = binascii.a2b_base64(match[1]) if match else b""
    key = der.removeprefix(_DER_PREFIX)
    if len(key) != 32 or not crypto_core_ed25519_is_valid_point(key):
        raise InvalidValue(
            "not an Ed25519 public key",
            field=field,
            remedy="Send what `allpoints bureau keygen` or `openssl pkey -pubout` prints.",
        )
    return key


def key_id(bureau: str, public_key: bytes) -> str:
    """Return a key's name: the bureau's code and the first 16 bytes of the key's SHA-256 in base64url."""
    fingerprint = base64.urlsafe_b64encode(hashlib.sha256(public_key).digest()[:16]).rstrip(b"=").decode()
    return f"{bureau}-{fingerprint}"


def rotation_statement(bureau: str, public_key: bytes) -> bytes:
    """Return what a new key signs to prove that its bureau holds it."""
    return b"allpoints key rotation v1\x00" + bureau.encode() + b"\x00" + public_key
