"""What the candidates of all modalities say of one record."""

import pytest

from allpoints.access import Match
from allpoints.modalities import NAMES
from allpoints.records import Person
from allpoints.steps.matching import found_by_identifier, one_match, template_matches, told_llr
from allpoints.steps.templates import Probe
from allpoints.store.acts import StoredTemplate


def match(modality: str, llr: float, agreement: str = "") -> Match:
    return Match(
        modality=modality,
        agreement=agreement or modality,
        explanation=(f"why {modality}",),
        score=0.5,
        llr=llr,
        strength="",
    )


def stored(*names: str, birth: str = "") -> StoredTemplate:
    return StoredTemplate("names", NAMES.dump(NAMES.encode(Person(names=names, birth=birth))))


def probe(*names: str, birth: str = "") -> Probe:
    return Probe("names", NAMES.encode(Person(names=names, birth=birth)))


def test_nothing_is_no_match() -> None:
    assert one_match([]) is None


def test_a_name_that_speaks_against_is_no_match() -> None:
    assert one_match([match("names", -0.1)]) is None


@pytest.mark.parametrize(("llr", "hit"), [(0.0, False), (0.3, False), (0.302, True)])
def test_what_words_call_no_support_is_no_hit(llr: float, hit: bool) -> None:
    """Weak support begins where the findings are twice as probable: log10 2 = 0.30103."""
    assert (one_match([match("names", llr)]) is not None) is hit


def test_one_modality_speaks_for_itself() -> None:
    part = match("names", 2.0)
    assert one_match([part]) is part


def test_two_that_agree_are_stronger_than_either_and_weaker_than_their_sum() -> None:
    both = one_match([match("names", 2.0, "name"), match("identifiers", 5.0, "exact")])
    assert both
    assert both.llr is not None
    assert 5.0 < both.llr < 7.0
    assert (both.modality, both.agreement) == ("identifiers", "exact and name")
    assert both.explanation == ("why identifiers", "why names")
    assert [part.modality for part in both.parts] == ["identifiers", "names"]


@pytest.mark.parametrize("llr", [-1.0, -3.0, -9.0])
def test_an_identifier_stays_a_hit_whatever_the_name_says(llr: float) -> None:
    both = one_match([match("names", llr, "name"), match("identifiers", 5.0, "exact")])
    assert both
    assert (both.agreement, both.llr) == ("exact", 5.0)
    assert both.strength == "very strong support that both are the same"
    assert both.explanation[0] == "the name contradicts"
    assert found_by_identifier(both)


def test_the_best_of_several_descriptions_counts() -> None:
    probes = [probe("Giovanni Brambilla"), probe("Abdulrahman Al-Kirdassi", birth="1975-04-08")]
    [found] = template_matches(probes, [stored("عبد الرحمن الكرداسي", birth="1975-04-08")])
    assert found.llr == pytest.approx(
        NAMES.compare(
            probes[1].template, NAMES.encode(Person(names=("عبد الرحمن الكرداسي",), birth="1975-04-08"))
        ).llr
    )
    assert found.agreement == "name"
    assert found.findings
    assert template_matches(probes, []) == []
    assert template_matches(probes, [StoredTemplate("names", b"of another time")]) == []


def test_what_supports_too_little_is_left_out_unless_it_is_asked_for() -> None:
    probes, held = [probe("Giovanni Brambilla")], [stored("Petra Olsson")]
    assert template_matches(probes, held) == []
    [contradiction] = template_matches(probes, held, found=True)
    assert contradiction.llr is not None
    assert contradiction.llr < 0


@pytest.mark.parametrize("llr", [-4.0, 0.0, 4.0])
def test_a_contact_is_placed_by_the_identifier_whatever_the_name_says(llr: float) -> None:
    both = one_match([match("names", llr, "name"), match("identifiers", 2.5, "exact")])
    assert both
    assert both.parts[0].modality == "identifiers"
    assert told_llr(both) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("llr", "told"), [(0.1, 0.0), (0.5, 0.30103), (1.9, 1.0), (2.1, 2.0), (3.4, 3.0), (5.5, 3.0)]
)
def test_what_words_tell_of_a_name_is_the_least_of_their_level(llr: float, told: float) -> None:
    """A name alone is never more than strong support, so that nobody can tell 3.4 from 5.5."""
    assert told_llr(match("names", llr)) == pytest.approx(told, abs=1e-5)
