"""Keyed 64-bit hashes of identifiers: what the index and the database hold instead of the values."""

import hashlib
from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.modalities.identifiers.segments import TOP_SHIFT
from allpoints.records.identifiers import SCHEMES, Identifier, key_text, scheme_named

SECRET_BYTES = 32
HASH_BITS = TOP_SHIFT
"""58, below the scheme's six. 125 million identifiers of one scheme share a key with odds of 1 in 37; a
search proposes, the database confirms, so that such a pair costs one read and nothing else."""

_MASK = (1 << HASH_BITS) - 1
_HASHED = frozenset(scheme.name for scheme in SCHEMES if scheme.hashed)
_SEALED = "#"
"""Begins a sealed value; no scheme's canonical form has it in this place."""


class Keyring:
    """Makes keys and sealed values with the hub's index secret (BLAKE2b, RFC 7693, in keyed mode)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise InvalidValue(f"the index secret has {SECRET_BYTES} bytes", field="secret")
        self._key_hash = hashlib.blake2b(digest_size=8, key=secret, person=b"key")
        self._seal_hash = hashlib.blake2b(digest_size=16, key=secret, person=b"seal")
        self.fingerprint = hashlib.blake2b(digest_size=16, key=secret, person=b"fingerprint").hexdigest()
        """Names the secret without giving it away."""

    def key(self, identifier: Identifier) -> int:
        """Return the identifier's key: its scheme's number in the top six bits, 58 bits of hash below.

        Raises `InvalidValue` for a scheme that there is not.
        """
        number = scheme_named(identifier.scheme).number
        hashing = self._key_hash.copy()
        hashing.update(key_text(self.sealed(identifier)).encode())
        return int.from_bytes(hashing.digest(), "little") & _MASK | number << HASH_BITS

    def keys(self, identifiers: Iterable[Identifier]) -> NDArray[np.uint64]:
        """Return the keys of many identifiers."""
        return np.fromiter(map(self.key, identifiers), np.uint64)

    def sealed(self, identifier: Identifier) -> Identifier:
        """Return what may be stored: for `hashed` schemes the value's keyed hash, else the identifier itself.

        Sealing what is sealed changes nothing, and both have the same key.
        """
        if identifier.scheme not in _HASHED or identifier.value.startswith(_SEALED):
            return identifier
        hashing = self._seal_hash.copy()
        hashing.update(f"{identifier.scheme}:{identifier.value}".encode())
        return msgspec.structs.replace(identifier, value=_SEALED + hashing.hexdigest())


def signed(key: int) -> int:
    """Return the key as PostgreSQL's bigint holds it: the same 64 bits, the top one as the sign.

    For arrays, `keys.view(np.int64)` does the same.
    """
    return key - (1 << 64) if key >> 63 else key


def unsigned(number: int) -> int:
    """Return the key that `signed` made into this bigint."""
    return number & ((1 << 64) - 1)
