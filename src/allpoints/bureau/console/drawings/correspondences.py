"""Two pictures beside each other with what corresponds: a line from each place to its counterpart, with its number.

Certainty is told three times: by colour (the ramp of the hub's picture, to be told apart by the colour-blind), by the
line's width, and, below one half, by dashes.
"""

from markupsafe import Markup

from allpoints.wire.corridor import CandidateComparison, Correspondence

RAMP = ((68, 1, 84), (49, 104, 142), (31, 158, 137), (217, 160, 0))
"""RGB from the most certain to the least."""
RATHER_SURE = 0.5

_SVG = Markup(
    '<svg class="drawing comparison" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">'
    '<image href="{picture}" width="{width}" height="{height}"/><g class="marks">{marks}</g></svg>'
)
_MARK = Markup(
    '<g stroke="{colour}" fill="{colour}"><title>{title}</title>'
    '<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke-width="{width}"{dashes} stroke-opacity="0.75"/>'
    '<circle cx="{x1}" cy="{y1}" r="4"/><circle cx="{x2}" cy="{y2}" r="4"/>'
    '<text x="{xm}" y="{ym}" font-size="{size}" stroke="#fff" stroke-width="4" paint-order="stroke">{number}</text></g>'
)
_DASHES = Markup(' stroke-dasharray="8 6"')


def correspondences(
    comparison: CandidateComparison, picture: str, *, label: str, titles: dict[int, str]
) -> Markup:
    """Draw them over the hub's picture at the address `picture`; `titles` are what is read of each number."""
    width, height = comparison.size
    marks = Markup("").join(
        _mark(each, comparison.reference_x, titles[each.number], size=max(14, width // 70))
        for each in comparison.correspondences
    )
    return _SVG.format(width=width, height=height, label=label, picture=picture, marks=marks)


def _mark(one: Correspondence, reference_x: int, title: str, *, size: int) -> Markup:
    (x1, y1), (x2, y2) = one.probe, (one.reference[0] + reference_x, one.reference[1])
    # Numbers stand along their lines, each a little further on, so that they do not hide each other.
    along = 0.3 + 0.05 * (one.number % 9)
    return _MARK.format(
        colour=colour(one.certainty),
        title=title,
        x1=round(x1, 1),
        y1=round(y1, 1),
        x2=round(x2, 1),
        y2=round(y2, 1),
        width=round(1 + 2 * one.certainty, 1),
        dashes="" if one.certainty >= RATHER_SURE else _DASHES,
        xm=round(x1 + along * (x2 - x1), 1),
        ym=round(y1 + along * (y2 - y1), 1),
        size=size,
        number=one.number,
    )


def colour(certainty: float) -> str:
    """From dark violet for the certain to yellow for the uncertain, as `#rrggbb`."""
    at = (1 - min(max(certainty, 0.0), 1.0)) * (len(RAMP) - 1)
    below = min(int(at), len(RAMP) - 2)
    share = at - below
    return "#" + "".join(
        f"{round(a + share * (b - a)):02x}" for a, b in zip(RAMP[below], RAMP[below + 1], strict=True)
    )
