import numpy as np
import pytest
from tests.drawn_prints import drawn_prints

from allpoints.errors import Unavailable
from allpoints.modalities.fingerprints.cylinders import cylinders
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate, template
from allpoints.modalities.fingerprints.retrieval.prints import Prints, pack, prepared, unpack

DRAWN = drawn_prints(4, 1)
EMPTY = template([], width=100, height=100)


@pytest.mark.parametrize("printed", [*DRAWN, EMPTY])
def test_what_the_vault_keeps_comes_back(printed: FingerprintTemplate) -> None:
    before = prepared(7, printed)
    after = unpack(7, pack(printed, before.cylinders))
    assert (after.record_id, after.finger) == (7, printed.finger)
    assert np.array_equal(after.cylinders.geometry, before.cylinders.geometry)
    assert np.array_equal(after.cylinders.bits, before.cylinders.bits)


def test_a_print_of_45_minutiae_takes_less_than_5_kb() -> None:
    printed = DRAWN[0]
    assert len(pack(printed, cylinders(printed))) < 5_000 / 45 * len(printed)


def test_cylinders_that_were_built_otherwise_ask_for_a_rebuild() -> None:
    payload = pack(DRAWN[0], cylinders(DRAWN[0]))
    with pytest.raises(Unavailable) as refused:
        unpack(1, b"\x00\x00\x00\x00" + payload[4:])
    assert "reindex" in str(refused.value.remedy)


def test_prints_lie_one_after_the_other_and_can_be_thinned_out_and_joined() -> None:
    each = [prepared(number, printed) for number, printed in enumerate([*DRAWN, EMPTY], start=1)]
    every = Prints.of(each)
    assert every.records.tolist() == [1, 2, 3, 4, 5]
    assert np.diff(every.offsets).tolist() == [len(one.cylinders.geometry) for one in each]
    assert every.print_of.tolist() == np.repeat(range(5), np.diff(every.offsets)).tolist()
    kept = np.array([False, True, False, True, True])
    for some in (every.only(kept), Prints.joined([Prints.of(each[1:2]), Prints.of([]), Prints.of(each[3:])])):
        assert some.records.tolist() == [2, 4, 5]
        assert some.fingers.tolist() == [2, 4, 0]
        assert np.array_equal(some.offsets, Prints.of([each[1], *each[3:]]).offsets)
        assert np.array_equal(
            some.cylinders.bits, np.concatenate([each[1].cylinders.bits, each[3].cylinders.bits])
        )


def test_a_part_shares_the_memory_of_the_whole() -> None:
    every = Prints.of(prepared(number, printed) for number, printed in enumerate(DRAWN, start=1))
    part = every.part(1, 3)
    assert part.records.tolist() == [2, 3]
    assert part.offsets.tolist() == [0, len(DRAWN[1]), len(DRAWN[1]) + len(DRAWN[2])]
    assert np.shares_memory(part.cylinders.bits, every.cylinders.bits)
    assert len(every.part(4, 9)) == 0
