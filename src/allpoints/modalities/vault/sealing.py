"""Sealing bytes: AES-256-GCM (NIST SP 800-38D) with a random nonce for each piece."""

import os
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from allpoints.errors import InvalidValue, Unavailable

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
OVERHEAD = _NONCE_BYTES + _TAG_BYTES
"""Bytes by which what is sealed is longer than what was to be sealed."""


class Sealer:
    """Seals bytes under one key, each piece by itself and for one context."""

    def __init__(self, key: bytes) -> None:
        """Raises `InvalidValue` for a key that has not 32 bytes."""
        self._cipher = AESGCM(_checked(key))

    @classmethod
    def derived(cls, key: bytes, purpose: bytes, salt: bytes = b"") -> Self:
        """A sealer with a key of its own (HKDF, RFC 5869), so that no two uses of the operator's key meet."""
        return cls(HKDF(SHA256(), KEY_BYTES, salt, b"allpoints " + purpose).derive(_checked(key)))

    def seal(self, body: bytes, context: bytes) -> bytes:
        """Return `body` sealed; `open` wants the same context, which is not in it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, body, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed. Raises `Unavailable` for another key or context, or a changed byte."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise Unavailable(
                "what is sealed was changed, or sealed with another key",
                remedy="Give the hub the key that it was sealed with.",
            ) from None


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise InvalidValue(f"a key has {KEY_BYTES} bytes, not {len(key)}", field="key")
    return key
