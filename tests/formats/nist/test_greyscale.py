import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.nist.files import BY_NISTITL

from allpoints.errors import InvalidValue, MalformedInput
from allpoints.formats.nist import GreyscalePrint, Record, greyscale, greyscale_record, parse

PRINT = GreyscalePrint(
    impression=1, positions=(1,), native=False, width=4, height=3, compression=0, image=bytes(range(12))
)


def test_the_fixed_layout_is_read_as_another_program_wrote_it() -> None:
    record = parse(BY_NISTITL).records[2]
    assert greyscale(record, number=3) == PRINT
    assert greyscale_record(PRINT, idc=1) == record


@given(
    st.builds(
        GreyscalePrint,
        impression=st.integers(0, 255),
        positions=st.lists(st.integers(0, 254), min_size=1, max_size=6).map(tuple),
        native=st.booleans(),
        width=st.integers(0, 65_535),
        height=st.integers(0, 65_535),
        compression=st.integers(0, 255),
        image=st.binary(max_size=20),
    )
)
def test_what_is_written_is_read_as_it_was(drawn: GreyscalePrint) -> None:
    assert greyscale(greyscale_record(drawn, idc=3), number=2) == drawn


def test_a_record_that_is_too_short_is_refused() -> None:
    with pytest.raises(MalformedInput, match=r"record 5 \(type 4\): 12 bytes; 13 are needed"):
        greyscale(Record(kind=4, data=bytes(12)), number=5)


def test_a_record_without_finger_position_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"record 5 \(type 4\), field 4\.004: no finger position"):
        greyscale(Record(kind=4, data=b"\x00" + b"\xff" * 6 + bytes(6)), number=5)


@pytest.mark.parametrize(
    "changes",
    [{"width": 65_536}, {"height": -1}, {"impression": 256}, {"positions": (256,)}, {"positions": ()}],
)
def test_what_does_not_fit_its_field_is_not_written(changes: dict[str, object]) -> None:
    values = {name: getattr(PRINT, name) for name in PRINT.__struct_fields__} | changes
    with pytest.raises(InvalidValue):
        greyscale_record(GreyscalePrint(**values), idc=1)
