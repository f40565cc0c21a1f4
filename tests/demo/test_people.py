"""Made-up people."""

from collections import Counter

from allpoints.demo.draw import draw
from allpoints.demo.people import person

PEOPLE = [person(draw("seed", number), "GRC", "seed") for number in range(500)]


def test_most_people_in_a_bureaus_records_are_its_own_nationals() -> None:
    nationalities = Counter(one.nationality for one in PEOPLE)
    assert nationalities.most_common(1)[0][0] == "GRC"
    assert len(nationalities) > 10


def test_people_are_named_in_their_own_script_first() -> None:
    greeks = [one for one in PEOPLE if one.nationality == "GRC"]
    for one in greeks:
        native, latin = one.names
        assert not native.isascii()
        assert latin.isascii()
