import cv2
import msgspec
import numpy as np
import pytest

from allpoints.errors import InvalidValue
from allpoints.formats import pictures
from allpoints.modalities.faces.alignment import PLACES
from allpoints.modalities.faces.detection import FoundFace, Pixels, Subject
from allpoints.modalities.faces.quality import LEAST_EYE_DISTANCE, Quality, quality
from allpoints.modalities.faces.template import portrait

GREY = np.full((112, 112, 3), 128, np.uint8)
HEAD = np.array([[-31.5, 0, 0], [31.5, 0, 0], [0, 36, -27], [-25, 71, -6], [25, 71, -6]])
"""Eyes, nose and mouth of a head in millimetres, z away from the camera."""


def measured(pixels: Pixels) -> Quality:
    return portrait(pictures.png(pixels)).quality


def seen(landmarks: np.ndarray, face: Pixels = GREY) -> Quality:
    found = FoundFace(0, 0, 100, 120, landmarks, 0.9)
    return quality(Subject(face, found, 0, turned=False), face, landmarks)


def turned(yaw: float, pitch: float) -> np.ndarray:
    """The head's landmarks after a turn to the picture's right and then downwards, seen from far away."""
    yaw, pitch = np.radians([yaw, pitch])
    about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    return (HEAD @ (about_x @ about_y).T)[:, :2] * 0.6 + 56


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (25, 0), (-25, 0), (0, 15), (0, -15), (30, 10)])
def test_the_pose_of_a_known_head_is_found(yaw: float, pitch: float) -> None:
    found = seen(turned(yaw, pitch))
    assert found.yaw == pytest.approx(yaw, abs=4)
    assert found.pitch == pytest.approx(pitch, abs=4)


def test_a_head_that_leans_clockwise_has_a_positive_roll() -> None:
    leaning = np.radians(20)
    rotation = np.array([[np.cos(leaning), -np.sin(leaning)], [np.sin(leaning), np.cos(leaning)]])
    assert seen(PLACES @ rotation.T).roll == pytest.approx(20, abs=1)


def test_half_the_size_has_half_the_distance_between_the_eyes(face: Pixels) -> None:
    half = np.asarray(cv2.resize(face, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    assert measured(half).eye_distance == pytest.approx(measured(face).eye_distance / 2, rel=0.1)


def test_a_blurred_face_is_less_sharp_and_said_to_be(face: Pixels, blurred: Pixels) -> None:
    assert measured(blurred).sharpness < measured(face).sharpness / 5
    assert any("blurred" in said for said in measured(blurred).advice)


def test_bad_light_is_told(face: Pixels) -> None:
    dark = measured((face * 0.15).astype(np.uint8))
    shade = (np.linspace(0, 1, face.shape[1]) ** 2)[np.newaxis, :, np.newaxis]
    lopsided = measured(np.clip(face * shade, 0, 255).astype(np.uint8))
    assert any("dark" in said for said in dark.advice)
    assert any("one side" in said for said in lopsided.advice)


def test_dark_skin_in_good_light_is_no_fault(templates: list) -> None:
    for template in templates:
        assert not any("dark" in said or "contrast" in said for said in template.quality.advice)


def test_a_face_that_is_too_small_to_be_compared_is_refused() -> None:
    with pytest.raises(InvalidValue, match="too small") as refused:
        seen(PLACES * (LEAST_EYE_DISTANCE - 1) / 35.3)
    assert refused.value.remedy


def test_everything_that_is_wrong_has_its_advice(templates: list) -> None:
    good = msgspec.structs.replace(templates[0].quality, sharpness=0.3, yaw=0.0, pitch=0.0, roll=0.0)
    assert good.advice == ()
    for wrong in (
        {"eye_distance": 20.0},
        {"sharpness": 0.0},
        {"yaw": -50.0},
        {"pitch": 40.0},
        {"roll": 80.0},
        {"brightness": 0.05},
        {"brightness": 0.95},
        {"contrast": 0.01},
        {"asymmetry": 0.5},
        {"others": 2},
        {"turned": True},
    ):
        assert len(msgspec.structs.replace(good, **wrong).advice) == 1
