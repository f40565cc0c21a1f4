import math
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats.minutiae_records import Minutia, MinutiaeRecord, View, parse, write
from allpoints.records.biometrics import MAX_PICTURE

# One view of the right index finger, 400 × 500 pixels at 197 a centimetre, two minutiae: the fields of
# ISO/IEC 19794-2:2005, clause 8.3 to 8.5, written out by hand.
VIEW = bytes.fromhex(
    "02 00 50 02"  # finger position, view and impression, quality 80, two minutiae
    "4064 00C8 40 3C"  # ending at (100, 200), a quarter turn, quality 60
    "818F 01F3 FF 00"  # bifurcation at (399, 499), the last step of a turn, quality not told
    "0000"  # no extended data
)
SIZES = bytes.fromhex("0190 01F4 00C5 00C5 01 00")
ISO_2005 = b"FMR\0 20\0" + bytes.fromhex("0000002A 0000") + SIZES + VIEW
ANSI_2004 = (
    b"FMR\0 20\0"
    + bytes.fromhex("002C 00FF0001 0000")
    + SIZES
    + VIEW.replace(b"\x40\x3c", b"\x2d\x3c").replace(b"\xff\x00", b"\xb3\x00")
)
ISO_2011 = (
    b"FMR\x00030\0"
    + bytes.fromhex("00000042 0001 00")  # length 66, one view, no certification
    + bytes.fromhex("00000033")  # length of the view: 51
    + b"\xff" * 9
    + bytes.fromhex("00 0000 0000")  # capture date, device
    + bytes.fromhex("01 50 0000 0000")  # one quality: 80
    + bytes.fromhex(
        "02 00 00C5 00C5 00 0190 01F4 60 02"
    )  # position … size of a minutia and ending type, count
    + VIEW[4:]
)
READ = MinutiaeRecord(
    width=400,
    height=500,
    dpi_x=197 * 2.54,
    dpi_y=197 * 2.54,
    views=(
        View(
            2,
            80,
            (
                Minutia(100, 200, math.pi / 2, "ending", 60),
                Minutia(399, 499, math.tau * 255 / 256, "bifurcation", None),
            ),
        ),
    ),
)


def test_the_edition_of_2005_is_read_and_written() -> None:
    assert len(ISO_2005) == 0x2A
    assert parse(ISO_2005) == READ
    assert write(READ) == ISO_2005


def test_the_edition_of_2011_is_read() -> None:
    assert len(ISO_2011) == 0x42
    assert parse(ISO_2011) == READ


def test_incits_378_counts_angles_in_two_degrees() -> None:
    read = parse(ANSI_2004)
    assert len(ANSI_2004) == 0x2C
    assert [round(math.degrees(each.angle)) for each in read.views[0].minutiae] == [90, 358]
    assert (read.width, read.views[0].quality, read.views[0].finger) == (400, 80, 2)


def test_incits_378_has_a_longer_length_for_long_records() -> None:
    long = ANSI_2004[:8] + bytes.fromhex("0000 00000030") + ANSI_2004[10:]
    assert parse(long) == parse(ANSI_2004)


def test_certified_devices_and_minutiae_without_quality_are_read() -> None:
    short = bytes.fromhex("4064 00C8 40 818F 01F3 FF 0000")
    body = (
        ISO_2011[19:33]
        + bytes.fromhex("01 50 0000 0000 02 112233 445566 02 00 00C5 00C5 00 0190 01F4 50 02")
        + short
    )
    record = ISO_2011[:8] + (19 + len(body)).to_bytes(4) + b"\0\1\1" + (4 + len(body)).to_bytes(4) + body
    assert [each.quality for each in parse(record).views[0].minutiae] == [None, None]
    assert parse(record).views[0].quality == 80


def test_several_views_are_read_and_extended_data_is_passed_over() -> None:
    extended = VIEW[:-2] + bytes.fromhex("0006 0001 0006 AABB")
    views = extended + VIEW
    record = b"FMR\0 20\0" + (24 + len(views)).to_bytes(4) + bytes(2) + SIZES[:8] + b"\x02\0" + views
    assert parse(record).views == READ.views * 2


def test_several_views_of_the_edition_of_2011_are_read_each_with_its_own_size() -> None:
    small = ISO_2011[15:46] + bytes.fromhex("0080 0090 60 00 0000")
    small = (len(small)).to_bytes(4) + small[4:]
    views = ISO_2011[15:] + small
    read = parse(ISO_2011[:8] + (15 + len(views)).to_bytes(4) + b"\0\2\0" + views)
    assert read.views == (*READ.views, View(2, 80, ()))
    assert (read.width, read.height) == (400, 500)
    other = views.replace(b"\0\xc5\0\xc5", b"\0\xc4\0\xc4", 1)
    with pytest.raises(InvalidValue, match="the views differ in resolution"):
        parse(ISO_2011[:8] + (15 + len(other)).to_bytes(4) + b"\0\2\0" + other)


def test_as_many_views_and_minutiae_as_the_format_holds_are_written() -> None:
    full = View(3, 50, (Minutia(1, 1, 0.0, "ending", 1),) * 255)
    record = MinutiaeRecord(width=16_383, height=2, dpi_x=254.0, dpi_y=254.0, views=(full,) * 16)
    assert parse(write(record)) == record


COORDINATE = st.integers(0, 299)
MINUTIA = st.builds(
    Minutia,
    COORDINATE,
    COORDINATE,
    st.integers(0, 255).map(lambda step: math.tau * step / 256),
    st.sampled_from(["ending", "bifurcation", "other"]),
    st.none() | st.integers(1, 100),
)
VIEWS = st.builds(View, st.integers(0, 10), st.integers(0, 100), st.lists(MINUTIA, max_size=5).map(tuple))


@given(st.lists(VIEWS, min_size=1, max_size=4).map(tuple), st.integers(99, 800))
def test_what_is_written_is_read_as_it_was(views: tuple[View, ...], per_cm: int) -> None:
    record = MinutiaeRecord(width=300, height=300, dpi_x=per_cm * 2.54, dpi_y=197 * 2.54, views=views)
    assert parse(write(record)) == record


@pytest.mark.parametrize("record", [ISO_2005, ISO_2011, ANSI_2004])
def test_a_record_of_another_length_than_it_states_is_refused(record: bytes) -> None:
    for wrong in (record[:-1], record + b"\0", record[:13], record[:7], b""):
        with pytest.raises(MalformedInput, match="minutiae record"):
            parse(wrong)


def patched(record: bytes, at: int, value: bytes) -> bytes:
    return record[:at] + value + record[at + len(value) :]


@pytest.mark.parametrize(
    ("record", "where"),
    [
        (patched(ISO_2005, 0, b"FMC"), "does not begin with FMR"),
        (patched(ISO_2005, 4, b" 99"), "version"),
        (patched(ISO_2005, 22, b"\x02"), "view 2, finger position"),
        (patched(ISO_2005, 22, b"\x00"), "0 views"),
        (patched(ISO_2005, 24, b"\x0b"), "view 1, finger position: 11 is no finger position"),
        (patched(ISO_2005, 27, b"\xff"), "view 1, minutiae: ends"),
        (patched(ISO_2005, 28, b"\x41\x90"), "view 1, minutia 1: .400, 200."),
        (patched(ISO_2005, 36, b"\x01\xf4"), "view 1, minutia 2: .399, 500."),
        (patched(ISO_2005, 18, b"\0\0"), "resolution: zero"),
        (patched(ISO_2005, 40, b"\xff\xff"), "view 1, extended data: ends"),
        (patched(ANSI_2004, 34, b"\xb4"), "at 180/180 of a turn"),
        (patched(ISO_2011, 12, b"\0\0"), "0 views"),
        (patched(ISO_2011, 12, b"\xff\xff"), "65535 views"),
        (patched(ISO_2011, 18, b"\x32"), "view 1, length: says 50"),
        (patched(ISO_2011, 33, b"\xff"), "view 1, quality: ends"),
        (patched(ISO_2011, 50, b"\x40"), "minutiae of 4 bytes"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(record: bytes, where: str) -> None:
    with pytest.raises((InvalidValue, MalformedInput), match=where):
        parse(record)


def test_a_record_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        parse(ISO_2005 + bytes(MAX_PICTURE))


@pytest.mark.parametrize(
    "record",
    [
        MinutiaeRecord(width=16_384, height=500, dpi_x=500, dpi_y=500, views=READ.views),
        MinutiaeRecord(width=300, height=300, dpi_x=500, dpi_y=500, views=READ.views),
        MinutiaeRecord(width=400, height=500, dpi_x=0, dpi_y=500, views=READ.views),
        MinutiaeRecord(width=400, height=500, dpi_x=65_536 * 2.54, dpi_y=500, views=READ.views),
        MinutiaeRecord(width=400, height=500, dpi_x=math.nan, dpi_y=500, views=READ.views),
        MinutiaeRecord(width=400, height=500, dpi_x=500, dpi_y=500, views=(View(11, 1, ()),)),
        MinutiaeRecord(width=400, height=500, dpi_x=500, dpi_y=500, views=(View(1, 101, ()),)),
        MinutiaeRecord(width=400, height=500, dpi_x=500, dpi_y=500, views=()),
        MinutiaeRecord(width=400, height=500, dpi_x=500, dpi_y=500, views=(View(1, 1, ()),) * 17),
        MinutiaeRecord(
            width=9, height=9, dpi_x=500, dpi_y=500, views=(View(1, 1, (Minutia(1, 1, 0.0),) * 256),)
        ),
        MinutiaeRecord(
            width=9, height=9, dpi_x=500, dpi_y=500, views=(View(1, 1, (Minutia(1, 1, math.inf),)),)
        ),
        MinutiaeRecord(width=9, height=9, dpi_x=500, dpi_y=500, views=(View(1, 1, (Minutia(1, -1, 0.0),)),)),
    ],
)
def test_what_the_format_cannot_hold_is_not_written(record: MinutiaeRecord) -> None:
    with pytest.raises((InvalidValue, TooLarge)):
        write(record)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([ISO_2005, ISO_2011, ANSI_2004]),
    st.lists(st.tuples(st.integers(0, 72), st.integers(0, 255)), min_size=1, max_size=4),
    st.integers(0, 80),
)
def test_whatever_happens_to_a_record_it_is_read_or_refused(
    record: bytes, changes: list[tuple[int, int]], keep: int
) -> None:
    spoilt = bytearray(record)
    for at, value in changes:
        spoilt[at % len(spoilt)] = value
    with suppress(AllpointsError):
        parse(bytes(spoilt))
    with suppress(AllpointsError):
        parse(bytes(spoilt[:keep]))
