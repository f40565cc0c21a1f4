"""What every modality must pass, over all that are registered."""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, Unavailable
from allpoints.modalities import (
    BIOMETRIC,
    IDENTIFIERS,
    MAX_LIMIT,
    MAX_RECORD_ID,
    MODALITIES,
    TEMPLATED,
    Biometric,
    Index,
    Modality,
    Population,
    TemplatedModality,
)
from allpoints.records import Face, Fingerprint, Person
from allpoints.records.identifiers import RawIdentifier

SECRET = bytes(range(32))
BAD_EVIDENCE: dict[str, tuple[Any, type[AllpointsError]]] = {
    "identifiers": (RawIdentifier("plate", "ALB:"), InvalidValue),
    "names": (Person(names=("12",)), InvalidValue),
    "fingerprints": (Fingerprint(image=b"no picture"), InvalidValue),
    "faces": (Face(image=b"no picture"), InvalidValue),
}
"""For each modality evidence that must be refused, and the error that it documents."""

NEUTRAL = {"identifiers": 0.0, "names": 0.5, "fingerprints": 0.4, "faces": 0.42}
"""For each modality the score above which a comparison speaks for one source."""

LARGEST_LLR = {"identifiers": 3.0, "names": 6.0, "fingerprints": 6.0, "faces": 6.0}
"""For each modality the most that it claims for one reference of 999 that agrees, and by itself."""

AnyModality = Modality[Any, Any]


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture(params=MODALITIES, ids=[modality.name for modality in MODALITIES])
def modality(request: pytest.FixtureRequest) -> AnyModality:
    found: AnyModality = request.param
    return found


@pytest.fixture
def templates(modality: AnyModality) -> list[Any]:
    return list(encoded(modality.name))


@cache
def encoded(name: str) -> tuple[Any, ...]:
    """The templates of a modality's examples: pictures take their time."""
    modality = next(each for each in MODALITIES if each.name == name)
    return tuple(modality.encode(evidence) for evidence in modality.examples())


def agreeing(modality: AnyModality, index: Index[Any], probe: Any, held: dict[int, list[Any]]) -> set[int]:
    """The candidates that the oracle accepts."""
    proposed = [candidate.record_id for candidate in index.search(probe).candidates]
    assert len(set(proposed)) == len(proposed)
    assert set(proposed) <= set(held)
    return {record_id for record_id in proposed if accepted(modality, probe, held[record_id])}


def accepted(modality: AnyModality, probe: Any, references: list[Any]) -> bool:
    return any(modality.compare(probe, reference).score > NEUTRAL[modality.name] for reference in references)


def brute_force(modality: AnyModality, probe: Any, held: dict[int, list[Any]]) -> set[int]:
    return {record_id for record_id, references in held.items() if accepted(modality, probe, references)}


def test_the_examples_are_at_least_three_sources(modality: AnyModality, templates: list[Any]) -> None:
    assert len(templates) >= 3
    for number, template in enumerate(templates):
        assert accepted(modality, template, [template])
        assert not accepted(modality, template, templates[number + 1 :])


def test_bad_evidence_raises_the_documented_error(modality: AnyModality) -> None:
    evidence, error = BAD_EVIDENCE[modality.name]
    with pytest.raises(error) as refused:
        modality.encode(evidence)
    assert refused.value.remedy


def test_a_template_survives_storage(modality: AnyModality, templates: list[Any]) -> None:
    for template in templates:
        assert modality.load(modality.dump(template)) == template


@pytest.mark.parametrize("data", [b"", b"{", b"{}", b"[]", b"\xff\xfe\x00", b"null", b"[1,2,3]"])
def test_what_is_no_template_is_refused(modality: AnyModality, data: bytes) -> None:
    with pytest.raises(MalformedInput):
        modality.load(data)


def test_an_identifier_without_a_population_claims_no_strength() -> None:
    template = IDENTIFIERS.encode(IDENTIFIERS.examples()[0])
    assert IDENTIFIERS.compare(template, template).llr == 0


def test_strength_is_bounded(modality: AnyModality, templates: list[Any]) -> None:
    population = Population(size=999, agreeing=1)
    for reference in templates:
        llr = modality.compare(templates[0], reference, population).llr
        assert abs(llr) <= LARGEST_LLR[modality.name]


def test_a_comparison_takes_no_side(modality: AnyModality, templates: list[Any]) -> None:
    for reference in templates[:4]:
        one, other = modality.compare(templates[0], reference), modality.compare(reference, templates[0])
        assert one.llr == pytest.approx(other.llr)


def test_an_explanation_gives_the_comparison_and_what_led_to_it(
    modality: AnyModality, templates: list[Any]
) -> None:
    population = Population(size=99, agreeing=1)
    for reference in templates[:2]:
        explanation = modality.explain(templates[0], reference, population)
        assert explanation.comparison == modality.compare(templates[0], reference, population)
        assert explanation.findings
        assert explanation.same
        assert explanation.different
        assert str(explanation)


def test_an_empty_folder_finds_nothing(modality: AnyModality, templates: list[Any], tmp_path: Path) -> None:
    index = modality.open_index(tmp_path / "index", SECRET)
    assert index.cursor == ""
    assert not index.outdated()
    assert index.search(templates[0]).candidates == ()
    assert [found.candidates for found in index.search_many(templates)] == [()] * len(templates)


def test_what_is_added_is_found_and_what_is_removed_is_not(
    modality: AnyModality, templates: list[Any], tmp_path: Path
) -> None:
    index = modality.open_index(tmp_path, SECRET)
    index.add(7, [templates[0]])
    assert [found.record_id for found in index.search(templates[0]).candidates] == [7]
    index.flush("1")
    assert [found.record_id for found in index.search(templates[0]).candidates] == [7]
    index.remove(7)
    assert index.search(templates[0]).candidates == ()
    index.flush("2")
    assert index.search(templates[0]).candidates == ()
    assert modality.open_index(tmp_path, SECRET).search(templates[0]).candidates == ()


def test_a_correction_replaces_all_templates_of_a_record(
    modality: AnyModality, templates: list[Any], tmp_path: Path
) -> None:
    index = modality.open_index(tmp_path, SECRET)
    index.add(7, [templates[0], templates[1]])
    index.flush("1")
    index.add(7, [templates[1], templates[2]])
    held = {7: [templates[1], templates[2]]}
    assert [agreeing(modality, index, template, held) for template in templates[:3]] == [set(), {7}, {7}]


def test_a_search_that_is_cut_says_so(modality: AnyModality, templates: list[Any], tmp_path: Path) -> None:
    index = modality.open_index(tmp_path, SECRET)
    for record_id in range(1, 6):
        index.add(record_id, [templates[0]])
    cut, whole = index.search(templates[0], limit=4), index.search(templates[0], limit=5)
    assert (len(cut.candidates), cut.cut) == (4, True)
    assert (len(whole.candidates), whole.cut) == (5, False)


def test_what_an_index_cannot_hold_or_answer_is_refused(
    modality: AnyModality, templates: list[Any], tmp_path: Path
) -> None:
    index = modality.open_index(tmp_path, SECRET)
    for record_id in (0, -1, MAX_RECORD_ID + 1):
        with pytest.raises(InvalidValue, match="record_id"):
            index.add(record_id, [templates[0]])
        with pytest.raises(InvalidValue, match="record_id"):
            index.remove(record_id)
    for limit in (0, MAX_LIMIT + 1):
        with pytest.raises(InvalidValue, match="limit"):
            index.search(templates[0], limit)
        with pytest.raises(InvalidValue, match="limit"):
            index.search_many(templates, limit)
    index.add(MAX_RECORD_ID, [templates[0]])
    index.flush("1")
    assert index.search(templates[0]).candidates[0].record_id == MAX_RECORD_ID


@pytest.mark.parametrize("templated", TEMPLATED, ids=lambda modality: modality.name)
def test_an_index_is_built_from_stored_templates_in_place_of_the_old_one(
    templated: TemplatedModality[Any, Any], tmp_path: Path
) -> None:
    templates = encoded(templated.name)
    old = templated.open_index(tmp_path, SECRET)
    old.add(1, [templates[0]])
    old.flush("old")
    stored = [
        (5, (templated.dump(templates[1]), templated.dump(templates[2]))),
        (6, (templated.dump(templates[2]),)),
    ]
    built = templated.build_index(tmp_path, SECRET, iter(stored), "new")
    held = {5: list(templates[1:3]), 6: list(templates[2:3])}
    for index in (built, templated.open_index(tmp_path, SECRET)):
        assert index.cursor == "new"
        assert [agreeing(templated, index, t, held) for t in templates[:3]] == [set(), {5}, {5, 6}]
    assert old.outdated()
    nothing = templated.build_index(tmp_path, SECRET, iter(()), "empty")
    assert nothing.cursor == "empty"
    assert nothing.search(templates[1]).candidates == ()


Step = tuple[str, int, tuple[int, ...]]
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "remove", "flush", "open"]),
        st.integers(1, 9),
        st.lists(st.integers(0, 5), max_size=3, unique=True).map(tuple),
    ),
    max_size=25,
)


@pytest.mark.parametrize("which", MODALITIES, ids=lambda modality: modality.name)
@settings(max_examples=60, deadline=None)
@given(history=steps)
def test_search_agrees_with_brute_force_after_any_history(which: AnyModality, history: list[Step]) -> None:
    templates = encoded(which.name)[:6]
    with TemporaryDirectory() as folder:
        index = which.open_index(Path(folder), SECRET)
        held: dict[int, list[Any]] = {}
        flushed: dict[int, list[Any]] = {}
        for number, (step, record_id, chosen) in enumerate(history):
            if step == "add":
                held[record_id] = [templates[choice % len(templates)] for choice in chosen]
                index.add(record_id, held[record_id])
            elif step == "remove":
                held.pop(record_id, None)
                index.remove(record_id)
            elif step == "flush":
                index.flush(str(number))
                flushed = dict(held)
                assert index.cursor == str(number)
            else:
                index = which.open_index(Path(folder), SECRET)
                held = dict(flushed)
        for template in templates:
            assert agreeing(which, index, template, held) == brute_force(which, template, held)
        many = index.search_many(templates * 3)
        assert [set(found.candidates) for found in many] == [
            set(index.search(template).candidates) for template in templates * 3
        ]


@pytest.mark.parametrize("name", ["fsync", "replace"])
@pytest.mark.parametrize("call", range(3))
@pytest.mark.parametrize("error", [Crash, OSError(28, "No space left on device")], ids=["crash", "full"])
def test_a_crash_while_writing_leaves_a_valid_index(
    modality: AnyModality,
    templates: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    call: int,
    error: Any,
) -> None:
    index = modality.open_index(tmp_path, SECRET)
    index.add(1, [templates[0]])
    index.flush("before")
    index.add(2, [templates[1]])
    index.remove(1)

    calls, real = 0, getattr(os, name)

    def break_one(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == call + 1:
            raise error
        real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(os, name, break_one)
        try:
            index.flush("after")
        except (Crash, Unavailable):
            # whoever goes on in the same process still finds what is in the tail
            assert not index.search(templates[0]).candidates
            assert [found.record_id for found in index.search(templates[1]).candidates] == [2]

    reopened = modality.open_index(tmp_path, SECRET)
    assert reopened.cursor in ("before", "after")
    if reopened.cursor == "before":
        assert [found.record_id for found in reopened.search(templates[0]).candidates] == [1]
        assert not reopened.search(templates[1]).candidates
        reopened.add(2, [templates[1]])
        reopened.remove(1)
    reopened.flush("again")
    for opened in (reopened, modality.open_index(tmp_path, SECRET)):
        assert opened.cursor == "again"
        assert not opened.search(templates[0]).candidates
        assert [found.record_id for found in opened.search(templates[1]).candidates] == [2]


def test_a_reader_notices_newer_segments_and_keeps_answering(
    modality: AnyModality, templates: list[Any], tmp_path: Path
) -> None:
    writer = modality.open_index(tmp_path, SECRET)
    writer.add(1, [templates[0]])
    writer.flush("1")
    reader = modality.open_index(tmp_path, SECRET)
    writer.add(2, [templates[0]])
    writer.flush("2")
    writer.remove(1)
    writer.flush("3")
    assert reader.outdated()
    assert not writer.outdated()
    assert [found.record_id for found in reader.search(templates[0]).candidates] == [1]
    for fresh in (modality.open_index(tmp_path, SECRET), reader.reopened()):
        assert fresh.cursor == "3"
        assert not fresh.outdated()
        assert [found.record_id for found in fresh.search(templates[0]).candidates] == [2]
    assert [found.record_id for found in reader.search(templates[0]).candidates] == [1]


# Of the body ----------------------------------------------------------------------------------------------


@pytest.fixture(params=BIOMETRIC, ids=[modality.name for modality in BIOMETRIC])
def body(request: pytest.FixtureRequest) -> Biometric[Any, Any]:
    found: Biometric[Any, Any] = request.param
    return found


def test_one_picture_on_each_side_is_compared_as_two_pictures_are(body: Biometric[Any, Any]) -> None:
    one = encoded(body.name)[0]
    alone, together = body.compare(one, one), body.compare_sets([one], [one])
    assert together.score == pytest.approx(alone.score)
    assert together.llr == pytest.approx(alone.llr)


def test_sets_have_no_order_and_take_no_side(body: Biometric[Any, Any]) -> None:
    some, others = list(encoded(body.name)[:2]), list(encoded(body.name)[1:3])
    llr = body.compare_sets(some, others).llr
    for one, other in ((some[::-1], others), (some, others[::-1]), (others, some)):
        assert body.compare_sets(one, other).llr == pytest.approx(llr)
    assert abs(llr) <= LARGEST_LLR[body.name]


def test_sets_are_explained_as_they_were_compared(body: Biometric[Any, Any]) -> None:
    some, others = encoded(body.name)[:2], encoded(body.name)[1:3]
    explanation = body.explain_sets(some, others)
    assert explanation.comparison == body.compare_sets(some, others)
    assert explanation.findings


def test_two_pictures_are_shown_side_by_side(body: Biometric[Any, Any]) -> None:
    one, other = body.examples()[:2]
    for reference in (one, other):
        shown = body.side_by_side(one, reference)
        assert shown.picture.startswith(b"\x89PNG\r\n")
        assert [each.number for each in shown.correspondences] == list(
            range(1, len(shown.correspondences) + 1)
        )
        assert all(0 <= each.certainty <= 1 for each in shown.correspondences)


def test_the_files_of_an_index_are_sealed_and_forget_what_was_removed(
    body: Biometric[Any, Any], tmp_path: Path
) -> None:
    one, other = encoded(body.name)[:2]
    index = body.open_index(tmp_path, SECRET)
    index.add(7, [one])
    index.flush("1")
    before = written(tmp_path)
    for secret in (body.dump(one), SECRET):
        assert not [n for n in range(0, len(secret) - 16, 16) if secret[n : n + 16] in before]
    with pytest.raises(Unavailable):
        body.open_index(tmp_path, bytes(32))
    index.remove(7)
    index.add(8, [other])
    index.flush("2")
    # Whatever was written of it, no file has a stretch of it left.
    after = written(tmp_path)
    sealed = max(
        (before[n : n + 32] for n in range(0, len(before) - 32, 32)), key=lambda part: len(set(part))
    )
    assert sealed not in after


def written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
