"""Lists through the corridor, on the database: whose they are, what is disclosed of them, who is told what."""

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, operator
from tests.examining import (
    assign,
    candidate_list,
    decide,
    found_by,
    opened,
    probes_left,
    records,
    shown,
    withdraw,
)
from tests.hubs import asker

from allpoints.access import Match
from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.records import AgencyKind, Asker, Conditions, Confidentiality, Purpose, Release, Role
from allpoints.steps.commit import Done
from allpoints.wire.corridor import CandidateOutcome, ExaminationState, ExaminerDecision

OFFICER = asker("FRA", "officer", "criminal-investigation", "police", user="officer")
OPERATOR = operator("FRA")
SAME, OTHER, UNCLEAR = ExaminerDecision


def examiner(user: str, bureau: str = "FRA", *, purpose: str = "criminal-investigation") -> Asker:
    """An examiner of the bureau that asked."""
    return asker(bureau, "examiner", purpose, "police", user=user)


ANNA, BEN = examiner("anna"), examiner("ben")


def told(corridor: Corridor, bureau: str, *records: int) -> list[dict[str, Any]]:
    """What a bureau was told of the examination of these records."""
    return [
        body for body in corridor.told(bureau) if body.get("kind") == "examined" and body["record"] in records
    ]


async def test_an_examiner_confirms_and_the_owner_is_told_the_outcome_and_not_the_reason(
    corridor: Corridor,
) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    await assign(corridor, OPERATOR, number, "anna")
    done = await decide(corridor, ANNA, number, record, SAME, reason="a scar beside the delta")
    assert done.result.state is ExaminationState.CONCLUDED
    [body] = told(corridor, "ITA", record)
    assert (body["record"], body["outcome"], body["bureau"]) == (record, "confirmed", "FRA")
    assert "scar" not in str(body)
    assert "anna" not in str(body)
    found = await shown(corridor, OPERATOR, number)
    [candidate] = found.candidates
    assert (candidate.outcome, candidate.hit.record) == (CandidateOutcome.CONFIRMED, record)
    assert [(d.examiner, d.decision, d.reason) for d in candidate.decisions] == [
        ("anna", SAME, "a scar beside the delta")
    ]


async def test_both_bureaus_have_the_decision_in_their_log(corridor: Corridor) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    await assign(corridor, OPERATOR, number, "anna")
    done = await decide(corridor, ANNA, number, record, OTHER)
    [own, owners] = [entry for entry in corridor.entries(done) if entry.act == "examine"]
    assert (own.reader, own.records, own.subject) == ("FRA", (record,), f"{number} {record} refuted")
    assert (owners.reader, owners.records) == ("ITA", (record,))
    assert [body["outcome"] for body in told(corridor, "ITA", record)] == ["refuted"]


async def test_an_inconclusive_examination_is_told_to_nobody(corridor: Corridor) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    await assign(corridor, OPERATOR, number, "anna")
    await decide(corridor, ANNA, number, record, UNCLEAR)
    assert told(corridor, "ITA", record) == []


async def test_nobody_decides_on_what_is_not_theirs_to_decide(corridor: Corridor) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    other, [elsewhere] = await candidate_list(corridor, operator("ALB"), "ITA")
    asked_itself = replace(OFFICER, role=Role.EXAMINER)

    async def refused(error: type[Exception], who: Asker, *at: int) -> None:
        with pytest.raises(error):
            await decide(corridor, who, *at)

    await refused(Forbidden, ANNA, number, record)
    with pytest.raises(Conflict, match="own"):
        await assign(corridor, OPERATOR, number, "officer")
    await assign(corridor, OPERATOR, number, "anna")
    await refused(Forbidden, asked_itself, number, record)
    await refused(Forbidden, BEN, number, record)
    for role in (r for r in Role if r is not Role.EXAMINER):
        await refused(Forbidden, replace(ANNA, role=role), number, record)
    for purpose in (Purpose.OVERSIGHT, Purpose.ADMINISTRATION, Purpose.BORDER_CONTROL):
        await refused(Forbidden, replace(ANNA, purpose=purpose), number, record)
    await refused(Forbidden, replace(ANNA, agency=AgencyKind.FINANCIAL_INTELLIGENCE), number, record)
    for who, at in ((examiner("anna", "ALB"), (number, record)), (ANNA, (other, elsewhere))):
        await refused(NotFound, who, *at)
    for at in ((number, elsewhere), (number, 0), (2**63, record), (0, record)):
        await refused(NotFound, ANNA, *at)
    assert told(corridor, "ITA", record) == []
    await decide(corridor, ANNA, number, record)
    await refused(Conflict, ANNA, number, record)
    assert [body["outcome"] for body in told(corridor, "ITA", record)] == ["confirmed"]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "nul \x00"])
async def test_a_decision_has_a_reason(corridor: Corridor, reason: str) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    await assign(corridor, OPERATOR, number, "anna")
    with pytest.raises(InvalidValue) as refused:
        await decide(corridor, ANNA, number, record, reason=reason)
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    "name", ["a" * 15, "a" * 65, "a" * 16 + "\x00", "a" * 15 + " ", "a" * 15 + "é", "a" * 16 + "\n"]
)
async def test_a_decisions_random_name_is_of_plain_letters(corridor: Corridor, name: str) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    await assign(corridor, OPERATOR, number, "anna")
    with pytest.raises(InvalidValue) as refused:
        await decide(corridor, ANNA, number, record, name=name)
    assert refused.value.field == "id"


async def test_of_two_who_decide_at_once_one_does(corridor: Corridor) -> None:
    number, [first, second] = await candidate_list(corridor, OFFICER, "ITA", "ITA")
    await assign(corridor, OPERATOR, number, "anna")
    both = [decide(corridor, ANNA, number, first, decision) for decision in (SAME, OTHER, SAME, OTHER)]
    came = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in came if not isinstance(one, Done)] == [Conflict] * 3
    assert len(told(corridor, "ITA", first)) == 1
    racing = [decide(corridor, ANNA, number, second, SAME), assign(corridor, OPERATOR, number, "ben")]
    await asyncio.gather(*racing, return_exceptions=True)
    found = await shown(corridor, OPERATOR, number)
    assert found.state is ExaminationState.CONCLUDED or (found.examiner, found.candidates[1].decisions) == (
        "ben",
        (),
    )


async def test_a_request_that_is_repeated_because_its_answer_was_lost_changes_nothing(
    corridor: Corridor,
) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    await assign(corridor, OPERATOR, number, "anna")
    for _ in range(2):
        done = await decide(corridor, ANNA, number, record, SAME, name="drawn-once-for-both")
        assert done.result.state is ExaminationState.CONCLUDED
    with pytest.raises(Conflict):
        await decide(corridor, ANNA, number, record, OTHER, name="drawn-once-for-both")
    assert len(told(corridor, "ITA", record)) == 1


async def test_until_the_second_examiner_has_decided_nobody_learns_what_the_first_one_did(
    corridor: Corridor,
) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA", verify=True)
    await assign(corridor, OPERATOR, number, "anna")
    done = await decide(corridor, ANNA, number, record, SAME, reason="blind")
    await assign(corridor, OPERATOR, number, "ben")
    for who in (OPERATOR, replace(OPERATOR, role=Role.SUPERVISOR), BEN, examiner("cleo")):
        [candidate] = (await shown(corridor, who, number)).candidates
        assert (candidate.decisions, candidate.outcome) == ((), None)
    [own] = (await shown(corridor, ANNA, number)).candidates[0].decisions
    assert (own.decision, own.verification) == (SAME, False)
    assert told(corridor, "ITA", record) == told(corridor, "FRA", record) == []
    readable = [msgspec.json.encode(e) for e in corridor.all_entries() if e.reader and record in e.records]
    assert readable
    assert not [e for e in readable if any(w in e for w in (b"identification", b"confirmed", b"blind"))]
    [entry] = [entry for entry in corridor.entries(done) if entry.act == "examine"]
    assert entry.subject == f"{number} {record}"
    assert (await decide(corridor, BEN, number, record, SAME)).result.state is ExaminationState.CONCLUDED
    [candidate] = (await shown(corridor, OPERATOR, number)).candidates
    assert [d.examiner for d in candidate.decisions] == ["anna", "ben"]
    assert [body["outcome"] for body in told(corridor, "ITA", record)] == ["confirmed"]


async def test_who_differ_confirm_nothing_until_others_have_examined_it_anew(corridor: Corridor) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA", verify=True)
    for who, decision in ((ANNA, SAME), (BEN, OTHER)):
        await assign(corridor, OPERATOR, number, who.user)
        done = await decide(corridor, who, number, record, decision)
    assert done.result.state is ExaminationState.DISPUTED
    assert (await shown(corridor, OPERATOR, number)).candidates[0].outcome is CandidateOutcome.DISPUTED
    assert told(corridor, "ITA", record) == []
    assert probes_left(corridor, number) == 1
    with pytest.raises(Forbidden):
        await assign(corridor, OPERATOR, number, "cleo")
    await assign(corridor, replace(OPERATOR, role=Role.SUPERVISOR), number, "cleo")
    await decide(corridor, examiner("cleo"), number, record, OTHER)
    await assign(corridor, OPERATOR, number, "dora")
    await decide(corridor, examiner("dora"), number, record, OTHER)
    assert [body["outcome"] for body in told(corridor, "ITA", record)] == ["refuted"]


async def test_the_probe_is_sealed_and_goes_with_the_conclusion(corridor: Corridor) -> None:
    number, ids = await candidate_list(corridor, OFFICER, "ITA", "UTO")
    with corridor.connection() as connection:
        [(picture, template)] = connection.execute(
            "SELECT picture, template FROM examination_probes WHERE examination_id = %s", [number]
        )
    assert b"finger" not in picture + template
    await assign(corridor, OPERATOR, number, "anna")
    for left, record in zip((1, 0), ids, strict=True):
        await decide(corridor, ANNA, number, record, OTHER)
        assert probes_left(corridor, number) == left
    found = await shown(corridor, OPERATOR, number)
    assert (found.probes, len(found.candidates)) == ((), 2)


async def test_a_withdrawn_record_is_no_candidate_any_more(corridor: Corridor) -> None:
    number, [kept, withdrawn] = await candidate_list(corridor, OFFICER, "ITA", "UTO")
    await assign(corridor, OPERATOR, number, "anna")
    await withdraw(corridor, "UTO", withdrawn)
    assert [each.hit.record for each in (await shown(corridor, ANNA, number)).candidates] == [kept]
    with pytest.raises(NotFound):
        await decide(corridor, ANNA, number, withdrawn)
    assert (await decide(corridor, ANNA, number, kept, OTHER)).result.state is ExaminationState.CONCLUDED


async def test_ranks_tell_of_nothing_that_is_not_shown(corridor: Corridor) -> None:
    number, ids = await candidate_list(corridor, OFFICER, "ITA", "UTO", "ALB")
    await withdraw(corridor, "ITA", ids[0])
    ranks = [(each.hit.record, each.rank) for each in (await shown(corridor, OPERATOR, number)).candidates]
    assert ranks == [(ids[1], 1), (ids[2], 2)]


async def test_a_list_whose_last_undecided_candidate_is_withdrawn_is_concluded_by_the_next_touch(
    corridor: Corridor,
) -> None:
    for touch in ("assigned", "repeated"):
        number, [decided, withdrawn] = await candidate_list(corridor, OFFICER, "ITA", "UTO")
        await assign(corridor, OPERATOR, number, "anna")
        await decide(corridor, ANNA, number, decided, SAME, name="drawn-once-for-both")
        await withdraw(corridor, "UTO", withdrawn)
        assert probes_left(corridor, number) == 1
        if touch == "assigned":
            done = await assign(corridor, OPERATOR, number, "ben")
        else:
            done = await decide(corridor, ANNA, number, decided, SAME, name="drawn-once-for-both")
        assert done.result.state is ExaminationState.CONCLUDED, touch
        assert probes_left(corridor, number) == 0
        assert [body["outcome"] for body in told(corridor, "ITA", decided)] == ["confirmed"]
        with pytest.raises(Conflict):
            await assign(corridor, OPERATOR, number, "ben")


async def test_a_list_on_which_the_first_examiner_has_nothing_left_is_assigned_to_the_second(
    corridor: Corridor,
) -> None:
    number, [decided, withdrawn] = await candidate_list(corridor, OFFICER, "ITA", "UTO", verify=True)
    await assign(corridor, OPERATOR, number, "anna")
    await decide(corridor, ANNA, number, decided, SAME)
    await withdraw(corridor, "UTO", withdrawn)
    assert (await assign(corridor, OPERATOR, number, "ben")).result.verifier == "ben"
    assert (await decide(corridor, BEN, number, decided, SAME)).result.state is ExaminationState.CONCLUDED


async def test_of_a_contact_there_are_words_only_and_nothing_to_confirm(corridor: Corridor) -> None:
    number, [record] = await candidate_list(
        corridor, OFFICER, "ITA", conditions=Conditions(disclosure=Release.CONTACT)
    )
    [candidate] = (await shown(corridor, OPERATOR, number)).candidates
    assert (candidate.hit.level, candidate.hit.reference, candidate.hit.match) == (
        "contact",
        None,
        Match(modality="fingerprints", agreement="fingerprint", strength="very strong"),
    )
    await assign(corridor, OPERATOR, number, "anna")
    for decision in (SAME, OTHER):
        with pytest.raises(Conflict, match="contact"):
            await decide(corridor, ANNA, number, record, decision)
    await decide(corridor, ANNA, number, record, UNCLEAR)


async def test_an_examiner_who_may_see_less_than_the_asker_concludes_nothing(corridor: Corridor) -> None:
    cleared = replace(OFFICER, clearance=Confidentiality.RESTRICTED)
    [open_to_all], by_one = await records(corridor, "ITA")
    closer = Conditions(confidentiality=Confidentiality.RESTRICTED)
    [held_closer], by_other = await records(corridor, "UTO", conditions=closer)
    found = [hit for one in (by_one, by_other) for hit in await found_by(corridor, cleared, one)]
    number = await opened(corridor, cleared, found)
    assert number
    await assign(corridor, OPERATOR, number, "anna")
    assert [each.hit.record for each in (await shown(corridor, ANNA, number)).candidates] == [open_to_all]
    assert (
        await decide(corridor, ANNA, number, open_to_all, OTHER)
    ).result.state is ExaminationState.ASSIGNED
    ben = replace(BEN, clearance=Confidentiality.RESTRICTED)
    await assign(corridor, OPERATOR, number, "ben")
    assert (
        await decide(corridor, ben, number, held_closer, OTHER)
    ).result.state is ExaminationState.CONCLUDED


async def test_whoever_reads_a_list_reads_the_owners_records(corridor: Corridor) -> None:
    number, [record] = await candidate_list(corridor, OFFICER, "ITA")
    await shown(corridor, examiner("reader"), number)
    reads = [entry for entry in corridor.all_entries() if entry.act == "read" and entry.user == "reader"]
    assert [(entry.reader, entry.records, entry.outcome) for entry in reads] == [("ITA", (record,), "full")]
