"""What a program sends: JSON that is JSON, and files that end where they should."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from litestar.exceptions import InternalServerException, SerializationException

from allpoints.errors import MalformedInput


class JsonRequest(Request[Any, Any, Any]):
    """A request whose body is refused, and no defect of ours, where it is not what it should be."""

    async def json(self) -> Any:
        """The body. Raises `MalformedInput`."""
        try:
            return await super().json()
        except (SerializationException, UnicodeDecodeError, RecursionError):
            raise MalformedInput("the body is no JSON in UTF-8, or nested too deep", field="body") from None

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body piece by piece. Raises `MalformedInput` where the line breaks before its end."""
        try:
            async for piece in self.stream():
                yield piece
        except InternalServerException:
            raise MalformedInput("the body is cut", field="body", remedy="Send it again.") from None
