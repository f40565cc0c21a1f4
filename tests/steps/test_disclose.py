"""What is released of the candidates, and that a candidate is confirmed against what is held."""

from datetime import UTC, date, datetime

from tests.hubs import asker

from allpoints.access import Disclosure, Refusal, Silent
from allpoints.modalities import NAMES, Population
from allpoints.records import (
    Conditions,
    Evaluation,
    HeldRecord,
    Identifier,
    Particulars,
    Person,
    RawIdentifier,
    RecordKind,
    RecordState,
    Release,
    Retention,
    Selection,
)
from allpoints.records.identifiers import parse_pattern
from allpoints.steps.disclose import PATIENCE, decide, hidden_by_identifier
from allpoints.steps.matching import View, identifier_match
from allpoints.steps.search import Candidate
from allpoints.steps.templates import Probe
from allpoints.store.acts import StoredTemplate

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PLATE = Identifier("plate", "ALB:AA123BC")
POPULATION = Population(9, 1)


def held(
    number: int, *identifiers: Identifier, conditions: Conditions | None = None, owner: str = "ITA"
) -> HeldRecord:
    return HeldRecord(
        id=number,
        version=1,
        state=RecordState.ACTIVE,
        contributed_at=NOW,
        owner=owner,
        reference=f"R-{number}",
        kind=RecordKind.VEHICLE,
        identifiers=identifiers or (PLATE,),
        particulars=Particulars(reason="stolen"),
        conditions=conditions or Conditions(),
        evaluation=Evaluation("B", 2),
        retention=Retention(valid_until=date(2030, 1, 1), review_by=date(2030, 1, 1)),
    )


def candidate(number: int, template: object = PLATE, *, question: int = 0) -> Candidate:
    return Candidate(question, template, number, POPULATION)  # type: ignore[arg-type]


def test_an_exact_match_says_so_and_how_rare_it_is() -> None:
    match = identifier_match(candidate(1), held(1), POPULATION)
    assert match
    assert (match.agreement, match.score) == ("exact", 1.0)
    assert match.llr == 1.0  # one of nine holdings agrees: log10(10 / 1)
    assert "number AA123BC = AA123BC" in match.explanation


def test_a_candidate_that_the_record_does_not_bear_out_is_no_hit() -> None:
    assert identifier_match(candidate(1), held(1, Identifier("plate", "ALB:AA124BC")), POPULATION) is None
    assert identifier_match(candidate(1), held(1, Identifier("vin", "WVWZZZ1JZXW000001")), POPULATION) is None


def test_a_qualifier_that_contradicts_is_no_hit() -> None:
    beretta, glock = (Identifier("firearm", f"{make}::9X19:C12345") for make in ("BERETTA", "GLOCK"))
    assert identifier_match(candidate(1, beretta), held(1, glock), POPULATION) is None
    assert identifier_match(candidate(1, beretta), held(1, beretta), POPULATION)


def test_of_several_identifiers_the_one_that_agrees_best_counts() -> None:
    asked = parse_pattern(RawIdentifier("plate", "ALB:AA1?3BC"), field="value")
    vague = parse_pattern(RawIdentifier("plate", "ALB:AA1*"), field="value")
    record = held(1, Identifier("plate", "ALB:AA1XXXX"), PLATE)
    exact, loose = (
        identifier_match(candidate(1, asked), record, POPULATION),
        identifier_match(candidate(1, vague), record, POPULATION),
    )
    assert exact
    assert loose
    assert (exact.agreement, loose.agreement) == ("pattern", "pattern")
    assert exact.score > loose.score


def test_each_question_has_its_own_outcomes_and_a_record_counts_once() -> None:
    pattern = parse_pattern(RawIdentifier("plate", "ALB:AA?23BC"), field="value")
    decided = decide(
        [candidate(1, pattern), candidate(1), candidate(2, question=3), candidate(1, question=3)],
        View({1: held(1), 2: held(2)}),
        asker("ALB"),
        NOW,
    ).outcomes
    assert {question: [o.record for o in found] for question, found in decided.items()} == {0: [1], 3: [1, 2]}
    [best] = decided[0]
    assert isinstance(best, Disclosure)
    assert best.match.agreement == "exact"


def test_after_many_who_are_not_meant_nobody_further_is_compared() -> None:
    """Candidates come best first: an officer does not wait for the comparison of those who are ever less alike."""

    def person(name: str) -> list[StoredTemplate]:
        return [StoredTemplate("names", NAMES.dump(NAMES.encode(Person(names=(name,)))))]

    probes = [(Probe("names", NAMES.encode(Person(names=("Giovanni Brambilla",)))),)]

    def found(strangers: int) -> list[int]:
        numbers = range(1, strangers + 2)
        templates = {n: person("Petra Olsson") for n in numbers} | {
            numbers[-1]: person("Brambilla, Giovanni")
        }
        candidates = [Candidate(0, probes[0][0].template, n, POPULATION, "names") for n in numbers]
        view = View({n: held(n) for n in numbers}, templates)
        outcomes = decide(candidates, view, asker("ALB"), NOW, probes).outcomes
        return [outcome.record for outcome in outcomes.get(0, [])]

    assert found(PATIENCE - 1) == [PATIENCE]
    assert found(PATIENCE) == []


def test_hidden_records_change_nothing_of_whom_the_asker_is_shown() -> None:
    """Neither a hidden record that fits nor many that do not have a say in how far one looks."""
    probes = [(Probe("names", NAMES.encode(Person(names=("Giovanni Brambilla",)))),)]
    silent = Conditions(disclosure=Release.SILENT)

    def shown(strangers: int, hidden: dict[int, str]) -> list[int]:
        people = dict.fromkeys(range(0, 2 * strangers, 2), "Petra Olsson")
        people[2 * PATIENCE] = "Brambilla, Giovanni"
        names = dict(sorted((people | hidden).items()))
        templates = {
            n: [StoredTemplate("names", NAMES.dump(NAMES.encode(Person(names=(name,)))))]
            for n, name in names.items()
        }
        view = View({n: held(n, conditions=silent if n in hidden else None) for n in names}, templates)
        candidates = [Candidate(0, probes[0][0].template, n, POPULATION, "names") for n in names]
        outcomes = decide(candidates, view, asker("ALB"), NOW, probes).outcomes.get(0, [])
        return [outcome.record for outcome in outcomes if isinstance(outcome, Disclosure)]

    assert shown(PATIENCE, {}) == shown(PATIENCE, {5: "Giovanni Brambilla"}) == []
    many = dict.fromkeys(range(1, 2 * PATIENCE, 2), "Petra Olsson")
    assert shown(PATIENCE - 1, {}) == shown(PATIENCE - 1, many) == [2 * PATIENCE]


def test_what_is_merely_alike_and_hidden_is_not_written_down_as_withheld() -> None:
    by_name = Candidate(0, None, 7, POPULATION, "names")
    assert hidden_by_identifier([candidate(1), candidate(2), by_name], {2: held(2)}) == {1}
    assert hidden_by_identifier([candidate(7), by_name], {}) == {7}


def test_what_the_database_does_not_show_is_not_released() -> None:
    assert decide([candidate(1)], View({}), asker("ALB"), NOW).outcomes == {}


def test_conditions_are_asked_again_whatever_the_database_shows() -> None:
    shown = {
        1: held(1, conditions=Conditions(disclosure=Release.SILENT)),
        2: held(2, conditions=Conditions(bureaus=Selection("only", ("FRA",)))),
    }
    [silent, refused] = decide([candidate(1), candidate(2)], View(shown), asker("ALB"), NOW).outcomes[0]
    assert isinstance(silent, Silent)
    assert isinstance(refused, Refusal)
