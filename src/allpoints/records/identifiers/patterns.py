"""Searching for a serial or plate that was only partly read.

`?` stands for exactly one character, `*` for any number of them. A character that nobody could read when the
record was made is a `?` in the record, and stands for any one character too. `matches` is the plain oracle
for a fast searcher.
"""

import re
from functools import lru_cache

import msgspec

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.parsing import normalised, refused, scheme_named, split_value
from allpoints.records.identifiers.scheme import RawIdentifier

MIN_LITERALS = 3
"""Fewer known characters would find half of a gallery."""

_DIGITS, _LETTERS = "01582", "OISBZ"
_CONFUSABLES = str.maketrans(_LETTERS, _DIGITS)
_CONFUSED_WITH = dict(zip(_LETTERS + _DIGITS, _DIGITS + _LETTERS, strict=True))


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A partly known identifier of a *partial* scheme: its parts joined by colons, wildcards in the last."""

    scheme: str
    value: str
    confusable: bool = False
    """Whether characters that are taken for each other (0/O, 1/I, 5/S, 8/B, 2/Z) count as equal."""

    @property
    def parts(self) -> tuple[str, ...]:
        """All parts of the scheme, empty where the asker does not know them."""
        return tuple(self.value.split(":"))

    @property
    def text(self) -> str:
        """The part with the wildcards."""
        return self.parts[-1]


class Difference(msgspec.Struct, frozen=True):
    """Where a value matches a pattern without being equal to it."""

    pattern: str
    value: str
    """What stands in the value: one character, or for `*` a run of any length."""
    reason: str


def fold_confusables(text: str) -> str:
    """Write 0/O, 1/I, 5/S, 8/B and 2/Z as the digit: texts that may be taken for each other become equal."""
    return text.translate(_CONFUSABLES)


def parse_pattern(raw: RawIdentifier, *, field: str, confusable: bool = False) -> Pattern:
    """Read a pattern such as `ALB:AA?23*` (plate), `AA?23*` (any state's plate), `Glock:::AB?12` (firearm).

    A value has all parts of its scheme or only the last; a state that is empty or `*` is any state. Raises
    `InvalidValue` for a scheme that is not partial, or fewer than `MIN_LITERALS` known characters.
    """
    scheme = scheme_named(raw.scheme, field=f"{field}.scheme")
    if not scheme.partial:
        raise InvalidValue(f"a {scheme.name} cannot be searched by pattern", field=f"{field}.scheme")
    *known, text = split_value(raw.value, scheme, field=field)
    if len(known) + 1 not in (1, len(scheme.parts)):
        raise refused(InvalidValue(f"has {len(known) + 1} parts"), scheme, field)
    known = ["" if part == "*" else part for part in known] or [""] * (len(scheme.parts) - 1)
    *known, text = normalised((*known, text), scheme, field=field).parts
    text = re.sub(r"\*+", "*", text)
    if len(text) - text.count("?") - text.count("*") < MIN_LITERALS:
        error = InvalidValue(
            "is too unspecific", field=scheme.parts[-1], remedy=f"State at least {MIN_LITERALS} characters."
        )
        raise refused(error, scheme, field)
    return Pattern(scheme=scheme.name, value=":".join((*known, text)), confusable=confusable)


def matches(pattern: Pattern, value: str) -> list[Difference] | None:
    """Return how a canonical value of the pattern's scheme differs from the pattern, or None for no match.

    An empty list means that it is equal. Only key parts count; `contradicts` compares the others.
    """
    key = scheme_named(pattern.scheme).key
    *_, text = parts = value.split(":")
    known = zip(scheme_named(pattern.scheme).parts[:-1], pattern.parts[:-1], parts[:-1], strict=True)
    if any(asked and asked != stated for name, asked, stated in known if name in key):
        return None
    found = _expression(pattern.text, pattern.confusable).fullmatch(text)
    if found is None:
        return None
    aligned = zip(pattern.text, found.groups(), strict=True)
    return [Difference(asked, stated, _reason(asked, stated)) for asked, stated in aligned if asked != stated]


@lru_cache(maxsize=64)
def _expression(text: str, confusable: bool) -> re.Pattern[str]:
    """One group for each character of the pattern.

    All runs between two `*` take their leftmost place and keep it (atomic groups), so that many `*` do not
    multiply the work.
    """
    first, *middle = ("".join(_group(c, confusable) for c in run) for run in text.split("*"))
    if not middle:
        return re.compile(first)
    *middle, last = middle
    return re.compile(first + "".join(f"(?>(.*?){run})" for run in middle) + f"(.*){last}")


def _group(character: str, confusable: bool) -> str:
    if character == "?":
        return "(.)"
    alike = _CONFUSED_WITH.get(character, "") if confusable else ""
    return f"([{re.escape(character)}{alike}?])"


def _reason(asked: str, stated: str) -> str:
    if asked == "?":
        return "any one character"
    if asked == "*":
        return "any run of characters"
    return "unreadable in the record" if stated == "?" else "easily taken for each other"
