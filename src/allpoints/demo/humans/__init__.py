"""Synthetic people in the scripts and naming customs of the world, other descriptions of them, and their doubles.

humans = Humans(seed="allpoints")
for human in humans.draw(1000): ...
other = variant(human, Random(7))      # the same person, told differently; `other.kinds` says how
double = near_miss(human, Random(7))   # somebody else who looks alike; `double.kind` says how
"""

from allpoints.demo.humans.doubles import Double, NearMiss, near_miss
from allpoints.demo.humans.drawing import Human, Humans
from allpoints.demo.humans.variations import Variant, Variation, variant
from allpoints.demo.humans.vocabulary import Word

__all__ = [
    "Double",
    "Human",
    "Humans",
    "NearMiss",
    "Variant",
    "Variation",
    "Word",
    "near_miss",
    "variant",
]
