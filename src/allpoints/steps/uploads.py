"""Before a contribution is stored: what the request brings is decoded, and its pictures are encoded."""

import asyncio
from collections.abc import Sequence

import msgspec

from allpoints.access import Action
from allpoints.errors import AllpointsError, InvalidValue, TooLarge
from allpoints.records import MAX_PIECES, Contribution
from allpoints.steps.authorise import Admitted, Authoriser
from allpoints.steps.biometrics import Pictured, pictures_of
from allpoints.steps.decode import MAX_PICTURES_BODY, decode_lines, decoded
from allpoints.steps.prepare import COST_OF_A_PICTURE
from allpoints.steps.repeating import answered_before, just_expired
from allpoints.steps.templates import templates_of_pictures
from allpoints.store.acts import StoredPicture, StoredTemplate
from allpoints.store.database import Database

_contribution = msgspec.json.Decoder(Contribution)


class Upload(msgspec.Struct, frozen=True):
    """What a request brings to be stored, encoded before its transaction begins: a line each, in order."""

    lines: list["Encoded | AllpointsError"] = []
    error: AllpointsError | None = None
    """What refuses the whole."""


class Encoded(msgspec.Struct, frozen=True):
    """A contribution and what its pictures are found by."""

    contribution: Contribution
    pictures: tuple[Pictured, ...] = ()
    templates: tuple[StoredTemplate, ...] = ()

    def stored_pictures(self) -> tuple[StoredPicture, ...]:
        """The pictures, under the numbers of their templates."""
        return tuple(StoredPicture(n, p.modality, p.piece) for n, p in enumerate(self.pictures))


async def read_upload(
    admitted: Admitted, database: Database, authoriser: Authoriser, *, what: str, many: bool
) -> Upload:
    """Decode the contributions of an admitted request, one JSON object or one a line, and encode their pictures.

    Both take their time, so they happen in a thread and before anything is locked.
    """
    if admitted.refusal is not None:
        return Upload()
    try:
        lines = await asyncio.to_thread(_contributions, admitted.body, many=many)
        return Upload(await encoded(admitted, lines, database, authoriser, what=what))
    except AllpointsError as error:
        return Upload(error=error)


async def encoded(
    admitted: Admitted,
    lines: Sequence[Contribution | AllpointsError],
    database: Database,
    authoriser: Authoriser,
    *,
    what: str,
) -> list[Encoded | AllpointsError]:
    """Decode and encode the pictures that contributions bring, in a thread; a bad line spares the others.

    Before that the policies say who may contribute pictures, and the quota how many. The pictures of a retry of `what`
    are not looked at again. Raises what refuses the whole.
    """
    opened = await asyncio.to_thread(_opened_all, lines)
    if any(isinstance(line, Encoded) and line.contribution.biometrics for line in opened):
        authoriser.permit(admitted.asker, Action.CONTRIBUTE_BIOMETRICS)
    if pictures := _pictures(opened):
        if await answered_before(database, admitted, what):
            raise just_expired()
        authoriser.charge(admitted.asker, pictures * COST_OF_A_PICTURE)
        opened = await asyncio.to_thread(_with_templates, opened)
    return opened


def _contributions(body: bytes, *, many: bool) -> list[Contribution | AllpointsError]:
    if not many and len(body) > MAX_PICTURES_BODY:
        raise TooLarge(f"a contribution has at most {MAX_PICTURES_BODY} bytes", field="body")
    return decode_lines(_contribution, body) if many else [decoded(_contribution, body)]


def _opened_all(lines: Sequence[Contribution | AllpointsError]) -> list[Encoded | AllpointsError]:
    """The contributions and the pictures in them, none of which is decoded yet."""
    # Files are opened to count what they hold, so there may be no more of them either.
    _check_count(sum(len(line.biometrics) for line in lines if isinstance(line, Contribution)))
    opened = [line if isinstance(line, AllpointsError) else _opened(line) for line in lines]
    _check_count(_pictures(opened))
    return opened


def _check_count(pictures: int) -> None:
    if pictures > MAX_PIECES:
        raise TooLarge(
            f"more than {MAX_PIECES} pictures at once",
            field="biometrics",
            remedy="Send a record with many pictures alone.",
        )


def _opened(contribution: Contribution) -> Encoded | AllpointsError:
    try:
        pictures = pictures_of(
            (f"biometrics[{number}]", one) for number, one in enumerate(contribution.biometrics)
        ).pictured
        if contribution.biometrics and not pictures:
            raise InvalidValue("there is no single fingerprint and no face in it", field="biometrics")
        return Encoded(contribution, pictures)
    except AllpointsError as error:
        return error


def _pictures(lines: list[Encoded | AllpointsError]) -> int:
    return sum(len(line.pictures) for line in lines if isinstance(line, Encoded))


def _with_templates(lines: list[Encoded | AllpointsError]) -> list[Encoded | AllpointsError]:
    return [line if isinstance(line, AllpointsError) else _encoded(line) for line in lines]


def _encoded(line: Encoded) -> Encoded | AllpointsError:
    try:
        return msgspec.structs.replace(line, templates=templates_of_pictures(line.pictures))
    except AllpointsError as error:
        return error
