"""Everything that can be refused, and how to mend it.

An error's docstring is its remedy; its message says what was wrong with which field. The hub turns each into
an RFC 9457 problem document, the command line into one red line: both read the same attributes.
"""

from http import HTTPStatus
from typing import ClassVar

import msgspec


class AllpointsError(Exception):
    """Something was refused; the message says what and the remedy says what to do."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, *, field: str | None = None, remedy: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.remedy = remedy or (type(self).__doc__ or "").strip().split("\n")[0]

    @property
    def code(self) -> str:
        """The error's stable name for programs: `InvalidValue` becomes `invalid-value`."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        return f"{where}{self.detail}"


class InvalidValue(AllpointsError):
    """Correct the named field and send it again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class MalformedInput(AllpointsError):
    """The bytes are not what their type says; check how they were written or sent."""


class TooLarge(AllpointsError):
    """Send less at once; the limit stands in the message."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Unauthenticated(AllpointsError):
    """Sign the request anew with the bureau's current key and the right time."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(AllpointsError):
    """The policies do not allow this act to this asker; ask your bureau's administrator."""

    status = HTTPStatus.FORBIDDEN


class NotFound(AllpointsError):
    """There is no such thing, or it is not yours to see."""

    status = HTTPStatus.NOT_FOUND


class Conflict(AllpointsError):
    """The thing has changed or exists already; read it again before you write."""

    status = HTTPStatus.CONFLICT


class QuotaExceeded(AllpointsError):
    """Wait as long as Retry-After says, or ask the hub's administrator for a larger quota."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, detail: str, *, retry_after_s: int, field: str | None = None) -> None:
        super().__init__(detail, field=field)
        self.retry_after_s = retry_after_s


class Unavailable(AllpointsError):
    """The hub cannot do this safely now; nothing was done, try again shortly."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class Defect(AllpointsError):
    """Tell the hub's operator, who can see why; a request with an Idempotency-Key may be repeated."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


class TamperingFound(AllpointsError):
    """Keep the evidence and tell the hub's oversight body: the log does not prove what it should."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


PROBLEM_TYPE = "application/problem+json"
"""The media type of a `Problem` over HTTP."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as data: a problem document of RFC 9457, or what became of one line of many."""

    title: str = ""
    status: int
    code: str
    detail: str = ""
    field: str | None = None
    remedy: str | None = None

    @classmethod
    def of(cls, error: AllpointsError) -> "Problem":
        """Write down an error."""
        return cls(
            title=error.status.phrase,
            status=error.status,
            code=error.code,
            detail=error.detail,
            field=error.field,
            remedy=error.remedy,
        )

    @classmethod
    def of_status(
        cls, status: HTTPStatus, *, remedy: str, detail: str | None = None, field: str | None = None
    ) -> "Problem":
        """What is refused before any of our own errors can be: the status has the words."""
        return cls(
            title=status.phrase,
            status=status,
            code=status.phrase.lower().replace(" ", "-"),
            detail=detail or status.description,
            field=field,
            remedy=remedy,
        )

    def as_error(self, *, retry_after_s: int = 1) -> AllpointsError:
        """The error that was written down; for a code that is new to us, the one with its status."""
        kinds = {kind.__new__(kind).code: kind for kind in _all_kinds(AllpointsError)}
        by_status = {int(kind.status): kind for kind in reversed(AllpointsError.__subclasses__())}
        kind = kinds.get(self.code) or by_status.get(self.status, AllpointsError)
        if issubclass(kind, QuotaExceeded):
            return kind(self.detail, retry_after_s=retry_after_s, field=self.field)
        return kind(self.detail, field=self.field, remedy=self.remedy)


def retry_headers(error: AllpointsError) -> dict[str, str]:
    """When to try again, as HTTP says it; nothing where trying again does not help."""
    if isinstance(error, QuotaExceeded):
        return {"retry-after": str(error.retry_after_s)}
    return {"retry-after": "1"} if isinstance(error, Unavailable) else {}


def _all_kinds(kind: type[AllpointsError]) -> list[type[AllpointsError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in _all_kinds(child))]
