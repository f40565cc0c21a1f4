"""Pictures of a notice: read within limits and written anew, so that what is shown holds nothing but pixels."""

from collections.abc import Iterable

from allpoints.formats.pictures import colour, jpeg
from allpoints.records.notices import NoticePicture
from allpoints.store.notices import ShownPicture

SIDE = 1_600
"""Pixels of the longer side at most: enough to know a face or a scar by, and to print."""


def shown(pictures: Iterable[NoticePicture]) -> tuple[ShownPicture, ...]:
    """Read pictures and write them anew. It takes its time: call it in a thread.

    Raises `InvalidValue`, `MalformedInput` and `TooLarge` naming the picture.
    """
    return tuple(_shown(picture, field=f"pictures[{n}].image") for n, picture in enumerate(pictures))


def _shown(picture: NoticePicture, *, field: str) -> ShownPicture:
    written, width, height = jpeg(colour(picture.image, field=field).pixels, side=SIDE)
    return ShownPicture(
        caption=picture.caption, public=picture.public, width=width, height=height, jpeg=written
    )
