"""The corridor: how one signed question becomes an answer, told in order.

    authorise -> decode -> search -> re-read as the asker -> release -> log and notify -> answer

Requests that wait at the same time walk it together and share one transaction; one check is a batch of one.
Nothing is answered before its entry in the log is durable. Each step is a file in `steps/`.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from nacl.signing import SigningKey

from allpoints.access import Action
from allpoints.access.authenticate import HttpMessage
from allpoints.audit.entries import Group, act_entry
from allpoints.errors import AllpointsError
from allpoints.modalities.identifiers import Keyring
from allpoints.steps.authorise import Admitted, Authoriser
from allpoints.steps.commit import Case, Committer, Done, Settled, Work
from allpoints.steps.contribute import (
    CONTRIBUTE,
    CONTRIBUTE_ONE,
    correct_record,
    correction,
    store_contribution,
    store_contributions,
    withdraw_record,
)
from allpoints.steps.decode import count_lines
from allpoints.steps.disclose import decide_case, examined, line, reread
from allpoints.steps.log import findings, log_check, log_news, log_reads, log_refusal
from allpoints.steps.prepare import decode, search
from allpoints.steps.search import Gallery
from allpoints.steps.uploads import read_upload
from allpoints.store.acts import Act
from allpoints.store.database import Database

Task = Callable[[Act, Admitted], Awaitable[Work]]
Read = Callable[[Admitted, Database, Authoriser], Awaitable[Any]]
Store = Callable[..., Awaitable[Work]]


class Pipeline:
    """The corridor of one hub worker."""

    def __init__(
        self,
        database: Database,
        gallery: Gallery,
        authoriser: Authoriser,
        keyring: Keyring,
        signing_key: SigningKey,
    ) -> None:
        self._database = database
        self._gallery = gallery
        self._authoriser = authoriser
        self._keyring = keyring
        self._committer = Committer(database, authoriser, signing_key)

    async def check(self, asked: Sequence[tuple[HttpMessage, Action]]) -> list[Settled]:
        """Answer requests that ask for checks: one JSON check each, or NDJSON for `check-in-bulk`.

        What brings pictures (`check-biometrics`) takes too long for others to wait with it: it comes alone.

        The result of each is a list of `Line`s, one for each question in order, or the error that refused it.
        """
        now = datetime.now(UTC)
        arrived = [await self._admit(message, action) for message, action in asked]
        cases = [case for case in arrived if isinstance(case, Case)]
        for case in cases:
            await decode(case, self._authoriser, now)
            await search(case, self._gallery)
        found = any(case.candidates for case in cases)
        settled = iter(await self._committer.settle(cases, self._release, now=now, many_statements=found))
        return [next(settled) if isinstance(case, Case) else case for case in arrived]

    async def introduce(self, message: HttpMessage) -> None:
        """Look up a key that is new here, before the request joins others. Raises what refuses it."""
        await self._authoriser.introduce(message)

    async def recognise(self, message: HttpMessage) -> str:
        """Verify the signature of a request before it takes any room; its bureau. Raises what refuses it."""
        return await self._authoriser.recognise(message)

    async def contribute_one(self, message: HttpMessage) -> Done:
        """Store the one contribution in the body; the result is its `Stored`."""
        read = partial(read_upload, what=CONTRIBUTE_ONE, many=False)
        return await self.keep(message, Action.CONTRIBUTE, read, store_contribution)

    async def contribute(self, message: HttpMessage) -> Done:
        """Store the contributions in the body, one JSON object a line; the result has a `Stored` for each."""
        read = partial(read_upload, what=CONTRIBUTE, many=True)
        return await self.keep(message, Action.CONTRIBUTE, read, store_contributions)

    async def correct(self, message: HttpMessage, record_id: int) -> Done:
        """Replace an own record by the contribution in the body; the old version is kept."""
        read = partial(read_upload, what=correction(record_id), many=False)
        return await self.keep(message, Action.CORRECT, read, partial(correct_record, record_id=record_id))

    async def keep(self, message: HttpMessage, action: Action, read: Read, store: Store) -> Done:
        """Keep what a request brings: `read` looks at it before its transaction begins, `store` keeps it within."""
        admitted = await self._authoriser.admit(message, action)
        upload = await read(admitted, self._database, self._authoriser)
        return await self._settle_one(
            admitted, action, lambda act, who: store(act, who, keyring=self._keyring, upload=upload)
        )

    async def withdraw(self, message: HttpMessage, record_id: int) -> Done:
        """Take an own record back."""
        return await self.act(
            message, Action.WITHDRAW, lambda act, admitted: withdraw_record(act, admitted, record_id)
        )

    async def act(
        self,
        message: HttpMessage,
        action: Action,
        task: Task,
        *,
        owner: str | None = None,
        cost: int = 0,
    ) -> Done:
        """Any other act: authorise, do the task as the asker, log it, all in one transaction.

        `cost` is how many identifiers it counts for in the quota. Raises what refuses it; the refusal of an authentic
        request is logged as well.
        """
        admitted = await self._authoriser.admit(message, action, questions=cost, owner=owner)
        return await self._settle_one(admitted, action, task)

    async def enrol(self, message: HttpMessage, task: Task, *, public_key: bytes, bureau: str) -> Done:
        """An act of somebody whom the hub does not know yet, signed by the key that asks to be enrolled."""
        admitted = self._authoriser.admit_newcomer(message, public_key=public_key, bureau=bureau)
        return await self._settle_one(admitted, Action.ENROL, task)

    async def _settle_one(self, admitted: Admitted, action: Action, task: Task) -> Done:
        now = datetime.now(UTC)
        case = Case(admitted=admitted, action=action, error=admitted.refusal)

        async def write(act: Act, _: Sequence[Case], group: Group) -> None:
            await act.name_asker(admitted.asker)
            work = await task(act, admitted)
            case.result = work.result
            entry = act_entry(
                action.value,
                admitted.asker,
                admitted.request,
                now,
                reader=admitted.asker.bureau,
                records=work.records,
                subject=work.subject,
                asked=work.asked,
            )
            case.position = group.add(entry)
            log_reads(group, admitted, work.disclosed, now)
            log_news(group, admitted, action, work.told, now)

        if case.error is None:
            try:
                [settled] = await self._committer.settle([case], write, now=now, many_statements=True)
            except AllpointsError as error:
                if admitted.newcomer:
                    raise
                case.error = error
        if case.error is not None:
            [settled] = await self._committer.settle([case], self._release, now=now, many_statements=False)
        if isinstance(settled, AllpointsError):
            raise settled
        return settled

    async def _admit(self, message: HttpMessage, action: Action) -> Case | AllpointsError:
        questions = count_lines(message.body) if action is Action.CHECK_IN_BULK else 1
        try:
            admitted = await self._authoriser.admit(message, action, questions=questions)
        except AllpointsError as error:
            return error
        return Case(admitted=admitted, action=action, error=admitted.refusal)

    async def _release(self, act: Act, cases: Sequence[Case], group: Group) -> None:
        """Re-read the candidates as each asker, decide what is released, and write the group's entries."""
        now = datetime.now(UTC)
        seen = await reread(act, cases)
        for case in cases:
            if case.error:
                case.position = log_refusal(group, case.admitted, case.error, now)
                continue
            view = seen.of(case.admitted.asker)
            decided = await decide_case(case, view, now)
            case.position = log_check(group, case.admitted, findings(case, decided, view), now)
            case.result = [
                line(question, n, decided, cut=n in case.cut) for n, question in enumerate(case.questions)
            ]
            if case.action is Action.CHECK_BIOMETRICS:
                case.result = [await examined(act, case, answer) for answer in case.result]
