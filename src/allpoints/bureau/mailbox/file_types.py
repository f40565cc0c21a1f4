"""What a file is by its first bytes, and whether that is what its name and its sender say.

A file that lies is the oldest way in: a program named `scan.pdf`, a page of scripts named `photo.jpg`. Nothing here
opens a file; it is recognised by its first bytes, and what is not in the list is never shown as something else.
"""

import re
import unicodedata
from pathlib import PurePosixPath

import msgspec

from allpoints.bureau.sealed.content import MAX_MEDIA_TYPE
from allpoints.errors import InvalidValue

HEAD_BYTES = 4_096
"""What has to be looked at."""

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


class FileType(msgspec.Struct, frozen=True):
    """One kind of file."""

    media_type: str
    endings: tuple[str, ...]
    marks: tuple[tuple[int, bytes], ...] = ()
    """Each an offset and what stands there; one of them is enough."""
    inside: tuple[str, ...] = ()
    """What it may be said to be as well, for it is made of that: an office file is a ZIP file."""


TYPES: tuple[FileType, ...] = (
    FileType("image/png", ("png",), ((0, b"\x89PNG\r\n\x1a\n"),)),
    FileType("image/jpeg", ("jpg", "jpeg", "jfif"), ((0, b"\xff\xd8\xff"),)),
    FileType("image/jp2", ("jp2", "j2k"), ((0, b"\x00\x00\x00\x0cjP  \r\n\x87\n"), (0, b"\xff\x4f\xff\x51"))),
    FileType("image/tiff", ("tif", "tiff"), ((0, b"II*\x00"), (0, b"MM\x00*"))),
    FileType("image/bmp", ("bmp",), ((0, b"BM"),)),
    FileType("image/gif", ("gif",), ((0, b"GIF87a"), (0, b"GIF89a"))),
    FileType("image/webp", ("webp",), ((8, b"WEBP"),)),
    FileType("image/x-wsq", ("wsq",), ((0, b"\xff\xa0"),)),
    FileType("application/pdf", ("pdf",), ((0, b"%PDF-"),)),
    FileType(
        "application/zip",
        ("zip",),
        ((0, b"PK\x03\x04"), (0, b"PK\x05\x06")),
        inside=("docx", "xlsx", "pptx", "odt", "ods", "odp", "kmz"),
    ),
    FileType("application/gzip", ("gz", "tgz"), ((0, b"\x1f\x8b"),)),
    FileType("application/x-7z-compressed", ("7z",), ((0, b"7z\xbc\xaf\x27\x1c"),)),
    FileType(
        "application/x-ole-storage",
        (),
        ((0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),),
        inside=("doc", "xls", "ppt", "msg"),
    ),
    FileType("application/rtf", ("rtf",), ((0, b"{\\rtf"),)),
    FileType("video/mp4", ("mp4", "m4v", "m4a", "mov"), ((4, b"ftyp"),)),
    FileType("video/x-matroska", ("mkv", "webm"), ((0, b"\x1a\x45\xdf\xa3"),)),
    FileType("video/x-msvideo", ("avi",), ((8, b"AVI "),)),
    FileType("audio/wav", ("wav",), ((8, b"WAVE"),)),
    FileType("audio/mpeg", ("mp3",), ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"))),
    FileType("audio/ogg", ("ogg", "oga", "opus"), ((0, b"OggS"),)),
    # Programs: recognised so that they are never taken for anything else.
    FileType(
        "application/x-executable", ("exe", "dll", "elf", "so"), ((0, b"MZ"), (0, b"\x7fELF"), (0, b"#!"))
    ),
    FileType("text/html", ("html", "htm", "svg", "xhtml"), ()),
    FileType(TEXT, ("txt", "csv", "tsv", "json", "ndjson", "md", "log", "eml", "xml", "an2", "nist"), ()),
)
"""Every kind that is recognised, the surest first."""

SHOWN = frozenset(("image/png", "image/jpeg", "image/jp2", "image/tiff", "image/bmp", "image/x-wsq"))
"""Pictures that can be decoded and drawn anew: nothing else is shown within a page."""

_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe")


def safe_name(name: str) -> str:
    """A file's name that is one: no folders, and nothing unseen that turns `exe.fdp` round into `pdf.exe`."""
    seen = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return seen.replace("\\", "/").rsplit("/", 1)[-1].strip(" .")[:200] or "file"


def check_media_type(media_type: str) -> None:
    """Raises `InvalidValue` for what is no media type after RFC 6838, or longer than a message may hold."""
    if len(media_type) > MAX_MEDIA_TYPE or not _MEDIA_TYPE.fullmatch(media_type):
        raise InvalidValue(
            f"is a media type of up to {MAX_MEDIA_TYPE} characters",
            field="content-type",
            remedy="Say what the file is, such as image/jpeg, or leave it out.",
        )


def recognise(head: bytes) -> str:
    """The media type of a file by its first `HEAD_BYTES` bytes."""
    for each in TYPES:
        if any(head[offset : offset + len(mark)] == mark for offset, mark in each.marks):
            return each.media_type
    return _written(head)


def is_honest(name: str, media_type: str, found: str) -> bool:
    """Whether what a file is called and said to be is what it was recognised as.

    Who says "some bytes" has not lied, unless the name says more.
    """
    said = _said_by_name(name)
    if safe_name(name) != name or (said is not None and found not in said):
        return False
    if media_type in ("", UNKNOWN):
        return True
    claimed = next((each for each in TYPES if each.media_type == media_type), None)
    if claimed is not None:
        return found == media_type
    # A type that is not in the list: an office file, or one that nobody here can tell.
    return said is not None or found in (UNKNOWN, TEXT)


def _said_by_name(name: str) -> set[str] | None:
    """The media types that a name with this ending may stand for; None where the ending says nothing."""
    ending = PurePosixPath(name.lower()).suffix.lstrip(".")
    said = {each.media_type for each in TYPES if ending in each.endings or ending in each.inside}
    # A file of text may hold bytes that are none, such as an ANSI/NIST file with pictures.
    if ending in ("an2", "nist", "eml"):
        said.add(UNKNOWN)
    return said or None


def _written(head: bytes) -> str:
    """What has no mark: text, or bytes that nobody can name."""
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if any(mark in lowered[:1024] for mark in _MARKUP):
        return "text/html"
    if b"\0" in head:
        return UNKNOWN
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # What was read of a longer file may end within a character.
        cut = len(head) == HEAD_BYTES and error.start >= HEAD_BYTES - 3
        return TEXT if cut else UNKNOWN
    return TEXT
