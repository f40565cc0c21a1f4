"""Firearms, some of them filed."""

from allpoints.demo import firearms
from allpoints.demo.draw import draw
from allpoints.records import parse_identifier


def test_some_serials_are_filed_off_in_part_and_most_are_not() -> None:
    parsed = [
        parse_identifier(firearms.firearm(draw("seed", number), model), field="firearm")
        for number in range(100)
        for model in firearms.MODELS
    ]
    filed = [one for one in parsed if not one.verified]
    assert 0 < len(filed) < len(parsed) / 4
    assert all("??" in one.value for one in filed)
