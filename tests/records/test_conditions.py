import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.records import (
    EVERYONE,
    OPERATIONAL_PURPOSES,
    AgencyKind,
    Conditions,
    Confidentiality,
    Evaluation,
    Purpose,
    Release,
    Selection,
    checked_conditions,
    parse_evaluation,
)
from allpoints.records.conditions import MAX_MEMBERS


def selections(members: list[str]) -> st.SearchStrategy[Selection]:
    named = st.lists(st.sampled_from(members), min_size=1, max_size=5).map(tuple)
    return st.just(EVERYONE) | st.builds(Selection, st.sampled_from(["only", "except"]), named)


CONDITIONS = st.builds(
    Conditions,
    bureaus=selections(["ALB", "ITA", "XPO", "alb", " ita"]),
    agencies=selections(list(AgencyKind)),
    purposes=st.lists(st.sampled_from(OPERATIONAL_PURPOSES), min_size=1).map(tuple),
    disclosure=st.sampled_from(Release),
    confidentiality=st.sampled_from(Confidentiality),
)


@given(CONDITIONS)
def test_checked_conditions_are_canonical_and_survive_json(conditions: Conditions) -> None:
    checked = checked_conditions(conditions)
    assert checked_conditions(checked) == checked
    assert msgspec.json.decode(msgspec.json.encode(checked), type=Conditions) == checked
    assert list(checked.bureaus.members) == sorted(
        {member.strip().upper() for member in conditions.bureaus.members}
    )
    assert set(checked.purposes) == set(conditions.purposes)


@given(CONDITIONS, st.sampled_from(["ALB", "ITA", "XPO", "FRA"]))
def test_checking_changes_nobodys_admission(conditions: Conditions, member: str) -> None:
    spelled = msgspec.structs.replace(
        conditions.bureaus, members=tuple(name.strip().upper() for name in conditions.bureaus.members)
    )
    assert checked_conditions(conditions).bureaus.admits(member) == spelled.admits(member)


def test_a_selection_admits_whom_it_names() -> None:
    assert EVERYONE.admits("ALB")
    assert Selection("only", ("ALB",)).admits("ALB")
    assert not Selection("only", ("ALB",)).admits("ITA")
    assert not Selection("except", ("ALB",)).admits("ALB")
    assert Selection("except", ("ALB",)).admits("ITA")
    assert not Selection("only").admits("ALB")


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        (Conditions(purposes=()), "purposes"),
        (Conditions(purposes=(Purpose.OVERSIGHT,)), "purposes"),
        (Conditions(bureaus=Selection("only")), "bureaus"),
        (Conditions(bureaus=Selection("except")), "bureaus"),
        (Conditions(bureaus=Selection("everyone", ("ALB",))), "bureaus"),
        (Conditions(bureaus=Selection("only", ("QQQ",))), "bureaus"),
        (Conditions(bureaus=Selection("only", ("ALB",) * (MAX_MEMBERS + 1))), "bureaus"),
        (Conditions(agencies=Selection("only", ("ALB",))), "agencies"),
        (Conditions(agencies=Selection("only")), "agencies"),
    ],
)
def test_conditions_that_cannot_be_meant_are_refused_by_field(conditions: Conditions, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        checked_conditions(conditions)
    assert refused.value.field == f"conditions.{field}"


@pytest.mark.parametrize(
    "text",
    [
        b'{"disclosur": "silent"}',
        b'{"bureaus": {"mode": "only", "member": ["ALB"]}}',
        b'{"disclosure": "some"}',
    ],
)
def test_a_misspelt_condition_does_not_fall_back_to_an_open_one(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Conditions)


@pytest.mark.parametrize(("text", "evaluation"), [("B2", Evaluation("B", 2)), (" x4 ", Evaluation("X", 4))])
def test_an_evaluation_is_read_from_its_two_signs(text: str, evaluation: Evaluation) -> None:
    assert parse_evaluation(text) == evaluation
    assert parse_evaluation(str(evaluation)) == evaluation


@pytest.mark.parametrize("text", ["", "B", "2B", "D1", "B5", "B0", "B02", "B٢", "B" + "1" * 5000])
def test_other_evaluations_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_evaluation(text, field="evaluation")
    assert refused.value.field == "evaluation"
