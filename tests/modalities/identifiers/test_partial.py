from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.modalities import IDENTIFIERS, Population
from allpoints.modalities.identifiers import Batch, IdentifierIndex, PartlyRead
from allpoints.modalities.identifiers.index import MAX_SCORED, UNLISTED
from allpoints.records.identifiers import Identifier, Pattern, RawIdentifier, matches

SECRET = b"s" * 32

characters = st.sampled_from("AB8OQ01IZ2ЖЩص")
texts = st.text(characters, min_size=3, max_size=12)
serials = st.one_of(texts, st.text("AB8?", min_size=1, max_size=5).map(lambda text: f"A{text}"))
references = st.lists(
    st.one_of(
        st.tuples(st.just("plate"), st.tuples(st.sampled_from(["ALB", "DEU"]), serials).map(":".join)),
        st.tuples(st.just("engine-number"), serials),
        st.tuples(st.just("firearm"), serials.map(lambda serial: f"GLOCK:::{serial}")),
    ),
    max_size=25,
)
wildcards = st.text("AB80I1Ж?*", min_size=1, max_size=7)
patterns = st.tuples(
    st.sampled_from(["plate", "engine-number", "firearm"]),
    st.sampled_from(["ALB", ""]),
    wildcards,
    st.booleans(),
)


def encoded(scheme: str, value: str) -> Identifier:
    found = IDENTIFIERS.encode(RawIdentifier(scheme, value))
    assert isinstance(found, Identifier)
    return found


def pattern_of(scheme: str, state: str, text: str, confusable: bool) -> Pattern | None:
    value = {"plate": f"{state}:{text}", "engine-number": text, "firearm": f":::{text}"}[scheme]
    try:
        pattern = IDENTIFIERS.encode(PartlyRead(scheme, value, confusable))
    except InvalidValue:
        return None
    assert isinstance(pattern, Pattern)
    return pattern


@settings(max_examples=300, deadline=None)
@given(
    references, st.lists(patterns, min_size=1, max_size=6), st.integers(0, 25), st.sampled_from([1, 5, 99])
)
def test_pattern_search_agrees_with_the_plain_oracle(
    values: list[tuple[str, str]],
    asked: list[tuple[str, str, str, bool]],
    flush_after: int,
    unlisted: int,
) -> None:
    identifiers = [encoded(scheme, value) for scheme, value in values]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr("allpoints.modalities.identifiers.index.UNLISTED", unlisted)
        index = IdentifierIndex(Path(folder), SECRET)
        for record_id, identifier in enumerate(identifiers, 1):
            index.add(record_id, [identifier])
            if record_id == flush_after:
                index.flush("half")
        for pattern in filter(None, (pattern_of(*question) for question in asked)):
            expected = {
                record_id
                for record_id, identifier in enumerate(identifiers, 1)
                if identifier.scheme == pattern.scheme and matches(pattern, identifier.value) is not None
            }
            found = index.search(pattern)
            proposed = {candidate.record_id for candidate in found.candidates}
            confirmed = {
                record_id
                for record_id in proposed
                if IDENTIFIERS.compare(pattern, identifiers[record_id - 1]).score > 0
                or matches(pattern, identifiers[record_id - 1].value) is not None
            }
            assert confirmed == expected
            # outside ASCII two characters may look alike to the index, never within
            foreign = {i for i in proposed if not identifiers[i - 1].value.isascii()}
            assert proposed - foreign <= expected
            assert found.population.agreeing >= len(expected)


def test_a_candidates_score_is_the_comparisons(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    held = {
        n: encoded("plate", f"ALB:{text}") for n, text in enumerate(["AB123", "A8123", "AX123", "AB12345"], 1)
    }
    for record_id, identifier in held.items():
        index.add(record_id, [identifier])
    index.flush("1")
    pattern = IDENTIFIERS.encode(PartlyRead("plate", "A?123*"))
    candidates = index.search(pattern).candidates
    assert {c.record_id: c.score for c in candidates} == {
        n: IDENTIFIERS.compare(pattern, identifier).score for n, identifier in held.items()
    }
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)


@pytest.mark.parametrize("held", ["ABC", "XABC", "ABCX", "XABCX", "ABABCBC"])
def test_a_run_between_stars_is_found_in_any_place(held: str, tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [encoded("engine-number", held)])
    index.flush("1")
    for text, found in [("*ABC*", True), ("*ACB*", False), ("*A?C*B*C*", "ABCBC" in held)]:
        answer = index.search(IDENTIFIERS.encode(PartlyRead("engine-number", text, confusable=False)))
        assert bool(answer.candidates) == found


def test_an_unreadable_character_in_the_record_stands_for_any(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [encoded("firearm", ":::?BC123")])
    index.flush("1")
    found = index.search(IDENTIFIERS.encode(PartlyRead("firearm", ":::XBC123")))
    assert [candidate.record_id for candidate in found.candidates] == [1]


@pytest.mark.parametrize("flushed", [False, True])
def test_a_corrected_plate_is_found_under_its_new_number_only(flushed: bool, tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    for record_id in range(1, UNLISTED + 2):
        index.add(record_id, [encoded("plate", f"ALB:AA{record_id:05}")])
    if flushed:
        index.flush("1")
    index.add(7, [encoded("plate", "ALB:BB00007")])
    index.remove(8)
    found = {
        text: [c.record_id for c in index.search(IDENTIFIERS.encode(PartlyRead("plate", text))).candidates]
        for text in ("AA0000?", "BB0000?")
    }
    assert found == {"AA0000?": [1, 2, 3, 4, 5, 6, 9], "BB0000?": [7]}


def test_the_state_of_a_plate_is_held_against_the_pattern(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [encoded("plate", "ALB:AA123")])
    index.add(2, [encoded("plate", "DEU:AA123")])
    index.flush("1")
    found = {
        value: [c.record_id for c in index.search(IDENTIFIERS.encode(PartlyRead("plate", value))).candidates]
        for value in ("ALB:AA?23", "DEU:AA?23", "FRA:AA?23", "AA?23")
    }
    assert found == {"ALB:AA?23": [1], "DEU:AA?23": [2], "FRA:AA?23": [], "AA?23": [1, 2]}


def test_the_population_of_a_pattern_is_its_schemes_holdings(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    for record_id in range(1, 11):
        index.add(record_id, [encoded("plate", f"ALB:AA{record_id:03}"), encoded("phone", "+355672123456")])
    pattern = IDENTIFIERS.encode(PartlyRead("plate", "AA00*"))
    assert index.search(pattern).population == Population(size=10, agreeing=9)
    index.flush("1")
    assert index.search(pattern).population == Population(size=10, agreeing=9)


def test_a_pattern_of_very_many_is_cut_and_still_counted(tmp_path: Path) -> None:
    count = MAX_SCORED + 10
    plates = [Identifier("plate", f"ALB:ABC{n:05}") for n in range(count)]
    ids = np.arange(1, count + 1, dtype=np.uint32)
    index = IdentifierIndex.build(
        tmp_path, SECRET, [Batch(np.empty(0, np.uint64), np.empty(0, np.uint32), ids, plates)], "1"
    )
    found = index.search(IDENTIFIERS.encode(PartlyRead("plate", "ABC*")))
    assert found.cut
    assert found.population == Population(size=count, agreeing=count)


def test_a_text_longer_than_the_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="30 characters"):
        IdentifierIndex(tmp_path, SECRET).add(1, [Identifier("engine-number", "A" * 31)])


def test_a_pattern_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="pattern"):
        IdentifierIndex(tmp_path, SECRET).add(1, [IDENTIFIERS.encode(PartlyRead("plate", "ABC*"))])
