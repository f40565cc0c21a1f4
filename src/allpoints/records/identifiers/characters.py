"""One spelling for text that people type in many ways and many scripts."""

import re
import unicodedata

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.scheme import MAX_VALUE

_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")
"""Cyrillic, then Greek capitals that look like a Latin one. States that write in them choose just these for
plates, to be read abroad (Russia: GOST R 50577), so the same plate is typed in either script."""

_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−./\\_'’·•,<]+")
"""What stands between groups of characters; `<` is the filler of machine-readable zones."""

_NOT_WORDS = re.compile(r"[^\w&.]+|_+")
_ALPHANUMERIC = re.compile(r"[^\W_]*")
_PARTLY_READABLE = re.compile(r"(?:[^\W_]|[?*])*")


def clean(text: str) -> str:
    """Return the text in Unicode's NFKC, without surrounding space and invisible characters.

    Direction marks, joiners and soft hyphens come along when text is copied; an identifier has none.
    Raises `InvalidValue` for control characters, what is no character at all, and too many of them.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    visible = "".join(c for c in text.strip() if unicodedata.category(c) != "Cf")
    normal = unicodedata.normalize("NFKC", visible).strip()
    if len(normal) > MAX_VALUE:
        raise InvalidValue(f"has more than {MAX_VALUE} characters once its ligatures are written out")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Co") for c in normal):
        raise InvalidValue("contains control or unassigned characters", remedy="Remove them.")
    return normal


def fold_digits(text: str) -> str:
    """Write the decimal digits of any script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def compact(text: str) -> str:
    """Upper case, Latin for what looks Latin, ASCII digits, no separators."""
    return _SEPARATORS.sub("", fold_digits(text.upper().translate(_LOOK_ALIKES)))


def words(text: str) -> str:
    """Upper-case words with single spaces between, for names of makers and models."""
    return _NOT_WORDS.sub(" ", fold_digits(text.upper())).strip()


def alphanumeric(text: str, *, part: str, longest: int) -> str:
    """Return `compact` text that has only letters and digits, of any script. Raises `InvalidValue`."""
    return _matching(compact(text), _ALPHANUMERIC, part, longest, "letters and digits")


def partly_readable(text: str, *, part: str, longest: int) -> str:
    """As `alphanumeric`, with `?` for an unreadable character and `*` in patterns. Raises `InvalidValue`."""
    return _matching(compact(text), _PARTLY_READABLE, part, longest, "letters, digits and ?")


def digits(text: str, *, part: str) -> str:
    """Return `compact` text that has only digits. Raises `InvalidValue`."""
    number = compact(text)
    if number and not (number.isascii() and number.isdigit()):
        raise InvalidValue("holds more than digits", field=part)
    return number


def _matching(text: str, form: re.Pattern[str], part: str, longest: int, allowed: str) -> str:
    if len(text) <= longest and form.fullmatch(text):
        return text
    raise InvalidValue(f"is not up to {longest} {allowed}", field=part)
