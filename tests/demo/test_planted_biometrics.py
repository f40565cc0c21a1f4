"""The fingers and the face of the demo."""

from datetime import date

import pytest

from allpoints.demo.planted_biometrics import CARD, FINGERS_TAKEN, OTHER_CARD, at_the_gate, cards, mark
from allpoints.records import Contribution, Face, Fingerprint, checked_record


@pytest.fixture(scope="module")
def held() -> tuple[Contribution, Contribution]:
    """The card of UTO and that of FRA. They are drawn, which takes seconds."""
    [own], [other] = cards("UTO"), cards("FRA")
    return own, other


def test_each_card_stands_with_its_owner_and_can_be_contributed(
    held: tuple[Contribution, Contribution],
) -> None:
    own, other = held
    assert (own.reference, other.reference) == (CARD, OTHER_CARD)
    assert cards("ALB") == ()
    for card in (own, other):
        assert checked_record(card, owner=card.reference[:3], today=date(2026, 1, 1)).particulars.synthetic
        fingers = [piece.finger for piece in card.biometrics if isinstance(piece, Fingerprint)]
        assert tuple(fingers) == FINGERS_TAKEN
        assert sum(isinstance(piece, Face) for piece in card.biometrics) == 1


def test_what_is_asked_is_another_picture_than_what_is_held(held: tuple[Contribution, Contribution]) -> None:
    pieces = [piece for card in held for piece in card.biometrics]
    pictures = {piece.image for piece in pieces if isinstance(piece, Face | Fingerprint)}
    assert len(pictures) == len(pieces)
    assert mark().image not in pictures
    assert at_the_gate().image not in pictures
    assert mark().finger == 0
