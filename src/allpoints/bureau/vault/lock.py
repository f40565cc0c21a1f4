"""What opens a vault: its master key, sealed by a key that argon2id (RFC 9106) makes of a passphrase, or by a key file.

To change the passphrase is to seal the same master key anew.
"""

import os
import secrets
from pathlib import Path
from typing import Literal

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allpoints.bureau.vault.files import write_private
from allpoints.errors import InvalidValue, NotFound, Unavailable

FILE = "vault.json"
KEY_BYTES = 32
_NONCE_BYTES = 12


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one try at the passphrase costs: the second choice of RFC 9106, section 4."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """How a vault is opened; in the clear, but nobody can change it unseen."""

    bureau: str
    kind: Literal["passphrase", "key-file"]
    salt: bytes = b""
    cost: Cost = Cost()
    sealed_master: bytes = b""

    def opened(self, *, passphrase: str | None, key: bytes | None) -> bytes:
        """The master key. Raises `InvalidValue` for a missing or wrong passphrase or key."""
        try:
            return opened(self._opening(passphrase, key), self.sealed_master, self._bound_to)
        except InvalidTag:
            raise InvalidValue(
                "does not open the vault", field=self.field, remedy="Give the one it was made with."
            ) from None

    def around(self, master: bytes, *, passphrase: str | None, key: bytes | None) -> "Lock":
        """This lock with the master key in it. Raises `InvalidValue` for a missing passphrase or key."""
        return msgspec.structs.replace(
            self, sealed_master=sealed(self._opening(passphrase, key), master, self._bound_to)
        )

    @property
    def field(self) -> str:
        """What opens it, as an error names it."""
        return "passphrase" if self.kind == "passphrase" else "key_file"

    @property
    def _bound_to(self) -> bytes:
        return msgspec.json.encode(msgspec.structs.replace(self, sealed_master=b""))

    def _opening(self, passphrase: str | None, key: bytes | None) -> bytes:
        if self.kind == "key-file":
            if key is None or len(key) != KEY_BYTES:
                raise InvalidValue(
                    f"has {KEY_BYTES} bytes", field=self.field, remedy="Name the vault's key file."
                )
            return key
        if not passphrase:
            raise InvalidValue("is missing", field=self.field, remedy="Give the vault's passphrase.")
        return hash_secret_raw(
            passphrase.encode(),
            self.salt,
            time_cost=self.cost.passes,
            memory_cost=self.cost.memory_kib,
            parallelism=self.cost.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


def new_lock(bureau: str, *, with_passphrase: bool, cost: Cost) -> Lock:
    """A lock without a master key yet."""
    if not with_passphrase:
        return Lock(bureau=bureau, kind="key-file")
    return Lock(bureau=bureau, kind="passphrase", salt=secrets.token_bytes(16), cost=cost)


def write_lock(folder: Path, lock: Lock) -> None:
    """Write or replace the vault's lock."""
    write_private(folder / FILE, msgspec.json.format(msgspec.json.encode(lock)))


def read_lock(folder: Path) -> Lock:
    """Read the vault's lock. Raises `NotFound` where there is none, `Unavailable` for a damaged one."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Lock)
    except FileNotFoundError:
        raise NotFound(
            f"there is no vault in {folder}", remedy="Run `allpoints bureau init` first."
        ) from None
    except msgspec.MsgspecError:
        raise Unavailable(f"{folder / FILE} is damaged", remedy="Restore it from the backup.") from None


def sealed(key: bytes, content: bytes, context: bytes) -> bytes:
    """Seal bytes (AES-256-GCM, a random nonce for each piece) for one context, which is not in it."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, context)


def opened(key: bytes, content: bytes, context: bytes) -> bytes:
    """What was sealed. Raises `InvalidTag` for another key or context, or a changed byte."""
    if len(content) < _NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], context)
