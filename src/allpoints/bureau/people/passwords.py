"""Passwords: argon2id, and the same work whoever is asked for (OWASP Password Storage Cheat Sheet)."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from allpoints.errors import InvalidValue

SHORTEST = 12
LONGEST = 256
AT_ONCE = 2
"""Passwords that are hashed at the same time: each takes 46 MiB, and a core."""

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_urlsafe(16))


class Passwords:
    """Hashes passwords in threads, a few at a time."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What is stored of a password."""
        async with self._room:
            return await asyncio.to_thread(_hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password; without a hash, the same work is done and it is not."""
        async with self._room:
            right = await asyncio.to_thread(_verify, password_hash or _nobody, password[: LONGEST + 1])
        return right and password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether it was made with less work than is asked for today."""
    return _hasher.check_needs_rehash(password_hash)


def checked_password(password: str, name: str) -> str:
    """Return the password. Raises `InvalidValue` for one that is too short or too near to the person's name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidValue(
            f"has {SHORTEST} to {LONGEST} characters", field="password", remedy="Several words do well."
        )
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise InvalidValue("is too easy to guess", field="password", remedy="Several words do well.")
    return password


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
