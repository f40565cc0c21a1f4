"""Acts that need two people: one proposes, another one approves, and only then it is done."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

import msgspec

from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.store import desk, people, proposals, trail
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.proposals import Proposal
from allpoints.bureau.store.sessions import Session
from allpoints.bureau.store.trail import Done
from allpoints.errors import Conflict, Forbidden, InvalidValue
from allpoints.records import Role

Perform = Callable[[Any, Session], Awaitable[Any]]
"""Does an act: with its content, as it was proposed, in the name of the one who approved it."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking for an act."""

    proposal: int | None = None
    """Its number, where it waits for a second person."""
    result: Any = None
    """What the act gave, where it was done."""


class _Act(msgspec.Struct, frozen=True):
    roles: Collection[Role]
    perform: Perform


class FourEyes:
    """Knows what needs a second person, and has it done when one agrees."""

    def __init__(
        self, database: NodeDatabase, settings: BureauSettings, announce: Callable[[], None]
    ) -> None:
        """`announce` wakes those who look at what waits."""
        self._database = database
        self._announce = announce
        self._governed = frozenset(settings.four_eyes)
        self._hours = settings.approval_hours
        self._acts: dict[str, _Act] = {}
        self._under_way: set[int] = set()
        """Proposals that are being done: what stands approved and is not among them has failed."""

    def register(self, act: str, roles: Collection[Role], perform: Perform) -> None:
        """Say how an act is done, and in which of these roles one proposes and approves it."""
        self._acts[act] = _Act(roles, perform)

    def check_settings(self) -> None:
        """Raises `InvalidValue` where the settings name an act that there is not."""
        if unknown := self._governed - self._acts.keys():
            raise InvalidValue(
                f"there is no act {min(unknown)}",
                field="four_eyes",
                remedy=f"Name some of {', '.join(sorted(self._acts))}.",
            )

    def governs(self, act: str) -> bool:
        """Whether this act needs a second person."""
        return act in self._governed

    async def do(self, session: Session, act: str, subject: str, content: Any) -> Outcome:
        """Do an act now, or propose it where it needs a second person.

        Raises `Forbidden` for whom the act is not for, and whatever refuses it.
        """
        known = self._permitted(session, act)
        if not self.governs(act):
            # As it would come back from the database.
            plain = msgspec.json.decode(msgspec.json.encode(content))
            return Outcome(result=await known.perform(plain, session))
        async with self._database.transaction() as t:
            number = await proposals.propose(
                t,
                act=act,
                subject=subject,
                content=content,
                proposed_by=session.person.id,
                hours=self._hours,
            )
            await trail.add(
                t, Done.PROPOSED, person=session.person.id, subject=subject, detail=f"{number}: {act}"
            )
            await desk.add(t, _waits(await proposals.find(t, number), known))
        self._announce()
        return Outcome(proposal=number)

    async def waiting(self, session: Session) -> list[Proposal]:
        """What waits for somebody in this session's role, their own proposals among it."""
        async with self._database.transaction() as t:
            waiting = await proposals.open_proposals(t)
        return [
            each for each in waiting if each.act in self._acts and session.role in self._acts[each.act].roles
        ]

    async def approve(self, session: Session, number: int) -> Outcome:
        """Agree with somebody else's proposal and have it done; what it gave is for who approved it.

        Where doing it fails the proposal stays approved, and may be approved again. Raises `NotFound` for what does
        not wait any more, `Conflict` while it is being done, `Forbidden` for one's own and for that of somebody who
        could not propose it now, and whatever refuses the act.
        """
        if number in self._under_way:
            raise Conflict("somebody has approved it, and it is being done", field="proposal")
        self._under_way.add(number)
        try:
            return await self._do(session, number)
        finally:
            self._under_way.discard(number)

    async def _do(self, session: Session, number: int) -> Outcome:
        async with self._database.transaction() as t:
            proposal = await proposals.find(t, number)
            known = self._permitted(session, proposal.act)
            if proposal.proposed_by == session.person.id:
                raise Forbidden(
                    "you proposed it yourself", field="proposal", remedy="Ask somebody else to look at it."
                )
            await _check_proposer(t, proposal, known)
            await proposals.decide(t, number, "approved", by=session.person.id)
            await trail.add(
                t,
                Done.APPROVED,
                person=session.person.id,
                subject=proposal.subject,
                detail=f"{number}: {proposal.act}",
            )
        result = await known.perform(proposal.content, session)
        async with self._database.transaction() as t:
            await proposals.decide(t, number, "done", by=session.person.id)
            await desk.settle(t, _key(number))
        self._announce()
        return Outcome(result=result)

    async def decline(self, session: Session, number: int) -> None:
        """Disagree with a proposal, or take back one's own. Raises `NotFound`, `Forbidden`."""
        async with self._database.transaction() as t:
            proposal = await proposals.find(t, number)
            self._permitted(session, proposal.act)
            await proposals.decide(t, number, "declined", by=session.person.id)
            await trail.add(
                t,
                Done.DECLINED,
                person=session.person.id,
                subject=proposal.subject,
                detail=f"{number}: {proposal.act}",
            )
            await desk.settle(t, _key(number))
        self._announce()

    async def tidy(self) -> None:
        """What nobody has approved in time waits for nobody any more."""
        async with self._database.transaction() as t:
            lapsed = await desk.settle_lapsed(t, "proposal")
        if lapsed:
            self._announce()

    def _permitted(self, session: Session, act: str) -> _Act:
        known = self._acts.get(act)
        if known is None or session.role not in known.roles:
            raise Forbidden("this is not for your role", field="act")
        return known


def _waits(proposal: Proposal, known: _Act) -> desk.Waiting:
    """What the inbox shows to those who may approve it."""
    return desk.Waiting(
        key=_key(proposal.id),
        kind="proposal",
        what=proposal.subject,
        path="/administration/proposals",
        priority="priority",
        deadline=proposal.expires_at,
        roles=tuple(known.roles),
    )


def _key(number: int) -> str:
    return f"proposal:{number}"


async def _check_proposer(t: Transaction, proposal: Proposal, known: _Act) -> None:
    """Two people agree, and not one with somebody who has left. Raises `Forbidden`."""
    proposer = await people.find(t, proposal.proposed_by)
    if not proposer.active or not set(proposer.roles) & set(known.roles):
        raise Forbidden(
            f"{proposer.display_name}, who proposed it, could not do so now",
            field="proposal",
            remedy="Decline it, and have it proposed anew.",
        )
