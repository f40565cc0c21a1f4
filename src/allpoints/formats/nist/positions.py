"""Friction ridge positions: which of them are one finger, and which one."""

from collections.abc import Sequence
from typing import Final

from allpoints.records.biometrics import FINGERS

_PLAIN_THUMBS: Final = {11: 1, 12: 6}
"""A thumb pressed for a card's plain impressions is the same thumb."""

NAMES = {
    13: "plain right four fingers",
    14: "plain left four fingers",
    15: "both thumbs plain",
    18: "unknown ridges",
}


def finger_of(positions: Sequence[int]) -> int | None:
    """The one finger (a key of `FINGERS`) that these positions allow; 0 where none is told or several fingers are
    possible; None where palms, soles or several fingers at once are among them."""
    fingers = {_PLAIN_THUMBS.get(position, position) for position in positions}
    if not fingers <= FINGERS.keys():
        return None
    return fingers.pop() if len(fingers) == 1 else 0


def described(positions: Sequence[int]) -> str:
    """Words for positions that are no single finger."""
    return ", ".join(NAMES.get(position, f"position {position}") for position in positions)
