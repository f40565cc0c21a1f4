import io
from datetime import date

import numpy as np
import pytest
import wsq as _plugin  # noqa: F401 - teaches Pillow WSQ
from PIL import Image

from allpoints.errors import AllpointsError, InvalidValue, TooLarge
from allpoints.formats import minutiae_records
from allpoints.formats.nist import Record, Transaction, biometrics, parse, transaction_of, write
from allpoints.records.biometrics import Face, Fingerprint

DAY = date(2026, 11, 22)
GREY = np.random.default_rng(1).integers(0, 256, (40, 30), dtype=np.uint8)
COLOUR = np.random.default_rng(2).integers(0, 256, (20, 25, 3), dtype=np.uint8)


def file(pixels: np.ndarray, name: str, **options: object) -> bytes:
    into = io.BytesIO()
    Image.fromarray(pixels).save(into, name, **options)
    return into.getvalue()


def wsq(pixels: np.ndarray) -> bytes:
    into = io.BytesIO()
    Image.fromarray(np.kron(pixels, np.ones((4, 4), np.uint8))).save(into, "WSQ")
    return into.getvalue()


def made(prints: list[Fingerprint], faces: list[Face]) -> Transaction:
    return transaction_of(
        prints,
        faces,
        type_of_transaction="CAR",
        source="ALB/POLICE",
        destination="HUB",
        control_number="ALB-2026-0001",
        date=DAY,
    )


def texts(record: Record, *numbers: int) -> list[str]:
    return [record.text(number) for number in numbers]


def test_the_header_says_who_sends_what_to_whom() -> None:
    header = made([], []).header
    assert texts(header, 2, 4, 5, 7, 8, 9) == [
        "0502",
        "CAR",
        "20261122",
        "HUB",
        "ALB/POLICE",
        "ALB-2026-0001",
    ]
    # Without records of binary layout the standard wants both resolutions to be zero.
    assert texts(header, 11, 12) == ["00.00", "00.00"]


def test_a_print_becomes_a_record_of_type_14_with_all_that_is_mandatory() -> None:
    png = file(GREY, "PNG", dpi=(500, 500))
    _, _, record = made([Fingerprint(image=png, finger=7)], []).records
    assert (record.kind, record.idc) == (14, 1)
    assert texts(record, 3, 4, 5, 6, 7, 8) == ["29", "ALB/POLICE", "20261122", "30", "40", "1"]
    assert texts(record, 9, 10, 11, 12, 13) == ["500", "500", "PNG", "8", "7"]


def test_a_face_becomes_a_record_of_type_10_with_all_that_is_mandatory() -> None:
    jpeg = file(COLOUR, "JPEG")
    _, _, record = made([], [Face(image=jpeg)]).records
    assert (record.kind, record.idc, record.data) == (10, 1, jpeg)
    assert texts(record, 3, 4, 5, 6, 7, 8) == ["FACE", "ALB/POLICE", "20261122", "25", "20", "0"]
    assert texts(record, 9, 10, 11, 12, 13) == ["1", "1", "JPEGB", "SRGB", "0"]


def test_what_is_sent_is_received() -> None:
    prints = [
        Fingerprint(image=file(GREY, "PNG"), finger=2, dpi=500),
        Fingerprint(image=file(GREY, "TIFF"), finger=0),
        Fingerprint(image=file(GREY, "BMP"), finger=10, dpi=1000),
    ]
    received = biometrics(parse(write(made(prints, [Face(image=file(COLOUR, "PNG"))]))))
    assert [(each.finger, each.dpi) for each in received.prints] == [(2, 500), (0, None), (10, 1000)]
    for each in received.prints:
        assert (np.asarray(Image.open(io.BytesIO(each.image))) == GREY).all()
    [face] = received.faces
    assert (np.asarray(Image.open(io.BytesIO(face.image)).convert("RGB")) == COLOUR).all()
    assert received.notes == ()


def test_faces_in_jpeg_are_sent_as_they_are_but_upright_and_in_a_known_colour_space() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    grey, exif = file(GREY, "JPEG"), file(COLOUR, "JPEG", exif=turned)
    into = io.BytesIO()
    Image.fromarray(COLOUR).convert("CMYK").save(into, "JPEG")
    sent = made([], [Face(image=grey), Face(image=exif), Face(image=into.getvalue())]).records[2:]
    assert sent[0].data == grey
    assert [texts(each, 6, 7, 11, 12) for each in sent] == [
        ["30", "40", "JPEGB", "GRAY"],
        ["20", "25", "PNG", "SRGB"],
        ["25", "20", "PNG", "SRGB"],
    ]


def test_prints_in_wsq_are_sent_as_they_are() -> None:
    compressed = wsq(GREY)
    _, _, record = made([Fingerprint(image=compressed, finger=3, dpi=500)], []).records
    assert (record.data, record.text(11)) == (compressed, "WSQ20")


def test_records_are_numbered_through_prints_and_faces() -> None:
    print_, face = Fingerprint(image=file(GREY, "PNG"), finger=1, dpi=500), Face(image=file(COLOUR, "PNG"))
    assert [(r.kind, r.idc) for r in made([print_, print_], [face]).records] == [
        (1, 0),
        (2, 0),
        (14, 1),
        (14, 2),
        (10, 3),
    ]


def test_what_cannot_be_sent_is_refused_by_its_place() -> None:
    png = file(GREY, "PNG")
    with pytest.raises(InvalidValue, match=r"prints\[0\]\.finger: 11 is no finger position"):
        made([Fingerprint(image=png, finger=11)], [])
    with pytest.raises(InvalidValue, match=r"prints\[1\]\.image: minutiae are no picture"):
        made([Fingerprint(image=png), Fingerprint(image=minutiae_records.MAGIC)], [])
    with pytest.raises(AllpointsError) as refused:
        made([], [Face(image=b"no picture")])
    assert refused.value.field == "faces[0].image"


def test_a_transaction_holds_as_many_pictures_as_can_be_written() -> None:
    png = file(GREY[:2, :2], "PNG")
    assert len(parse(write(made([], [Face(image=png)] * 98))).records) == 100
    with pytest.raises(TooLarge, match="99 pictures; a transaction holds 98"):
        made([Fingerprint(image=png)] * 99, [])


def test_what_is_not_ascii_is_refused_where_it_stands() -> None:
    whole = transaction_of(
        [],
        [],
        type_of_transaction="CAR",
        source="POLIZEI KÖLN",
        destination="HUB",
        control_number="1",
        date=DAY,
    )
    with pytest.raises(InvalidValue, match=r"field 1\.008: 'Ö' has no place in ASCII"):
        write(whole)
