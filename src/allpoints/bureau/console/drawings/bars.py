"""Horizontal bars from zero, one line for each thing counted; `templates/bars.html` writes them down."""

from collections.abc import Sequence

from msgspec import Struct

LABEL, PLOT, VALUE, LINE = 150, 330, 170, 26
"""Widths of the three columns and the height of a line, in the drawing's own units."""
THINNEST = 1.0
"""Even a bar of nothing is seen."""


class Bar(Struct, frozen=True):
    """One line, before it is drawn."""

    label: str
    """A code; the template finds its word."""
    value: float
    reach: float | None = None
    """How far a whisker reaches beyond the bar, such as a 90th percentile."""
    own: bool = False
    """Whether it is one's own among others: drawn with an edge, since a colour alone tells nothing."""


class DrawnBar(Struct, frozen=True):
    """One line with its place."""

    bar: Bar
    top: int
    width: float
    end: float
    """Where bar and whisker end, and what it says begins."""


class Bars(Struct, frozen=True):
    """A drawing: its size and its lines from the top."""

    width: int
    height: int
    lines: tuple[DrawnBar, ...]


def bars(drawn: Sequence[Bar]) -> Bars:
    """Lay out bars in their order, the longest of them and of their whiskers as wide as the plot."""
    longest = max((max(each.value, each.reach or 0.0) for each in drawn), default=0.0) or 1.0
    lines = tuple(
        DrawnBar(
            bar=each,
            top=LINE * number,
            width=round(max(each.value / longest * PLOT, THINNEST), 1),
            end=round(LABEL + max(each.value, each.reach or 0.0) / longest * PLOT, 1),
        )
        for number, each in enumerate(drawn)
    )
    return Bars(width=LABEL + PLOT + VALUE, height=LINE * len(lines), lines=lines)
