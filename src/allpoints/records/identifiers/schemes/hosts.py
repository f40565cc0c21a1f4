"""Internet hosts, as they stand in mail addresses and URLs."""

import re

import idna

from allpoints.errors import InvalidValue

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST = 253


def host_name(text: str, *, part: str) -> str:
    """Return a host in lower-case ASCII, other scripts as IDNA's `xn--` form. Raises `InvalidValue`."""
    name = text.removesuffix(".")
    if len(name) <= _LONGEST:
        try:
            ascii_name = name.lower() if name.isascii() else idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            ascii_name = ""
        if len(ascii_name) <= _LONGEST and _HOST.fullmatch(ascii_name):
            return ascii_name
    raise InvalidValue("has no valid host name", field=part)
