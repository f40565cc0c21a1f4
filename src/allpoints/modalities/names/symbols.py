"""Names that stand for each other though they sound apart: short forms, and the forms of other languages.

The table is `tables/forms.txt`. rigour's symbols are wider, but they bind what is apart (`bin`, single letters,
homonyms in other scripts), and take seconds and hundreds of megabytes to load.
"""

from functools import cache, lru_cache
from importlib import resources

from allpoints.modalities.names.romanise import readings


@lru_cache(maxsize=65_536)
def symbols_of(word: str) -> frozenset[str]:
    """Return the names, by the table's headwords, of which the folded word is a form; mostly none."""
    table = _table()
    found = [table[text] for text in (word, *(reading.text for reading in readings(word))) if text in table]
    return frozenset().union(*found) if found else _NONE


_NONE: frozenset[str] = frozenset()


@cache
def _table() -> dict[str, frozenset[str]]:
    text = resources.files(__package__).joinpath("tables/forms.txt").read_text(encoding="ascii")
    names: dict[str, set[str]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            for word in line.split():
                names.setdefault(word, set()).add(line.split(" ", 1)[0])
    return {word: frozenset(found) for word, found in names.items()}
