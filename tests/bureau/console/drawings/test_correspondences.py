"""The lines between two pictures."""

import re
from xml.etree import ElementTree

import pytest

from allpoints.bureau.console.drawings.correspondences import colour, correspondences
from allpoints.wire.corridor import CandidateComparison, Correspondence, Pair

SVG = "{http://www.w3.org/2000/svg}"


def compared(*certainties: float) -> CandidateComparison:
    return CandidateComparison(
        examination=1,
        record=2,
        modalities=(),
        pairs=(),
        shown=Pair(modality="faces", probe=0, reference=0, llr=3.0),
        size=(2_024, 1_000),
        reference_x=1_024,
        correspondences=tuple(
            Correspondence(number=n, probe=(10.0 * n, 20.0), reference=(30.0, 40.0 * n), certainty=certainty)
            for n, certainty in enumerate(certainties, start=1)
        ),
        remarks=(),
    )


def drawn(*certainties: float, title: str = "a place") -> ElementTree.Element:
    titles = dict.fromkeys(range(1, len(certainties) + 1), title)
    made = correspondences(compared(*certainties), "/picture.png?a=1&b=2", label="<both>", titles=titles)
    assert made.startswith("<svg ")
    return ElementTree.fromstring(str(made).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


def test_each_line_leads_from_the_probe_to_the_other_half() -> None:
    svg = drawn(0.9, 0.4)
    assert svg.get("viewBox") == "0 0 2024 1000"
    first, second = svg.iter(f"{SVG}line")
    assert [first.get(name) for name in ("x1", "y1", "x2", "y2")] == ["10.0", "20.0", "1054.0", "40.0"]
    assert [second.get(name) for name in ("x1", "y1", "x2", "y2")] == ["20.0", "20.0", "1054.0", "80.0"]
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["1", "2"]


def test_certainty_is_told_by_colour_width_and_dashes() -> None:
    sure, unsure = drawn(1.0, 0.2).iter(f"{SVG}line")
    assert sure.get("stroke-dasharray") is None
    assert unsure.get("stroke-dasharray")
    assert float(sure.get("stroke-width") or 0) > float(unsure.get("stroke-width") or 0)
    marks = list(drawn(1.0, 0.2).iter(f"{SVG}g"))
    assert marks[1].get("stroke") != marks[2].get("stroke")


@pytest.mark.parametrize(
    ("certainty", "found"), [(1, "#440154"), (0, "#d9a000"), (2, "#440154"), (-1, "#d9a000")]
)
def test_colours_keep_to_the_ramp(certainty: float, found: str) -> None:
    assert colour(certainty) == found


def test_it_is_an_image_with_a_label_and_no_text_is_markup() -> None:
    svg = drawn(0.5, title="</title><script>")
    assert (svg.get("role"), svg.get("aria-label"), svg.get("class")) == (
        "img",
        "<both>",
        "drawing comparison",
    )
    assert [each.text for each in svg.iter(f"{SVG}title")] == ["</title><script>"]
    [image] = svg.iter(f"{SVG}image")
    assert image.get("href") == "/picture.png?a=1&b=2"


def test_no_style_attribute_is_needed_which_the_policy_would_refuse() -> None:
    made = correspondences(compared(0.5), "/p.png", label="", titles={1: ""})
    assert not re.search(r"\sstyle=", made)
