"""The header `Allpoints-Asker`: who asks and why, as a dictionary of RFC 9651.

    agency=border-police, user="u-93f2", role=officer, purpose=border-control, clearance=official

The user is a string, everything else a token. The bureau is not in it: it follows from the key that signed.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from allpoints.errors import InvalidValue, MalformedInput
from allpoints.records.bureaus import AgencyKind, Asker, Confidentiality, Purpose, Role, user_id

FIELD = "Allpoints-Asker"
MAX_LENGTH = 512

_MEMBER = re.compile(r'(?P<name>[a-z]{1,20})=(?:"(?P<string>[ !#-\[\]-~]{0,100})"|(?P<token>[a-z-]{1,40}))')
_NAMES = ("agency", "user", "role", "purpose", "clearance")

Word = TypeVar("Word", bound=StrEnum)


def write_asker(asker: Asker) -> str:
    """Return the header's value."""
    return (
        f'agency={asker.agency}, user="{user_id(asker.user, field=f"{FIELD}.user")}", role={asker.role}, '
        f"purpose={asker.purpose}, clearance={asker.clearance}"
    )


@lru_cache(maxsize=8192)
def parse_asker(text: str, *, bureau: str) -> Asker:
    """Read the header of a request that `bureau` signed. Without a clearance the asker has the lowest.

    Raises `MalformedInput` for what is no such dictionary, and `InvalidValue` naming the member, such as
    `Allpoints-Asker.purpose`, where one is missing, unknown, repeated or has no known value.
    """
    if len(text) > MAX_LENGTH:
        raise MalformedInput(f"more than {MAX_LENGTH} characters", field=FIELD)
    strings: dict[str, str] = {}
    tokens: dict[str, str] = {}
    for member in text.split(","):
        match = _MEMBER.fullmatch(member.strip(" \t"))
        if match is None:
            raise MalformedInput("not a dictionary of tokens and strings", field=FIELD)
        name = match["name"]
        if name not in _NAMES:
            raise InvalidValue("there is no such member", field=f"{FIELD}.{name}", remedy=_remedy(_NAMES))
        if name in strings or name in tokens:
            raise InvalidValue("stands more than once", field=f"{FIELD}.{name}")
        if match["token"] is None:
            strings[name] = match["string"]
        else:
            tokens[name] = match["token"]
    if stray := set(strings) - {"user"}:
        raise InvalidValue("is written without quotes", field=f"{FIELD}.{min(stray)}")
    if "user" not in strings:
        raise InvalidValue("a user id in quotes is missing", field=f"{FIELD}.user")
    return Asker(
        bureau=bureau,
        user=user_id(strings["user"], field=f"{FIELD}.user"),
        agency=_word(AgencyKind, tokens, "agency"),
        role=_word(Role, tokens, "role"),
        purpose=_word(Purpose, tokens, "purpose"),
        clearance=_word(Confidentiality, {"clearance": Confidentiality.OFFICIAL, **tokens}, "clearance"),
    )


def _word(kind: type[Word], tokens: dict[str, str], name: str) -> Word:
    text = tokens.get(name)
    if text is None:
        raise InvalidValue("is missing", field=f"{FIELD}.{name}", remedy=_remedy(kind))
    try:
        return kind(text)
    except ValueError:
        raise InvalidValue(f"{text!r} is not known", field=f"{FIELD}.{name}", remedy=_remedy(kind)) from None


def _remedy(words: type[Word] | tuple[str, ...]) -> str:
    return f"Use one of: {', '.join(words)}."
