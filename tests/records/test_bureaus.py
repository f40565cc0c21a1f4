import pytest

from allpoints.errors import InvalidValue
from allpoints.records import (
    OPERATIONAL_PURPOSES,
    SECRETARIAT,
    Confidentiality,
    Purpose,
    bureau_code,
    issuing_state,
    user_id,
)


@pytest.mark.parametrize(
    ("text", "code"), [("ALB", "ALB"), (" alb ", "ALB"), ("xpo", "XPO"), ("UTO", "UTO"), ("RKS", "RKS")]
)
def test_states_and_organisations_are_members(text: str, code: str) -> None:
    assert bureau_code(text) == code


@pytest.mark.parametrize("text", ["", "AL", "ALBANIA", "QQQ", SECRETARIAT, "XXA"])
def test_others_are_no_members(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        bureau_code(text, field="owner")
    assert refused.value.field == "owner"
    assert "ALB" in refused.value.remedy


@pytest.mark.parametrize("text", ["", "a" * 65, "Jane Doe", "jane@example.org", "a\n"])
def test_a_user_id_has_no_room_for_a_name(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        user_id(text)
    assert text == "" or text not in str(refused.value)


def test_a_user_id_is_returned_as_it_is() -> None:
    assert user_id("u-17.b_4") == "u-17.b_4"


def test_ranks_rise_with_confidentiality() -> None:
    assert [
        level.rank
        for level in ("official", "restricted", "confidential")
        for level in [Confidentiality(level)]
    ] == [0, 1, 2]


def test_looking_after_the_hub_is_no_purpose_to_ask_for_a_record() -> None:
    assert set(Purpose) - set(OPERATIONAL_PURPOSES) == {Purpose.OVERSIGHT, Purpose.ADMINISTRATION}


def test_an_issuing_state_is_told_by_its_three_letters() -> None:
    assert issuing_state("D", field="state") == "DEU"
    with pytest.raises(InvalidValue) as refused:
        issuing_state("FR", field="state")
    assert refused.value.remedy == "Write FRA."
