"""The keys of one bureau, and what else the node keeps sealed.

The master key seals (AES-256-GCM) each key in a file of its own, bound to the file's name, and the secrets in the
node's database, each bound to what it is for.
"""

import base64
import hmac
import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag

from allpoints.bureau.keys import BureauKey
from allpoints.bureau.sealed.keys import SealingPrivateKey
from allpoints.bureau.vault.files import write_private
from allpoints.bureau.vault.lock import FILE as LOCK
from allpoints.bureau.vault.lock import KEY_BYTES, Cost, new_lock, opened, read_lock, sealed, write_lock
from allpoints.errors import Conflict, NotFound, Unavailable

FORMER_KEPT = timedelta(days=120)
"""How long a sealing key opens messages after another one took its place: longer than any hub keeps one."""

_SETTLED_S = 0.1


class KeyKind(StrEnum):
    """What a key is for."""

    SIGNING = "signing"
    SEALING = "sealing"


class KeyState(StrEnum):
    """Where a key stands in its life."""

    NEXT = "next"
    """Made, and not yet known to every hub."""
    CURRENT = "current"
    FORMER = "former"
    """Another one took its place. A signing key is valid until it is revoked; a sealing key opens what is under way."""
    REVOKED = "revoked"


class HeldKey(msgspec.Struct, frozen=True, kw_only=True):
    """What the vault says of a key. The secret is not in it."""

    key_id: str
    kind: KeyKind
    state: KeyState
    created_at: datetime
    not_after: datetime | None = None
    """Until when a former sealing key is kept."""


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    held: HeldKey
    secret: bytes
    """Nothing once the key is revoked."""


class Vault:
    """The keys of one bureau. Its representation shows no secret."""

    def __init__(self, folder: Path, bureau: str, master: bytes) -> None:
        """Use `create` or `unlock`."""
        self.folder = folder
        self.bureau = bureau
        # No two uses of the master key meet.
        self._sealer = hmac.digest(master, b"seal", "sha256")
        self._hasher = hmac.digest(master, b"hash", "sha256")
        self._master = master
        self._read_at = -1
        self._stored: tuple[_Stored, ...] = ()

    def __repr__(self) -> str:
        return f"<Vault of {self.bureau}>"

    @classmethod
    def create(
        cls,
        folder: Path,
        bureau: str,
        *,
        passphrase: str | None = None,
        key: bytes | None = None,
        signing: BureauKey | None = None,
        cost: Cost = Cost(),  # noqa: B008 - immutable
    ) -> "Vault":
        """Make a vault that the passphrase or the key opens, with a sealing key and a signing key: a new one, or one
        that the bureau has already.

        Raises `Conflict` for a folder that has a vault, and `InvalidValue` unless there is one of the two.
        """
        if (folder / LOCK).exists():
            raise Conflict(
                f"there is a vault in {folder}", remedy="Choose another folder: it is never overwritten."
            )
        master = secrets.token_bytes(KEY_BYTES)
        lock = new_lock(bureau, with_passphrase=key is None, cost=cost)
        lock = lock.around(master, passphrase=passphrase, key=key)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for abandoned in folder.glob("*.key"):
            abandoned.unlink()
        vault = cls(folder, bureau, master)
        now = datetime.now(UTC)
        signing = signing or BureauKey.generate(bureau)
        sealing = SealingPrivateKey.generate(bureau)
        vault._write(_stored(signing.key_id, KeyKind.SIGNING, KeyState.CURRENT, now, signing.seed))
        vault._write(_stored(sealing.key_id, KeyKind.SEALING, KeyState.CURRENT, now, sealing.secret))
        # Last: a folder without a lock is no vault, and can be made anew.
        write_lock(folder, lock)
        return vault

    @classmethod
    def unlock(cls, folder: Path, *, passphrase: str | None = None, key: bytes | None = None) -> "Vault":
        """Open a vault.

        Raises `NotFound` where there is none, `InvalidValue` for a missing or wrong passphrase or key, and
        `Unavailable` for a damaged one.
        """
        lock = read_lock(folder)
        return cls(folder, lock.bureau, lock.opened(passphrase=passphrase, key=key))

    @staticmethod
    def wants_passphrase(folder: Path) -> bool:
        """Whether a passphrase opens the vault, and not a key file. Raises `NotFound` where there is none."""
        return read_lock(folder).kind == "passphrase"

    def relock(self, *, passphrase: str, cost: Cost = Cost()) -> None:  # noqa: B008 - immutable
        """From now on this passphrase opens the vault, and nothing else does."""
        lock = new_lock(self.bureau, with_passphrase=True, cost=cost)
        write_lock(self.folder, lock.around(self._master, passphrase=passphrase, key=None))

    # Keys ------------------------------------------------------------------------------------------------

    @property
    def keys(self) -> list[HeldKey]:
        """What the vault holds, the newest first."""
        return [stored.held for stored in self._read()]

    @property
    def signing(self) -> BureauKey:
        """The key that the bureau signs with now."""
        return self.signing_key(self._current(KeyKind.SIGNING).held.key_id)

    @property
    def sealing(self) -> Mapping[str, SealingPrivateKey]:
        """The keys that open what is sealed for the bureau, by their ids: the current one first."""
        kept = (each for each in self._read() if each.held.kind is KeyKind.SEALING and each.secret)
        ordered = sorted(kept, key=lambda each: each.held.state is not KeyState.CURRENT)
        return {each.held.key_id: SealingPrivateKey(self.bureau, each.secret) for each in ordered}

    def current(self, kind: KeyKind) -> HeldKey:
        """The key of this kind that is in use. Raises `Unavailable` for a vault that has lost it."""
        return self._current(kind).held

    def held(self, key_id: str) -> HeldKey:
        """What the vault says of a key. Raises `NotFound`."""
        return self._find(key_id).held

    def signing_key(self, key_id: str) -> BureauKey:
        """A signing key that is not revoked. Raises `NotFound`."""
        return BureauKey(self.bureau, self._find(key_id, KeyKind.SIGNING).secret)

    def next_key(self, kind: KeyKind) -> HeldKey:
        """The key that is to take the current one's place: drawn now, unless one waits since an earlier try."""
        waiting = [k for k in self.keys if k.kind is kind and k.state is KeyState.NEXT]
        if waiting:
            return waiting[0]
        if kind is KeyKind.SIGNING:
            signing = BureauKey.generate(self.bureau)
            key_id, secret = signing.key_id, signing.seed
        else:
            sealing = SealingPrivateKey.generate(self.bureau)
            key_id, secret = sealing.key_id, sealing.secret
        drawn = _stored(key_id, kind, KeyState.NEXT, datetime.now(UTC), secret)
        self._write(drawn)
        return drawn.held

    def promote(self, key_id: str, now: datetime) -> None:
        """Make the next key the current one. The one before it becomes a former one."""
        promoted = self._find(key_id)
        before = self._current(promoted.held.kind)
        # In this order: killed between the two, the newer of two current keys is the current one.
        self._change(promoted, state=KeyState.CURRENT)
        if before.held.key_id != key_id:
            until = now + FORMER_KEPT if promoted.held.kind is KeyKind.SEALING else None
            self._change(before, state=KeyState.FORMER, not_after=until)

    def revoke(self, key_id: str) -> None:
        """Destroy a key's secret and keep its name. Raises `Conflict` for a current one."""
        stored = self._find(key_id)
        if stored.held.state is KeyState.CURRENT:
            raise Conflict(
                f"{key_id} is the current key", field="key_id", remedy="Rotate first, then revoke it."
            )
        self._write(_Stored(held=msgspec.structs.replace(stored.held, state=KeyState.REVOKED), secret=b""))

    def forget_former(self, now: datetime) -> None:
        """Destroy former sealing keys whose time is up: what was sealed for them can no more be read, by anybody."""
        for stored in self._read():
            if stored.held.not_after is not None and stored.held.not_after <= now:
                self._file(stored.held).unlink(missing_ok=True)

    # Secrets of the database -----------------------------------------------------------------------------

    def seal(self, content: bytes, context: str) -> bytes:
        """Seal something for the database. `open` wants the same context, which is not in it."""
        return sealed(self._sealer, content, context.encode())

    def open(self, content: bytes, context: str) -> bytes:
        """What was sealed. Raises `Unavailable` for a changed byte, or another context or vault."""
        try:
            return opened(self._sealer, content, context.encode())
        except InvalidTag:
            raise Unavailable(
                "what is sealed was changed, or sealed by another vault",
                remedy="Restore vault and database from the same backup.",
            ) from None

    def keyed_hash(self, content: bytes, context: str) -> bytes:
        """A hash (HMAC-SHA-256) that nobody can try values against without the vault."""
        label = context.encode()
        return hmac.digest(self._hasher, len(label).to_bytes(2) + label + content, "sha256")

    def name_for(self, thing: str, context: str) -> str:
        """A name like a random one (22 characters), always the same for the same thing; it tells nobody which."""
        digest = self.keyed_hash(thing.encode(), context)
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()

    def password(self, purpose: str) -> str:
        """A password for another program, always the same for the same purpose."""
        return self.keyed_hash(b"", f"password: {purpose}").hex()

    # Files -----------------------------------------------------------------------------------------------

    def _current(self, kind: KeyKind) -> _Stored:
        current = (
            each for each in self._read() if each.held.kind is kind and each.held.state is KeyState.CURRENT
        )
        found = next(current, None)
        if found is None:
            raise Unavailable(f"the vault holds no {kind} key", remedy="Restore its folder from the backup.")
        return found

    def _find(self, key_id: str, kind: KeyKind | None = None) -> _Stored:
        for stored in self._read():
            if stored.held.key_id == key_id and stored.secret and kind in (None, stored.held.kind):
                return stored
        raise NotFound(f"the vault holds no key {key_id:.60}", field="key_id")

    def _read(self) -> tuple[_Stored, ...]:
        """Every key, the newest first: read anew when another process has changed one."""
        changed_at = self.folder.stat().st_mtime_ns
        if changed_at != self._read_at:
            found = sorted(self._files(), key=lambda each: each.held.created_at, reverse=True)
            self._stored = tuple(found)
            # The clock of a file system is coarse: what has just changed may change again at the same time.
            settled = time.time() - changed_at / 1e9 > _SETTLED_S
            self._read_at = changed_at if settled else -1
        return self._stored

    def _files(self) -> Iterator[_Stored]:
        for file in self.folder.glob("*.key"):
            yield msgspec.msgpack.decode(self.open(file.read_bytes(), file.name), type=_Stored)

    def _change(self, stored: _Stored, *, state: KeyState, not_after: datetime | None = None) -> None:
        held = msgspec.structs.replace(stored.held, state=state, not_after=not_after)
        self._write(msgspec.structs.replace(stored, held=held))

    def _write(self, stored: _Stored) -> None:
        file = self._file(stored.held)
        write_private(file, self.seal(msgspec.msgpack.encode(stored), file.name))
        self._read_at = -1

    def _file(self, held: HeldKey) -> Path:
        return self.folder / f"{held.kind}-{held.key_id}.key"


def _stored(key_id: str, kind: KeyKind, state: KeyState, created_at: datetime, secret: bytes) -> _Stored:
    return _Stored(held=HeldKey(key_id=key_id, kind=kind, state=state, created_at=created_at), secret=secret)
