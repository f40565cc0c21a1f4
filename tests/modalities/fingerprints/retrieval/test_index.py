from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.drawn_prints import another_impression, drawn_prints

from allpoints.errors import Conflict, InvalidValue, Unavailable
from allpoints.modalities.base import CandidateList
from allpoints.modalities.fingerprints.comparing import matched
from allpoints.modalities.fingerprints.retrieval import FingerprintIndex
from allpoints.modalities.fingerprints.retrieval import index as module

KEY = bytes(range(32))
DRAWN = drawn_prints(150, 5)
PROBES = [another_impression(each, number) for number, each in enumerate(DRAWN)]


def built(folder: Path, count: int = 150) -> FingerprintIndex:
    records = ((number + 1, (DRAWN[number],)) for number in range(count))
    return FingerprintIndex.build(folder, KEY, records, "1")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> FingerprintIndex:
    """An index that no test changes."""
    return built(tmp_path_factory.mktemp("whole"))


def best(found: CandidateList) -> int | None:
    return found.candidates[0].record_id if found.candidates else None


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path / "index", KEY)
    assert index.cursor == ""
    assert index.search(PROBES[0]) == CandidateList()


def test_what_was_added_is_found_at_once_and_what_was_removed_is_not(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path, KEY)
    index.add(7, [DRAWN[0]])
    assert best(index.search(PROBES[0])) == 7
    index.remove(7)
    assert index.search(PROBES[0]) == CandidateList()


def test_what_is_added_again_takes_the_place_of_what_was(tmp_path: Path) -> None:
    index = built(tmp_path, 10)
    index.add(1, [DRAWN[100]])
    assert best(index.search(PROBES[100])) == 1
    assert best(index.search(PROBES[0])) != 1


def test_the_score_is_that_of_the_comparison(whole: FingerprintIndex) -> None:
    for which in range(0, 150, 30):
        first = whole.search(PROBES[which]).candidates[0]
        assert first.record_id == which + 1
        assert first.score == pytest.approx(matched(PROBES[which], DRAWN[which]).score, abs=1e-6)


def test_the_search_agrees_with_the_exhaustive_one_on_whose_finger_it_is(whole: FingerprintIndex) -> None:
    for probe in PROBES[::10]:
        fast, every = whole.search(probe), whole.search_exhaustively(probe)
        assert fast.candidates[0] == every.candidates[0]
        assert set(fast.candidates) <= set(every.candidates)


def test_many_searches_say_what_each_says(whole: FingerprintIndex) -> None:
    assert whole.search_many(PROBES[:20], 5) == [whole.search(probe, 5) for probe in PROBES[:20]]


def test_a_record_of_many_prints_is_found_once_by_the_best_of_them(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path, KEY)
    index.add(1, [*DRAWN[:10], another_impression(DRAWN[3], 99, finger=4)])
    found = index.search(PROBES[3]).candidates
    assert [each.record_id for each in found] == [1]
    each = [matched(PROBES[3], DRAWN[3]), matched(PROBES[3], another_impression(DRAWN[3], 99))]
    assert found[0].score == pytest.approx(max(one.score for one in each), abs=1e-6)


def test_a_known_finger_is_searched_among_that_finger_and_unknown_ones(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path, KEY)
    index.add(1, [DRAWN[2]])
    index.add(2, [another_impression(DRAWN[2], 50, finger=0)])
    assert DRAWN[2].finger == 3
    for finger, expected in ((3, {1, 2}), (4, {2}), (0, {1, 2})):
        found = index.search(another_impression(DRAWN[2], 1, finger=finger))
        assert {each.record_id for each in found.candidates} == expected


def test_the_limit_cuts_and_says_so(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path, KEY)
    for number in (1, 2, 3):
        index.add(number, [DRAWN[0]])
    found = index.search(PROBES[0], 2)
    assert [each.record_id for each in found.candidates] == [1, 2]
    assert found.cut
    assert not index.search(PROBES[0], 3).cut
    for limit in (0, 1_001):
        with pytest.raises(InvalidValue):
            index.search(PROBES[0], limit)


def test_a_record_id_that_no_index_holds_is_refused(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path, KEY)
    for change in (lambda: index.add(0, [DRAWN[0]]), lambda: index.remove(2**32)):
        with pytest.raises(InvalidValue):
            change()


def test_what_was_flushed_is_there_after_a_restart(tmp_path: Path) -> None:
    index = built(tmp_path, 20)
    index.add(500, [DRAWN[50]])
    index.remove(3)
    index.flush("2")
    again = FingerprintIndex(tmp_path, KEY)
    assert again.cursor == index.cursor == "2"
    assert best(again.search(PROBES[50])) == 500
    assert best(again.search(PROBES[2])) != 3
    assert again.memory().prints == 20


def test_another_process_sees_it_when_it_opens_the_folder_anew_and_the_old_one_stays_as_it_is(
    tmp_path: Path,
) -> None:
    writer = built(tmp_path, 20)
    reader = FingerprintIndex(tmp_path, KEY)
    writer.add(500, [DRAWN[50]])
    writer.flush("2")
    assert reader.outdated()
    newer = reader.reopened()
    assert newer.cursor == "2"
    assert not newer.outdated()
    assert best(newer.search(PROBES[50])) == 500
    assert best(newer.search(PROBES[9])) == 10
    assert best(reader.search(PROBES[50])) != 500
    writer.remove(10)
    writer.flush("3")
    assert best(newer.reopened().search(PROBES[9])) != 10


def test_what_a_reopened_index_read_is_not_lost_to_the_one_that_goes_on_without_it(tmp_path: Path) -> None:
    writer = built(tmp_path, 10)
    reader = FingerprintIndex(tmp_path, KEY)
    writer.add(101, [DRAWN[100]])
    writer.flush("2")
    reader.reopened()
    assert reader.outdated()
    writer.add(102, [DRAWN[101]])
    writer.flush("3")
    later = reader.reopened()
    assert [best(later.search(PROBES[number])) for number in (100, 101)] == [101, 102]


def test_an_index_that_was_built_anew_is_read_anew(tmp_path: Path) -> None:
    reader = built(tmp_path, 20)
    FingerprintIndex.build(tmp_path, KEY, [(1, (DRAWN[100],))], "9")
    newer = reader.reopened()
    assert newer.cursor == "9"
    assert newer.memory().prints == 1
    assert best(newer.search(PROBES[100])) == 1


def test_what_could_not_be_written_is_written_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = FingerprintIndex(tmp_path, KEY)
    index.add(1, [DRAWN[0]])

    def refused(*_: object) -> None:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(module.Vault, "append", refused)
        with pytest.raises(Unavailable):
            index.flush("1")
    index.add(2, [DRAWN[1]])
    index.flush("2")
    again = FingerprintIndex(tmp_path, KEY)
    assert (best(again.search(PROBES[0])), best(again.search(PROBES[1]))) == (1, 2)


def test_who_has_not_seen_what_another_wrote_does_not_write(tmp_path: Path) -> None:
    one, other = FingerprintIndex(tmp_path, KEY), FingerprintIndex(tmp_path, KEY)
    one.add(1, [DRAWN[0]])
    one.flush("1")
    other.add(2, [DRAWN[1]])
    with pytest.raises(Conflict):
        other.flush("1")


def test_another_key_and_other_rules_are_refused(tmp_path: Path) -> None:
    built(tmp_path, 2)
    with pytest.raises(Unavailable):
        FingerprintIndex(tmp_path, bytes(32))


def test_shelves_are_merged_and_a_half_empty_one_is_made_anew(tmp_path: Path) -> None:
    index = FingerprintIndex(tmp_path, KEY)
    for number in range(20):
        index.add(number + 1, [DRAWN[number]])
        index.search(PROBES[0])
    index.flush("1")
    assert index.memory().shelves == 1
    size = index.memory().nbytes
    for number in range(15):
        index.remove(number + 1)
    index.flush("2")
    assert index.memory().prints == 5
    assert index.memory().nbytes < size
    assert best(index.search(PROBES[19])) == 20


def test_a_withdrawn_template_is_in_no_file_of_the_folder(tmp_path: Path) -> None:
    index = built(tmp_path, 20)
    (path,) = tmp_path.glob("*.vault")
    before = path.read_bytes()
    place = index._vault._places[5]
    sealed = before[place.offset + 8 : place.offset + place.length]
    index.remove(5)
    index.flush("2")
    files = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert all(sealed[start : start + 16] not in files for start in range(0, len(sealed) - 16, 16))


@pytest.mark.parametrize("meanwhile", ["add", "flush", "reopened"])
def test_searches_go_on_while_the_index_changes(meanwhile: str, tmp_path: Path) -> None:
    index, stop, wrong = built(tmp_path, 70), Event(), []

    def searching() -> None:
        while not stop.is_set():
            if best(index.search(PROBES[7])) != 8:
                wrong.append(1)

    thread = Thread(target=searching)
    thread.start()
    act: Callable[[int], object] = {
        "add": lambda number: None,
        "flush": lambda number: index.flush(str(number)),
        "reopened": lambda number: index.reopened(),
    }[meanwhile]
    for number in range(100, 115):
        index.add(number + 1, [DRAWN[number]])
        act(number)
    stop.set()
    thread.join()
    assert not wrong
