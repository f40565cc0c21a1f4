"""Last step: everything that happened becomes durable in one transaction, and only then is it answered.

The requests of a group share the transaction. Where one of them spoils it - a replayed signature, a key that was
revoked a moment ago - the group is tried again without it.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from nacl.signing import SigningKey

from allpoints.access import Action, Disclosure
from allpoints.audit.entries import Group, entry_name
from allpoints.audit.merkle import leaf_hash
from allpoints.audit.receipt import MAX_BATCH, Promise, make_promises
from allpoints.errors import AllpointsError, Unauthenticated, Unavailable
from allpoints.steps.authorise import Admitted, Authoriser
from allpoints.steps.decode import Question
from allpoints.steps.search import Candidate
from allpoints.steps.templates import Probe
from allpoints.store.acts import Act, KeyNotActive, ReplayedRequest
from allpoints.store.database import Database

_ATTEMPTS = 4
"""How often a group is tried anew without the requests that spoilt it."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one question: what is released, what to know of the evidence, or why it failed."""

    id: str = ""
    hits: tuple[Disclosure, ...] = ()
    notes: tuple[str, ...] = ()
    examination: int | None = None
    """The number of the list that examiners look at, where a fingerprint or a face found something."""
    error: AllpointsError | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What an act did within its transaction, and what the log should say of it."""

    result: Any
    records: tuple[int, ...] = ()
    subject: str = ""
    asked: int = 0
    disclosed: tuple[Disclosure, ...] = ()
    """Other owners' records that the asker was shown: each owner can list that."""
    told: tuple["News", ...] = ()
    """What other owners are told of it."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What another bureau is told of an act that concerns its record, or a message to it."""

    bureau: str
    record: int | None = None
    body: bytes
    """JSON."""
    outcome: str = ""
    """As the entry that proves the news should say it, where it says more than that there was an act."""
    subject: str = ""
    """What else than a record the news is about, as the entry says it."""
    unnamed: bool = False
    """Whether the entry leaves out who did it, and with that the signed request, which names them as well."""

    @property
    def records(self) -> tuple[int, ...]:
        """The record, where there is one, as an entry has it."""
        return () if self.record is None else (self.record,)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request: its result, the name of its entry in the log, and the hub's promise of it."""

    result: Any
    at: datetime
    entry: str
    promise: Promise | None
    """None in the rare group that is too large for one: the receipt can be had a second later all the same."""


class Case(msgspec.Struct, kw_only=True):
    """One admitted request on its way through the corridor."""

    admitted: Admitted
    action: Action
    questions: list[Question | AllpointsError] = []
    probes: list[tuple[Probe, ...]] = []
    """For each question what is searched beside identifiers; empty where no question has any."""
    candidates: list[Candidate] = []
    cut: frozenset[int] = frozenset()
    """Questions with more people alike than are compared."""
    error: AllpointsError | None = None
    position: int = 0
    """Of its own entry in the group."""
    result: Any = None


Settled = Done | AllpointsError
Write = Callable[[Act, Sequence[Case], Group], Awaitable[None]]
"""Does what is to be done for the cases and writes their entries into the group."""


class Committer:
    """Settles groups of cases."""

    def __init__(self, database: Database, authoriser: Authoriser, signing_key: SigningKey) -> None:
        self._database = database
        self._authoriser = authoriser
        self._signing_key = signing_key

    async def settle(
        self, cases: Sequence[Case], write: Write, *, now: datetime, many_statements: bool
    ) -> list[Settled]:
        """Commit all cases together and return what to answer to each, in order.

        Where nothing is to be read or changed beside the log (`many_statements` is false) the log's one
        statement is the transaction. What `write` raises passes through, and nothing is kept.
        """
        answers: dict[int, Settled] = {}
        live = _refuse_repeats(cases, answers)
        for _ in range(_ATTEMPTS):
            if not live:
                break
            try:
                group, number = await self._commit(live, write, many_statements)
            except ReplayedRequest:
                live = await self._refuse_replays(live, answers)
            except KeyNotActive as revoked:
                self._authoriser.forget(revoked.field or "")
                live = _refuse(live, answers, revoked, partial(_signed_with, revoked.field))
            except Unavailable as error:
                live = _refuse(live, answers, error, lambda _: True)
            else:
                self._answer(live, answers, group, number, now)
                live = []
        _refuse(live, answers, Unavailable("too many conflicting requests at once"), lambda _: True)
        return [answers[id(case)] for case in cases]

    async def _commit(self, cases: Sequence[Case], write: Write, many_statements: bool) -> tuple[Group, int]:
        group = Group()
        for case in cases:
            group.claim(case.admitted.request, newcomer=case.admitted.newcomer)
        transaction = self._database.act if many_statements else self._database.single_statement
        async with transaction() as act:
            await write(act, cases, group)
            return group, await act.append(group)

    def _answer(
        self, cases: Sequence[Case], answers: dict[int, Settled], group: Group, number: int, now: datetime
    ) -> None:
        promises = promised(group, number, self._signing_key)
        for case in cases:
            answers[id(case)] = case.error or Done(
                result=case.result,
                at=now,
                entry=entry_name(number, case.position),
                promise=promises[case.position],
            )

    async def _refuse_replays(self, cases: Sequence[Case], answers: dict[int, Settled]) -> list[Case]:
        async with self._database.single_statement() as act:
            seen = await act.seen([case.admitted.request for case in cases])
        return _refuse(cases, answers, replayed(), lambda case: case.admitted.request.nonce_digest in seen)


def promised(group: Group, number: int, signing_key: SigningKey) -> Sequence[Promise | None]:
    """The hub's promise for each act of a group that is durable."""
    if len(group.acts) > MAX_BATCH:
        return [None] * len(group.acts)
    return make_promises(number, [leaf_hash(entry) for entry in group.acts], signing_key)


def replayed() -> Unauthenticated:
    """The refusal of a request that was used before."""
    return Unauthenticated(
        "this very request was sent before",
        field="Signature",
        remedy="Sign each request anew, with a new nonce.",
    )


def _refuse(
    cases: Iterable[Case], answers: dict[int, Settled], error: AllpointsError, whom: Callable[[Case], bool]
) -> list[Case]:
    rest = []
    for case in cases:
        if whom(case):
            answers[id(case)] = error
        else:
            rest.append(case)
    return rest


def _refuse_repeats(cases: Sequence[Case], answers: dict[int, Settled]) -> list[Case]:
    """Refuse a request that stands twice in the group itself."""
    first: dict[bytes, Case] = {}
    for case in cases:
        first.setdefault(case.admitted.request.nonce_digest, case)
    return _refuse(
        cases, answers, replayed(), lambda case: first[case.admitted.request.nonce_digest] is not case
    )


def _signed_with(key_id: str | None, case: Case) -> bool:
    return case.admitted.request.key_id == key_id
