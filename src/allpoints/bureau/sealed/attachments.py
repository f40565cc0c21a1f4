"""Attachments: files sealed part by part, so that neither side ever holds more than one part of them.

Each part is sealed by itself under the attachment's key and bound to the attachment, its number and the number of all
parts: what is cut, swapped or left out is noticed, and any part can be sent or fetched again after an interruption. All
recipients know the key, so it proves nothing to one against another; the digest in the signed content does.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allpoints.bureau.call import random_name
from allpoints.bureau.sealed.content import KEY_BYTES, Attachment, padded
from allpoints.errors import InvalidValue, TooLarge
from allpoints.wire.envelopes import MAX_ATTACHMENT, PART, PART_OVERHEAD

LEAST_PADDED = 1 << 10
_NONCE = 12


class CutAttachment(InvalidValue):
    """Do not use it: the attachment is not whole. Fetch it again, or ask its sender to send it again."""


def new_attachment(*, name: str, media_type: str, size: int, digest: bytes) -> Attachment:
    """Describe a file that is to be attached, and draw its id and key. `digest` is the SHA-256 of the file.

    Raises `TooLarge`.
    """
    if size > MAX_ATTACHMENT:
        raise TooLarge(
            f"an attachment has up to {MAX_ATTACHMENT >> 20} MiB",
            field="attachments",
            remedy="Send it in several files.",
        )
    return Attachment(
        id=random_name(),
        name=name,
        media_type=media_type,
        size=size,
        digest=digest,
        key=os.urandom(KEY_BYTES),
    )


def count_parts(attachment: Attachment) -> int:
    """How many parts a file is sealed in; an empty one in one."""
    return -(-_padded(attachment.size) // PART)


def sealed_size(size: int) -> int:
    """Bytes of all sealed parts of a file together; files of similar size have the same."""
    return _padded(size) + -(-_padded(size) // PART) * PART_OVERHEAD


def seal_part(attachment: Attachment, number: int, piece: bytes) -> bytes:
    """Seal one part: `piece` is the file from byte `number * PART` on, at most `PART` bytes of it; shorter at its end.

    Raises `InvalidValue` for a piece that is not as long as that.
    """
    if len(piece) != _piece(attachment, number):
        raise InvalidValue(
            f"part {number} of the file has {_piece(attachment, number)} bytes and not {len(piece)}",
            field="attachment",
            remedy="Attach it anew: the file has changed since.",
        )
    nonce = os.urandom(_NONCE)
    whole = piece.ljust(min(PART, _padded(attachment.size) - number * PART), b"\0")
    return nonce + AESGCM(attachment.key).encrypt(nonce, whole, _place(attachment, number))


def open_part(attachment: Attachment, number: int, part: bytes) -> bytes:
    """Open one part: the file from byte `number * PART` on. Raises `CutAttachment`.

    The whole is its sender's only when its digest is right, see `check_whole`.
    """
    try:
        whole = AESGCM(attachment.key).decrypt(part[:_NONCE], part[_NONCE:], _place(attachment, number))
    except (InvalidTag, ValueError):
        raise CutAttachment(
            f"part {number} of {count_parts(attachment)} is not as it was sealed", field=attachment.id
        ) from None
    return whole[: _piece(attachment, number)]


def open_parts(attachment: Attachment, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Open all parts in turn. Raises `CutAttachment`, at the latest after the last one: use nothing of it before."""
    seen = hashlib.sha256()
    number = 0
    for part in parts:
        piece = open_part(attachment, number, part)
        seen.update(piece)
        number += 1
        yield piece
    if number != count_parts(attachment):
        raise CutAttachment(f"{number} of {count_parts(attachment)} parts are there", field=attachment.id)
    check_whole(attachment, seen.digest())


def check_whole(attachment: Attachment, digest: bytes) -> None:
    """Raise `CutAttachment` where this is not the SHA-256 of the file that the sender attached."""
    if digest != attachment.digest:
        raise CutAttachment("it is not the file that its sender attached", field=attachment.id)


def _piece(attachment: Attachment, number: int) -> int:
    """How many bytes of the file are in a part; the last may be nothing but padding."""
    return max(0, min(PART, attachment.size - number * PART))


def _padded(size: int) -> int:
    return padded(size, least=LEAST_PADDED)


def _place(attachment: Attachment, number: int) -> bytes:
    if not 0 <= number < count_parts(attachment):
        raise CutAttachment(f"there is no part {number} of {count_parts(attachment)}", field=attachment.id)
    return f"allpoints attachment v1\n{attachment.id}\npart {number} of {count_parts(attachment)}\n".encode()
