"""Fingerprints and faces on the command line: from files and their names to evidence."""

from pathlib import Path
from typing import Any

import pytest

from allpoints.cli.biometrics import given, of_file
from allpoints.errors import InvalidValue, TooLarge
from allpoints.records import Face, Fingerprint, NistFile
from allpoints.records.biometrics import MAX_PICTURE

NOTHING: dict[str, Any] = {"fingerprint": None, "finger": None, "dpi": None, "face": None, "nist": None}


def picture(folder: Path, name: str, content: bytes = b"picture") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def test_fingers_are_said_in_the_order_of_the_prints(tmp_path: Path) -> None:
    files = [picture(tmp_path, name, name.encode()) for name in ("a.png", "b.png", "c.png")]
    assert given({**NOTHING, "fingerprint": files, "finger": [2, 7], "dpi": 1000}) == [
        Fingerprint(image=b"a.png", finger=2, dpi=1000),
        Fingerprint(image=b"b.png", finger=7, dpi=1000),
        Fingerprint(image=b"c.png", finger=0, dpi=1000),
    ]


def test_faces_and_files_come_along(tmp_path: Path) -> None:
    face, card = picture(tmp_path, "me.jpg", b"1"), picture(tmp_path, "card", b"2")
    assert given({**NOTHING, "face": [face], "nist": [card]}) == [Face(image=b"1"), NistFile(file=b"2")]


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ({"finger": [1]}, "--finger"),
        ({"dpi": 500}, "--dpi"),
    ],
)
def test_what_is_said_of_no_print_is_refused(said: dict[str, Any], option: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        given({**NOTHING, **said})
    assert refused.value.field == option


@pytest.mark.parametrize(
    ("said", "option"), [({"finger": [11]}, "--finger"), ({"dpi": 3}, "--dpi"), ({"dpi": 90_000}, "--dpi")]
)
def test_what_no_hub_could_take_is_named_by_its_option(
    tmp_path: Path, said: dict[str, Any], option: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        given({**NOTHING, "fingerprint": [picture(tmp_path, "a.png")], **said})
    assert refused.value.field == option


def test_an_empty_and_a_huge_file_are_refused_before_they_are_sent(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue) as refused:
        given({**NOTHING, "face": [picture(tmp_path, "a.png", b"")]})
    assert refused.value.field == "--face"
    with pytest.raises(TooLarge) as too_large:
        given({**NOTHING, "nist": [picture(tmp_path, "b", bytes(MAX_PICTURE + 1))]})
    assert too_large.value.field == "--nist"


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("finger-2.png", Fingerprint(image=b"picture", finger=2)),
        ("Finger10.WSQ", Fingerprint(image=b"picture", finger=10)),
        ("finger-7-rolled.tif", Fingerprint(image=b"picture", finger=7)),
        ("trace-3.png", Fingerprint(image=b"picture", finger=0)),
        ("face.jpg", Face(image=b"picture")),
        ("face-2019.png", Face(image=b"picture")),
        ("card.an2", NistFile(file=b"picture")),
        ("finger-2.NST", NistFile(file=b"picture")),
    ],
)
def test_the_name_says_what_a_file_shows(tmp_path: Path, name: str, evidence: object) -> None:
    assert of_file(picture(tmp_path, name)) == evidence


@pytest.mark.parametrize("name", ["IMG_0001.png", "finger-11.png", "finger.png", "finger-123.png"])
def test_a_name_that_says_nothing_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        of_file(picture(tmp_path, name))
    assert refused.value.field == name
    assert refused.value.remedy
