from pathlib import Path

import pytest
from structlog.testing import capture_logs

from allpoints.demo.faces import APART, drawn_face
from allpoints.formats import pictures
from allpoints.modalities.faces import Faces, FaceTemplate
from allpoints.modalities.faces.blocks import FLOOR


def test_the_examples_are_drawn_and_nobodys_face(images: tuple[bytes, ...]) -> None:
    assert len(images) == len(APART)
    for seed, image in zip(APART, images, strict=True):
        drawn, shipped = (pictures.colour(each).pixels.astype(int) for each in (drawn_face(seed, 0), image))
        assert abs(drawn - shipped).mean() < 6


def test_no_example_is_proposed_for_another(templates: list[FaceTemplate]) -> None:
    for number, one in enumerate(templates):
        for other in templates[number + 1 :]:
            assert float(one.vector @ other.vector) < FLOOR


def test_a_template_that_cannot_be_read_does_not_stop_the_others(
    templates: list[FaceTemplate], tmp_path: Path
) -> None:
    faces = Faces()
    bodies = [faces.dump(template) for template in templates[:2]]
    with capture_logs() as logs:
        index = faces.build_index(
            tmp_path, bytes(32), iter([(1, [b"broken", bodies[0]]), (2, bodies[1:])]), "c"
        )
    assert [each["count"] for each in logs if each["event"] == "templates.unreadable"] == [1]
    assert [index.search(template).candidates[0].record_id for template in templates[:2]] == [1, 2]
    assert index.search(templates[0]).candidates[0].score == pytest.approx(1, abs=1e-5)
