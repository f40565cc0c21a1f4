"""A key in a file of its own, for a vault that opens without a passphrase: kept on another medium, or handed in."""

import secrets
from pathlib import Path

from allpoints.bureau.vault.files import write_private
from allpoints.bureau.vault.lock import KEY_BYTES
from allpoints.errors import Conflict, InvalidValue


def draw_key(file: Path) -> bytes:
    """Draw a key and write it to a new file, for its owner alone. Raises `Conflict` for a file that exists."""
    if file.exists():
        raise Conflict(
            f"{file} exists", field="key_file", remedy="Choose another file; keys are never overwritten."
        )
    key = secrets.token_bytes(KEY_BYTES)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(file, f"{key.hex()}\n".encode())
    return key


def load_key(file: Path) -> bytes:
    """Read a key. Raises `InvalidValue` for a file that is not there, that others may read, or that holds no key."""
    try:
        if file.stat().st_mode & 0o077:
            raise InvalidValue(f"others may read {file}", field="key_file", remedy=f"Run: chmod 600 {file}")
        return bytes.fromhex(file.read_text("ascii"))
    except OSError as error:
        raise InvalidValue(f"{file} cannot be read: {error.strerror}", field="key_file") from None
    except ValueError:
        raise InvalidValue(f"{file} holds no key", field="key_file") from None
