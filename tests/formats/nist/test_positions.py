import pytest

from allpoints.formats.nist.positions import described, finger_of


@pytest.mark.parametrize("finger", range(11))
def test_a_single_finger_is_itself(finger: int) -> None:
    assert finger_of([finger]) == finger


def test_plain_thumbs_are_thumbs() -> None:
    assert (finger_of([11]), finger_of([12])) == (1, 6)


def test_a_trace_of_several_possible_fingers_has_none() -> None:
    assert finger_of([2, 3]) == 0
    assert finger_of([1, 11]) == 1
    assert finger_of([]) == 0


@pytest.mark.parametrize("position", [13, 14, 15, 16, 17, 18, 19, 20, 33, 36, 40, 50, 60, 99])
def test_slaps_palms_and_soles_are_no_finger(position: int) -> None:
    assert finger_of([position]) is None
    assert finger_of([2, position]) is None


def test_what_is_no_finger_has_words() -> None:
    assert described([13, 21]) == "plain right four fingers, position 21"
