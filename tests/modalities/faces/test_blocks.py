import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.modalities.faces import blocks
from allpoints.modalities.faces.blocks import FLOOR, Blocks, changed, search
from allpoints.modalities.faces.embedding import DIMENSIONS, Vector


def drawn(number: int, seed: int = 0) -> Vector:
    """Vectors of length 1 of which many pairs lie above the floor."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(number, DIMENSIONS)) * 0.12
    vectors[:, :3] += random.normal(size=(number, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32)


POOL = drawn(12, seed=1)


def brute_force(probe: Vector, held: dict[int, list[Vector]], limit: int) -> list[tuple[int, float]]:
    best = {record: max(float(probe @ vector) for vector in own) for record, own in held.items() if own}
    above = [(record, score) for record, score in best.items() if score >= FLOOR]
    return sorted(above, key=lambda each: -each[1])[:limit]


@settings(max_examples=40, deadline=None)
@given(
    history=st.lists(
        st.dictionaries(st.integers(1, 6), st.lists(st.integers(0, 11), max_size=3), max_size=4), max_size=8
    ),
    limit=st.integers(1, 8),
)
def test_a_search_agrees_with_brute_force_after_any_history(
    history: list[dict[int, list[int]]], limit: int
) -> None:
    held: dict[int, list[Vector]] = {}
    known: Blocks = ()
    for step in history:
        changes = {record: [POOL[which] for which in chosen] for record, chosen in step.items()}
        held |= changes
        known = changed(known, changes)
    for probe, found in zip(POOL, search(POOL, known, limit), strict=True):
        right = brute_force(probe, held, limit)
        assert [each.score for each in found.candidates] == pytest.approx(
            [score for _, score in right], abs=1e-5
        )
        above = brute_force(probe, held, len(held) + 1)
        assert {each.record_id for each in found.candidates} <= {record for record, _ in above}
        assert found.cut == (len(above) > limit)


def test_more_vectors_and_probes_than_are_taken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = drawn(1_000)
    known = changed((), {number + 1: [vector] for number, vector in enumerate(vectors)})
    whole = list(search(vectors[:50], known, 1_000))
    monkeypatch.setattr(blocks, "_AT_ONCE", 64)
    monkeypatch.setattr(blocks, "_PROBES", 7)
    monkeypatch.setattr(blocks, "_WAITING", 30)
    assert list(search(vectors[:50], known, 1_000)) == whole
    cosines = vectors[:50].astype(np.float64) @ vectors.T.astype(np.float64)
    assert [len(found.candidates) for found in whole] == (cosines >= FLOOR).sum(axis=1).tolist()


def test_a_short_list_is_the_head_of_a_long_one_however_many_are_dropped_on_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = changed((), {number % 200 + 1: [vector] for number, vector in enumerate(drawn(1_000))})
    known = changed(known, {number + 1: [*drawn(5, seed=number)] for number in range(150, 200)})
    probes = drawn(30, seed=2)
    whole = list(search(probes, known, 1_000))
    monkeypatch.setattr(blocks, "_AT_ONCE", 16)
    monkeypatch.setattr(blocks, "_WAITING", 10)
    for long, short in zip(whole, search(probes, known, 5), strict=True):
        assert short.candidates == long.candidates[:5]
        assert short.cut == (len(long.candidates) > 5)


def test_a_score_does_not_depend_on_who_else_asks() -> None:
    known = changed((), {number + 1: [vector] for number, vector in enumerate(drawn(300))})
    probes = drawn(40, seed=2)
    together = list(search(probes, known, 10))
    assert [next(iter(search(probe[np.newaxis], known, 10))) for probe in probes] == together


def test_what_was_begun_is_not_disturbed_by_a_change() -> None:
    before = changed((), {1: [POOL[0]], 2: [POOL[1]]})
    held = list(search(POOL, before, 10))
    after = changed(before, {1: [], 2: [POOL[5]]})
    assert list(search(POOL, before, 10)) == held
    assert 1 not in {each.record_id for found in search(POOL, after, 10) for each in found.candidates}


def test_blocks_stay_few_and_forget_what_was_superseded() -> None:
    known: Blocks = ()
    for turn in range(300):
        known = changed(known, {turn % 50 + 1: [POOL[turn % 12]]})
    assert len(known) < 10
    assert sum(int(block.counts.sum()) for block in known) == 50
    assert sum(len(block.records) for block in known) < 150


def test_nothing_is_found_in_nothing() -> None:
    assert [found.candidates for found in search(POOL, (), 5)] == [()] * len(POOL)
    assert list(search(POOL[:0], changed((), {1: [POOL[0]]}), 5)) == []
