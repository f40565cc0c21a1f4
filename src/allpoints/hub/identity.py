"""What makes a hub this hub: its name, its signing key, the secret of its index, its database's passwords."""

import os
import secrets
from pathlib import Path

import msgspec
from nacl.signing import SigningKey

from allpoints.audit.checkpoint import VerifierKey
from allpoints.errors import Conflict, Unavailable
from allpoints.store.migrate import new_passwords

_FILE = "identity.json"


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The hub's secrets. In its file all bytes are base64; the file belongs to the hub's user alone."""

    name: str
    signing_seed: bytes
    index_secret: bytes
    database_passwords: dict[str, str]

    @property
    def signing_key(self) -> SigningKey:
        """The Ed25519 key that signs checkpoints and promises."""
        return SigningKey(self.signing_seed)

    @property
    def verifier_key(self) -> VerifierKey:
        """The public part, with the hub's name, for everyone who verifies."""
        return VerifierKey.of(self.name, self.signing_key)

    def __repr__(self) -> str:
        return f"Identity(name={self.name!r})"


def create(folder: Path, name: str) -> Identity:
    """Draw a new identity and write it. Raises `Conflict` where the folder has one: it is never overwritten."""
    identity = Identity(
        name=name,
        signing_seed=secrets.token_bytes(32),
        index_secret=secrets.token_bytes(32),
        database_passwords=new_passwords(),
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = folder / f"{_FILE}.{os.getpid()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(identity)))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, folder / _FILE)
    except FileExistsError:
        raise Conflict(
            "there is a hub in this folder already",
            field="ALLPOINTS_DATA",
            remedy="Choose another folder: a hub is never overwritten.",
        ) from None
    finally:
        new.unlink()
    return identity


def load(folder: Path) -> Identity:
    """Read the identity. Raises `Unavailable` where there is none or where others could read it."""
    file = folder / _FILE
    try:
        if file.stat().st_mode & 0o077:
            raise Unavailable(f"{file} can be read by others", remedy=f"chmod 600 {file}")
        return msgspec.json.decode(file.read_bytes(), type=Identity)
    except FileNotFoundError:
        raise Unavailable(f"there is no hub in {folder}", remedy="Run `allpoints hub init` first.") from None
    except msgspec.MsgspecError:
        raise Unavailable(f"{file} is damaged", remedy="Restore it from the backup.") from None
