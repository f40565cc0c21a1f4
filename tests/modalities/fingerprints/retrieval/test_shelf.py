from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.drawn_prints import another_impression, drawn_prints

from allpoints.modalities.fingerprints.consolidation import match
from allpoints.modalities.fingerprints.cylinders import cylinders
from allpoints.modalities.fingerprints.retrieval import shelf as shelf_module
from allpoints.modalities.fingerprints.retrieval.prints import Prints, prepared
from allpoints.modalities.fingerprints.retrieval.shelf import Found, Merged, Probe, Shelf

DRAWN = drawn_prints(120, 4)
POOL = ThreadPoolExecutor(2)


def a_shelf(start: int = 0, stop: int = 120) -> Shelf:
    return Shelf(Prints.of(prepared(number + 1, DRAWN[number]) for number in range(start, stop)), POOL)


def a_probe(which: int, finger: int = 0) -> Probe:
    return Probe(finger, cylinders(another_impression(DRAWN[which], which)))


def by_record(found: Found) -> dict[int, float]:
    return dict(zip(found.records.tolist(), found.scores.tolist(), strict=True))


def test_the_finger_is_found_with_the_score_of_the_full_comparison() -> None:
    shelf, probe = a_shelf(), a_probe(77)
    found = by_record(shelf.search(probe))
    assert max(found, key=found.__getitem__) == 78
    assert found[78] == pytest.approx(match(probe.cylinders, cylinders(DRAWN[77])).score)


def test_few_are_compared_and_those_score_as_in_the_exhaustive_search() -> None:
    shelf, probe = a_shelf(), a_probe(3)
    some, every = by_record(shelf.search(probe)), by_record(shelf.compare_all(probe))
    assert len(some) < len(every) == 120
    assert some.items() <= every.items()


@pytest.mark.parametrize("exhaustively", [False, True])
def test_a_known_finger_is_compared_with_that_finger_only(exhaustively: bool) -> None:
    shelf = a_shelf()
    search = shelf.compare_all if exhaustively else shelf.search
    assert DRAWN[42].finger == 3
    assert 43 in by_record(search(a_probe(42, finger=3)))
    assert all(DRAWN[record_id - 1].finger == 3 for record_id in by_record(search(a_probe(42, finger=3))))
    assert 43 not in by_record(search(a_probe(42, finger=4)))


def test_what_is_taken_out_is_not_found_and_not_in_memory() -> None:
    shelf = a_shelf()
    copy = shelf.copy()
    rows = slice(*shelf.prints.offsets[77:79])
    shelf.take_out([78])
    assert 78 not in by_record(shelf.search(a_probe(77)))
    assert 78 not in by_record(shelf.compare_all(a_probe(77)))
    assert not shelf.prints.cylinders.bits[rows].any()
    assert not shelf.prints.cylinders.geometry[rows].any()
    assert copy.present.all()


def test_merged_shelves_hold_what_both_held_without_what_was_taken_out_meanwhile() -> None:
    one, other = a_shelf(0, 70), a_shelf(70, 120)
    one.take_out([1])
    merged = Merged([one, other], POOL)
    one.take_out([2])
    other.take_out([120])
    (new,) = merged.shelves()
    assert np.sort(new.prints.records[new.present]).tolist() == list(range(3, 120))
    assert not {1, 2, 120} & by_record(new.compare_all(a_probe(1))).keys()
    best = by_record(new.search(a_probe(99)))
    assert max(best, key=best.__getitem__) == 100


def test_nothing_left_makes_no_shelf() -> None:
    shelf = a_shelf(0, 3)
    shelf.take_out([1, 2, 3])
    assert Merged([shelf], POOL).shelves() == ()


def test_a_shelf_of_several_blocks_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, probe = by_record(a_shelf().search(a_probe(77))), a_probe(77)
    monkeypatch.setattr(shelf_module, "BLOCK", 25)
    assert by_record(a_shelf().search(probe)) == whole
