import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cli.conftest import Run
from tests.corridors import contribution
from tests.hubs import RunningHub

from allpoints.access import Match
from allpoints.bureau import Client
from allpoints.records import Contribution, Particulars, RecordKind
from allpoints.wire.corridor import Decision, Hit, Link, Page

Member = Callable[..., list[str]]


def linked(run: Run, who: list[str], record: int) -> list[Any]:
    """The links of a record, waiting until there is one."""
    deadline = time.monotonic() + 30
    while True:
        found = run("links", "list", "--limit", 0, "--json", *who).lines
        links = [link for link in found if link["record"] == record]
        if links or time.monotonic() > deadline:
            return links
        time.sleep(0.1)


def test_a_phone_in_two_countries_files_is_shown_to_both(run: Run, member: Member, hub: RunningHub) -> None:
    phone = ("phone", f"+355672{time.time_ns() % 10**6:06}")
    records = {}
    for bureau in ("ALB", "ITA"):
        with hub.operator(bureau) as client:
            records[bureau] = client.contribute(contribution(phone)).id
    for own, other in (("ALB", "ITA"), ("ITA", "ALB")):
        who = member(own)
        links = linked(run, who, records[own])
        assert [(link["scheme"], link["other"]["record"]) for link in links] == [("phone", records[other])]
        assert other in run("links", "list", "--limit", 0, *who).out


def test_one_person_in_two_scripts_is_linked_and_the_owners_decide(
    run: Run, member: Member, hub: RunningHub
) -> None:
    mark = time.time_ns()
    records = {}
    for bureau, name in (("ALB", "Χαράλαμπος Τριανταφυλλίδης"), ("ITA", "Charalampos Triantafyllidis")):
        person = Contribution(
            reference=f"person-{bureau}-{mark}",
            kind=RecordKind.PERSON,
            identifiers=(),
            particulars=Particulars(
                reason="suspect", names=(name,), birth="1967-05-29", nationalities=("GRC",)
            ),
        )
        with hub.operator(bureau) as client:
            records[bureau] = client.contribute(person).id
    greek, italian = member("ALB"), member("ITA")
    [link] = [n for n in linked(run, greek, records["ALB"]) if n["other"]["record"] == records["ITA"]]
    assert link["scheme"] == "names"
    ended = run("links", "same", link["id"], *greek)
    assert ended.status == 0
    assert "you: same" in ended.out
    assert run("links", "different", link["id"], "--json", *italian).lines[0]["other_decision"] == "same"
    [seen] = [n for n in linked(run, greek, records["ALB"]) if n["id"] == link["id"]]
    assert (seen["decision"], seen["other_decision"]) == ("same", "different")


def test_a_link_of_others_cannot_be_decided(run: Run, member: Member) -> None:
    assert run("links", "same", 999_999_999, *member("FRA")).status == 2


def test_a_link_says_what_agrees_whose_it_is_and_who_said_what(
    run: Run, member: Member, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Hit(
        record=8,
        level="full",
        owner="ITA",
        contact="desk",
        kind=RecordKind.PERSON,
        match=Match(modality="names", agreement="name", strength="strong", llr=3.1),
        particulars=Particulars(reason="wanted", names=("Zoe X",)),
    )
    link = Link(
        id=3,
        record=7,
        scheme="names",
        raised_at=datetime.now(UTC),
        agreements=("name", "date of birth"),
        decision=Decision.SAME,
        other_decision=Decision.DIFFERENT,
        other=other,
    )
    monkeypatch.setattr(Client, "links", lambda *_, **__: Page(items=(link,)))
    monkeypatch.setenv("COLUMNS", "200")
    out = run("links", "list", *member("ALB")).out
    for said in (
        "names: name, date of birth; strong (LLR 3.1)",
        "WANTED: person, Zoe X",
        "ITA, desk",
        "you: same, ITA: different",
    ):
        assert said in out
