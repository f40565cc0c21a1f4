"""A phone stands in UTO's file, contact only: ALB's analyst learns whom to ask, and nothing more."""

import msgspec
from tests.hubs import RunningHub
from tests.scenarios.waiting import eventually, evidence

from allpoints.records import Conditions, Contribution, Particulars, RawIdentifier, RecordKind, Release

PHONE = "+355 67 212 3456"


def test_a_contact_only_record_gives_away_nothing_but_whom_to_ask(hub: RunningHub) -> None:
    kept = hub.operator("UTO").contribute(
        Contribution(
            reference="phone-secret-case-77",
            kind=RecordKind.PERSON,
            identifiers=(RawIdentifier("phone", PHONE), RawIdentifier("email", "someone@example.org")),
            particulars=Particulars(reason="suspect", names=("Fshehur Emri",), description="Informant B."),
            conditions=Conditions(disclosure=Release.CONTACT),
        )
    )
    analyst = hub.client("ALB", "analyst", "criminal-investigation", "police")
    [hit] = eventually(lambda: analyst.check(evidence("phone", PHONE)).hits)
    assert (hit.record, hit.level, hit.owner, hit.contact) == (kept.id, "contact", "UTO", "desk@uto.example")
    answered = msgspec.json.encode(hit).decode()
    for secret in ("phone-secret-case-77", "someone@example.org", "Fshehur", "Informant", "suspect"):
        assert secret not in answered
    told = [
        n.body for n in hub.operator("UTO").notifications(limit=500).items if n.body.get("record") == kept.id
    ]
    assert [(body["bureau"], body["outcome"]) for body in told][:1] == [("ALB", "contact")]


def test_the_same_phone_in_another_bureaus_file_links_the_two(hub: RunningHub) -> None:
    french = hub.operator("FRA").contribute(
        Contribution(
            reference="phone-fra",
            kind=RecordKind.PERSON,
            identifiers=(RawIdentifier("phone", "+39 320 1234567"),),
            particulars=Particulars(reason="wanted", names=("Rossi Mario",)),
        )
    )
    italian = hub.operator("ITA").contribute(
        Contribution(
            reference="phone-ita",
            kind=RecordKind.ITEM,
            identifiers=(RawIdentifier("phone", "0039 320 123 4567"),),
            particulars=Particulars(reason="seized"),
            conditions=Conditions(disclosure=Release.CONTACT),
        )
    )
    others = eventually(
        lambda: [
            link.other for link in hub.operator("FRA").links(limit=500).items if link.record == french.id
        ]
    )
    assert [(other.record, other.level) for other in others] == [(italian.id, "contact")]
