"""Checkpoints: the signed head of the log.

A checkpoint is a C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint), which is a C2SP signed note
(https://c2sp.org/signed-note) with Ed25519 signatures (type 0x01). The hub's profile is stricter than both:
the name of the hub's key is the origin, and there is exactly one extension line, the time:

    hub.example/log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
    time 2026-11-22T10:00:00.123Z

    — hub.example/log
    Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

Every way to write the same checkpoint differently is refused.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from allpoints.audit.merkle import HASH_BYTES, MAX_SIZE
from allpoints.errors import InvalidValue, MalformedInput, TamperingFound

MAX_CHECKPOINT_CHARS = 128 * 1024
MAX_SIGNATURES = 16
MAX_NAME_CHARS = 255
KEY_ID_BYTES = 4
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
ED25519 = b"\x01"

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_VKEY = re.compile(r"([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})", re.ASCII)
_TIME = re.compile(r"time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)", re.ASCII)


class VerifierKey(msgspec.Struct, frozen=True):
    """A hub's public key: its name (the log's origin) and the 32 bytes of RFC 8032.

    Its text form is the note verifier key `name+id+base64` that the Go checksum database, Sigstore and the
    public witnesses read too.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise InvalidValue(
                f"a key name is 1 to {MAX_NAME_CHARS} printable characters without spaces and '+'",
                field="name",
            )
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            raise InvalidValue(
                f"an Ed25519 public key has {PUBLIC_KEY_BYTES} bytes, not {len(self.public_key)}",
                field="public_key",
            )

    @classmethod
    def of(cls, name: str, signing_key: SigningKey) -> Self:
        """The public half of a signing key, under `name`."""
        return cls(name, bytes(signing_key.verify_key))

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read `name+id+base64(0x01 || public key)`; raises MalformedInput when it is anything else."""
        match = _VKEY.fullmatch(vkey)
        if match is None or not _is_name(match[1]):
            raise MalformedInput("this is no verifier key of the form name+id+base64", field="key")
        key = cls(match[1], b64decode(match[2])[1:])
        if str(key) != vkey:
            raise MalformedInput("the key's id does not fit its name and bytes as Ed25519", field="key")
        return key

    @property
    def key_id(self) -> bytes:
        """What points at this key in a signature line: SHA-256(name || 0x0A || 0x01 || public key)[:4]."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public_key).decode()}"

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's Ed25519 signature (RFC 8032) over `message`."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            VerifyKey(self.public_key).verify(message, signature)
        except BadSignatureError:
            return False
        return True


class NoteSignature(msgspec.Struct, frozen=True):
    """One signature line of a note: whose it says it is, and the raw signature."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {b64encode(self.key_id + self.signature).decode()}"


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The head of the log at one time: `size` entries, whose Merkle tree has the root `root` (32 bytes).

    `time` is in UTC, to the millisecond. Only `verify` says whether the hub stands behind it.
    """

    origin: str
    size: int
    root: bytes
    time: datetime
    signatures: tuple[NoteSignature, ...] = ()

    def __post_init__(self) -> None:
        if not _is_name(self.origin):
            raise InvalidValue(
                f"an origin is 1 to {MAX_NAME_CHARS} printable characters without spaces and '+'",
                field="origin",
            )
        if not 0 <= self.size <= MAX_SIZE:
            raise InvalidValue(f"a log has 0 to {MAX_SIZE} entries, not {self.size}", field="size")
        if len(self.root) != HASH_BYTES:
            raise InvalidValue(f"a root has {HASH_BYTES} bytes, not {len(self.root)}", field="root")
        if self.time.utcoffset() != timedelta(0) or self.time.microsecond % 1000:
            raise InvalidValue("the time must be in UTC and in whole milliseconds", field="time")

    @property
    def body(self) -> str:
        """The text that is signed, with its final newline."""
        time = self.time.replace(tzinfo=None).isoformat(timespec="milliseconds")
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\ntime {time}Z\n"

    @property
    def text(self) -> str:
        """The whole signed note."""
        return "\n".join([self.body, *map(str, self.signatures), ""])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a signed note that is a checkpoint; its signatures are not verified yet.

        Raises MalformedInput when the text is not exactly what `text` would write for it.
        """
        if len(text) > MAX_CHECKPOINT_CHARS:
            raise _malformed(f"it is longer than {MAX_CHECKPOINT_CHARS} characters")
        body, blank_line, signature_lines = text.partition("\n\n")
        lines = body.split("\n")
        if not blank_line or len(lines) != 4:
            raise _malformed("it is not origin, size, root and time, a blank line and signatures")
        origin, size, root, time = lines
        if not _is_name(origin):
            raise _malformed("its origin is no name")
        if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
            raise _malformed("its size is no canonical decimal number")
        checkpoint = cls(
            origin=origin,
            size=int(size),
            root=_parse_root(root),
            time=_parse_time(time),
            signatures=_parse_signatures(signature_lines),
        )
        if checkpoint.text != text:
            raise _malformed("it is not written in the canonical form")
        return checkpoint

    def verify(self, key: VerifierKey) -> None:
        """Check that the hub with this key signed this checkpoint of its own log.

        Signatures by other keys are ignored, as the signed-note specification demands. Raises TamperingFound.
        """
        if self.origin != key.name:
            raise TamperingFound(f"the log is {self.origin}, the key is {key.name}'s", field="checkpoint")
        for line in self.signatures:
            if (line.name, line.key_id) == (key.name, key.key_id):
                if key.accepts(self.body.encode(), line.signature):
                    return
                raise TamperingFound(f"the signature of {key.name} is wrong", field="checkpoint")
        raise TamperingFound(f"{key.name} has not signed it with this key", field="checkpoint")


def sign_checkpoint(
    origin: str, size: int, root: bytes, time: datetime, signing_key: SigningKey
) -> Checkpoint:
    """The hub's signed statement that its log `origin` had `size` entries with this root at `time`.

    `time` is in UTC and is cut to milliseconds; let it never run back from one checkpoint to the next,
    since the verifier takes that for tampering. Raises InvalidValue naming the field.
    """
    unsigned = Checkpoint(
        origin=origin,
        size=size,
        root=root,
        time=time.replace(microsecond=time.microsecond // 1000 * 1000),
    )
    signature = signing_key.sign(unsigned.body.encode()).signature
    line = NoteSignature(origin, VerifierKey.of(origin, signing_key).key_id, signature)
    return msgspec.structs.replace(unsigned, signatures=(line,))


def _parse_root(line: str) -> bytes:
    root = _strict_base64(line)
    if root is None or len(root) != HASH_BYTES:
        raise _malformed(f"its root is not {HASH_BYTES} bytes in base64")
    return root


def _parse_time(line: str) -> datetime:
    match = _TIME.fullmatch(line)
    try:
        return datetime.fromisoformat(match[1] if match else "")
    except ValueError:
        raise _malformed("its time line is not like 'time 2026-11-22T10:00:00.123Z'") from None


def _parse_signatures(lines: str) -> tuple[NoteSignature, ...]:
    if lines.count("\n") > MAX_SIGNATURES:
        raise _malformed(f"it has more than {MAX_SIGNATURES} signatures")
    signatures = tuple(_parse_signature(line) for line in lines.removesuffix("\n").split("\n"))
    if len({(line.name, line.key_id) for line in signatures}) < len(signatures):
        raise _malformed("one key has signed it twice")
    return signatures


def _parse_signature(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    raw = _strict_base64(encoded)
    if dash != "—" or not _is_name(name) or raw is None or len(raw) <= KEY_ID_BYTES:
        raise _malformed("a signature line is not like '— name base64'")
    return NoteSignature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _is_name(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME_CHARS and name.isprintable() and " " not in name and "+" not in name


def _strict_base64(text: str) -> bytes | None:
    """What `text` encodes, or None when it is not the one canonical encoding (RFC 4648 §4) of anything."""
    try:
        decoded = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
    return decoded if b64encode(decoded).decode() == text else None


def _malformed(reason: str) -> MalformedInput:
    return MalformedInput(f"this is no checkpoint: {reason}", field="checkpoint")
