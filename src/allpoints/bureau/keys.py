"""A bureau's Ed25519 signing keys, and their files."""

import os
from pathlib import Path
from typing import NoReturn

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair
from nacl.utils import random as random_bytes

from allpoints.errors import Conflict, Forbidden, InvalidValue, MalformedInput, NotFound
from allpoints.formats.http_signature import key_id, write_public_key

SEED_BYTES = 32
MAX_FILE_BYTES = 4_096


class BureauKey:
    """An Ed25519 key with which a bureau signs. Its representation never shows the private half."""

    def __init__(self, bureau: str, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise InvalidValue(f"an Ed25519 seed has {SEED_BYTES} bytes", field="seed")
        self.bureau = bureau
        self.seed = seed
        """The private half."""
        self.public_key, self._secret = crypto_sign_seed_keypair(seed)
        self.key_id = key_id(bureau, self.public_key)

    def __repr__(self) -> str:
        return f"<BureauKey {self.key_id}>"

    @classmethod
    def generate(cls, bureau: str) -> "BureauKey":
        """Return a new key from the operating system's randomness."""
        return cls(bureau, random_bytes(SEED_BYTES))

    @property
    def public_text(self) -> str:
        """The public key in PEM: what a bureau enrols."""
        return write_public_key(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of `message`."""
        return crypto_sign(message, self._secret)[:crypto_sign_BYTES]

    def save(self, path: Path, passphrase: str | None = None, *, unencrypted: bool = False) -> None:
        """Write the key as PKCS#8 in PEM to a new file that only its owner may read.

        Raises `InvalidValue` without a passphrase, unless `unencrypted` is asked for, and `Conflict` for a
        file that exists: a key is never overwritten.
        """
        encryption: BestAvailableEncryption | NoEncryption
        if passphrase:
            encryption = BestAvailableEncryption(passphrase.encode())
        elif unencrypted:
            encryption = NoEncryption()
        else:
            raise InvalidValue(
                "is missing",
                field="passphrase",
                remedy="Give one, or say explicitly that the key is to be kept unencrypted.",
            )
        pem = Ed25519PrivateKey.from_private_bytes(self.seed).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, encryption
        )
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Conflict(
                f"{path} exists", field="key", remedy="Choose another file; keys are never overwritten."
            ) from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, path: Path, *, bureau: str, passphrase: str | None = None) -> "BureauKey":
        """Read a key file.

        Raises `NotFound`, `Forbidden` for a file that others may read, `InvalidValue` for a missing or wrong
        passphrase, and `MalformedInput` for what is no Ed25519 key.
        """
        pem = _read_private(path)
        password = passphrase.encode() if passphrase else None
        try:
            key = load_pem_private_key(pem, password)
        except TypeError:
            _refuse_passphrase(given=password is not None)
        except (ValueError, UnsupportedAlgorithm):
            if b"ENCRYPTED" in pem and password is not None:
                raise InvalidValue(
                    "does not open the key", field="passphrase", remedy="Give the one it was saved with."
                ) from None
            raise MalformedInput(f"{path} holds no private key", field="key") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise MalformedInput(f"{path} holds a key that is not Ed25519", field="key")
        return cls(bureau, key.private_bytes_raw())


def _refuse_passphrase(*, given: bool) -> NoReturn:
    if given:
        raise InvalidValue(
            "the key is not encrypted", field="passphrase", remedy="Give none, or encrypt the key."
        ) from None
    raise InvalidValue("the key is encrypted", field="passphrase", remedy="Give its passphrase.") from None


def _read_private(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise Forbidden(f"others may read {path}", field="key", remedy=f"Run: chmod 600 {path}")
            return file.read(MAX_FILE_BYTES)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", field="key") from None
