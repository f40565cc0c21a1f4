"""How much a word tells people apart: little where many bear it, much where few do.

`tables/common.txt.xz` tells how common the words are that Faker's national lists, a dataset of Japanese names and
well-known shares hold (`bench/names_rarity.py` makes it). What it lacks is judged by its letters: the less
they look like a name that many bear, and the more they are, the rarer it is.
"""

import lzma
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from math import log10, tanh

from allpoints.modalities.names.romanise import readings

LEAST, MOST = 0.5, 4.4
"""Bounds of what a word tells, in log10 units."""

_UNKNOWN = 3.0
"""What a word of ordinary letters tells that no list has."""
_SPREAD = 0.7
_ORDINARY = 7.5
"""The surprise of the letters of an ordinary name, in log10 units."""
_READ = 0.15
"""A word that is found by its reading alone may be a rarer spelling."""
_FINEST = 0.1
"""By how much at most words of one class in the table still differ."""


@lru_cache(maxsize=65_536)
def information(word: str) -> float:
    """Return how much the folded word tells people apart, in log10 units.

    It is the logarithm of how many people of the population where the word is commonest have to be asked
    until one bears it.
    """
    table = _table()
    texts = [reading.text for reading in readings(word)]
    surprise = _surprise(max(texts, key=len, default=word))
    found = [table[word]] if word in table else [table[text] + _READ for text in texts if text in table]
    told = min(found, default=_UNKNOWN + _SPREAD * tanh((surprise - _ORDINARY) / _ORDINARY))
    return max(told, LEAST) + _FINEST * surprise / (surprise + _ORDINARY)


@cache
def _table() -> dict[str, float]:
    data = resources.files(__package__).joinpath("tables/common.txt.xz").read_bytes()
    lines = (line.split(" ") for line in lzma.decompress(data).decode().splitlines())
    return {word: int(tenths) / 10 for tenths, *found in lines for word in found}


@cache
def _pairs() -> dict[str, float]:
    """How surprising the second of two letters is after the first, in log10 units; a space ends a word."""
    counts: dict[str, int] = {}
    for word in _table():
        if word.isascii():
            for a, b in pairwise(f" {word} "):
                counts[a + b] = counts.get(a + b, 0) + 1
    after: dict[str, int] = {}
    for pair, count in counts.items():
        after[pair[0]] = after.get(pair[0], 0) + count
    return {pair: log10(after[pair[0]] / count) for pair, count in counts.items()}


_RAREST_PAIR = 3.5


def _surprise(text: str) -> float:
    pairs = _pairs()
    return sum(pairs.get(a + b, _RAREST_PAIR) for a, b in pairwise(f" {text} "))
