"""Labelled impressions of fingers for the benchmark: a folder of sets as FVC lays them out, or drawn ones."""

import re
from pathlib import Path
from typing import NamedTuple

from allpoints.errors import InvalidValue

DRAWN_FINGERS, DRAWN_IMPRESSIONS = 10, 8
DRAWN_SEED = 7

_NAME = re.compile(r"(?P<finger>\d+)_(?P<number>\d+)\.(png|tiff?|bmp|jpe?g|jp2|wsq)", re.IGNORECASE)


class Impression(NamedTuple):
    """One picture, and which finger it shows."""

    finger: str
    number: int
    image: bytes


Sets = dict[str, list[Impression]]


def sets(folder: Path | None) -> Sets:
    """Read each folder that holds pictures called finger_impression, such as 101_1.tif; one drawn set without a folder.

    Raises `InvalidValue` where there is none, or one without two impressions of a finger and two fingers.
    """
    if folder is None:
        return {"drawn": _drawn()}
    within = folder / "fingerprints" if (folder / "fingerprints").is_dir() else folder
    found: Sets = {}
    for path in sorted(within.rglob("*")):
        if path.is_file() and (name := _NAME.fullmatch(path.name)):
            of = found.setdefault(path.parent.name, [])
            of.append(Impression(name["finger"], int(name["number"]), path.read_bytes()))
    for name, impressions in found.items():
        if not 1 < len({each.finger for each in impressions}) < len(impressions):
            raise InvalidValue(f"{name} has not two fingers and two impressions of one", field="--data")
    if not found:
        raise InvalidValue(
            f"no fingerprints in {within}",
            field="--data",
            remedy="Name a folder of folders with pictures called finger_impression, such as 101_1.png.",
        )
    return found


def _drawn() -> list[Impression]:
    from allpoints.demo.fingerprints import finger, impression, png

    fingers = [finger(DRAWN_SEED + number) for number in range(DRAWN_FINGERS)]
    return [
        Impression(str(of), number, png(impression(drawn, number)))
        for of, drawn in enumerate(fingers)
        for number in range(DRAWN_IMPRESSIONS)
    ]
