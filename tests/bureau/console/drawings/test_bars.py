"""Bars are as long as what they stand for."""

from hypothesis import example, given
from hypothesis import strategies as st

from allpoints.bureau.console.drawings.bars import LABEL, LINE, PLOT, Bar, bars

values = st.floats(min_value=0, max_value=1e9)


def test_the_longest_fills_the_plot_and_the_others_their_share() -> None:
    drawn = bars([Bar("UTO", 200.0), Bar("ALB", 50.0)])
    assert [line.width for line in drawn.lines] == [PLOT, PLOT / 4]
    assert [line.top for line in drawn.lines] == [0, LINE]
    assert drawn.height == 2 * LINE


def test_a_whisker_counts_for_the_width() -> None:
    [line] = bars([Bar("gate", 10.0, reach=40.0)]).lines
    assert (line.width, line.end) == (PLOT / 4, LABEL + PLOT)


def test_nothing_is_drawn_of_nothing() -> None:
    assert bars([]).lines == ()


@example([Bar("UTO", 2.2250738585072014e-308)])
@given(st.lists(st.builds(Bar, st.just("UTO"), values, st.none() | values), max_size=20))
def test_whatever_is_drawn_stays_within_the_drawing(some: list[Bar]) -> None:
    drawn = bars(some)
    assert all(0 < line.width <= PLOT for line in drawn.lines)
    assert all(LABEL <= line.end <= LABEL + PLOT for line in drawn.lines)
