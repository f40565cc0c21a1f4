"""Asking over real HTTP."""

from tests.hubs import RunningHub

from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence


def test_a_contributed_document_is_found_by_another_bureau(hub: RunningHub) -> None:
    document = RawIdentifier("travel-document", "UTO:P:TC000001")
    kept = hub.operator("UTO").contribute(
        Contribution(
            reference="checks-1",
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(document,),
            particulars=Particulars(reason="stolen"),
        )
    )
    officer = hub.client("ALB")
    evidence = [IdentifierEvidence(document.scheme, document.value)]
    hits = next(h for _ in range(100) if (h := officer.check(evidence).hits))
    assert [(hit.record, hit.owner, hit.level) for hit in hits] == [(kept.id, "UTO", "full")]
