"""Files of many records, contributed in the background."""

import asyncio
import csv
import io
import secrets
import threading
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from allpoints.bureau import uploads as module
from allpoints.bureau.node import Node
from allpoints.bureau.people import Person
from allpoints.bureau.store import people
from allpoints.bureau.uploads import Upload, Uploads, UploadState
from allpoints.errors import NotFound, QuotaExceeded
from allpoints.records import AgencyKind, Asker, Purpose, Role

ME = Asker(
    bureau="ALB",
    user="u-1",
    agency=AgencyKind.POLICE,
    role=Role.OPERATOR,
    purpose=Purpose.CRIMINAL_INVESTIGATION,
)
PERSON = Person(
    id=0,
    name="uploader",
    display_name="Who gives files",
    pseudonym=ME.user,
    roles=(ME.role,),
    agency=ME.agency,
    clearance=ME.clearance,
    purposes=(ME.purpose,),
    language="en",
    theme="light",
    active=True,
)
HEADER = "reference,kind,reason,plate\n"


@pytest_asyncio.fixture(scope="session", autouse=True)
async def person(node: Node) -> Person:
    async with node.database.transaction() as t:
        return await people.add(t, PERSON)


def table(count: int, *, bad: tuple[int, ...] = ()) -> bytes:
    """So many vehicles; those of the bad lines are refused by the hub."""
    name = secrets.token_hex(4)
    rows = (
        f"{name}-{n},vehicle,stolen,{'QQQ' if n in bad else 'ALB'}:{secrets.token_hex(4).upper()}"
        for n in range(count)
    )
    return (HEADER + "\n".join(rows)).encode()


def start(uploads: Uploads, content: bytes, **how: dict[str, str]) -> Upload:
    return uploads.start(ME, "hub", "cars.csv", content, **{"columns": {}, "constants": {}, **how})


async def ended(upload: Upload) -> Upload:
    async with asyncio.timeout(60):
        while upload.runs:
            await asyncio.sleep(0.02)
    return upload


async def test_a_refused_line_spares_the_others_and_the_report_has_every_line(node: Node) -> None:
    content = table(5, bad=(1,)) + b"\nonly,three,cells"
    upload = await ended(start(node.uploads, content))
    assert (upload.state, upload.lines, upload.contributed, upload.refused) == (UploadState.DONE, 6, 4, 2)
    rows = list(csv.DictReader(io.StringIO(upload.report().decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == ["2", "3", "4", "5", "6", "7"]
    assert [bool(row["record"]) for row in rows] == [True, False, True, True, True, False]
    assert rows[1]["column"] == "plate"
    assert rows[1]["remedy"]


async def test_the_same_file_again_contributes_nothing_twice(node: Node) -> None:
    content = table(3)
    first, again = [await ended(start(node.uploads, content)) for _ in range(2)]
    assert [each.record for each in first.outcomes] == [each.record for each in again.outcomes]
    assert all(each.record for each in first.outcomes)


async def test_it_stops_between_two_requests_and_the_same_file_goes_on(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    content = table(9)
    upload = start(node.uploads, content)
    while not upload.outcomes:
        await asyncio.sleep(0.005)
    upload.stopping = True
    await ended(upload)
    assert upload.state is UploadState.STOPPED
    assert 0 < len(upload.outcomes) < 9
    whole = await ended(start(node.uploads, content))
    assert whole.contributed == 9
    assert whole.outcomes[0].record == upload.outcomes[0].record


@pytest.mark.parametrize(
    ("content", "how", "field"),
    [
        (b"", {}, "header"),
        (b"reference,kind,reason,nonsense\n", {}, "column nonsense"),
        (b'{"reference": "x"}', {"columns": {"a": "b"}}, "columns"),
        (b"reference,kind,reason\n", {"columns": {"Grund": "reason"}}, "map"),
    ],
)
async def test_what_is_no_file_of_records_is_said(
    node: Node, content: bytes, how: dict[str, dict[str, str]], field: str
) -> None:
    upload = await ended(start(node.uploads, content, **how))
    assert upload.state is UploadState.FAILED
    assert upload.problem
    assert upload.problem.field == field


async def test_a_bad_line_of_ndjson_spares_the_others(node: Node) -> None:
    good = f'{{"reference": "{secrets.token_hex(6)}", "kind": "item", "identifiers": [{{"scheme": "phone",'
    good += ' "value": "+355672123456"}], "particulars": {"reason": "lost"}}'
    upload = await ended(start(node.uploads, f"{good}\n{{}}\nno JSON\n".encode()))
    assert (upload.contributed, upload.refused) == (1, 2)


async def test_what_a_spreadsheet_would_compute_is_kept_a_text(node: Node) -> None:
    content = HEADER.encode() + b"=cmd|'/c calc'!A1,vehicle,stolen,QQQ:1\n"
    report = (await ended(start(node.uploads, content))).report().decode("utf-8-sig")
    assert "'=cmd" in report


async def test_nobody_sees_the_uploads_of_others(node: Node) -> None:
    upload = await ended(start(node.uploads, table(1)))
    assert node.uploads.find(upload.id, "u-1") is upload
    assert upload in node.uploads.of("u-1")
    assert node.uploads.of("u-2") == []
    for name, user in ((upload.id, "u-2"), ("nothing", "u-1")):
        with pytest.raises(NotFound):
            node.uploads.find(name, user)


async def test_too_many_at_once_are_refused_and_the_old_are_forgotten(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_RUNNING", 0)
    with pytest.raises(QuotaExceeded):
        start(node.uploads, table(1))
    monkeypatch.setattr(module, "MAX_RUNNING", 4)
    uploads = Uploads(node.hubs, node.people.may_still)
    first = await ended(start(uploads, table(1)))
    monkeypatch.setattr(module, "MAX_KEPT", 0)
    assert uploads.of("u-1") == []
    with pytest.raises(NotFound):
        uploads.find(first.id, "u-1")


async def test_nobody_keeps_others_from_their_files(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads = Uploads(node.hubs, node.people.may_still)
    other = replace(ME, user="u-2")
    mine = [start(uploads, table(1)) for _ in range(module.MAX_RUNNING_OF_ONE)]
    with pytest.raises(QuotaExceeded):
        start(uploads, table(1))
    theirs = uploads.start(other, "hub", "cars.csv", table(1), columns={}, constants={})
    for each in (*mine, theirs):
        await ended(each)
    monkeypatch.setattr(module, "MAX_KEPT", 1)
    assert uploads.of("u-1") == mine[-1:]
    assert uploads.of("u-2") == [theirs]


async def test_a_page_shows_the_first_refused_lines_without_looking_for_them(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_SHOWN", 2)
    upload = await ended(start(node.uploads, table(4, bad=(0, 1, 3))))
    assert [each.line for each in upload.first_refused] == [2, 3]
    assert upload.refused == 3


async def test_what_takes_long_keeps_nobody_waiting(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    real = module._name

    def named(*read: Any) -> str:
        threads.append(threading.current_thread())
        return real(*read)

    monkeypatch.setattr(module, "_name", named)
    await ended(start(node.uploads, table(1)))
    assert threads[0] is not threading.current_thread()


async def test_it_ends_with_the_node(node: Node) -> None:
    uploads = Uploads(node.hubs, node.people.may_still)
    upload = start(uploads, table(2_000))
    await uploads.close()
    assert upload.state in (UploadState.READING, UploadState.RUNNING)


async def test_it_goes_no_further_than_its_person_may(
    node: Node, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    answers = iter((True, False))

    async def may_still(_: Asker) -> bool:
        return next(answers)

    upload = await ended(start(Uploads(node.hubs, may_still), table(5)))
    assert (upload.state, upload.contributed) == (UploadState.FAILED, 2)
    assert upload.problem is not None
    assert upload.problem.code == "forbidden"
    assert await node.people.may_still(ME)
    assert not await node.people.may_still(replace(ME, role=Role.SUPERVISOR))
    await node.people.change(replace(person, purposes=(Purpose.BORDER_CONTROL,)))
    assert not await node.people.may_still(ME)
    await node.people.change(person)
