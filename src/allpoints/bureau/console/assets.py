"""The files that a browser keeps: style, our own modules, htmx. Their address changes when any of them does."""

import gzip
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from allpoints import parts
from allpoints.bureau.console.compression import takes_gzip
from allpoints.errors import NotFound

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
FOREVER = "public, max-age=31536000, immutable"
HTMX = "htmx.js"
MAIN = "main.js"


class Asset(Struct, frozen=True):
    """One file, as it is and as it travels."""

    media_type: str
    plain: bytes
    gzipped: bytes


class Assets(Struct, frozen=True):
    """All of them, by name. `version` is a hash over their names and contents."""

    version: str
    by_name: dict[str, Asset]

    def url(self, name: str) -> str:
        """Where a browser finds the file of this name. Raises `KeyError` for one that is not there."""
        self.by_name[name]
        return f"/static/{self.version}/{name}"


@cache
def load() -> Assets:
    """Read and compress all files once. Raises `Unavailable` where htmx was not fetched."""
    folder = files("allpoints.bureau.console").joinpath("static")
    contents = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    contents[MAIN] = _bundled(contents)
    contents[HTMX] = parts.path("htmx").read_bytes()
    digest = hashlib.sha256()
    found = {}
    for name, plain in sorted(contents.items()):
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(plain).digest())
        found[name] = Asset(TYPES[name[name.rindex(".") :]], plain, gzip.compress(plain, 9, mtime=0))
    return Assets(digest.hexdigest()[:16], found)


def _bundled(contents: dict[str, bytes]) -> bytes:
    """What `main.js` imports as one file, each module in a block of its own. A request for each would cost more than
    most of them weigh, and on a slow line half a second.
    """
    modules = re.findall(r'^import "\./(.+)";$', contents[MAIN].decode(), re.MULTILINE)
    return b"".join(b"{\n%s}\n" % contents.pop(module) for module in modules)


def routes() -> list[HTTPRouteHandler]:
    """The one route under which they lie."""
    assets = load()

    @get("/static/{version:str}/{name:str}", opt={"public": True})
    async def static(request: Request[Any, Any, Any], version: str, name: str) -> Response[bytes]:
        asset = assets.by_name.get(name)
        if asset is None or version != assets.version:
            raise NotFound("there is no such file", field="name")
        headers = {"cache-control": FOREVER, "vary": "accept-encoding"}
        if takes_gzip(request):
            return Response(
                asset.gzipped, media_type=asset.media_type, headers=headers | {"content-encoding": "gzip"}
            )
        return Response(asset.plain, media_type=asset.media_type, headers=headers)

    return [static]
