import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.modalities.names.retrieval.entries import Entry
from allpoints.modalities.names.retrieval.keys import word_hash
from allpoints.modalities.names.retrieval.segments import DTYPES, Builder, Columns, contains, merged, union

WORDS = ["anna", "bernd", "习", "محمد", "владимир", "smith", "kim", "jongun"]
people = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True),
        st.lists(st.integers(0, 2000 << 9), max_size=2, unique=True),
        st.integers(0, 3),
    ),
    max_size=20,
)
People = list[tuple[int, list[str], list[int], int]]


def built(held: People, hidden: tuple[int, ...] = ()) -> Columns:
    builder = Builder()
    for record_id, words, births, sex in held:
        builder.add(record_id, Entry(tuple(words), tuple(births), sex))
    return builder.columns(hidden)


def told(columns: Columns) -> list[tuple[int, int, int, list[int]]]:
    """The rows as record, birth, sex and the words' hashes."""
    return sorted(
        (
            int(columns.records[row]),
            int(columns.births[row]),
            int(columns.sexes[row]),
            sorted(
                columns.words[
                    columns.entries[columns.entry_starts[row] : columns.entry_starts[row + 1]]
                ].tolist()
            ),
        )
        for row in range(len(columns.records))
    )


def expected(held: People) -> list[tuple[int, int, int, list[int]]]:
    return sorted(
        (record_id, birth, sex, sorted(map(word_hash, words)))
        for record_id, words, births, sex in held
        for birth in births or [0]
    )


def check(columns: Columns) -> None:
    """What holds of every segment."""
    assert [column.dtype for column in columns] == list(DTYPES)
    assert (np.diff(columns.births.astype(np.int64)) >= 0).all()
    assert (np.diff(columns.words) > 0).all()
    assert (columns.keys[1:] >= columns.keys[:-1]).all()
    assert (np.diff(columns.reading_words.astype(np.int64)) >= 0).all()
    assert len(columns.codes) == columns.code_starts[-1]
    for word in range(len(columns.words)):
        rows = columns.postings[columns.posting_starts[word] : columns.posting_starts[word + 1]]
        holders = [
            row
            for row in range(len(columns.records))
            if word in columns.entries[columns.entry_starts[row] : columns.entry_starts[row + 1]]
        ]
        assert rows.tolist() == holders


@settings(max_examples=50, deadline=None)
@given(people)
def test_a_segment_tells_what_was_put_in_in_the_order_of_births(held: People) -> None:
    columns = built(held)
    check(columns)
    assert told(columns) == expected(held)


@settings(max_examples=50, deadline=None)
@given(people, people, st.lists(st.integers(1, 30), max_size=5))
def test_merging_keeps_all_but_what_newer_segments_hide(
    older: People, newer: People, hidden: list[int]
) -> None:
    whole = merged([built(older), built(newer, tuple(hidden))], oldest=True)
    check(whole)
    assert told(whole) == expected([each for each in older if each[0] not in hidden] + newer)
    assert len(whole.hidden) == 0
    assert merged([built(older), built(newer, tuple(hidden))], oldest=False).hidden.tolist() == sorted(
        set(hidden)
    )


def test_merging_gives_the_same_segment_as_building_at_once() -> None:
    held: People = [(i, [WORDS[i % 8], WORDS[(i + 3) % 8]], [i * 1000], i % 3) for i in range(1, 40)]
    whole, parts = built(held), merged([built(held[:9]), built(held[9:30]), built(held[30:])], oldest=True)
    for name, one, other in zip(Columns._fields, whole, parts, strict=True):
        if name not in {"keys", "key_readings"}:
            assert one.tolist() == other.tolist(), name
    pairs = [sorted(zip(c.keys.tolist(), c.key_readings.tolist(), strict=True)) for c in (whole, parts)]
    assert pairs[0] == pairs[1]


def test_sets_of_ids() -> None:
    members = np.array([2, 5, 9], np.uint32)
    assert contains(members, np.array([1, 2, 9, 10], np.uint32)).tolist() == [False, True, True, False]
    assert contains(union([]), members).tolist() == [False, False, False]
    assert union([members, np.array([5, 1], np.uint32)]).tolist() == [1, 2, 5, 9]
