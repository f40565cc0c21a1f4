import pytest

from allpoints.errors import InvalidValue
from allpoints.modalities.names.retrieval.entries import packed, packed_births, possible_births, unpacked


def test_dates_of_birth_are_packed_in_order() -> None:
    assert unpacked(packed(1970, 3, 12)) == (1970, 3, 12)
    assert (
        packed(1969, 12, 31)
        < packed(1970, 0, 0)
        < packed(1970, 1, 1)
        < packed(1970, 12, 31)
        < packed(1971, 0, 0)
    )


@pytest.mark.parametrize(
    ("text", "births"),
    [
        ("", []),
        ("1970-03-12", [(1970, 3, 12)]),
        ("1970-03", [(1970, 3, 0)]),
        ("1970", [(1970, 0, 0)]),
        ("1968/1972", [(1970, 0, 0)]),
        ("1900/1972", []),
        ("[1970-03-12,1971-03-12]", [(1970, 3, 12), (1971, 3, 12)]),
    ],
)
def test_a_date_of_birth_is_searched_by_as_far_as_it_is_known(
    text: str, births: list[tuple[int, int, int]]
) -> None:
    assert packed_births(text) == tuple(packed(*birth) for birth in births)


def test_an_estimated_birth_leaves_years_open() -> None:
    assert {unpacked(birth)[0] for birth in possible_births("1970~")} == {1968, 1969, 1970, 1971, 1972}
    assert {unpacked(birth)[0] for birth in possible_births("1968/1970")} == {1968, 1969, 1970}
    assert possible_births("1970-03-12") == packed_births("1970-03-12")
    assert possible_births("") == ()


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(InvalidValue):
        packed_births("yesterday")
