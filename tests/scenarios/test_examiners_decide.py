"""FRA has the print of a suspect, ITA and UTO hold the same finger. The hub proposes; only people decide."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.hub.signed import Request, problem, send
from tests.hubs import RunningHub, asker
from tests.scenarios.waiting import eventually

from allpoints.bureau import Client
from allpoints.demo.fingerprints import finger
from allpoints.demo.fingerprints.impressions import impression, png
from allpoints.errors import AllpointsError, Conflict, Forbidden
from allpoints.modalities import FINGERPRINTS
from allpoints.records import (
    Conditions,
    Contribution,
    Fingerprint,
    Particulars,
    Purpose,
    RecordKind,
    Release,
    Role,
)
from allpoints.wire.corridor import (
    CandidateOutcome,
    CheckReply,
    Decision,
    ExaminationState,
    ExaminerDecision,
    Link,
)

CASE = ("criminal-investigation", "police")
IDENTIFYING = re.compile(rb"(?<!victim-)identification|identified|confirmed")
"""Words that no answer has before an examiner has said so; one purpose has the first in its name."""
SAME, OTHER, UNCLEAR = ExaminerDecision


class Held(NamedTuple):
    """Who holds the finger: ITA shows it in full, UTO says only whom to ask."""

    full: int
    contact: int
    probe: Fingerprint


@pytest.fixture(scope="module")
def held(hub: RunningHub) -> Iterator[Held]:
    """The same finger in two bureaus' holdings, and another impression of it as FRA took it."""
    drawn = finger(2026, 2)
    pictures = [Fingerprint(image=png(impression(drawn, seed)), finger=2) for seed in (1, 2, 3)]
    ids = [
        hub.operator(owner)
        .contribute(
            Contribution(
                reference="a-finger",
                kind=RecordKind.PERSON,
                identifiers=(),
                particulars=Particulars(reason="wanted"),
                conditions=Conditions(disclosure=disclosure),
                biometrics=(picture,),
            )
        )
        .id
        for owner, disclosure, picture in zip(
            ("ITA", "UTO"), (Release.FULL, Release.CONTACT), pictures, strict=False
        )
    ]
    made = Held(*ids, pictures[2])
    eventually(lambda: len(_asked(hub, made).hits) == 2)
    return made


def _asked(hub: RunningHub, held: Held, *, verify: bool = False) -> CheckReply:
    return hub.client("FRA", "officer", *CASE, user="officer").check_biometrics([held.probe], verify=verify)


def _examiner(hub: RunningHub, user: str, bureau: str = "FRA") -> Client:
    return hub.client(bureau, "examiner", *CASE, user=user)


def _list(hub: RunningHub, held: Held, examiner: str | None = None, *, verify: bool = False) -> int:
    number = _asked(hub, held, verify=verify).examination
    assert number is not None
    if examiner:
        hub.operator("FRA").assign(number, examiner)
    return number


def _links(hub: RunningHub, bureau: str, record: int) -> list[Link]:
    return [link for link in hub.operator(bureau).links(limit=500).items if link.record == record]


def _told(hub: RunningHub, bureau: str) -> list[dict[str, Any]]:
    told = hub.operator(bureau).notifications(limit=500).items
    return [told.body for told in told if told.body["kind"] == "examined"]


def test_a_finger_is_found_looked_at_and_decided_on_by_an_examiner(hub: RunningHub, held: Held) -> None:
    reply = _asked(hub, held)
    assert not IDENTIFYING.search(msgspec.json.encode(reply))
    assert {hit.record: hit.level for hit in reply.hits} == {held.full: "full", held.contact: "contact"}
    number = reply.examination
    assert number is not None
    operator, anna = hub.operator("FRA"), _examiner(hub, "anna")
    operator.assign(number, "anna")
    assert [found.id for found in anna.examinations(mine=True).items] == [number]
    in_state = {
        state: [found.id for found in anna.examinations(state=state).items] for state in ExaminationState
    }
    assert [state for state, ids in in_state.items() if number in ids] == [ExaminationState.ASSIGNED]
    assert len(in_state[ExaminationState.OPEN]) == len(anna.examinations().items) - 1
    found = anna.examination(number)
    assert [probe.modality for probe in found.probes] == ["fingerprints"]
    full, contact = sorted(found.candidates, key=lambda candidate: candidate.hit.level, reverse=True)
    assert (full.hit.record, contact.hit.record) == (held.full, held.contact)
    assert (contact.hit.match.score, contact.hit.match.llr, contact.hit.particulars) == (None, None, None)

    compared = anna.comparison(number, held.full)
    [said] = compared.modalities
    assert said.llr > 2
    assert 0 <= said.fmr < 0.01
    assert len(compared.correspondences) >= 8
    assert not IDENTIFYING.search(msgspec.json.encode(compared))
    assert anna.comparison_picture(number, held.full).startswith(b"\x89PNG\r\n\x1a\n")
    for look in (anna.comparison, anna.comparison_picture):
        with pytest.raises(Forbidden, match="contact") as refused:
            look(number, held.contact)
        assert "desk@uto.example" in refused.value.remedy

    before = len(_told(hub, "ITA"))
    anna.decide(number, held.full, SAME, "all minutiae in sequence")
    assert anna.decide(number, held.contact, UNCLEAR, "not seen").state is ExaminationState.CONCLUDED
    [body] = _told(hub, "ITA")[before:]
    assert (body["record"], body["outcome"], body["bureau"], body["agency"]) == (
        held.full,
        "confirmed",
        "FRA",
        "police",
    )
    assert "minutiae" not in str(body)
    concluded = operator.examination(number)
    assert concluded.probes == ()
    outcomes = {candidate.hit.record: candidate.outcome for candidate in concluded.candidates}
    assert outcomes == {held.full: CandidateOutcome.CONFIRMED, held.contact: CandidateOutcome.INCONCLUSIVE}
    with pytest.raises(Conflict):
        anna.comparison(number, held.full)


def test_every_way_to_have_the_hub_identify_somebody_by_itself_fails(hub: RunningHub, held: Held) -> None:
    number = _list(hub, held)
    before = [len(_told(hub, bureau)) for bureau in ("ITA", "UTO")]
    target = f"/v1/examinations/{number}/candidates/{held.full}/decision"
    anna = asker("FRA", "examiner", *CASE, user="anna")
    said = {"decision": "identification", "reason": "because the score says so", "id": "0123456789abcdef"}

    def refused(who: Any, body: object, *, method: str = "POST", at: str = target) -> None:
        request = Request(
            method=method,
            target=at,
            asker=who,
            body=msgspec.json.encode(body),
            headers={"content-type": "application/json"},
        )
        problem(send(hub, request), 400, 403, 404, 405, 409, 422)

    refused(anna, said)  # assigned to nobody
    hub.operator("FRA").assign(number, "anna")
    replace = msgspec.structs.replace
    for role in (role for role in Role if role is not Role.EXAMINER):
        refused(replace(anna, role=role), said)
    for purpose in (purpose for purpose in Purpose if purpose is not Purpose.CRIMINAL_INVESTIGATION):
        refused(replace(anna, purpose=purpose), said)
    refused(replace(anna, user="ben"), said)
    refused(replace(anna, user="officer"), said)  # whose check it was
    for bureau in ("ALB", "ITA", "UTO"):
        refused(replace(anna, bureau=bureau), said)
    for body in (
        {},
        {"decision": "identification", "reason": "no random name"},
        {**said, "reason": " "},
        {**said, "decision": "confirmed"},
        {**said, "examiner": "anna"},
        {**said, "state": "concluded"},
        [said],
    ):
        refused(anna, body)
    for elsewhere in (
        f"/v1/examinations/{number}/candidates/{held.full + 1_000}/decision",
        f"/v1/examinations/{number + 1_000}/candidates/{held.full}/decision",
        f"/v1/examinations/{number}/candidates/{held.contact}/decision",
    ):
        refused(anna, said, at=elsewhere)
    for method in ("PUT", "PATCH", "DELETE"):
        refused(anna, said, method=method)
    refused(anna, {**said, "examiner": "anna"}, at=f"/v1/examinations/{number}/assignment")
    refused(anna, {"examiner": "officer"}, at=f"/v1/examinations/{number}/assignment")

    # ITA and UTO hold the same finger, and the hub has told them so: their operators are no examiners.
    for bureau, own in (("ITA", held.full), ("UTO", held.contact)):
        raised = eventually(lambda bureau=bureau, own=own: _links(hub, bureau, own))
        assert [link.scheme for link in raised] == ["fingerprints"]
        for decision in Decision:
            with pytest.raises(Forbidden, match="examiners"):
                hub.operator(bureau).decide_link(raised[0].id, decision)
            for role in Role:
                who = asker(bureau, role, *CASE, user="anna")
                at = f"/v1/links/{raised[0].id}/decision"
                refused(who, {"decision": decision}, method="PUT", at=at)
        assert _links(hub, bureau, own)[0].decision is None

    found = hub.operator("FRA").examination(number)
    assert found.state is ExaminationState.ASSIGNED
    assert [(candidate.decisions, candidate.outcome) for candidate in found.candidates] == [((), None)] * 2
    assert not IDENTIFYING.search(msgspec.json.encode(found))
    assert [len(_told(hub, bureau)) for bureau in ("ITA", "UTO")] == before


def test_a_decision_that_was_sent_once_is_not_taken_from_whoever_sends_it_again(
    hub: RunningHub, held: Held
) -> None:
    from tests.hub.signed import signature

    number = _list(hub, held, "anna")
    request = Request(
        method="POST",
        target=f"/v1/examinations/{number}/candidates/{held.full}/decision",
        asker=asker("FRA", "examiner", *CASE, user="anna"),
        body=msgspec.json.encode({"decision": "exclusion", "reason": "the cores differ", "id": "a" * 22}),
        headers={"content-type": "application/json"},
    )
    headers = signature(hub, request)
    assert send(hub, request, headers).status_code == 200
    assert problem(send(hub, request, headers), 401)["field"] == "Signature"
    with pytest.raises(Conflict):
        _examiner(hub, "anna").decide(number, held.full, SAME, "on second thoughts")


def test_of_examiners_who_race_one_decides(hub: RunningHub, held: Held) -> None:
    number = _list(hub, held, "anna")
    before = len(_told(hub, "ITA"))

    def race(decision: ExaminerDecision) -> object:
        try:
            return _examiner(hub, "anna").decide(number, held.full, decision, "first come")
        except AllpointsError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(race, (SAME, OTHER) * 4))
    assert sum(not isinstance(one, Conflict) for one in came) == 1
    assert len(_told(hub, "ITA")) == before + 1


def test_the_second_examiner_is_blind_and_nobody_can_tell_them(hub: RunningHub, held: Held) -> None:
    number = _list(hub, held, "anna", verify=True)
    before = len(_told(hub, "ITA"))
    anna, ben, operator = _examiner(hub, "anna"), _examiner(hub, "ben"), hub.operator("FRA")
    anna.decide(number, held.full, SAME, "the scar")
    state = anna.decide(number, held.contact, UNCLEAR, "not seen").state
    assert state is ExaminationState.AWAITING_VERIFICATION
    with pytest.raises(Conflict):
        operator.assign(number, "anna")
    operator.assign(number, "ben")
    with pytest.raises(Forbidden):
        anna.decide(number, held.full, SAME, "once more")
    supervisor = hub.client("FRA", "supervisor", *CASE, user="supervisor")
    for who in (ben, operator, supervisor, _examiner(hub, "cleo")):
        seen = msgspec.json.encode([who.examination(number), who.examinations(limit=500)])
        assert b'"the scar"' not in seen
        assert not [c for c in who.examination(number).candidates if c.decisions or c.outcome]
    assert len(_told(hub, "ITA")) == before
    ben.decide(number, held.full, OTHER, "the delta")
    assert not [c for c in ben.examination(number).candidates if len(c.decisions) > 1 or c.outcome]
    assert ben.decide(number, held.contact, UNCLEAR, "not seen").state is ExaminationState.DISPUTED
    both = {c.hit.record: c for c in operator.examination(number).candidates}
    assert [made.decision for made in both[held.full].decisions] == [SAME, OTHER]
    assert both[held.full].outcome is CandidateOutcome.DISPUTED
    assert len(_told(hub, "ITA")) == before
    with pytest.raises(Forbidden):
        operator.assign(number, "cleo")
    supervisor.assign(number, "cleo")
    _examiner(hub, "cleo").decide(number, held.full, SAME, "the scar and the delta")
    operator.assign(number, "dora")
    done = _examiner(hub, "dora").decide(number, held.full, SAME, "fourteen minutiae")
    assert done.state is ExaminationState.CONCLUDED
    assert [body["outcome"] for body in _told(hub, "ITA")[before:]] == ["confirmed"]
    assert [made.round for made in operator.examination(number).candidates[0].decisions if made.round > 1]


def test_of_a_finger_that_nobody_holds_nothing_is_kept(hub: RunningHub, held: Held) -> None:
    another = FINGERPRINTS.examples()[0]
    kept = "SELECT (SELECT count(*) FROM examinations), (SELECT count(*) FROM examination_probes)"
    with hub.superuser() as connection:
        before = connection.execute(kept).fetchone()
        reply = hub.client("FRA", "officer", *CASE).check_biometrics([another])
        assert (reply.hits, reply.examination) == ((), None)
        assert connection.execute(kept).fetchone() == before
