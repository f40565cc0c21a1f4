"""Chance that comes out the same each time: a seed and a place in the world give the same draws on any machine."""

from random import Random


def draw(*place: str | int) -> Random:
    """The draws that belong to this place, such as (seed, bureau, number of the record).

    Seeded by text, which Python hashes with SHA-512: the interpreter's own hash seed plays no part.
    """
    return Random("/".join(map(str, place)))  # noqa: S311 - nothing here is secret


def filled(chance: Random, pattern: str) -> str:
    """The pattern with `@` replaced by random letters and `#` by random digits.

    The letters leave out I, O and Q, as plates and serials do.
    """
    return "".join(
        _ALTERNATIVES[c][chance.randrange(len(_ALTERNATIVES[c]))] if c in _ALTERNATIVES else c
        for c in pattern
    )


_ALTERNATIVES = {"@": "ABCDEFGHJKLMNPRSTUVWXYZ", "#": "0123456789"}
