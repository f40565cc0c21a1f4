import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.formats import pictures
from allpoints.modalities.faces import FaceTemplate, encode
from allpoints.modalities.faces.template import MAX_TEMPLATE, dump, load


def test_a_template_survives_storage_and_stays_small(templates: list[FaceTemplate]) -> None:
    for template in templates:
        assert load(dump(template)) == template
        assert len(dump(template)) < 600


@given(data=st.binary(max_size=700))
def test_what_is_no_template_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        load(data)


@pytest.mark.parametrize(
    "numbers",
    [np.zeros(128), np.full(128, np.nan), np.full(128, 1.0), np.full(127, 0.0887), np.full(128, np.inf)],
)
def test_an_embedding_that_is_none_is_refused(templates: list[FaceTemplate], numbers: np.ndarray) -> None:
    forged = msgspec.structs.replace(templates[0], embedding=numbers.astype("<f2").tobytes())
    with pytest.raises(MalformedInput):
        load(dump(forged))


def test_a_template_that_is_too_long_is_refused() -> None:
    with pytest.raises(TooLarge):
        load(bytes(MAX_TEMPLATE + 1))


def test_the_vector_has_the_length_1(templates: list[FaceTemplate]) -> None:
    for template in templates:
        assert np.linalg.norm(template.vector) == pytest.approx(1, abs=1e-6)


def test_a_picture_without_a_face_is_refused_with_advice() -> None:
    with pytest.raises(InvalidValue, match="no face found") as refused:
        encode(pictures.png(np.full((200, 200), 255, np.uint8)))
    assert "picture of one face" in (refused.value.remedy or "")


def test_a_grey_picture_is_as_good(images: tuple[bytes, ...], templates: list[FaceTemplate]) -> None:
    grey = encode(pictures.png(pictures.grey(images[0]).pixels))
    assert float(grey.vector @ templates[0].vector) > 0.8
