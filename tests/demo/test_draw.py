"""Chance that comes out the same each time."""

import os
import re
import subprocess
import sys

from allpoints.demo.draw import draw, filled

DRAWN = "from allpoints.demo.draw import draw; print(draw('seed', 'ALB', 7).getrandbits(64))"


def test_a_place_has_the_same_draws_whatever_the_interpreters_hash_seed() -> None:
    drawn = {
        subprocess.run(
            [sys.executable, "-c", DRAWN],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


def test_two_places_have_different_draws() -> None:
    places = [("seed", "ALB", 7), ("seed", "ALB", 8), ("seed", "FRA", 7), ("other", "ALB", 7)]
    assert len({draw(*place).getrandbits(64) for place in places}) == 4


def test_a_pattern_is_filled_with_letters_and_digits_and_keeps_the_rest() -> None:
    for number in range(200):
        assert re.fullmatch(r"UT-[A-HJ-NPR-Z]{2}\d{3} Я", filled(draw("seed", number), "UT-@@### Я"))
