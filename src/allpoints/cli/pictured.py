"""A folder of records with pictures: a list, and beside it a folder of pictures for each record."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from allpoints.bureau import Client
from allpoints.cli.biometrics import of_file
from allpoints.errors import AllpointsError, Forbidden, InvalidValue, Problem, Unauthenticated, Unavailable
from allpoints.formats.lines import Read
from allpoints.records import Biometric, Contribution
from allpoints.wire.corridor import KeptLine

LISTS = ("records.csv", "records.ndjson")

_ENDS_IT = (Forbidden, Unauthenticated, Unavailable)
"""What is wrong with none of the records: the next one would meet with it, too."""


def list_of(folder: Path) -> Path:
    """The list of the folder's records. Raises `InvalidValue` where there is none or there are two."""
    lists = [folder / name for name in LISTS if (folder / name).is_file()]
    if len(lists) == 1:
        return lists[0]
    raise InvalidValue(
        f"has {'two lists' if lists else 'no list'} of its records",
        field=folder.name,
        remedy=f"Put one of {' or '.join(LISTS)} into it.",
    )


def with_pictures(lines: Iterable[Read[Contribution]], folder: Path) -> Iterator[Read[Contribution]]:
    """Each record with the pictures in the folder that is named as its reference.

    A picture that cannot be taken is what is wrong with its record. Raises `InvalidValue` at the end for folders
    that belong to no record: nobody would miss what is in them. Where a line could not be read, they may be its.
    """
    left = {each.name for each in folder.iterdir() if each.is_dir()}
    unread = False
    for line in lines:
        if isinstance(line.value, AllpointsError):
            unread = True
            yield line
            continue
        left.discard(line.value.reference)
        try:
            pictures = _pictures(folder, line.value.reference)
        except AllpointsError as error:
            yield msgspec.structs.replace(line, value=error)
        else:
            yield msgspec.structs.replace(
                line, value=msgspec.structs.replace(line.value, biometrics=pictures)
            )
    if left and not unread:
        raise InvalidValue(
            f"{len(left)} folders belong to no record, such as {min(left)}",
            field=folder.name,
            remedy="Name each as the reference of its record in the list.",
        )


def contributed(client: Client, records: Iterable[Contribution]) -> Iterator[KeptLine]:
    """Contribute one record after the other: pictures are too large to be sent together.

    The same record is sent under the same key, so that an interrupted upload is simply run again.
    """
    for number, record in enumerate(records, start=1):
        key = hashlib.sha256(msgspec.json.encode(record)).hexdigest()[:40]
        try:
            kept = client.contribute(record, idempotency_key=key)
        except _ENDS_IT:
            raise
        except AllpointsError as error:
            yield KeptLine(line=number, error=Problem.of(error))
        else:
            yield KeptLine(
                line=number, id=kept.id, version=kept.version, entry=kept.entry, promise=kept.promise
            )


def _pictures(folder: Path, reference: str) -> tuple[Biometric, ...]:
    # A reference such as ../.. is no folder's name, and `..` is that of another one.
    inside = reference == Path(reference).name and reference not in {".", ".."}
    if not inside or not (folder / reference).is_dir():
        return ()
    return tuple(of_file(file) for file in sorted((folder / reference).iterdir()) if file.is_file())
