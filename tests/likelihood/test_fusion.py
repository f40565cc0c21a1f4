import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue
from allpoints.likelihood import DataSet, Fusion, Part, Provenance, fused

BOUND = 5.0
llrs = st.floats(-BOUND, BOUND)
parts = st.lists(
    st.builds(Part, st.sampled_from(["names", "faces", "identifiers"]), llrs, st.just(BOUND)), max_size=8
)

FUSION = Fusion(
    weights={"names": 0.7, "faces": 0.9},
    intercept=-0.1,
    lower=-3.0,
    upper=4.0,
    provenance=Provenance(
        data=(DataSet("cases", "sha256:" + "1" * 64),),
        sources=50,
        same=50,
        different=500,
        split="5-fold cross-validation by source",
        made="2026-11-22",
        code="0.1.0",
    ),
)


def test_nothing_supports_nothing() -> None:
    assert fused([]).llr == 0


@given(llrs)
def test_a_single_part_keeps_its_llr(llr: float) -> None:
    assert fused([Part("names", llr, BOUND)]).llr == llr


@given(parts.filter(bool), st.data(), st.floats(1e-6, 2))
def test_each_part_that_says_more_makes_the_whole_say_more(
    given_parts: list[Part], data: st.DataObject, more: float
) -> None:
    at = data.draw(st.integers(0, len(given_parts) - 1))
    part = given_parts[at]
    raised = Part(part.modality, part.llr + more, BOUND + 2)
    changed = [*given_parts[:at], raised, *given_parts[at + 1 :]]
    assert fused(changed).llr > fused(given_parts).llr


@given(parts, st.randoms())
def test_the_order_of_the_parts_does_not_matter(given_parts: list[Part], random: object) -> None:
    shuffled = list(given_parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fused(shuffled).llr == pytest.approx(fused(given_parts).llr)


@given(parts)
def test_the_whole_stays_within_what_the_bounds_allow(given_parts: list[Part]) -> None:
    modalities = len({part.modality for part in given_parts})
    llr = fused(given_parts).llr
    assert -BOUND * modalities - 1e-9 <= llr <= BOUND * (1 + 0.5 * max(modalities - 1, 0)) + 1e-9


@given(parts)
def test_dependent_support_is_never_simply_added(given_parts: list[Part]) -> None:
    assert fused(given_parts).llr <= sum(max(part.llr, 0) for part in given_parts) + 1e-9


def test_two_modalities_say_more_than_one_and_less_than_their_sum() -> None:
    both = fused([Part("names", 2, 4), Part("identifiers", 3, 6)]).llr
    assert both == 4
    assert fused([Part("identifiers", 3, 6)]).llr < both < 5


def test_within_a_modality_the_best_counts() -> None:
    assert fused([Part("identifiers", 4, 6), Part("identifiers", 0, 6)]).llr == pytest.approx(3.6)


def test_a_contradiction_counts_in_full() -> None:
    assert fused([Part("names", 3, 4), Part("faces", -2.5, 4)]).llr == 0.5


def test_the_strongest_part_is_named_first() -> None:
    found = fused([Part("faces", -1, 4), Part("names", 3, 4), Part("identifiers", 1, 6)])
    assert [part.modality for part in found.parts] == ["names", "identifiers", "faces"]


@pytest.mark.parametrize("llr", [5.1, -5.1, float("nan"), float("inf")])
def test_a_part_beyond_its_bound_is_a_defect_that_is_refused(llr: float) -> None:
    with pytest.raises(InvalidValue) as refused:
        Part("names", llr, BOUND)
    assert refused.value.field == "names.llr"


def test_fitted_weights_replace_the_convention() -> None:
    parts = [Part("names", 1.0, BOUND), Part("faces", 0.5, BOUND)]
    assert FUSION.fused(parts).llr == pytest.approx(0.7 + 0.45 - 0.1)


@given(llrs, llrs)
def test_a_fitted_fusion_keeps_its_bounds(names: float, faces: float) -> None:
    assert -3 <= FUSION.fused([Part("names", names, BOUND), Part("faces", faces, BOUND)]).llr <= 4


def test_a_fitted_fusion_takes_exactly_its_modalities() -> None:
    with pytest.raises(InvalidValue, match="names, faces"):
        FUSION.fused([Part("names", 1, BOUND)])


def test_a_fusion_survives_its_file() -> None:
    assert Fusion.decode(FUSION.encode()) == FUSION


@pytest.mark.parametrize(
    "change", [{"weights": {}}, {"weights": {"names": -1}}, {"upper": 0}, {"format": "x"}]
)
def test_a_fusion_that_is_not_monotone_and_bounded_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(AllpointsError):
        Fusion.decode(msgspec.json.encode(msgspec.to_builtins(FUSION) | change))


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(AllpointsError):
        Fusion.decode(data)
