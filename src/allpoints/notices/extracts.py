"""What everybody may read of a published notice: the fields that its owner opened, and nothing else."""

from collections.abc import Iterable
from typing import Any

from allpoints.errors import Unavailable
from allpoints.records import HeldRecord
from allpoints.records.notices import PublicExtract, PublicField
from allpoints.store.notices import StoredNotice
from allpoints.wire.notices import NoticePictureHead

_OF_GROUNDS = frozenset({PublicField.FACTS, PublicField.OFFENCE, PublicField.PLACE, PublicField.FOUND})
"""Fields of the grounds; the others are fields of the record's particulars."""


def extract_of(
    notice: StoredNotice, held: HeldRecord, pictures: Iterable[NoticePictureHead]
) -> PublicExtract | None:
    """The public extract of a published notice; None where its owner opened nothing."""
    if not notice.public:
        return None
    if held.particulars is None or notice.published_at is None:
        raise Unavailable(f"notice {notice.id} is not there to be read in full")
    opened: dict[str, Any] = {
        field.value: getattr(notice.grounds if field in _OF_GROUNDS else held.particulars, field.value)
        for field in notice.public
    }
    if "names" in opened:
        opened["names"] = tuple(map(str, opened["names"]))
    return PublicExtract(
        number=notice.number,
        colour=notice.colour,
        owner=notice.owner,
        published_at=notice.published_at,
        pictures=tuple(picture.number for picture in pictures if picture.public),
        **opened,
    )
