import io

import numpy as np
import pytest
from PIL import Image
from tests.formats.nist.files import BY_NISTITL, record, transaction

from allpoints.errors import InvalidValue
from allpoints.formats import minutiae_records
from allpoints.formats.nist import (
    Contents,
    Field,
    GreyscalePrint,
    Record,
    biometrics,
    greyscale_record,
    parse,
)
from allpoints.records.biometrics import Face, Fingerprint

WSQ = b"\xff\xa0 whatever a decoder makes of it"
TAGGED = {6: 4, 7: 2, 8: 1, 9: 500, 10: 500, 11: "WSQ20", 12: 8, 13: 7}
FACE = {3: "FACE", 6: 2, 7: 1, 8: 0, 9: 1, 10: 1, 11: "JPEGB", 12: "SRGB"}


def pixels(image: bytes) -> list[int]:
    return np.asarray(Image.open(io.BytesIO(image))).ravel().tolist()


def type_4(**changes: object) -> Record:
    values = {
        "impression": 0,
        "positions": (3,),
        "native": False,
        "width": 2,
        "height": 1,
        "compression": 1,
        "image": WSQ,
    }
    return greyscale_record(GreyscalePrint(**(values | changes)), idc=1)


def test_prints_and_faces_of_another_programs_file_are_found() -> None:
    found = biometrics(parse(BY_NISTITL))
    assert [(each.finger, each.dpi) for each in found.prints] == [(1, 500), (7, 500)]
    assert pixels(found.prints[0].image) == list(range(12))
    assert pixels(found.prints[1].image) == [28, 29, 30, 31, 0, 1, 2, 3]
    assert [pixels(face.image) for face in found.faces] == [[255, 0, 0, 0, 255, 0]]
    assert found.notes == ()


def test_compressed_pictures_are_handed_on_as_they_are() -> None:
    found = biometrics(
        transaction(
            type_4(),
            record(14, TAGGED, idc=2, data=WSQ),
            record(13, TAGGED | {13: 0}, idc=3, data=WSQ),
            record(10, FACE, idc=4, data=b"\xff\xd8\xff"),
        )
    )
    assert found == Contents(
        (
            Fingerprint(image=WSQ, finger=3, dpi=500),
            Fingerprint(image=WSQ, finger=7, dpi=500),
            Fingerprint(image=WSQ, finger=0, dpi=500),
        ),
        (Face(image=b"\xff\xd8\xff"),),
        (),
    )


@pytest.mark.parametrize(
    ("changes", "dpi"),
    [
        ({8: 1, 9: 1000, 10: 1000}, 1000),
        ({8: 2, 9: 197, 10: 197}, 500),
        ({8: 1, 9: 500, 10: 503}, 500),
        ({8: 0, 9: 1, 10: 1}, None),
    ],
)
def test_resolution_is_stated_by_inch_by_centimetre_or_not_at_all(
    changes: dict[int, str | int], dpi: int | None
) -> None:
    found = biometrics(transaction(record(14, TAGGED | changes, data=WSQ)))
    assert [each.dpi for each in found.prints] == [dpi]


@pytest.mark.parametrize(
    ("stated", "dpi"), [("19.69", 500), ("39.37", 1000), ("00.00", None), ("39.4", 1001)]
)
def test_type_4_at_its_native_resolution_has_that_of_the_header(stated: str, dpi: int | None) -> None:
    whole = transaction(type_4(native=True))
    fields = tuple(Field.of(11, stated) if each.number == 11 else each for each in whole.header.fields)
    native = type(whole)((Record(kind=1, fields=fields), *whole.records[1:]))
    assert [each.dpi for each in biometrics(native).prints] == [dpi]


@pytest.mark.parametrize("stated", ["", "19,69", "-9.1", "1e3", "190.0", "19.6x"])
def test_a_native_resolution_that_is_no_number_is_refused(stated: str) -> None:
    header = Record(kind=1, fields=(Field.of(11, stated),))
    whole = transaction(type_4(native=True))
    with pytest.raises(InvalidValue, match=r"record 1 \(type 1\), field 1\.011"):
        biometrics(type(whole)((header, *whole.records[1:])))


@pytest.mark.parametrize(
    ("left_out", "note"),
    [
        (type_4(positions=(13,)), r"record 2 (type 4): no single finger (plain right four fingers)"),
        (record(14, TAGGED | {13: 15}, data=WSQ), "record 2 (type 14): no single finger (both thumbs plain)"),
        (record(13, TAGGED | {13: 25}, data=WSQ), "record 2 (type 13): no single finger (position 25)"),
        (record(14, TAGGED | {18: "XX"}), "record 2 (type 14): no picture"),
        (record(15, TAGGED, data=WSQ), "record 2 (type 15): this type is not compared"),
        (Record(kind=8, data=b"x"), "record 2 (type 8): this type is not compared"),
        (record(10, FACE | {3: "TATTOO"}, data=WSQ), "record 2 (type 10): a picture of TATTOO, no face"),
        (record(10, FACE | {20: "R"}, data=WSQ), "record 2 (type 10): a face in profile"),
        (record(10, FACE), "record 2 (type 10): no picture"),
        (
            record(9, {4: "U", 300: "x"}),
            "record 2 (type 9): minutiae in fields that are not read, or of no single finger",
        ),
    ],
)
def test_what_is_not_compared_is_left_out_with_a_note(left_out: Record, note: str) -> None:
    assert biometrics(transaction(left_out)) == Contents((), (), (note,))


def test_user_defined_text_is_left_alone_and_needs_no_note() -> None:
    assert biometrics(transaction(record(2, {18: "DOE"}))) == Contents((), (), ())


@pytest.mark.parametrize(
    ("bad", "where"),
    [
        (record(14, TAGGED | {11: "NONE"}, data=bytes(7)), r"field 14\.999: 7 bytes are no 4 × 2 pixels"),
        (record(14, TAGGED | {11: "NONE", 12: 16}, data=bytes(16)), r"field 14\.012: 16 bits"),
        (record(14, TAGGED | {11: "NONE", 6: 0, 7: 0}, data=b""), r"field 14\.999"),
        (record(14, TAGGED | {11: "NONE", 6: 65_535, 7: 65_535}, data=bytes(8)), r"field 14\.999"),
        (record(14, TAGGED | {6: "wide", 11: "NONE"}, data=bytes(8)), r"field 14\.006"),
        (record(14, TAGGED | {10: 300}, data=WSQ), r"field 14\.009: 500 pixels across and 300 down"),
        (record(14, TAGGED | {8: 3}, data=WSQ), r"field 14\.008"),
        (record(14, TAGGED | {13: "index"}, data=WSQ), r"field 14\.013"),
        (
            record(10, FACE | {11: "NONE", 12: "YCC"}, data=bytes(6)),
            r"field 10\.012: raw pixels in colour space 'YCC'",
        ),
        (record(10, FACE | {11: "NONE"}, data=bytes(2)), r"field 10\.999: 2 bytes are no 2 × 1 pixels of 3"),
        (type_4(compression=0), r"record 2 \(type 4\), field 4\.009"),
    ],
)
def test_a_picture_that_contradicts_its_fields_is_refused_by_record_and_field(
    bad: Record, where: str
) -> None:
    with pytest.raises(InvalidValue, match=where):
        biometrics(transaction(bad))


def test_raw_grey_faces_are_read() -> None:
    grey = record(10, FACE | {11: "NONE", 12: "GRAY"}, data=bytes([9, 200]))
    assert [pixels(face.image) for face in biometrics(transaction(grey)).faces] == [[9, 200]]


def test_minutiae_without_picture_become_a_finger_minutiae_record() -> None:
    fields = {128: 400, 129: 500, 130: 1, 131: 500, 132: 500, 134: 2}
    points = Field(137, (("1", "100", "200", "45", "1", "60"),))
    alone = record(9, fields)
    alone = Record(kind=9, idc=1, fields=(*alone.fields, points))
    [found] = biometrics(transaction(alone)).prints
    assert (found.finger, found.dpi) == (2, None)
    [view] = minutiae_records.parse(found.image).views
    assert [(each.x, each.y, each.kind, each.quality) for each in view.minutiae] == [(100, 200, "ending", 60)]
    with_picture = biometrics(transaction(alone, record(14, TAGGED, data=WSQ)))
    assert [each.image for each in with_picture.prints] == [WSQ]
    assert with_picture.notes == ("record 2 (type 9): minutiae of a print whose picture is here",)
