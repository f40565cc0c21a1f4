import pytest

from allpoints.demo.faces import APART, drawn_face
from allpoints.errors import InvalidValue
from allpoints.modalities.base import Outcome
from allpoints.modalities.faces import FaceTemplate, compare, compare_sets, encode, explain, explain_sets
from allpoints.modalities.faces.comparing import MAX_PICTURES, calibration, error_rates


@pytest.fixture(scope="module")
def another() -> FaceTemplate:
    """The first drawn person in another picture."""
    return encode(drawn_face(APART[0], 2))


def test_another_picture_of_a_person_supports_same(
    templates: list[FaceTemplate], another: FaceTemplate
) -> None:
    assert compare(templates[0], another).llr > 2


def test_other_people_support_different(templates: list[FaceTemplate], another: FaceTemplate) -> None:
    for other in templates[1:]:
        assert compare(templates[0], other).llr < 0


def test_the_order_says_nothing(templates: list[FaceTemplate]) -> None:
    one, other, third = templates[:3]
    assert compare(one, other) == compare(other, one)
    assert compare_sets([one, other], [third]).llr == pytest.approx(compare_sets([third], [other, one]).llr)


def test_several_pictures_score_as_the_mean_of_their_pairs(
    templates: list[FaceTemplate], another: FaceTemplate
) -> None:
    pairs = [
        compare(probe, reference).score for probe in templates[:2] for reference in (templates[2], another)
    ]
    found = compare_sets(templates[:2], (templates[2], another))
    assert found.score == pytest.approx(sum(pairs) / 4, abs=1e-6)


def test_the_same_picture_many_times_over_is_no_more_evidence(
    templates: list[FaceTemplate], another: FaceTemplate
) -> None:
    once = compare(templates[0], another)
    often = compare_sets([templates[0]] * 20, [another] * 20)
    assert often.llr == pytest.approx(once.llr, abs=1e-5)
    assert compare_sets([templates[0]], [templates[0]]).llr < calibration().upper


def test_none_and_too_many_are_refused(templates: list[FaceTemplate]) -> None:
    for probes in ([], [templates[0]] * (MAX_PICTURES + 1)):
        with pytest.raises(InvalidValue, match="probes"):
            compare_sets(probes, templates)


def test_the_calibration_supports_no_more_than_its_data() -> None:
    """200 pictures of 20 people: a picture counts once, or once against each of the 19 others."""
    used = calibration()
    assert used.modality == "faces"
    assert used.upper <= 3.58
    assert used.lower >= -2.31
    assert used.measured.cllr - used.measured.cllr_min <= 0.03


def test_an_explanation_names_both_pictures_their_quality_and_the_error_rates(
    templates: list[FaceTemplate], another: FaceTemplate
) -> None:
    blamed = explain_sets(templates[:1], (another, templates[1]))
    assert [finding.outcome for finding in blamed.findings] == [Outcome.COMPATIBLE, Outcome.DIFFERENT]
    assert "reference 2" in blamed.findings[1].reference
    assert "px apart" in blamed.findings[0].probe
    assert error_rates(blamed.comparison.llr) in blamed.remarks
    single = explain(templates[0], another)
    assert single.comparison == compare(templates[0], another)
    assert "none of 19,000 comparisons of two people" in str(single)
