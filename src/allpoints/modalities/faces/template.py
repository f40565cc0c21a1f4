"""A face's template: its embedding, and how good the picture was."""

import msgspec
import numpy as np

from allpoints.errors import MalformedInput, TooLarge
from allpoints.formats import pictures
from allpoints.modalities.faces.alignment import aligned
from allpoints.modalities.faces.detection import Pixels, Points, Subject, subject
from allpoints.modalities.faces.embedding import DIMENSIONS, Vector, embedding
from allpoints.modalities.faces.quality import Quality, quality

MAX_TEMPLATE = 4_096
"""Bytes of a stored template."""
_FORMAT = b"\x01"
_HALF = np.dtype("<f2")
"""Halves the bytes; a cosine of two embeddings changes by less than 0.001."""


class FaceTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of a picture of a face."""

    embedding: bytes
    """128 half-precision numbers, little-endian; together a vector of length 1."""
    quality: Quality

    @property
    def vector(self) -> Vector:
        """The embedding as a vector of length 1."""
        return vector(self.embedding)


def vector(embedding: bytes) -> Vector:
    """Return a template's embedding as a vector of length 1."""
    numbers: Vector = np.frombuffer(embedding, _HALF).astype(np.float32)
    return numbers / np.linalg.norm(numbers)


class Portrait(msgspec.Struct, frozen=True):
    """A picture's face on the way to its template."""

    subject: Subject
    face: Pixels
    """Aligned, RGB."""
    landmarks: Points
    """In the aligned face."""
    quality: Quality


def portrait(image: bytes) -> Portrait:
    """Find, align and measure the face in a picture. Raises as `encode`."""
    found = subject(pictures.colour(image).pixels)
    face, landmarks = aligned(found.pixels, found.face.landmarks)
    return Portrait(found, face, landmarks, quality(found, face, landmarks))


def template_of(made: Portrait) -> FaceTemplate:
    """Make the template of a face that was found."""
    numbers = embedding(made.subject.pixels, made.subject.face.landmarks)
    return FaceTemplate(numbers.astype(_HALF).tobytes(), made.quality)


def encode(image: bytes) -> FaceTemplate:
    """Make the template of the face in a picture (PNG, JPEG, TIFF, JPEG 2000, BMP).

    Raises `MalformedInput` or `TooLarge` for bytes that are no such picture, `InvalidValue` where it shows no face, one
    that is too small, or several of which none is clearly meant, `Unavailable` where the networks are not installed.
    """
    return template_of(portrait(image))


def dump(template: FaceTemplate) -> bytes:
    """Write a template for storage: a version byte, and the template as MessagePack."""
    return _FORMAT + msgspec.msgpack.encode(template)


def load(data: bytes) -> FaceTemplate:
    """Read what `dump` wrote. Raises `MalformedInput`, `TooLarge`."""
    if len(data) > MAX_TEMPLATE:
        raise TooLarge(f"a template has at most {MAX_TEMPLATE:,} bytes", field="template")
    if data[:1] != _FORMAT:
        raise MalformedInput("not a face's template", field="template")
    try:
        template = msgspec.msgpack.decode(data[1:], type=FaceTemplate)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MalformedInput("not a face's template", field="template") from error
    if len(template.embedding) != DIMENSIONS * _HALF.itemsize:
        raise MalformedInput(f"an embedding has {DIMENSIONS} numbers", field="template")
    length = np.linalg.norm(np.frombuffer(template.embedding, _HALF).astype(np.float64))
    if not 0.99 < length < 1.01:
        raise MalformedInput("an embedding has the length 1", field="template")
    return template
