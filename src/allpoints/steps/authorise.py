"""First step: whose request is it, and may they do this? Nothing of its content is decoded before."""

import time

import msgspec

from allpoints.access import Action, BureauStatus, Policies, Quotas
from allpoints.access.authenticate import (
    HttpMessage,
    SignedRequest,
    authenticate,
    read_signature,
    verify_signature,
)
from allpoints.errors import AllpointsError, Unauthenticated
from allpoints.records import Asker
from allpoints.store.database import Database


class Admitted(msgspec.Struct, frozen=True, kw_only=True):
    """A request that its bureau signed. `refusal` says why the policies or the quota turned it away."""

    asker: Asker
    request: SignedRequest
    body: bytes
    refusal: AllpointsError | None = None
    newcomer: bool = False
    """Signed by a key that the hub does not know yet: nothing of it is logged unless it succeeds."""


class Authoriser:
    """Verifies signatures with the keys in the database and asks the policies and quotas.

    Keys are kept in memory without a time limit: the transaction that logs the request checks again that the
    key is active, so a revoked key ends at once although every worker still knows it.
    """

    def __init__(
        self, database: Database, policies: Policies, quotas: Quotas, authorities: frozenset[str]
    ) -> None:
        self._database = database
        self._policies = policies
        self._quotas = quotas
        self._authorities = authorities
        self._keys: dict[str, tuple[bytes, str]] = {}

    async def admit(
        self, message: HttpMessage, action: Action, *, questions: int = 0, owner: str | None = None
    ) -> Admitted:
        """Authenticate the request and decide whether it may do `action`.

        `questions` is how many identifiers it counts for in the bureau's quota. `owner` is whose things it
        acts on; by default the asker's own, where the action is on things owned. Raises `Unauthenticated` or
        `MalformedInput`; a request that is authentic but not allowed comes back with its refusal, to be logged.
        """
        unverified = read_signature(message, authorities=self._authorities, now=time.time())
        public_key, bureau = self._keys.get(unverified.key_id) or await self._look_up(unverified.key_id)
        asker, request = authenticate(unverified, public_key=public_key, bureau=bureau)
        refusal = self._refusal(asker, action, questions, owner)
        return Admitted(asker=asker, request=request, body=message.body, refusal=refusal)

    async def introduce(self, message: HttpMessage) -> None:
        """Look up the key that a request names, if it is new to this worker.

        Done before the request joins others, so that a stranger's delays nobody but itself. Raises
        `Unauthenticated` or `MalformedInput` for a request that no key could make good.
        """
        unverified = read_signature(message, authorities=self._authorities, now=time.time())
        if unverified.key_id not in self._keys:
            await self._look_up(unverified.key_id)

    async def recognise(self, message: HttpMessage) -> str:
        """Verify a request's signature before it takes any room, and return its bureau: only a member gets some.

        Whether the body is the one that was signed, and whether it came before, `admit` and the transaction say.
        Raises `Unauthenticated` or `MalformedInput`.
        """
        unverified = read_signature(message, authorities=self._authorities, now=time.time())
        public_key, bureau = self._keys.get(unverified.key_id) or await self._look_up(unverified.key_id)
        verify_signature(unverified, public_key)
        return bureau

    def permit(self, asker: Asker, action: Action) -> None:
        """Ask the policies about one thing more that an admitted request turns out to do to its bureau's own.

        Raises `Forbidden`.
        """
        self._policies.decide(asker, action, owner=asker.bureau, bureau_status=BureauStatus.ACTIVE)

    def charge(self, asker: Asker, identifiers: int) -> None:
        """Count more against the bureau's quota, once it is known. Raises `QuotaExceeded` or `TooLarge`."""
        self._quotas.take(asker.bureau, identifiers, time.monotonic())

    def admit_newcomer(self, message: HttpMessage, *, public_key: bytes, bureau: str) -> Admitted:
        """Authenticate a request to enrol: signed by the very key that asks to be enrolled."""
        unverified = read_signature(message, authorities=self._authorities, now=time.time())
        asker, request = authenticate(unverified, public_key=public_key, bureau=bureau)
        self._policies.decide(asker, Action.ENROL, owner=bureau, bureau_status=BureauStatus.PENDING)
        return Admitted(asker=asker, request=request, body=message.body, newcomer=True)

    def forget(self, key_id: str) -> None:
        """Drop a key that the database no longer takes for active."""
        self._keys.pop(key_id, None)

    def _refusal(
        self, asker: Asker, action: Action, questions: int, owner: str | None
    ) -> AllpointsError | None:
        try:
            whose = None if action.asked_of_hub else owner or asker.bureau
            self._policies.decide(asker, action, owner=whose, bureau_status=BureauStatus.ACTIVE)
            if questions:
                self._quotas.take(asker.bureau, questions, time.monotonic())
        except AllpointsError as refusal:
            return refusal
        return None

    async def _look_up(self, key_id: str) -> tuple[bytes, str]:
        async with self._database.single_statement() as act:
            found = await act.active_key(key_id)
        if found is None:
            raise Unauthenticated(
                "the hub knows no active key of this name",
                field="Signature-Input.keyid",
                remedy="Enrol the key, or sign with the bureau's current one.",
            )
        self._keys[key_id] = found
        return found
