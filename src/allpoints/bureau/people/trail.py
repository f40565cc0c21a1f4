"""The node's own trail, for who answers for it: read by the supervisors and the data protection officers."""

from allpoints.bureau.store import trail
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.sessions import Acting, Session
from allpoints.bureau.store.trail import Done, TrailEntry
from allpoints.errors import Forbidden
from allpoints.records import Role

READERS = (Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER, Role.SUPERVISOR)


class Trail:
    """What was done at the node, and what was refused. Nobody can change it."""

    def __init__(self, database: NodeDatabase) -> None:
        self._database = database

    async def refused(self, who: Acting, what: str, *, address: str) -> None:
        """Note that somebody who was let in was refused something, such as another role's page."""
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
