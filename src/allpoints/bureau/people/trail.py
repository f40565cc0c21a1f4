"""The node's own trail, for who answers for it: read by the supervisors and the data protection officers."""

from allpoints.bureau.people.throttle import PerMinute
from allpoints.bureau.store import trail
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.sessions import Acting, Session
from allpoints.bureau.store.trail import Done, TrailEntry
from allpoints.errors import Forbidden
from allpoints.records import Role

READERS = (Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER, Role.SUPERVISOR)


REFUSALS_A_MINUTE = 60
"""Of one account in one role: a program that asks again and again does not fill the trail."""
LONGEST_PATH = 200
"""Characters of a path that are noted."""


class Trail:
    """What was done at the node, and what was refused. Nobody can change it."""

    def __init__(self, database: NodeDatabase) -> None:
        self._database = database
        self._refusals = PerMinute(REFUSALS_A_MINUTE)

    async def refused(self, who: Acting, *, method: str, path: str, address: str) -> None:
        """Note that somebody who was let in was refused another role's page or operation; so many a minute."""
        if not self._refusals.allows((who.person.id, who.role)):
            return
        what = f"{method} {path[:LONGEST_PATH]}"
        async with self._database.transaction() as t:
            await trail.add(t, Done.REFUSED, person=who.person.id, address=address, detail=what)

    async def entries(
        self, session: Session, *, before: int | None = None, limit: int = 100
    ) -> list[TrailEntry]:
        """The newest entries, or those before one of them. Raises `Forbidden` for whom they are not for."""
        if session.role not in READERS:
            raise Forbidden("the trail is not for your role", field="role")
        async with self._database.transaction() as t:
            return await trail.entries(t, before=before, limit=limit)
