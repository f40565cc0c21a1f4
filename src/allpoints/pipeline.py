"""The corridor: how one signed question becomes an answer, told in order.

    authorise -> decode -> search -> re-read as the asker -> release -> log and notify -> answer

Requests that wait at the same time walk it together and share one transaction; a single check is a batch of one.
Nothing is answered before its entry in the log is durable.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from nacl.signing import SigningKey

from allpoints.access import Action, Disclosure, disclosed
from allpoints.access.authenticate import HttpMessage
from allpoints.audit.entries import Group, act_entry, entry_name
from allpoints.audit.merkle import leaf_hash
from allpoints.audit.receipt import MAX_BATCH, Promise, make_promises
from allpoints.errors import AllpointsError, Unauthenticated, Unavailable
from allpoints.records import Asker, HeldRecord
from allpoints.steps.authorise import Admitted, Authoriser
from allpoints.steps.decode import Question, count_lines, decode_check, decode_checks
from allpoints.steps.disclose import log_check, outcomes
from allpoints.steps.search import Candidate, Gallery
from allpoints.store.acts import Act, KeyNotActive, ReplayedRequest
from allpoints.store.database import Database

_ATTEMPTS = 4
"""How often a group is tried anew without the requests that spoilt it."""


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The answer to one question: what is released, what to know of the evidence, or why it failed."""

    hits: tuple[Disclosure, ...] = ()
    notes: tuple[str, ...] = ()
    error: AllpointsError | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request: its result, the name of its entry in the log, and the hub's promise of it."""

    result: Any
    at: datetime
    entry: str
    promise: Promise | None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What an act did within its transaction, and what the log should say of it."""

    result: Any
    records: tuple[int, ...] = ()
    subject: str = ""
    asked: int = 0


class _Case(msgspec.Struct, kw_only=True):
    """One request on its way through the corridor."""

    admitted: Admitted
    questions: list[Question | AllpointsError] = []
    candidates: list[Candidate] = []
    error: AllpointsError | None = None
    position: int = 0
    lines: list[Line] = []


class Pipeline:
    """The corridor of one hub worker."""

    def __init__(
        self, database: Database, gallery: Gallery, authoriser: Authoriser, signing_key: SigningKey
    ) -> None:
        self._database = database
        self._gallery = gallery
        self._authoriser = authoriser
        self._signing_key = signing_key

    async def check(self, asked: Sequence[tuple[HttpMessage, Action]]) -> list[Done | AllpointsError]:
        """Answer requests that ask for checks: one JSON check each, or NDJSON for `check-in-bulk`.

        The result of each is its `Line`s in order, or the error that refused it.
        """
        now = datetime.now(UTC)
        cases = [await self._admit(message, action) for message, action in asked]
        live = [case for case in cases if isinstance(case, _Case)]
        for case, (_, action) in zip(cases, asked, strict=True):
            if isinstance(case, _Case):
                self._decode(case, action, now)
        self._search(live)
        done = await self._settle(live, now)
        return [done[id(case)] if isinstance(case, _Case) else case for case in cases]

    async def act(
        self,
        message: HttpMessage,
        action: Action,
        work: Callable[[Act, Admitted], Awaitable[Work]],
        *,
        owner: str | None = None,
    ) -> Done:
        """Any other act: authorise, do the work as the asker, log it, all in one transaction.

        Raises what refuses it; the refusal of an authentic request is logged as well.
        """
        return await self.act_as(await self._authoriser.admit(message, action, owner=owner), action, work)

    async def act_as(
        self, admitted: Admitted, action: Action, work: Callable[[Act, Admitted], Awaitable[Work]]
    ) -> Done:
        """As `act`, for a request that is authenticated already."""
        now = datetime.now(UTC)
        asker, request = admitted.asker, admitted.request
        try:
            if admitted.refusal:
                raise admitted.refusal
            async with self._database.act(asker) as act:
                done = await work(act, admitted)
                group = Group()
                group.claim(request)
                entry = act_entry(
                    action.value,
                    asker,
                    request,
                    now,
                    reader=asker.bureau,
                    records=done.records,
                    subject=done.subject,
                    asked=done.asked,
                )
                position = group.add(entry)
                number = await act.append(group)
        except ReplayedRequest:
            raise _replayed() from None
        except KeyNotActive as error:
            self._authoriser.forget(request.key_id)
            raise error
        except Unavailable:
            raise
        except AllpointsError as error:
            refused = _Case(admitted=admitted, error=error)
            await self._settle([refused], now)
            raise error from None
        promise = self._promises(number, group)[position]
        return Done(result=done.result, at=now, entry=entry_name(number, position), promise=promise)

    async def _admit(self, message: HttpMessage, action: Action) -> _Case | AllpointsError:
        questions = 1 if action is Action.CHECK else count_lines(message.body)
        try:
            admitted = await self._authoriser.admit(message, action, questions=questions)
        except AllpointsError as error:
            return error
        return _Case(admitted=admitted, error=admitted.refusal)

    def _decode(self, case: _Case, action: Action, now: datetime) -> None:
        if case.error:
            return
        try:
            if action is Action.CHECK:
                case.questions = [decode_check(case.admitted.body, today=now.date())]
            else:
                case.questions = decode_checks(case.admitted.body, today=now.date())
        except AllpointsError as error:
            case.error = error

    def _search(self, cases: Sequence[_Case]) -> None:
        for case in cases:
            if case.error:
                continue
            try:
                case.candidates = self._gallery.search(
                    [q.templates if isinstance(q, Question) else () for q in case.questions]
                )
            except AllpointsError as error:
                case.error = error

    async def _settle(self, cases: Sequence[_Case], now: datetime) -> dict[int, Done | AllpointsError]:
        """Re-read, release, log and notify for all cases in one transaction; answer once it is durable."""
        answers: dict[int, Done | AllpointsError] = {}
        live = _without_repeats(cases, answers)
        for _ in range(_ATTEMPTS):
            if not live:
                return answers
            group = Group()
            transaction = self._database.act if any(c.candidates for c in live) else self._database.single_statement
            try:
                async with transaction() as act:
                    await self._release(act, live, group, now)
                    number = await act.append(group)
            except (ReplayedRequest, KeyNotActive) as spoilt:
                live = await self._without_spoilers(live, spoilt, answers)
                continue
            except Unavailable as error:
                return answers | {id(case): error for case in live}
            promises = self._promises(number, group)
            return answers | {
                id(case): case.error
                or Done(
                    result=case.lines,
                    at=now,
                    entry=entry_name(number, case.position),
                    promise=promises[case.position],
                )
                for case in live
            }
        return answers | {id(case): Unavailable("too many conflicting requests at once") for case in live}

    async def _release(self, act: Act, cases: Sequence[_Case], group: Group, now: datetime) -> None:
        held: dict[Asker, dict[int, HeldRecord]] = {}
        contacts: dict[str, str] = {}
        for asker, ids in _wanted(cases).items():
            await act.name_asker(asker)
            held[asker] = await act.candidates(ids)
        if any(held.values()):
            contacts = {bureau.code: bureau.contact for bureau, _ in await act.bureaus()}
        for case in cases:
            asker, request = case.admitted.asker, case.admitted.request
            group.claim(request)
            if case.error:
                refusal = act_entry("refusal", asker, request, now, reader=asker.bureau, outcome=case.error.code)
                case.position = group.add(refusal)
                continue
            visible = held.get(_eyes(asker), {})
            decided = outcomes(case.candidates, visible, asker, self._gallery, contacts, now)
            withheld = {c.record_id for c in case.candidates} - visible.keys()
            case.position = log_check(group, case.admitted, len(case.questions), decided, withheld, visible, now)
            case.lines = [
                Line(hits=disclosed(decided.get(number, ())), notes=question.notes)
                if isinstance(question, Question)
                else Line(error=question)
                for number, question in enumerate(case.questions)
            ]

    async def _without_spoilers(
        self, cases: Sequence[_Case], spoilt: Exception, answers: dict[int, Done | AllpointsError]
    ) -> list[_Case]:
        """Refuse the requests for which the group was refused; return the others."""
        seen: frozenset[bytes] = frozenset()
        if isinstance(spoilt, KeyNotActive):
            self._authoriser.forget(spoilt.field or "")
        else:
            async with self._database.single_statement() as act:
                seen = await act.seen([case.admitted.request for case in cases])
        rest = []
        for case in cases:
            if isinstance(spoilt, KeyNotActive) and case.admitted.request.key_id == spoilt.field:
                answers[id(case)] = spoilt
            elif case.admitted.request.nonce_digest in seen:
                answers[id(case)] = _replayed()
            else:
                rest.append(case)
        return rest

    def _promises(self, number: int, group: Group) -> list[Promise | None]:
        if len(group.entries) > MAX_BATCH:
            return [None] * len(group.entries)
        return list(make_promises(number, [leaf_hash(entry) for entry in group.entries], self._signing_key))


def _eyes(asker: Asker) -> Asker:
    """The asker without the user: everybody with the same eyes shares one look into the database."""
    return msgspec.structs.replace(asker, user="")


def _wanted(cases: Iterable[_Case]) -> dict[Asker, set[int]]:
    wanted: dict[Asker, set[int]] = {}
    for case in cases:
        if case.candidates and not case.error:
            wanted.setdefault(_eyes(case.admitted.asker), set()).update(c.record_id for c in case.candidates)
    return wanted


def _without_repeats(cases: Sequence[_Case], answers: dict[int, Done | AllpointsError]) -> list[_Case]:
    """Refuse a request that stands twice in the batch itself."""
    first: dict[bytes, _Case] = {}
    for case in cases:
        if first.setdefault(case.admitted.request.nonce_digest, case) is not case:
            answers[id(case)] = _replayed()
    return list(first.values())


def _replayed() -> Unauthenticated:
    return Unauthenticated(
        "this very request was sent before", field="Signature", remedy="Sign each request anew, with a new nonce."
    )
