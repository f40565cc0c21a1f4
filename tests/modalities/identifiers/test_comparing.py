from math import log10

import pytest

from allpoints.errors import InvalidValue
from allpoints.modalities import IDENTIFIERS, Outcome, Population
from allpoints.modalities.identifiers import PartlyRead
from allpoints.records.identifiers import Identifier, RawIdentifier


def identifier(scheme: str, value: str) -> Identifier:
    encoded = IDENTIFIERS.encode(RawIdentifier(scheme, value))
    assert isinstance(encoded, Identifier)
    return encoded


def test_equal_keys_score_one_and_are_as_strong_as_they_are_rare() -> None:
    plate = identifier("plate", "ALB:AA123BB")
    comparison = IDENTIFIERS.compare(plate, plate, Population(size=9_999, agreeing=2))
    assert comparison.score == 1
    assert comparison.llr == pytest.approx(log10(10_000 / 2))


def test_strength_never_exceeds_what_the_holdings_support() -> None:
    plate = identifier("plate", "ALB:AA123BB")
    for agreeing in (0, 1):
        llr = IDENTIFIERS.compare(plate, plate, Population(size=99, agreeing=agreeing)).llr
        assert llr == pytest.approx(2)


def test_another_key_or_scheme_supports_neither_side() -> None:
    plate = identifier("plate", "ALB:AA123BB")
    for other in (identifier("plate", "ALB:AA123BC"), identifier("engine-number", "AA123BB")):
        comparison = IDENTIFIERS.compare(plate, other, Population(size=99, agreeing=1))
        assert (comparison.score, comparison.llr) == (0, 0)


def test_a_contradicting_qualifier_outweighs_an_equal_serial() -> None:
    glock, beretta = identifier("firearm", "Glock:::A123"), identifier("firearm", "Beretta:::A123")
    unknown = identifier("firearm", "A123")
    assert IDENTIFIERS.compare(glock, beretta).score == 0
    assert IDENTIFIERS.compare(glock, unknown).score == 1


def test_a_patterns_score_is_the_share_of_characters_that_it_states() -> None:
    reference = identifier("plate", "ALB:AB123")
    for text, score in [("A?123", 0.8), ("AB*", None), ("AB1*", 0.6), ("A8123", 0.9), ("AB123", 1.0)]:
        if score is not None:
            pattern = IDENTIFIERS.encode(PartlyRead("plate", f"ALB:{text}"))
            assert IDENTIFIERS.compare(pattern, reference).score == pytest.approx(score)


def test_confusable_characters_count_only_where_asked() -> None:
    reference = identifier("plate", "ALB:AB123")
    exact = IDENTIFIERS.encode(PartlyRead("plate", "ALB:A8123", confusable=False))
    assert IDENTIFIERS.compare(exact, reference).score == 0


def test_a_patterns_qualifiers_must_not_contradict() -> None:
    pattern = IDENTIFIERS.encode(PartlyRead("firearm", "Glock:::AB?123"))
    assert IDENTIFIERS.compare(pattern, identifier("firearm", "Beretta:::ABX123")).score == 0
    assert IDENTIFIERS.compare(pattern, identifier("firearm", "Glock:17::ABX123")).score > 0


def test_an_explanation_names_equal_missing_and_unverified_parts() -> None:
    probe = identifier("firearm", "Glock::9x19:ABC12?")
    reference = identifier("firearm", "Glock:17::ABC12?")
    explanation = IDENTIFIERS.explain(probe, reference, Population(size=99, agreeing=1))
    outcomes = {finding.what: finding.outcome for finding in explanation.findings}
    assert outcomes == {
        "make": Outcome.EQUAL,
        "model": Outcome.NOT_STATED,
        "calibre": Outcome.NOT_STATED,
        "serial": Outcome.EQUAL,
    }
    told = str(explanation)
    assert "serial ABC12? = ABC12?; " in told
    assert "calibre not stated" in told
    assert "the reference's firearm is not verified" in told
    assert "1 of 99 holdings agree: LLR 2.0, at most 2.0" in told
    assert "99 holdings" in explanation.different


def test_an_explanation_says_what_each_wildcard_stands_for() -> None:
    pattern = IDENTIFIERS.encode(PartlyRead("plate", "A?12Z*"))
    told = str(IDENTIFIERS.explain(pattern, identifier("plate", "ALB:AB122X")))
    assert "? stands for B (any one character)" in told
    assert "Z stands for 2 (easily taken for each other)" in told
    assert "* stands for X (any run of characters)" in told


def test_a_difference_is_explained_too() -> None:
    told = str(IDENTIFIERS.explain(identifier("phone", "+355672123456"), identifier("plate", "ALB:AA1")))
    assert "scheme phone ≠ plate" in told
    assert "neither proposition" in told


def test_a_pattern_is_no_reference() -> None:
    pattern = IDENTIFIERS.encode(PartlyRead("plate", "ALB:AA?23*"))
    with pytest.raises(InvalidValue, match="reference"):
        IDENTIFIERS.compare(pattern, pattern)
    with pytest.raises(InvalidValue, match="reference"):
        IDENTIFIERS.explain(pattern, pattern)


def test_a_pattern_survives_storage() -> None:
    pattern = IDENTIFIERS.encode(PartlyRead("plate", "ALB:AA?23*"))
    assert IDENTIFIERS.load(IDENTIFIERS.dump(pattern)) == pattern
