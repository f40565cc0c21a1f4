"""Vehicles with valid numbers and plates of many states."""

from allpoints.demo import vehicles
from allpoints.demo.cultures import STATES_OF_CULTURES
from allpoints.demo.draw import draw
from allpoints.records import RawIdentifier, parse_identifier


def test_a_vin_from_north_america_or_china_meets_its_check_digit() -> None:
    for number, model in enumerate(vehicles.MODELS):
        vin = parse_identifier(vehicles.vehicle_number(draw("seed", number), model), field="vin")
        assert len(vin.value) == 17
        assert vin.value.startswith(model.maker)
        assert vin.verified == (model.maker[0] in "12345L")


def test_a_wrong_character_in_such_a_vin_shows() -> None:
    [model] = [model for model in vehicles.MODELS if model.maker == "1FT"]
    vin = vehicles.vehicle_number(draw("seed"), model).value
    other = "1" if vin[-1] != "1" else "2"
    assert not parse_identifier(RawIdentifier("vin", vin[:-1] + other), field="vin").verified


def test_every_state_has_plates_and_some_are_not_latin() -> None:
    plates = [
        parse_identifier(vehicles.plate(draw("seed", state), state), field="plate")
        for state in (*STATES_OF_CULTURES, "MUS")
    ]
    assert all(plate.verified for plate in plates)
    assert sum(not plate.value.isascii() for plate in plates) >= 5


def test_an_engine_number_can_be_contributed() -> None:
    assert parse_identifier(vehicles.engine_number(draw("seed")), field="engine").verified
