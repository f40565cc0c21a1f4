"""Notices and diffusions, their steps and their pictures, as the asker may see them.

Each call is one statement within the asker's transaction, or says why it is more. Row-level security shows a bureau its
own and what is published or sent to it, and the secretariat all that it reviews.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from allpoints.records import HeldRecord
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import Grounds, PublicExtract, PublicField
from allpoints.records.review import Answered
from allpoints.store.acts import Act
from allpoints.store.queries import query
from allpoints.wire.notices import NoticePictureHead, NoticeState, NoticeStep, Step

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_grounds = msgspec.json.Decoder(Grounds)
_checklist = msgspec.json.Decoder(tuple[Answered, ...])
_extract = msgspec.json.Decoder(PublicExtract)


class StoredNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice or diffusion without the record that it is about."""

    id: int
    kind: NoticeKind
    colour: Colour
    state: NoticeState
    owner: str
    record: int
    number: str
    grounds: Grounds
    public: tuple[PublicField, ...]
    review_due: bool
    requested_at: datetime
    published_at: datetime | None


class ShownPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a notice, read and written anew: a plain JPEG. The database has it sealed."""

    caption: str
    public: bool
    width: int
    height: int
    jpeg: bytes


class Expired(msgspec.Struct, frozen=True, kw_only=True):
    """A notice that the housekeeper has ended."""

    id: int
    kind: NoticeKind
    colour: Colour
    number: str
    owner: str
    record: int
    version: int


async def add(act: Act, notice: StoredNotice) -> int:
    """Store a notice whose record is stored already; return its number in the hub. Its own `id` counts for nothing."""
    [(number,)] = await act._rows(
        "add_notice",
        notice.kind.value,
        notice.colour.value,
        notice.state.value,
        notice.owner,
        notice.record,
        _json(notice.grounds),
        list(notice.public),
        notice.published_at,
    )
    return int(number)


async def notice(act: Act, number: int, *, for_change: bool = False) -> StoredNotice | None:
    """One notice that the asker may see, locked until the transaction ends where it is to be changed."""
    rows = await act._rows("notice_for_change" if for_change else "notice", number)
    return _notice(rows[0]) if rows else None


async def notices(
    act: Act,
    *,
    after: int,
    limit: int,
    kind: NoticeKind | None,
    colour: Colour | None,
    state: NoticeState | None,
    owner: str | None,
    due: bool,
) -> list[StoredNotice]:
    """A page of the notices that the asker may see; `due` are those that wait for a review."""
    rows = await act._rows(
        "notices", after=after, limit=limit, kind=kind, colour=colour, state=state, owner=owner, due=due
    )
    return [_notice(row) for row in rows]


async def change(act: Act, changed: StoredNotice, extract: PublicExtract | None) -> None:
    """Keep what came of a notice that was locked before, and bring its record in line (two statements)."""
    await act._rows(
        "change_notice",
        changed.state.value,
        changed.number,
        _json(changed.grounds),
        list(changed.public),
        None if extract is None else _json(extract),
        changed.review_due,
        changed.published_at,
        changed.id,
    )
    await settle(act, changed.id)


async def settle(act: Act, number: int) -> None:
    """Bring a record in line with its notice: state, mark, change feed."""
    await act._rows("settle_notice", number)


async def next_number(act: Act, year: int) -> int:
    """Take the next number of a year; for the secretariat."""
    [(last,)] = await act._rows("next_notice_number", year)
    return int(last)


async def add_step(act: Act, number: int, step: NoticeStep) -> None:
    """Keep what was done with a notice."""
    await act._rows(
        "add_notice_step",
        number,
        step.step.value,
        step.at,
        step.bureau,
        step.user,
        step.version,
        step.reason,
        _json(step.checklist) if step.checklist else None,
    )


async def steps(act: Act, number: int) -> list[NoticeStep]:
    """What was done with a notice; nothing for whom it does not concern."""
    return [
        NoticeStep(
            step=Step(step),
            at=at,
            bureau=bureau,
            user=user,
            version=version,
            reason=reason,
            checklist=_checklist.decode(checklist) if checklist is not None else (),
        )
        for step, at, bureau, user, version, reason, checklist in await act._rows("notice_steps", number)
    ]


async def replace_pictures(act: Act, number: int, pictures: Sequence[ShownPicture]) -> None:
    """Make these the pictures of a notice (two statements)."""
    await act._rows("drop_notice_pictures", number)
    rows = [
        (
            number,
            place,
            p.caption,
            p.public,
            p.width,
            p.height,
            act.seals.sealer.seal(p.jpeg, _context(number)),
        )
        for place, p in enumerate(pictures, start=1)
    ]
    if rows:
        await act._rows("add_notice_pictures", *(list(column) for column in zip(*rows, strict=True)))


async def pictures(act: Act, number: int) -> tuple[NoticePictureHead, ...]:
    """What there is to look at."""
    return tuple(
        NoticePictureHead(number=place, caption=caption, public=public, width=width, height=height)
        for place, caption, public, width, height in await act._rows("notice_pictures", number)
    )


async def picture(act: Act, number: int, place: int) -> bytes | None:
    """One picture as JPEG. Raises `Unavailable` where another key sealed it."""
    rows = await act._rows("notice_picture", number, place)
    return act.seals.sealer.open(bytes(rows[0][0]), _context(number)) if rows else None


async def records(act: Act, ids: Iterable[int], *, reviewer: bool) -> dict[int, HeldRecord]:
    """The records of notices by id, as the asker may see them; whole for a reviewer of the secretariat."""
    rows = await act._rows("reviewed_records" if reviewer else "noticed_records", list(ids))
    return {held.id: held for held in await act._held(rows)}


async def extracts(act: Act, *, after: int, limit: int) -> list[tuple[int, PublicExtract]]:
    """A page of what everybody may read of what is published and in force, with the notices' ids."""
    rows = await act._rows("public_extracts", after, limit)
    return [(notice_id, _extract.decode(extract)) for notice_id, extract in rows]


async def extract(act: Act, number: str) -> PublicExtract | None:
    """What everybody may read of the notice with a number."""
    rows = await act._rows("public_extract", number)
    return _extract.decode(rows[0][0]) if rows else None


async def public_picture(act: Act, number: str, place: int) -> bytes | None:
    """A picture that everybody may see, as JPEG. Raises as `picture`."""
    rows = await act._rows("public_picture", number, place)
    return act.seals.sealer.open(bytes(rows[0][1]), _context(rows[0][0])) if rows else None


async def expire(connection: Connection, *, limit: int) -> list[Expired]:
    """End up to `limit` notices whose records' validity is over, and withdraw their records."""
    rows = await (await connection.execute(query("expire_notices"), [limit])).fetchall()
    ended = [
        Expired(**dict(zip(Expired.__struct_fields__, (n, NoticeKind(k), Colour(c), *rest), strict=True)))
        for n, k, c, *rest in rows
    ]
    for notice in ended:
        await connection.execute(query("settle_notice"), [notice.id])
    await connection.execute(
        query("add_expiry_steps"), [[notice.id for notice in ended], [notice.version for notice in ended]]
    )
    return ended


def _notice(row: tuple[Any, ...]) -> StoredNotice:
    fields = dict(zip(StoredNotice.__struct_fields__, row, strict=True))
    return StoredNotice(
        **{
            **fields,
            "kind": NoticeKind(fields["kind"]),
            "colour": Colour(fields["colour"]),
            "state": NoticeState(fields["state"]),
            "grounds": _grounds.decode(fields["grounds"]),
            "public": tuple(map(PublicField, fields["public"])),
        }
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _context(number: int) -> bytes:
    """What is sealed opens only as a picture of its own notice."""
    return f"notice {number} picture".encode()
