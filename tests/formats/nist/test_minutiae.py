import math

import pytest

from allpoints.errors import InvalidValue, TooLarge
from allpoints.formats.minutiae_records import Minutia
from allpoints.formats.nist import Field, Record, minutiae


def m1(*points: tuple[str, ...], **changes: str) -> Record:
    values = {128: "400", 129: "500", 130: "1", 131: "500", 132: "500", 133: "0", 134: "2"}
    values |= {int(name[1:]): value for name, value in changes.items()}
    plain = tuple(Field.of(number, value) for number, value in values.items())
    quality = Field(135, (("70", "00FF", "1"),))
    return Record(kind=9, idc=1, fields=(*plain, quality, Field(137, points)))


def legacy(*points: tuple[str, ...], finger: str = "07") -> Record:
    plain = (Field.of(4, "S"), Field(5, (("MAKER", "A"),)), Field.of(6, finger), Field.of(10, len(points)))
    return Record(kind=9, idc=1, fields=(*plain, Field(12, points)))


def test_minutiae_in_the_terms_of_incits_378_are_read() -> None:
    read = minutiae(m1(("1", "100", "200", "45", "1", "60"), ("2", "399", "499", "179", "2", "0")), number=3)
    assert read is not None
    assert (read.width, read.height, read.dpi_x, read.dpi_y) == (400, 500, 500, 500)
    [view] = read.views
    assert (view.finger, view.quality) == (2, 70)
    # The unit of angles is two degrees.
    assert view.minutiae == (
        Minutia(100, 200, math.pi / 2, "ending", 60),
        Minutia(399, 499, math.radians(358), "bifurcation", None),
    )


def test_resolutions_may_be_stated_by_the_centimetre() -> None:
    read = minutiae(m1(("1", "1", "2", "3", "0", "4"), f130="2", f131="197", f132="197"), number=3)
    assert read is not None
    assert read.dpi_x == pytest.approx(500.38)


@pytest.mark.parametrize(
    ("points", "changes", "field"),
    [
        (("1", "400", "0", "0", "1", "0"), {}, "9.137"),
        (("1", "0", "500", "0", "1", "0"), {}, "9.137"),
        (("1", "0", "0", "180", "1", "0"), {}, "9.137"),
        (("1", "0", "0", "0", "1"), {}, "9.137"),
        (("1", "x", "0", "0", "1", "0"), {}, "9.137"),
        (("1", "0", "0", "0", "1", "0"), {"f130": "0"}, "9.130"),
        (("1", "0", "0", "0", "1", "0"), {"f131": "0"}, "9.130"),
        (("1", "0", "0", "0", "1", "0"), {"f128": "wide"}, "9.128"),
        (("1", "0", "0", "0", "1", "0"), {"f134": "-1"}, "9.134"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    points: tuple[str, ...], changes: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidValue, match=rf"record 3 \(type 9\), field {field}"):
        minutiae(m1(points, **changes), number=3)


def test_the_standards_own_minutiae_count_from_the_lower_left_and_point_the_other_way() -> None:
    read = minutiae(
        legacy(
            ("001", "01000200090", "0", "A"),
            ("002", "02540708359", "1", "B"),
            ("003", "00000200000", "63", "D"),
        ),
        number=4,
    )
    assert read is not None
    [view] = read.views
    assert (view.finger, view.quality, read.dpi_x) == (7, None, 500)
    first, second, third = view.minutiae
    # 5.08 mm are a hundred pixels at 500 dpi; the second minutia lies that much above the others.
    assert (first.x, first.y - second.y, third.y - second.y) == (20, 100, 100)
    assert (second.x, second.y, third.x) == (50, 0, 0)
    assert [round(math.degrees(each.angle)) for each in view.minutiae] == [270, 179, 180]
    assert [each.kind for each in view.minutiae] == ["ending", "bifurcation", "other"]
    assert [each.quality for each in view.minutiae] == [100, None, 1]
    assert (read.width, read.height) == (51, 101)


@pytest.mark.parametrize(
    "point",
    [
        ("1", "0100020009", "0", "A"),
        ("1", "01000200360", "0", "A"),
        ("1", "0100020009A", "0", "A"),
        ("1",),
        ("",),
    ],
)
def test_legacy_minutiae_that_cannot_be_are_refused(point: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue, match=r"record 3 \(type 9\), field 9\.012"):
        minutiae(legacy(point), number=3)


def test_too_many_minutiae_are_refused() -> None:
    with pytest.raises(TooLarge, match="256 minutiae; 255 are read"):
        minutiae(m1(*[("1", "1", "2", "3", "1", "5")] * 256), number=3)


def test_records_without_minutiae_or_of_no_single_finger_give_none() -> None:
    assert minutiae(Record(kind=9, fields=(Field.of(300, "x"),)), number=3) is None
    assert minutiae(m1(("1", "1", "2", "3", "1", "5"), f134="13"), number=3) is None
    assert minutiae(legacy(("1", "01000200090", "0", "A"), finger="21"), number=3) is None
