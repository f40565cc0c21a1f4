"""Lists that need nobody any more, since records were withdrawn: they end, and their probes go."""

from datetime import UTC, datetime

from tests.corridors import Corridor, operator
from tests.examining import assign, candidate_list, decide, probes_left, shown, withdraw
from tests.hubs import asker

from allpoints.hits.advancing import settle
from allpoints.wire.corridor import CandidateOutcome, ExaminationState, ExaminerDecision

OFFICER = asker("FRA", "officer", "criminal-investigation", "police", user="officer")
ANNA = asker("FRA", "examiner", "criminal-investigation", "police", user="anna")
BEN = asker("FRA", "examiner", "criminal-investigation", "police", user="ben")
OPERATOR = operator("FRA")
SAME, OTHER, _ = ExaminerDecision


async def settled(corridor: Corridor, number: int, bureau: str = "FRA") -> str | None:
    return await settle(corridor.database, bureau, number, now=datetime.now(UTC))


async def test_what_somebody_still_has_to_decide_stays_as_it_is(corridor: Corridor) -> None:
    number, [decided, _] = await candidate_list(corridor, OFFICER, "ITA", "UTO")
    assert await settled(corridor, number) is None
    await assign(corridor, OPERATOR, number, "anna")
    await decide(corridor, ANNA, number, decided)
    assert await settled(corridor, number) is None
    assert await settled(corridor, number, "ITA") is None
    assert probes_left(corridor, number) == 1


async def test_where_the_last_undecided_candidate_is_withdrawn_the_list_ends_without_anybody(
    corridor: Corridor,
) -> None:
    for verify in (False, True):
        number, [first, second] = await candidate_list(corridor, OFFICER, "ITA", "UTO", verify=verify)
        for who in (ANNA, BEN) if verify else (ANNA,):
            await assign(corridor, OPERATOR, number, who.user)
            await decide(corridor, who, number, first, SAME)
            if verify and who is ANNA:
                await decide(corridor, who, number, second, OTHER)
        await withdraw(corridor, "UTO", second)
        entry = await settled(corridor, number)
        assert entry
        found = await shown(corridor, OPERATOR, number)
        assert (found.state, found.probes) == (ExaminationState.CONCLUDED, ())
        assert [each.outcome for each in found.candidates] == [CandidateOutcome.CONFIRMED]
        assert probes_left(corridor, number) == 0
        told = [body for body in corridor.told("ITA") if body.get("kind") == "examined"]
        assert [body["outcome"] for body in told if body.get("record") == first] == ["confirmed"]
        own = [e for e in corridor.all_entries() if (e.act, e.reader) == ("settle-examination", "FRA")]
        assert own[-1].subject == (f"{number} {first} confirmed" if verify else str(number))
        assert await settled(corridor, number) is None


async def test_a_list_whose_candidates_are_all_withdrawn_ends_even_before_it_is_assigned(
    corridor: Corridor,
) -> None:
    for verify in (False, True):
        number, [only] = await candidate_list(corridor, OFFICER, "ITA", verify=verify)
        await withdraw(corridor, "ITA", only)
        assert await settled(corridor, number)
        found = await shown(corridor, OPERATOR, number)
        assert (found.state, found.candidates) == (ExaminationState.CONCLUDED, ())
        assert probes_left(corridor, number) == 0
