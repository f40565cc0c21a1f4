from io import SEEK_SET
from pathlib import Path

import pytest

from allpoints.errors import InvalidValue, TooLarge, Unavailable
from allpoints.modalities.vault.files import MAX_ENTRY, Entry, frames, wipe, wiped, write
from allpoints.modalities.vault.sealing import Sealer

SEALER = Sealer(bytes(32))
ENTRIES = [Entry(1, (b"thumb", b"index")), Entry(2, ()), Entry(3, (b"",))]


def test_what_was_written_is_walked_in_order(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        places = write(file, SEALER, ENTRIES)
        assert [frame.opened(SEALER) for frame in frames(file, 0, file.tell())] == ENTRIES
    assert [place.gone for place in places.values()] == [False, True, False]


def test_a_wiped_entry_is_passed_over_and_leaves_zeros(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        offset, length, _ = write(file, SEALER, ENTRIES)[1]
        end = file.tell()
        assert not wiped(file, offset)
        wipe(file, [offset])
        assert wiped(file, offset)
        assert [frame.record_id for frame in frames(file, 0, end)] == [2, 3]
        file.seek(offset + 8, SEEK_SET)
        assert file.read(length - 8) == bytes(length - 8)


def test_an_entry_in_another_place_or_of_another_record_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        write(file, SEALER, [Entry(1, (b"thumb",))])
        (frame,) = frames(file, 0, file.tell())
    for moved in (frame._replace(offset=8), frame._replace(record_id=2)):
        with pytest.raises(Unavailable):
            moved.opened(SEALER)


def test_a_walk_that_does_not_end_where_it_should_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        write(file, SEALER, ENTRIES)
        end = file.tell()
        for stop in (1, end - 1, end + 8):
            with pytest.raises(Unavailable):
                list(frames(file, 0, stop))


def test_a_record_comes_once_and_is_not_too_large(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        with pytest.raises(InvalidValue, match="twice"):
            write(file, SEALER, [Entry(1, ()), Entry(1, ())])
        with pytest.raises(TooLarge):
            write(file, SEALER, [Entry(1, (bytes(MAX_ENTRY),))])
