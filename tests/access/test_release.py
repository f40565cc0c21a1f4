import ast
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.strategies import TODAY, askers, conditions, held_records

import allpoints
from allpoints.access import (
    Compared,
    Disclosure,
    Match,
    Outcome,
    Refusal,
    RefusedFor,
    Silent,
    disclosed,
    disclosed_log,
    for_review,
    may_see_entry,
    release,
)
from allpoints.errors import Forbidden, Unavailable
from allpoints.records.bureaus import SECRETARIAT, AgencyKind, Asker, Confidentiality, Purpose, Role
from allpoints.records.colours import Colour, NoticeKind, NoticeMark
from allpoints.records.conditions import Conditions, Evaluation, Release, Retention, Selection
from allpoints.records.identifiers import Identifier
from allpoints.records.record import HeldRecord, Particulars, RecordKind, RecordState

MATCH = Match(
    modality="identifiers",
    agreement="exact and name",
    explanation=("plate ALB:AA123BC",),
    findings=(Compared("number", "AA123BC", "AA123BC", "equal"),),
    score=1.0,
    llr=5.0,
    strength="very strong support",
    parts=(
        Match(modality="identifiers", agreement="exact", score=1.0, strength="very strong support"),
        Match(modality="names", agreement="name", score=0.1, strength="strong support"),
    ),
)
CONTACT = "ncb@example.org"


def released(held: HeldRecord, asker: Asker, today: date = TODAY) -> Outcome:
    return release(replace(held, contact=CONTACT), asker, today=today, match=MATCH)


def learnt(outcome: Outcome) -> int:
    """How much the asker learns: 0 nothing, 1 whom to contact, 2 the record."""
    return {"contact": 1, "full": 2}[outcome.level] if isinstance(outcome, Disclosure) else 0


def answer(held: tuple[HeldRecord, ...], asker: Asker) -> bytes:
    """What leaves the hub: the disclosures and nothing else."""
    return msgspec.json.encode(disclosed(released(h, asker) for h in held))


HELD = HeldRecord(
    id=7,
    version=1,
    state=RecordState.ACTIVE,
    contributed_at=datetime(2026, 1, 2, tzinfo=UTC),
    owner="ITA",
    reference="IT-000007",
    kind=RecordKind.VEHICLE,
    identifiers=(Identifier("plate", "ITA:AB123CD"),),
    particulars=Particulars(reason="stolen", instructions="seize it", colour="red"),
    conditions=Conditions(),
    evaluation=Evaluation("A", 1),
    retention=Retention(valid_until=TODAY, review_by=TODAY),
)
"""In force on its last day, and open to everybody for everything."""

OFFICER = Asker(
    bureau="ALB",
    user="u-1",
    agency=AgencyKind.BORDER_POLICE,
    role=Role.OFFICER,
    purpose=Purpose.BORDER_CONTROL,
)


def with_conditions(**stricter: object) -> HeldRecord:
    return replace(HELD, conditions=replace(HELD.conditions, **stricter))


def test_a_full_disclosure_carries_the_record_and_how_the_owner_wants_it_used():
    full = released(HELD, OFFICER)
    assert isinstance(full, Disclosure)
    assert (full.level, full.record, full.owner, full.contact) == ("full", 7, "ITA", CONTACT)
    assert (full.reference, full.identifiers, full.particulars) == (
        "IT-000007",
        HELD.identifiers,
        HELD.particulars,
    )
    assert (full.evaluation, full.confidentiality) == (Evaluation("A", 1), Confidentiality.OFFICIAL)
    assert (full.purposes, full.valid_until) == (HELD.conditions.purposes, TODAY)
    assert full.match == MATCH


def test_a_contact_disclosure_tells_who_owns_the_record_and_nothing_of_its_content():
    told = released(with_conditions(disclosure=Release.CONTACT), OFFICER)
    assert isinstance(told, Disclosure)
    assert msgspec.to_builtins(told) == {
        "record": 7,
        "level": "contact",
        "owner": "ITA",
        "contact": CONTACT,
        "kind": "vehicle",
        "match": {"modality": "identifiers", "agreement": "exact", "strength": "very strong support"},
    }


MARK = NoticeMark(id=5, kind=NoticeKind.NOTICE, colour=Colour.SILVER, number="2026/5-S", since=TODAY)


def test_the_mark_of_a_notice_goes_with_a_full_disclosure_and_with_no_other():
    assert released(replace(HELD, notice=MARK), OFFICER).notice == MARK
    told = released(replace(with_conditions(disclosure=Release.CONTACT), notice=MARK), OFFICER)
    assert told == released(with_conditions(disclosure=Release.CONTACT), OFFICER)


def test_a_record_that_is_held_for_its_notice_is_its_owners_alone():
    held = replace(HELD, state=RecordState.HELD)
    assert released(held, OFFICER).reason is RefusedFor.NOT_IN_FORCE
    assert released(held, replace(OFFICER, bureau="ITA")).level == "full"


@pytest.mark.parametrize("state", RecordState)
def test_the_secretariat_reviews_the_whole_of_a_record_whatever_its_conditions(state: RecordState):
    closed = replace(
        with_conditions(disclosure=Release.SILENT, bureaus=Selection("only", ("FRA",))), state=state
    )
    reviewer = replace(OFFICER, bureau="HUB", role=Role.OPERATOR, purpose=Purpose.ADMINISTRATION)
    seen = for_review(closed, reviewer, match=MATCH)
    assert (seen.level, seen.particulars, seen.state) == ("full", HELD.particulars, state)
    with pytest.raises(Forbidden):
        for_review(closed, OFFICER, match=MATCH)


def test_a_silent_record_is_told_to_nobody_but_its_owner():
    assert released(with_conditions(disclosure=Release.SILENT), OFFICER) == Silent(record=7, owner="ITA")


def test_conditions_do_not_tell_an_asker_whom_else_the_owner_admits():
    held = with_conditions(bureaus=Selection("except", ("FRA",)), agencies=Selection("except", ("customs",)))
    answered = msgspec.json.encode(released(held, OFFICER))
    assert b"FRA" not in answered
    assert b"customs" not in answered


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (replace(HELD, state=RecordState.WITHDRAWN), RefusedFor.NOT_IN_FORCE),
        (with_conditions(bureaus=Selection("only", ("FRA",))), RefusedFor.BUREAU),
        (with_conditions(bureaus=Selection("except", ("ALB",))), RefusedFor.BUREAU),
        (with_conditions(bureaus=Selection("only", ())), RefusedFor.BUREAU),
        (with_conditions(agencies=Selection("only", ("police",))), RefusedFor.AGENCY),
        (with_conditions(agencies=Selection("except", ("border-police",))), RefusedFor.AGENCY),
        (with_conditions(purposes=(Purpose.DRUG_CONTROL,)), RefusedFor.PURPOSE),
        (with_conditions(purposes=()), RefusedFor.PURPOSE),
        (with_conditions(confidentiality=Confidentiality.RESTRICTED), RefusedFor.CLEARANCE),
    ],
)
def test_an_asker_who_is_not_admitted_is_refused_for_the_condition_that_it_does_not_meet(held, reason):
    assert released(held, OFFICER) == Refusal(record=7, owner="ITA", reason=reason)


def test_a_record_is_disclosed_on_its_last_day_and_refused_on_the_next():
    assert learnt(released(HELD, OFFICER, today=TODAY)) == 2
    expired = released(HELD, OFFICER, today=TODAY + timedelta(days=1))
    assert expired == Refusal(record=7, owner="ITA", reason=RefusedFor.NOT_IN_FORCE)


def test_a_clearance_of_the_records_own_rank_suffices():
    held = with_conditions(confidentiality=Confidentiality.RESTRICTED)
    assert learnt(released(held, replace(OFFICER, clearance=Confidentiality.RESTRICTED))) == 2


@given(held=held_records(), asker=askers())
def test_the_owners_own_askers_always_see_the_full_record(held: HeldRecord, asker: Asker):
    assert learnt(released(held, replace(asker, bureau=held.owner))) == 2


@given(held=held_records(), asker=askers())
def test_conditions_without_purposes_admit_nobody_else(held: HeldRecord, asker: Asker):
    held = replace(held, conditions=replace(held.conditions, purposes=()))
    assert learnt(released(held, asker)) == (2 if asker.bureau == held.owner else 0)


@given(held=held_records(), asker=askers(), day=st.integers(1, 400))
def test_nobody_else_learns_of_a_record_after_its_time_or_after_it_was_withdrawn(held, asker, day):
    asker = replace(asker, bureau="GRC")
    after = held.retention.valid_until + timedelta(days=day)
    assert released(held, asker, today=after).reason is RefusedFor.NOT_IN_FORCE
    assert released(replace(held, state=RecordState.WITHDRAWN), asker).reason is RefusedFor.NOT_IN_FORCE


@st.composite
def _stricter(draw: st.DrawFn, than: Conditions) -> Conditions:
    """Draw conditions that demand at least as much as `than` in every respect."""
    levels, ranks = list(Release), list(Confidentiality)
    fewer = st.lists(st.sampled_from(than.purposes), unique=True) if than.purposes else st.just([])
    return Conditions(
        bureaus=draw(_narrower(than.bureaus, ("ALB", "FRA", "ITA", "XPO"))),
        agencies=draw(_narrower(than.agencies, tuple(AgencyKind))),
        purposes=tuple(draw(fewer)),
        disclosure=draw(st.sampled_from(levels[levels.index(than.disclosure) :])),
        confidentiality=draw(st.sampled_from(ranks[ranks.index(than.confidentiality) :])),
    )


@st.composite
def _narrower(draw: st.DrawFn, than: Selection, everybody: tuple[str, ...]) -> Selection:
    admitted = [member for member in everybody if than.admits(member)]
    kept = draw(st.lists(st.sampled_from(admitted), unique=True)) if admitted else []
    if draw(st.booleans()):
        return Selection("only", tuple(kept))
    return Selection("except", tuple(member for member in everybody if member not in kept))


@given(held=held_records(), asker=askers(), data=st.data())
def test_stricter_conditions_never_disclose_more(held: HeldRecord, asker: Asker, data: st.DataObject):
    stricter = replace(held, conditions=data.draw(_stricter(held.conditions)))
    assert learnt(released(stricter, asker)) <= learnt(released(held, asker))


@given(held=held_records(), asker=askers(), higher=st.sampled_from(Confidentiality))
def test_a_higher_clearance_never_learns_less(held: HeldRecord, asker: Asker, higher: Confidentiality):
    cleared = replace(asker, clearance=max(asker.clearance, higher, key=lambda level: level.rank))
    assert learnt(released(held, cleared)) >= learnt(released(held, asker))


@given(
    others=st.lists(held_records(), max_size=4).map(tuple),
    hidden=held_records(conditions().map(lambda c: replace(c, disclosure=Release.SILENT))),
    place=st.integers(0, 4),
    asker=askers(),
)
def test_a_silent_record_leaves_the_answer_as_if_there_were_none(others, hidden, place, asker):
    asker = replace(asker, bureau="GRC")
    found = (*others[:place], hidden, *others[place:])
    assert answer(found, asker) == answer(others, asker)


@given(held=held_records(), asker=askers(), user=st.sampled_from(["u-2", "u-3"]), role=st.sampled_from(Role))
def test_what_is_learnt_depends_on_no_user_and_no_role(held, asker, user, role):
    assert released(held, replace(asker, user=user, role=role)) == released(held, asker)


def test_a_record_that_came_without_its_particulars_is_never_half_disclosed():
    with pytest.raises(Unavailable, match="record 7"):
        released(replace(HELD, particulars=None), OFFICER)


def test_a_contact_disclosure_does_not_need_the_particulars():
    held = replace(with_conditions(disclosure=Release.CONTACT), particulars=None)
    assert learnt(released(held, OFFICER)) == 1


@pytest.mark.parametrize("disclosure", [Release.FULL, Release.CONTACT])
def test_every_disclosure_of_a_made_up_record_says_so(disclosure: Release):
    held = with_conditions(disclosure=disclosure)
    made_up = replace(held, particulars=replace(held.particulars, synthetic=True))
    assert released(made_up, OFFICER).synthetic
    assert released(replace(held, owner="UTO"), OFFICER).synthetic
    assert not released(held, OFFICER).synthetic


@pytest.mark.parametrize(
    ("held", "logged"),
    [
        (HELD, (7, "full")),
        (with_conditions(disclosure=Release.CONTACT), (7, "contact")),
        (with_conditions(disclosure=Release.SILENT), (7, "silent")),
        (with_conditions(purposes=()), (7, "refused:purpose")),
    ],
)
def test_the_log_keeps_every_outcome(held: HeldRecord, logged: tuple[int, str]):
    assert disclosed_log(released(held, OFFICER)) == logged


def test_a_disclosure_cannot_be_made_by_hand():
    with pytest.raises(TypeError, match=r"only access\.release"):
        Disclosure(record=1, level="contact", owner="ITA", contact="", kind=RecordKind.ITEM, match=MATCH)
    with pytest.raises(msgspec.ValidationError, match=r"only access\.release"):
        msgspec.json.decode(msgspec.json.encode(released(HELD, OFFICER)), type=Disclosure)


def test_a_client_reads_a_disclosure_into_a_subclass_of_its_own():
    class Received(Disclosure, frozen=True, kw_only=True):
        pass

    sent = released(HELD, OFFICER)
    received = msgspec.json.decode(msgspec.json.encode(sent), type=Received)
    assert msgspec.to_builtins(received) == {**msgspec.to_builtins(received), **msgspec.to_builtins(sent)}


def _makes_a_disclosure(node: ast.AST) -> bool:
    match node:
        case ast.Call(
            func=ast.Name(id="Disclosure" | "_Released") | ast.Attribute(attr="Disclosure" | "_Released")
        ):
            return True
        case ast.ImportFrom(names=names):
            return any(name.name == "_Released" for name in names)
        case ast.ClassDef(bases=bases):
            return any("Disclosure" in ast.unparse(base) for base in bases)
    return False


def test_no_other_file_of_the_hub_makes_a_disclosure():
    source = Path(allpoints.__file__).parent
    makers = {
        file.relative_to(source).as_posix()
        for file in source.rglob("*.py")
        if any(map(_makes_a_disclosure, ast.walk(ast.parse(file.read_text("utf-8")))))
    }
    # A bureau reads what the hub disclosed into a subclass that stands among the types of the wire.
    assert makers == {"access/release.py", "wire/corridor.py"}
    hub = [file for folder in ("hub", "steps", "hits") for file in (source / folder).rglob("*.py")]
    assert not [file for file in hub if re.search(r"\bHit\(", file.read_text("utf-8"))]


CHECK = {"act": "check", "bureau": "ALB", "reader": "ALB"}
READ = {"act": "read", "bureau": "ALB", "reader": "ITA", "records": [7], "outcome": "silent"}
REFUSED = {"act": "refusal", "bureau": "ALB", "records": [7]}


def reader(bureau: str, role: str = "operator", purpose: str = "border-control") -> Asker:
    return Asker(
        bureau=bureau, user="u-1", agency=AgencyKind.BUREAU, role=Role(role), purpose=Purpose(purpose)
    )


@pytest.mark.parametrize(
    ("entry", "seen_by"), [(CHECK, {"ALB"}), (READ, {"ITA"}), (REFUSED, set()), ({"reader": None}, set())]
)
def test_an_entry_is_for_its_one_reader(entry: dict[str, object], seen_by: set[str]):
    assert {bureau for bureau in ("ALB", "FRA", "ITA") if may_see_entry(entry, reader(bureau))} == seen_by


@pytest.mark.parametrize("entry", [READ, CHECK, REFUSED, {}])
def test_the_oversight_body_sees_every_entry_for_oversight_only(entry):
    assert may_see_entry(entry, reader(SECRETARIAT, "data-protection-officer", "oversight"))
    assert not may_see_entry(entry, reader(SECRETARIAT, "data-protection-officer", "administration"))
    assert not may_see_entry(entry, reader(SECRETARIAT, "administrator", "oversight"))


def test_a_bureaus_own_entries_are_for_those_who_answer_for_it():
    allowed = {role for role in Role if may_see_entry(CHECK, reader("ALB", role))}
    assert allowed == {"operator", "supervisor", "data-protection-officer"}
