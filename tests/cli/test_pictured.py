"""A folder of records with pictures."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import pytest

from allpoints.bureau import Client
from allpoints.cli.pictured import contributed, list_of, with_pictures
from allpoints.errors import AllpointsError, Conflict, InvalidValue, Unavailable
from allpoints.formats.lines import Read
from allpoints.records import Contribution, Face, Fingerprint, Particulars, RecordKind
from allpoints.wire.corridor import Kept


def record(reference: str) -> Contribution:
    return Contribution(
        reference=reference,
        kind=RecordKind.PERSON,
        identifiers=(),
        particulars=Particulars(reason="wanted", names=("Anna Brombacher",)),
    )


def pictured(folder: Path, *records: Contribution) -> list[Contribution | AllpointsError]:
    lines = (Read(number, value) for number, value in enumerate(records, start=2))
    return [line.value for line in with_pictures(lines, folder)]


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(name.encode())


def test_a_record_gets_the_pictures_in_the_folder_of_its_reference(tmp_path: Path) -> None:
    put(tmp_path, "P-1/finger-2.png", "P-1/face.jpg", "P-2/trace.png")
    first, second, third = pictured(tmp_path, record("P-1"), record("P-2"), record("P-3"))
    assert isinstance(first, Contribution)
    assert isinstance(second, Contribution)
    assert isinstance(third, Contribution)
    assert set(first.biometrics) == {
        Fingerprint(image=b"P-1/finger-2.png", finger=2),
        Face(image=b"P-1/face.jpg"),
    }
    assert second.biometrics == (Fingerprint(image=b"P-2/trace.png"),)
    assert third.biometrics == ()


def test_a_picture_of_unclear_name_is_what_is_wrong_with_its_record_alone(tmp_path: Path) -> None:
    put(tmp_path, "P-1/DSC1.jpg", "P-2/face.jpg")
    first, second = pictured(tmp_path, record("P-1"), record("P-2"))
    assert isinstance(first, InvalidValue)
    assert isinstance(second, Contribution)


def test_pictures_of_nobody_are_not_left_behind_unnoticed(tmp_path: Path) -> None:
    put(tmp_path, "P-1/face.jpg", "P-7/face.jpg")
    with pytest.raises(InvalidValue, match="P-7"):
        pictured(tmp_path, record("P-1"))


def test_the_folder_of_a_record_that_could_not_be_read_is_not_said_to_be_nobodys(tmp_path: Path) -> None:
    put(tmp_path, "P-1/face.jpg", "P-2/face.jpg")
    lines = [Read(2, record("P-1")), Read(3, InvalidValue("no date", field="birth"))]
    assert [isinstance(line.value, Contribution) for line in with_pictures(lines, tmp_path)] == [True, False]


@pytest.mark.parametrize("reference", ["../outside", "..", "a/b", "."])
def test_a_reference_leads_nowhere_else(tmp_path: Path, reference: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    put(tmp_path, "outside/face.jpg")
    (tmp_path / "face.jpg").write_bytes(b"outside")
    [found] = pictured(inside, record(reference))
    assert isinstance(found, Contribution)
    assert found.biometrics == ()


def test_a_folder_has_one_list(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="no list"):
        list_of(tmp_path)
    put(tmp_path, "records.csv")
    assert list_of(tmp_path) == tmp_path / "records.csv"
    put(tmp_path, "records.ndjson")
    with pytest.raises(InvalidValue, match="two lists"):
        list_of(tmp_path)


class Hub:
    """Answers contributions as it is told."""

    def __init__(self, answers: Iterable[Kept | AllpointsError]) -> None:
        self._answers = iter(answers)
        self.keys: list[str] = []

    def contribute(self, _: Contribution, *, idempotency_key: str) -> Kept:
        self.keys.append(idempotency_key)
        answer = next(self._answers)
        if isinstance(answer, AllpointsError):
            raise answer
        return answer


def kept(number: int) -> Kept:
    return Kept(id=number, version=1, entry="1.0", promise=None)


def test_a_refused_record_spares_the_others() -> None:
    hub = Hub([kept(4), Conflict("taken", field="reference"), kept(6)])
    answers = list(contributed(cast(Client, hub), map(record, ("P-1", "P-2", "P-3"))))
    assert [answer.id for answer in answers] == [4, None, 6]
    assert answers[1].error is not None


def test_what_would_stop_every_record_stops_the_upload() -> None:
    hub = Hub([kept(4), Unavailable("the hub does not answer")])
    with pytest.raises(Unavailable):
        list(contributed(cast(Client, hub), map(record, ("P-1", "P-2", "P-3"))))


def test_the_same_record_is_sent_under_the_same_key() -> None:
    first, second = Hub([kept(4), kept(5)]), Hub([kept(4), kept(5)])
    for hub in (first, second):
        list(contributed(cast(Client, hub), map(record, ("P-1", "P-2"))))
    assert first.keys == second.keys
    assert len(set(first.keys)) == 2
