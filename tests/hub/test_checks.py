"""Asking over real HTTP."""

import time
from typing import Any

import pytest
from tests.hub.signed import post, problem
from tests.hubs import RunningHub, asker

from allpoints.bureau import Client
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import Evidence, IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.wire.corridor import CheckReply

SPECIMEN = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10"""
"""The passport printed in ICAO Doc 9303-4, appendix B."""


def contribute(hub: RunningHub, reference: str, kind: RecordKind, *identifiers: tuple[str, str]) -> int:
    """A stolen thing of UTO's."""
    contribution = Contribution(
        reference=reference,
        kind=kind,
        identifiers=tuple(RawIdentifier(scheme, value) for scheme, value in identifiers),
        particulars=Particulars(reason="stolen"),
    )
    return hub.operator("UTO").contribute(contribution).id


def answer_with(client: Client, evidence: Evidence, record: int) -> CheckReply:
    """The answer once the record is found, which it is within a second."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        reply = client.check([evidence])
        if record in {hit.record for hit in reply.hits}:
            return reply
    raise AssertionError(f"record {record} is not found by {evidence}")


def test_a_contributed_document_is_found_by_another_bureau(hub: RunningHub) -> None:
    kept = contribute(hub, "checks-1", RecordKind.TRAVEL_DOCUMENT, ("travel-document", "UTO:P:TC000001"))
    reply = answer_with(hub.client("ALB"), IdentifierEvidence("travel-document", "UTO:P:TC000001"), kept)
    assert [(hit.record, hit.owner, hit.level) for hit in reply.hits] == [(kept, "UTO", "full")]


def test_the_specimen_passport_is_found_by_its_zone(hub: RunningHub) -> None:
    kept = contribute(hub, "checks-mrz", RecordKind.TRAVEL_DOCUMENT, ("travel-document", "UTO:P:L898902C3"))
    reply = answer_with(hub.client("ALB"), MrzEvidence(SPECIMEN), kept)
    assert reply.notes == ("the document expired on 2012-04-15",)


def test_a_wrong_check_digit_is_noted_beside_the_hit(hub: RunningHub) -> None:
    kept = contribute(hub, "checks-digit", RecordKind.TRAVEL_DOCUMENT, ("travel-document", "UTO:P:L898902C3"))
    wrong = SPECIMEN.replace("7408122", "7408125")
    reply = answer_with(hub.client("ALB"), MrzEvidence(wrong), kept)
    assert any("check digit of" in note and "5 instead of 2" in note for note in reply.notes)


@pytest.mark.parametrize("pattern", ["CHKPT??4", "CHKPT*", "*HKPT774", "CHKPT7?4"])
def test_a_partly_read_plate_is_found(hub: RunningHub, pattern: str) -> None:
    kept = contribute(hub, f"checks-{pattern}", RecordKind.VEHICLE, ("plate", "UTO:CHKPT774"))
    reply = answer_with(hub.client("ALB"), PatternEvidence("plate", f"UTO:{pattern}"), kept)
    [match] = [hit.match for hit in reply.hits if hit.record == kept]
    assert match.agreement == "pattern"


def test_confusable_characters_are_found_only_where_they_are_asked_for(hub: RunningHub) -> None:
    kept = contribute(hub, "checks-confusable", RecordKind.FIREARM, ("firearm", "Glock:17:9x19:CNF0158Z"))
    officer = hub.client("ALB", purpose="firearms-control")
    misread = "Glock:17:9x19:CNFO1SBZ"
    reply = answer_with(officer, PatternEvidence("firearm", misread, confusable=True), kept)
    assert kept in {hit.record for hit in reply.hits}
    strict = officer.check([PatternEvidence("firearm", misread)])
    assert kept not in {hit.record for hit in strict.hits}


UNSEARCHABLE: dict[str, dict[str, Any]] = {
    "a pattern that fits all": {"kind": "pattern", "scheme": "plate", "value": "UTO:*"},
    "a pattern where there are none": {"kind": "pattern", "scheme": "phone", "value": "+35567*"},
    "no zone": {"kind": "mrz", "text": "nothing to read"},
    "half a zone": {"kind": "mrz", "text": SPECIMEN[:44]},
}


@pytest.mark.parametrize("what", UNSEARCHABLE)
def test_evidence_that_cannot_be_searched_for_is_refused(hub: RunningHub, what: str) -> None:
    found = problem(post(hub, asker("ALB"), "/v1/checks", {"evidence": [UNSEARCHABLE[what]]}), 400, 422)
    assert found["field"].startswith(("evidence[0]", "mrz"))
