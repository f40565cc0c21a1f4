"""Files of many records, contributed in the background while their people do something else.

What is under way lives in memory: a file that was interrupted is simply given again. To a hub the same file is the same
upload, so that nothing in it is contributed twice.
"""

import asyncio
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import TypeVar

import msgspec

from allpoints.bureau.call import random_name
from allpoints.bureau.hubs import Hubs
from allpoints.errors import AllpointsError, Defect, Forbidden, InvalidValue, NotFound, Problem, QuotaExceeded
from allpoints.formats.csv_records import read_csv_records
from allpoints.formats.lines import Read
from allpoints.formats.ndjson import read_ndjson
from allpoints.records import Asker, Contribution
from allpoints.wire.corridor import KeptLine

AT_ONCE = 250
"""Lines of one request: so often the progress moves, and so soon an upload stops."""
MAX_RUNNING = 8
MAX_RUNNING_OF_ONE = 2
"""Files of one person under way, so that nobody keeps the others from theirs."""
KEPT = timedelta(hours=24)
MAX_KEPT = 20
"""Of one person's."""
MAX_SHOWN = 100
"""Refused lines at hand; the report has them all."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Item = TypeVar("Item")


class UploadState(StrEnum):
    """How far an upload is."""

    READING = "reading"
    RUNNING = "running"
    STOPPED = "stopped"
    """Somebody stopped it: what came after was not sent."""
    FAILED = "failed"
    """The file cannot be read, or the hub refused to go on."""
    DONE = "done"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line."""

    line: int
    reference: str = ""
    record: int | None = None
    column: str = ""
    """Which one is to be mended, as the file calls it."""
    detail: str = ""
    remedy: str = ""


class Upload(msgspec.Struct, kw_only=True):
    """One file under way, or what came of it."""

    id: str
    file: str
    hub: str
    asker: Asker
    began_at: datetime
    state: UploadState = UploadState.READING
    lines: int = 0
    outcomes: list[Outcome] = []
    refused: int = 0
    first_refused: list[Outcome] = []
    """As many as are shown."""
    problem: Problem | None = None
    stopping: bool = False

    @property
    def runs(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in (UploadState.READING, UploadState.RUNNING)

    @property
    def contributed(self) -> int:
        """How many of its lines are records now."""
        return len(self.outcomes) - self.refused

    def note(self, outcome: Outcome) -> None:
        """Take down what became of a line."""
        self.outcomes.append(outcome)
        if outcome.record is None:
            self.refused += 1
            if len(self.first_refused) < MAX_SHOWN:
                self.first_refused.append(outcome)

    def report(self) -> bytes:
        """All lines as CSV, in their order."""
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(("line", "reference", "record", "column", "detail", "remedy"))
        for each in sorted(self.outcomes, key=lambda outcome: outcome.line):
            said = (each.reference, each.column, each.detail, each.remedy)
            reference, *rest = map(_harmless, said)
            rows.writerow((each.line, reference, each.record or "", *rest))
        return text.getvalue().encode("utf-8-sig")


class Uploads:
    """All uploads of a node."""

    def __init__(self, hubs: Hubs, may_still: Callable[[Asker], Awaitable[bool]]) -> None:
        """`may_still` says whether who gave a file may go on."""
        self._hubs = hubs
        self._may_still = may_still
        self._uploads: dict[str, Upload] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(
        self,
        asker: Asker,
        hub: str,
        file: str,
        content: bytes,
        *,
        columns: Mapping[str, str],
        constants: Mapping[str, str],
    ) -> Upload:
        """Begin to contribute a file of CSV or NDJSON in somebody's name. Raises `QuotaExceeded` where too many run.

        `columns` and `constants` are those of `read_csv_records`.
        """
        self._forget()
        own = sum(each.runs and each.asker.user == asker.user for each in self._uploads.values())
        if own >= MAX_RUNNING_OF_ONE or len(self._tasks) >= MAX_RUNNING:
            raise QuotaExceeded("too many files are under way", retry_after_s=60)
        upload = Upload(id=random_name(), file=file[:200], hub=hub, asker=asker, began_at=datetime.now(UTC))
        self._uploads[upload.id] = upload
        task = asyncio.ensure_future(self._run(upload, content, columns, constants))
        self._tasks[upload.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(upload.id, None))
        return upload

    def of(self, user: str) -> list[Upload]:
        """Somebody's, the latest first."""
        self._forget()
        return [each for each in reversed(self._uploads.values()) if each.asker.user == user]

    def find(self, upload_id: str, user: str) -> Upload:
        """One of somebody's. Raises `NotFound`."""
        upload = self._uploads.get(upload_id)
        if upload is None or upload.asker.user != user:
            raise NotFound(
                "there is no such upload here",
                field="upload",
                remedy="Give the same file again: nothing in it is contributed twice.",
            )
        return upload

    async def close(self) -> None:
        """Stop everything."""
        for task in (tasks := list(self._tasks.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(
        self, upload: Upload, content: bytes, columns: Mapping[str, str], constants: Mapping[str, str]
    ) -> None:
        try:
            lines = await asyncio.to_thread(_read, content, columns, constants)
            upload.lines, upload.state = len(lines), UploadState.RUNNING
            name = await asyncio.to_thread(_name, content, columns, constants)
            await self._send(upload, lines, name)
        except AllpointsError as error:
            upload.state, upload.problem = UploadState.FAILED, Problem.of(error)
        except Exception:
            upload.state, upload.problem = UploadState.FAILED, Problem.of(Defect("the node failed"))
            raise

    async def _send(self, upload: Upload, lines: Sequence[Read[Contribution]], name: str) -> None:
        client = self._hubs.client(upload.asker, upload.hub)
        for batch in _batches(lines, AT_ONCE):
            if upload.stopping:
                upload.state = UploadState.STOPPED
                return
            if not await self._may_still(upload.asker):
                raise Forbidden("who gave the file may not contribute any more", field="role")
            good = []
            for line in batch:
                if isinstance(line.value, Contribution):
                    good.append(line)
                else:
                    upload.note(_refused(line, line.value))
            values = (line.value for line in good if isinstance(line.value, Contribution))
            kept = client.contribute_many(values, upload=f"{name}-{batch[0].line}")
            for line, answer in zip(good, [each async for each in kept], strict=True):
                upload.note(_outcome(line, answer))
        upload.state = UploadState.DONE

    def _forget(self) -> None:
        old = datetime.now(UTC) - KEPT
        seen: Counter[str] = Counter()
        for upload in tuple(reversed(self._uploads.values())):
            seen[upload.asker.user] += 1
            if not upload.runs and (upload.began_at < old or seen[upload.asker.user] > MAX_KEPT):
                del self._uploads[upload.id]


def _read(
    content: bytes, columns: Mapping[str, str], constants: Mapping[str, str]
) -> list[Read[Contribution]]:
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        if columns or constants:
            raise InvalidValue(
                "goes with CSV", field="columns", remedy="NDJSON has the hub's own names already."
            )
        return list(read_ndjson([content], Contribution))
    return list(read_csv_records([content], columns=columns, constants=constants))


def _name(content: bytes, columns: Mapping[str, str], constants: Mapping[str, str]) -> str:
    """The same for the same file read in the same way."""
    read = msgspec.json.encode([sorted(columns.items()), sorted(constants.items())])
    return hashlib.sha256(hashlib.sha256(content).digest() + read).hexdigest()[:40]


def _outcome(line: Read[Contribution], answer: KeptLine) -> Outcome:
    if answer.error is not None:
        return _refused(line, answer.error.as_error())
    return Outcome(line=line.line, reference=_reference(line), record=answer.id)


def _refused(line: Read[Contribution], error: object) -> Outcome:
    assert isinstance(error, AllpointsError)  # noqa: S101 - what is no contribution is its error
    return Outcome(
        line=line.line,
        reference=_reference(line),
        column=line.column(error.field),
        detail=error.detail,
        remedy=error.remedy,
    )


def _reference(line: Read[Contribution]) -> str:
    return line.value.reference if isinstance(line.value, Contribution) else ""


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
