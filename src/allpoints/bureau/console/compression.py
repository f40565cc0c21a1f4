"""Pages and files travel compressed where the browser takes that."""

import gzip
from typing import Any

from litestar import Request

SMALLEST = 1_000
"""Below this many bytes it is not worth it."""


def takes_gzip(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser says that it takes gzip."""
    offered = request.headers.get("accept-encoding", "").replace(" ", "").split(",")
    return any(each == "gzip" or (each.startswith("gzip;") and not each.endswith("q=0")) for each in offered)


def compressed(request: Request[Any, Any, Any], body: bytes) -> tuple[bytes, dict[str, str]]:
    """The body as it travels, and the headers that say so.

    A page holds a secret, the session's token, beside what somebody may have typed. That its length could betray the
    token (BREACH) needs pages asked for by a stranger's page, and those come without the cookie.
    """
    if len(body) < SMALLEST or not takes_gzip(request):
        return body, {"vary": "accept-encoding, hx-request"}
    return gzip.compress(body, 6, mtime=0), {
        "content-encoding": "gzip",
        "vary": "accept-encoding, hx-request",
    }
