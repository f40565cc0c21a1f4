"""A hub that fails is tried ever more rarely, and at once again after a success."""

from allpoints.bureau.mailbox.lines import LONGEST_PAUSE_S, Line


def test_after_each_failure_later_and_after_a_success_at_once() -> None:
    line = Line()
    assert not line.is_down
    line.fails(0)
    assert line.is_down
    assert 0 < line.pause_s <= 1
    line.works()
    assert not line.is_down
    line.fails(LONGEST_PAUSE_S * 2)
    assert line.pause_s > LONGEST_PAUSE_S, "as long as the hub wants"
