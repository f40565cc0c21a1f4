"""Ships, boats and aircraft."""

from allpoints.demo import vessels
from allpoints.demo.draw import draw
from allpoints.records import parse_identifier


def test_all_numbers_of_vessels_meet_their_schemes_checks() -> None:
    for number in range(50):
        chance = draw("seed", number)
        for raw in (
            *vessels.ship_numbers(chance),
            vessels.hull_number(chance),
            vessels.aircraft_mark(chance),
        ):
            assert parse_identifier(raw, field="vessel").verified, raw


def test_a_vessel_has_a_name() -> None:
    assert len(vessels.vessel_name(draw("seed")).split()) == 2
