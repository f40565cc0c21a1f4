import numpy as np

from allpoints.demo.faces import APART, HEIGHT, WIDTH, drawn_face
from allpoints.formats import pictures
from allpoints.modalities.faces import encode


def test_seeds_say_all_of_a_picture() -> None:
    assert drawn_face(3, 4) == drawn_face(3, 4)
    assert pictures.colour(drawn_face(3, 4)).pixels.shape == (HEIGHT, WIDTH, 3)
    assert drawn_face(3, 5) != drawn_face(3, 4)


def test_a_person_is_recognised_in_another_picture_and_told_from_others() -> None:
    people = (*APART[:2], 0, 1)
    first, second = (
        np.array([encode(drawn_face(person, picture)).vector for person in people]) for picture in (0, 1)
    )
    cosines = first @ second.T
    assert (cosines.argmax(axis=1) == np.arange(len(people))).all()
    assert cosines.diagonal().min() > 0.8
