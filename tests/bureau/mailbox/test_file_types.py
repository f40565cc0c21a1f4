"""Files by their first bytes, and those that lie."""

import zipfile
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from allpoints.bureau.mailbox.file_types import (
    HEAD_BYTES,
    TEXT,
    TYPES,
    UNKNOWN,
    check_media_type,
    is_honest,
    recognise,
    safe_name,
)
from allpoints.errors import InvalidValue


def written(kind: str) -> bytes:
    file = BytesIO()
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(file, kind)
    return file.getvalue()


def zipped() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (written("PNG"), "image/png"),
        (written("JPEG"), "image/jpeg"),
        (written("JPEG2000"), "image/jp2"),
        (written("TIFF"), "image/tiff"),
        (written("BMP"), "image/bmp"),
        (written("GIF"), "image/gif"),
        (written("WEBP"), "image/webp"),
        (zipped(), "application/zip"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"MZ\x90\x00", "application/x-executable"),
        (b"\x7fELF\x02", "application/x-executable"),
        (b"#!/bin/sh\nrm", "application/x-executable"),
        (b"\n <!DOCTYPE HTML><script>", "text/html"),
        (b"<?xml version='1.0'?><svg onload='x()'>", "text/html"),
        ("Словарь, كلمات\n".encode(), TEXT),
        (b"", TEXT),
        (b"\x00\x01\x02", UNKNOWN),
        (b"\xff\xfe\xfd", UNKNOWN),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, found: str) -> None:
    assert recognise(head[:HEAD_BYTES]) == found


def test_text_that_is_cut_within_a_character_is_text() -> None:
    for shift in range(4):
        assert recognise((b"x" * shift + "語".encode() * 2_000)[:HEAD_BYTES]) == TEXT


@pytest.mark.parametrize(
    ("name", "said", "found", "honest"),
    [
        ("scan.pdf", "application/pdf", "application/pdf", True),
        ("scan.pdf", "application/pdf", "application/x-executable", False),
        ("photo.jpg", "image/jpeg", "text/html", False),
        ("photo.jpg", "", "image/png", False),
        ("photo", "image/jpeg", "image/png", False),
        ("photo", "", "image/png", True),
        ("PHOTO.JPEG", "image/jpeg", "image/jpeg", True),
        (
            "file.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/zip",
            True,
        ),
        ("file.docx", "", "application/x-executable", False),
        ("prints.an2", "", UNKNOWN, True),
        ("list.csv", "text/csv", TEXT, True),
        ("list.csv", "text/csv", "text/html", False),
        ("case.dat", UNKNOWN, UNKNOWN, True),
        ("case.dat", "application/x-casework", "application/x-executable", False),
        ("scan\u202efdp.exe", "", "application/x-executable", False),
        ("../../etc/passwd", "", TEXT, False),
    ],
)
def test_a_file_that_lies_is_told(name: str, said: str, found: str, honest: bool) -> None:
    assert is_honest(name, said, found) is honest


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("scan\u202efdp.exe", "scanfdp.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x.pdf", "x.pdf"),
        ("a\nb\0.txt", "ab.txt"),
        ("..", "file"),
        ("Паспорт – копия.jpg", "Паспорт – копия.jpg"),
        ("صورة.png", "صورة.png"),
    ],
)
def test_a_name_is_no_path_and_hides_nothing(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "said", ["", "image", "image/", "image/png; a=b", "a b/c", "image/é", "x/" + "y" * 99]
)
def test_what_is_no_media_type_is_refused(said: str) -> None:
    with pytest.raises(InvalidValue):
        check_media_type(said)


def test_every_type_that_is_recognised_is_a_media_type() -> None:
    for said in (UNKNOWN, *(each.media_type for each in TYPES), "application/vnd.ms-excel.sheet+xml"):
        check_media_type(said)
