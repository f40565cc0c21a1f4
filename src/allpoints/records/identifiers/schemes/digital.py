"""Files and pages."""

import re
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import compact
from allpoints.records.identifiers.scheme import Canonical, Parts
from allpoints.records.identifiers.schemes.hosts import host_name

_ALGORITHMS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_HEX = re.compile(r"[0-9A-F]+")

_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_TO_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9!#$&'()*+,\-./:;=?@\[\]_~]")


def file_hash(parts: Parts) -> Canonical:
    """An algorithm and its digest in hexadecimal; the digest's length tells the algorithm."""
    algorithm, digest = (compact(part) for part in parts)
    if not _HEX.fullmatch(digest) or len(digest) not in _ALGORITHMS:
        raise InvalidValue("is not an MD5, SHA-1 or SHA-2 digest in hexadecimal", field="digest")
    if algorithm.lower() not in ("", _ALGORITHMS[len(digest)]):
        raise InvalidValue(f"of a digest this long is {_ALGORITHMS[len(digest)]}", field="algorithm")
    return Canonical((_ALGORITHMS[len(digest)], digest.lower()))


def url(parts: Parts) -> Canonical:
    """A URL, normalised by syntax and scheme (RFC 3986, section 6.2), without its fragment."""
    try:
        split = urlsplit(parts[0])
        port = split.port
    except ValueError:
        raise InvalidValue("is not a URL", field="address") from None
    if "://" not in parts[0] or not split.hostname:
        raise InvalidValue("has no scheme or host", field="address", remedy="Start with https:// or so.")
    user, at, _ = split.netloc.rpartition("@")
    where = _host(split.hostname)
    if port not in (None, _DEFAULT_PORTS.get(split.scheme)):
        where += f":{port}"
    path = _without_dot_segments(_escaped(split.path) or "/")
    query = f"?{_escaped(split.query)}" if split.query else ""
    return Canonical((f"{split.scheme}://{_escaped(user)}{at}{where}{path}{query}",))


def _host(text: str) -> str:
    if ":" not in text:
        return host_name(text, part="address")
    try:
        return f"[{ip_address(text).compressed}]"
    except ValueError:
        raise InvalidValue("has no valid host name", field="address") from None


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    if found[1] is None:
        return quote(found[0], safe="")
    character = chr(int(found[1], 16))
    return character if _UNRESERVED.fullmatch(character) else found[0].upper()


def _without_dot_segments(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
