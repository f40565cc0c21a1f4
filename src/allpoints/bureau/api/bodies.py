"""What a program sends: JSON that says what the operation takes, and files that end where they should."""

from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException

from allpoints.errors import InvalidValue, MalformedInput


class JsonRequest(Request[Any, Any, Any]):
    """A request whose body is refused, and no defect of ours, where it is not what it should be."""

    async def json(self) -> Any:
        """The body as the operation takes it, strictly: the text `null` is not null, and a number is no moment.

        Raises `MalformedInput` for what is no JSON, and `InvalidValue` naming the field.
        """
        taken = self.route_handler.parsed_data_field
        try:
            return msgspec.json.decode(await self.body(), type=taken.annotation if taken else Any)
        except msgspec.ValidationError as error:
            said, _, path = str(error).partition(" - at `$")
            raise InvalidValue(said, field=path.strip(".`") or "body") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise MalformedInput("the body is no JSON in UTF-8, or nested too deep", field="body") from None

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body piece by piece. Raises `MalformedInput` where the line breaks before its end."""
        try:
            async for piece in super().stream():
                yield piece
        except InternalServerException:
            raise MalformedInput("the body is cut", field="body", remedy="Send it again.") from None
