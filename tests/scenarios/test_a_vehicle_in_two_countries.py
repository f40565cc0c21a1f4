"""FRA reports a car stolen; ITA contributes the same car as seen: each learns of the other within its conditions."""

from tests.hubs import RunningHub
from tests.scenarios.waiting import eventually

from allpoints.records import (
    Conditions,
    Contribution,
    Particulars,
    RawIdentifier,
    RecordKind,
    Release,
    Selection,
)
from allpoints.wire.corridor import Link

VIN = "WVWZZZ1JZXW000001"


def _car(reference: str, reason: str, conditions: Conditions, vin: str = VIN) -> Contribution:
    return Contribution(
        reference=reference,
        kind=RecordKind.VEHICLE,
        identifiers=(RawIdentifier("vin", vin),),
        particulars=Particulars(reason=reason, description="Grey, in the port."),  # type: ignore[arg-type]
        conditions=conditions,
    )


def _links(hub: RunningHub, bureau: str, record: int) -> list[Link]:
    return [link for link in hub.operator(bureau).links(limit=500).items if link.record == record]


def test_a_stolen_car_that_was_seen_elsewhere_raises_a_link_for_both(hub: RunningHub) -> None:
    contact_only = Conditions(disclosure=Release.CONTACT)
    stolen = hub.operator("FRA").contribute(_car("two-stolen", "stolen", Conditions()))
    seen = hub.operator("ITA").contribute(_car("two-seen", "seen", contact_only))
    [french] = eventually(lambda: _links(hub, "FRA", stolen.id))
    [italian] = eventually(lambda: _links(hub, "ITA", seen.id))
    assert (french.scheme, french.other.record, french.other.owner) == ("vin", seen.id, "ITA")
    assert (french.other.level, french.other.contact) == ("contact", "desk@ita.example")
    assert french.other.particulars is None
    assert (italian.other.record, italian.other.owner, italian.other.level) == (stolen.id, "FRA", "full")
    assert italian.other.particulars is not None
    assert italian.other.particulars.reason == "stolen"
    for bureau, record in (("FRA", stolen.id), ("ITA", seen.id)):
        told = eventually(
            lambda bureau=bureau, record=record: [
                notification.body["scheme"]
                for notification in hub.operator(bureau).notifications(limit=500).items
                if notification.body["kind"] == "link" and notification.body["record"] == record
            ]
        )
        assert told == ["vin"]


def test_an_owner_whose_conditions_exclude_the_other_is_told_alone(hub: RunningHub) -> None:
    not_ita = Conditions(bureaus=Selection("except", ("ITA",)))
    vin = "WVWZZZ1JZXW000002"
    hidden = hub.operator("FRA").contribute(_car("two-hidden", "stolen", not_ita, vin))
    seen = hub.operator("ITA").contribute(_car("two-seen-2", "seen", Conditions(), vin))
    [french] = eventually(lambda: _links(hub, "FRA", hidden.id))
    assert french.other.record == seen.id
    assert _links(hub, "ITA", seen.id) == []
    told = hub.operator("ITA").notifications(limit=500).items
    assert [news.body for news in told if news.body.get("record") == seen.id] == []
