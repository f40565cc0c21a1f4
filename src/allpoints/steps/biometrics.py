"""Pictures of the body, in checks and in contributions alike: which modality compares each, and its template."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from allpoints.errors import AllpointsError, TooLarge, Unavailable
from allpoints.modalities import BIOMETRIC_BY_NAME
from allpoints.records import MAX_PIECES, Biometric, Face, Fingerprint, NistFile, Piece, check_biometric

if TYPE_CHECKING:
    from allpoints.formats.nist import Contents

_MODALITY = {Fingerprint: "fingerprints", Face: "faces"}


class Pictured(msgspec.Struct, frozen=True):
    """One picture, where it stood in what was sent, and the modality that compares it."""

    field: str
    modality: str
    piece: Piece


class Pictures(msgspec.Struct, frozen=True):
    """Pictures, and what their sender should know of the files in which they came."""

    pictured: tuple[Pictured, ...] = ()
    notes: tuple[str, ...] = ()


def pictures_of(evidence: Iterable[tuple[str, Biometric]]) -> Pictures:
    """Take the pictures out of pieces of evidence, each with its field; none of them is decoded yet.

    Raises `TooLarge` for more than `MAX_PIECES`, and what is wrong with a file or a piece, naming the field.
    """
    pictured: list[Pictured] = []
    notes: list[str] = []
    for field, one in evidence:
        check_biometric(one, field=field)
        if isinstance(one, NistFile):
            held = _contents(one, field)
            pictured += (_pictured(f"{field}.file", piece) for piece in held.prints)
            pictured += (_pictured(f"{field}.file", piece) for piece in held.faces)
            notes += held.notes
        else:
            pictured.append(_pictured(field, one))
        if len(pictured) > MAX_PIECES:
            raise TooLarge(f"more than {MAX_PIECES} pictures at once", field=field, remedy="Send fewer.")
    return Pictures(tuple(pictured), tuple(dict.fromkeys(notes)))


def encoded(one: Pictured) -> Any:
    """The template of a picture. Raises what its modality documents, naming the field, and `Unavailable` where the
    hub lacks what the modality needs."""
    modality = BIOMETRIC_BY_NAME.get(one.modality)
    if modality is None:
        raise Unavailable(f"this hub compares no {one.modality}", field=one.field)
    try:
        return modality.encode(one.piece)
    except AllpointsError as error:
        raise _within(error, one.field) from None


def dumped(modality: str, template: Any) -> bytes:
    """A template for storage."""
    return BIOMETRIC_BY_NAME[modality].dump(template)


def _contents(file: NistFile, field: str) -> "Contents":
    # Loaded with the first file that comes: most workers never see one.
    from allpoints.formats import nist

    try:
        return nist.biometrics(nist.parse(file.file))
    except AllpointsError as error:
        raise _within(error, f"{field}.file") from None


def _pictured(field: str, piece: Piece) -> Pictured:
    return Pictured(field, _MODALITY[type(piece)], piece)


def _within(error: AllpointsError, field: str) -> AllpointsError:
    """The same refusal, naming where the piece stood."""
    if isinstance(error, Unavailable):
        return error
    inner = f".{error.field}" if error.field and error.field not in field else ""
    return type(error)(error.detail, field=f"{field}{inner}", remedy=error.remedy)
