"""What the order of the parts says."""

import pytest

from allpoints.modalities.names import model as m
from allpoints.modalities.names.alignment import align
from allpoints.modalities.names.order import said_by_order
from allpoints.modalities.names.parts import parse
from allpoints.records.people import Name


@pytest.mark.parametrize(
    ("probe", "reference", "weight"),
    [
        ("Ivan Petrovich Sidorov", "Pyotr Ivanovich Sidorov", m.SWAPPED_WITH_FATHER),
        ("Qasim Walid al-Najjar", "Walid al-Najjar", m.FATHER),
        ("N. N.", "Nora Nielsen", m.INITIALS_ONLY),
        ("Omar", "Omar Khatib", m.ONE_PART_ONLY),
        ("Berg Anna", "Anna Berg", m.TURNED),
        ("BERG, Anna", "ANNA, Berg", m.CROSSED),
    ],
)
def test_the_order_has_its_weight(probe: str, reference: str, weight: float) -> None:
    one, other = parse(Name(text=probe)), parse(Name(text=reference))
    assert [found.weight for found in said_by_order(one, other, align(one, other))] == [weight]


def test_one_order_says_nothing() -> None:
    one = parse(Name(text="Anna Maria Berg"))
    assert said_by_order(one, one, align(one, one)) == ()
