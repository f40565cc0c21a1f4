"""Sealing keys: MLKEM768-X25519, so that what is recorded today is not opened by a quantum computer tomorrow.

HPKE (RFC 9180) seals for a key and says nothing of who sealed; that, the envelope's signature says. A sealing key is
its bureau's because the bureau's signing key certified it.
"""

from collections.abc import Iterable
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from msgspec.structs import replace

from allpoints.bureau.keys import BureauKey
from allpoints.errors import InvalidValue, NotFound
from allpoints.formats.http_signature import key_id
from allpoints.wire.envelopes import (
    ForgedMessage,
    check_sealing_key,
    sealing_statement,
    verify,
    whole_seconds,
)
from allpoints.wire.messages import SealingKey, SigningKey

SECRET_BYTES = 64 + 32
"""The seed of ML-KEM-768, then the X25519 key."""

_MLKEM_SEED, _MLKEM_PUBLIC = 64, 1184
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class UnknownSealingKey(NotFound):
    """It was sealed for a key that this bureau no longer has: ask the sender to send it again."""


class SealingPrivateKey:
    """The secret half of a sealing key. Its representation never shows it."""

    def __init__(self, bureau: str, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise InvalidValue(f"the secret of a sealing key has {SECRET_BYTES} bytes", field="secret")
        self.bureau = bureau
        self.secret = secret
        mlkem = MLKEM768PrivateKey.from_seed_bytes(secret[:_MLKEM_SEED])
        x25519 = X25519PrivateKey.from_private_bytes(secret[_MLKEM_SEED:])
        self._key = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public_key = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        self.key_id = key_id(bureau, self.public_key)

    def __repr__(self) -> str:
        return f"<SealingPrivateKey {self.key_id}>"

    @classmethod
    def generate(cls, bureau: str) -> "SealingPrivateKey":
        """Return a new key from the operating system's randomness."""
        mlkem, x25519 = MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
        return cls(bureau, mlkem.private_bytes_raw() + x25519.private_bytes_raw())

    def certified(self, signing_key: BureauKey, now: datetime) -> SealingKey:
        """Return the public half with the bureau's signature that it is its own: what is published."""
        key = SealingKey(
            key_id=self.key_id,
            bureau=self.bureau,
            public_key=self.public_key,
            created_at=whole_seconds(now),
            signing_key=signing_key.key_id,
            signature=b"",
        )
        return replace(key, signature=signing_key.sign(sealing_statement(key)))

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Open what was sealed for this key in this very context. Raises `ForgedMessage`."""
        try:
            return _SUITE.decrypt(sealed, self._key, context)
        except (InvalidTag, ValueError):
            raise ForgedMessage(
                "the sealed key does not open: it was made for another message", field="keys"
            ) from None


def seal_for(key: SealingKey, secret: bytes, context: bytes) -> bytes:
    """Seal a short secret for a key, to be opened in this context only. Raises `InvalidValue` for what is no key."""
    try:
        public = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(key.public_key[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(key.public_key[_MLKEM_PUBLIC:]),
        )
        return _SUITE.encrypt(secret, public, context)
    except ValueError:
        raise InvalidValue(f"{key.key_id} is no MLKEM768-X25519 key", field="public_key") from None


def check_certificate(key: SealingKey, bureau: str, signing_keys: Iterable[SigningKey]) -> None:
    """Check that a sealing key is the bureau's, as one of its signing keys says, which the caller trusts.

    Raises `ForgedMessage` where it is not, or where the signing key is none of these or revoked.
    """
    check_sealing_key(key)
    if key.bureau != bureau or key.key_id != key_id(bureau, key.public_key):
        raise ForgedMessage(f"the sealing key is not one of {bureau}", field="sealing")
    certifier = next((each for each in signing_keys if each.key_id == key.signing_key), None)
    if certifier is None or certifier.revoked_at is not None:
        raise ForgedMessage(
            f"no signing key of {bureau} that is trusted certifies its sealing key", field="sealing"
        )
    verify(sealing_statement(key), key.signature, certifier.public_key, field="sealing")
