"""The key that seals biometrics at rest: a file of its own, which the operator holds and no backup has."""

import os
import secrets
from pathlib import Path

from allpoints.errors import Unavailable

FILE = "template.key"
_BYTES = 32


def draw(file: Path) -> None:
    """Draw a new key and write it, for the hub's user alone; a key that is there already stays."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # By chance and not by the process: what one left behind that was killed must not stop another.
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as written:
        written.write(secrets.token_hex(_BYTES) + "\n")
        written.flush()
        os.fsync(written.fileno())
    try:
        os.link(new, file)
    except FileExistsError:
        # Another process of this hub was as fast.
        return
    finally:
        new.unlink()


def load(file: Path) -> bytes:
    """Read the key. Raises `Unavailable` where there is none, where others could read it, and for what is no key."""
    try:
        if file.stat().st_mode & 0o077:
            raise Unavailable(
                f"{file} can be read by others", field="ALLPOINTS_TEMPLATE_KEY", remedy=f"chmod 600 {file}"
            )
        key = bytes.fromhex(file.read_text("ascii"))
    except OSError as error:
        raise Unavailable(
            f"{file} cannot be read: {error.strerror}",
            field="ALLPOINTS_TEMPLATE_KEY",
            remedy="Put the key's file back, readable for the hub's user alone.",
        ) from None
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise Unavailable(
            f"{file} holds no key",
            field="ALLPOINTS_TEMPLATE_KEY",
            remedy=f"Put the key's file back: {2 * _BYTES} hexadecimal digits.",
        )
    return key
