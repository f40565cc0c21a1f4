from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from allpoints.errors import Unavailable
from allpoints.modalities.faces import FaceTemplate
from allpoints.modalities.faces.index import FaceIndex

KEY = bytes(range(32))


def found(index: FaceIndex, template: FaceTemplate) -> list[int]:
    return [candidate.record_id for candidate in index.search(template).candidates]


def test_the_score_is_the_best_cosine_of_the_records_templates(
    templates: list[FaceTemplate], tmp_path: Path
) -> None:
    index = FaceIndex(tmp_path, KEY)
    index.add(3, templates[:2])
    for template in templates[:2]:
        [candidate] = index.search(template).candidates
        assert candidate.score == pytest.approx(1, abs=1e-5)


def test_no_embedding_stands_in_the_folder(templates: list[FaceTemplate], tmp_path: Path) -> None:
    index = FaceIndex(tmp_path, KEY)
    index.add(3, templates)
    index.flush("1")
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert files
    for template in templates:
        assert template.embedding[:16] not in files


def test_another_key_opens_nothing(templates: list[FaceTemplate], tmp_path: Path) -> None:
    index = FaceIndex(tmp_path, KEY)
    index.add(3, templates)
    index.flush("1")
    with pytest.raises(Unavailable):
        FaceIndex(tmp_path, bytes(32))


def test_what_another_process_wrote_is_there_after_reopening_and_the_tail_is_to_be_fed_again(
    templates: list[FaceTemplate], tmp_path: Path
) -> None:
    writer = FaceIndex(tmp_path, KEY)
    writer.add(1, templates[:1])
    writer.flush("1")
    reader = FaceIndex(tmp_path, KEY)
    reader.add(9, templates[2:3])
    writer.add(1, templates[1:2])
    writer.add(2, templates[3:4])
    writer.flush("2")
    assert reader.outdated()
    fresh = reader.reopened()
    assert (fresh.cursor, fresh.outdated()) == ("2", False)
    assert [found(fresh, template) for template in templates[:4]] == [[], [1], [], [2]]
    assert [found(reader, template) for template in templates[:4]] == [[1], [], [9], []]


def test_a_tail_is_in_the_folder_after_a_flush_and_not_before(
    templates: list[FaceTemplate], tmp_path: Path
) -> None:
    index = FaceIndex(tmp_path, KEY)
    index.add(1, templates[:1])
    assert found(index.reopened(), templates[0]) == []
    index.flush("1")
    assert found(index.reopened(), templates[0]) == [1]
    index.remove(1)
    assert found(index.reopened(), templates[0]) == [1]
    index.flush("2")
    assert found(index.reopened(), templates[0]) == []
    assert index.size == 0


def test_threads_that_search_and_change_at_once_do_not_disturb_each_other(
    templates: list[FaceTemplate], tmp_path: Path
) -> None:
    index = FaceIndex(tmp_path, KEY)
    index.add(1, templates[:1])

    def change(number: int) -> None:
        index.add(number, templates[1:2])
        if number % 3 == 0:
            index.remove(number)
        if number % 10 == 0:
            index.flush(str(number))

    with ThreadPoolExecutor(4) as pool:
        changes = pool.map(change, range(2, 80))
        searches = [pool.submit(found, index, templates[0]) for _ in range(80)]
        list(changes)
        assert all(search.result() == [1] for search in searches)
    assert set(found(index, templates[1])) == {number for number in range(2, 80) if number % 3}
