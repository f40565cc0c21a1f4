"""What askers see of notices: their own, those that reach them, and for the secretariat those that it reviews.

The record that a notice is about is disclosed as to any check: in full or not at all, and its owner can list the read.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from allpoints.access import Disclosure, Match, for_review, release
from allpoints.notices.acting import no_such
from allpoints.records import SECRETARIAT, Asker, HeldRecord
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.neutrality import hints
from allpoints.steps.commit import Work
from allpoints.store import notices as store
from allpoints.store.acts import Act
from allpoints.store.notices import StoredNotice
from allpoints.wire.notices import Hint, NoticeDetails, NoticeHead, NoticePictureHead, NoticeState

_ANNOUNCED = Match(modality="notices", agreement="announced")
"""Nothing was compared: the asker reads what was announced."""


class Listed(NoticeHead, frozen=True, kw_only=True):
    """A notice as the asker may see it, in a list."""

    hit: Disclosure


class Shown(NoticeDetails, frozen=True, kw_only=True):
    """A notice as the asker may see it."""

    hit: Disclosure


async def listed(
    act: Act,
    asker: Asker,
    now: datetime,
    *,
    after: int,
    limit: int,
    kind: NoticeKind | None = None,
    colour: Colour | None = None,
    state: NoticeState | None = None,
    mine: bool = False,
    due: bool = False,
) -> Work:
    """A page of what the asker may see; `due` wait for the secretariat's review."""
    stored = await store.notices(
        act,
        after=after,
        limit=limit,
        kind=kind,
        colour=colour,
        state=state,
        owner=asker.bureau if mine else None,
        due=due,
    )
    records = await store.records(
        act, [notice.record for notice in stored], reviewer=asker.bureau == SECRETARIAT
    )
    found = [
        Listed(**_head(notice, held), hit=hit)
        for notice in stored
        if (held := records.get(notice.record)) and (hit := _disclosed(held, asker, now))
    ]
    return Work(result=found, disclosed=_read((one.hit for one in found), asker))


async def one(act: Act, asker: Asker, number: int, now: datetime) -> Work:
    """One notice with all that the asker may see of it. Raises `NotFound`."""
    notice, held, hit = await _seen(act, asker, number, now)
    pictures = await store.pictures(act, number)
    found = Shown(
        **_head(notice, held),
        hit=hit,
        grounds=notice.grounds,
        public=notice.public,
        pictures=pictures,
        steps=tuple(await store.steps(act, number)),
        hints=_hints(notice, held, pictures) if asker.bureau == SECRETARIAT else (),
    )
    return Work(result=found, subject=str(number), disclosed=_read(iter([hit]), asker))


async def picture(act: Act, asker: Asker, number: int, place: int, now: datetime) -> Work:
    """One picture of a notice, as JPEG. Raises `NotFound`."""
    _, _, hit = await _seen(act, asker, number, now)
    body = await store.picture(act, number, place) if 0 < place < 2**15 else None
    if body is None:
        raise no_such(number)
    return Work(result=body, subject=f"{number} {place}", disclosed=_read(iter([hit]), asker))


async def _seen(
    act: Act, asker: Asker, number: int, now: datetime
) -> tuple[StoredNotice, HeldRecord, Disclosure]:
    notice = await store.notice(act, number) if 0 < number < 2**63 else None
    if notice is None:
        raise no_such(number)
    records = await store.records(act, [notice.record], reviewer=asker.bureau == SECRETARIAT)
    held = records.get(notice.record)
    hit = _disclosed(held, asker, now) if held else None
    if held is None or hit is None:
        raise no_such(number)
    return notice, held, hit


def _disclosed(held: HeldRecord, asker: Asker, now: datetime) -> Disclosure | None:
    """The record in full, or nothing."""
    if asker.bureau == SECRETARIAT:
        return for_review(held, asker, match=_ANNOUNCED)
    outcome = release(held, asker, today=now.date(), match=_ANNOUNCED)
    return outcome if isinstance(outcome, Disclosure) and outcome.level == "full" else None


def _read(hits: Iterator[Disclosure], asker: Asker) -> tuple[Disclosure, ...]:
    """Of which the owners can list that they were read: all but the asker's own."""
    return tuple(hit for hit in hits if hit.owner != asker.bureau)


def _head(notice: StoredNotice, held: HeldRecord) -> dict[str, Any]:
    of_notice = {
        name: getattr(notice, name)
        for name in NoticeHead.__struct_fields__
        if name in StoredNotice.__struct_fields__
    }
    return {**of_notice, "version": held.version, "valid_until": held.retention.valid_until}


def _hints(
    notice: StoredNotice, held: HeldRecord, pictures: tuple[NoticePictureHead, ...]
) -> tuple[Hint, ...]:
    texts = [
        *_texts("grounds", notice.grounds),
        *_texts("contribution.particulars", held.particulars),
        *((f"pictures[{n}].caption", picture.caption) for n, picture in enumerate(pictures)),
    ]
    return tuple(Hint(item=item, word=word, field=field) for item, word, field in hints(texts))


def _texts(part: str, of: msgspec.Struct | None) -> Iterator[tuple[str, str]]:
    for name in of.__struct_fields__ if of is not None else ():
        if isinstance(value := getattr(of, name), str):
            yield f"{part}.{name}", value
