"""Sessions without signing in, for tests."""

from allpoints.bureau.node import Node
from allpoints.bureau.people import Person, Session
from allpoints.bureau.store import people
from allpoints.records import OPERATIONAL_PURPOSES, AgencyKind, Confidentiality, Role


async def session_of(node: Node, role: Role) -> Session:
    """A session of somebody of this role, who is made for it."""
    name = f"desk-{role}"
    async with node.database.transaction() as t:
        person = await people.find_named(t, name) or await people.add(
            t,
            Person(
                id=0,
                name=name,
                display_name=f"The {role}",
                pseudonym=f"u-{name}",
                roles=(role,),
                agency=AgencyKind.POLICE,
                clearance=Confidentiality.RESTRICTED,
                purposes=OPERATIONAL_PURPOSES,
                language="en",
                theme="system",
                active=True,
            ),
        )
        _, session = await node.sessions.begin(t, person)
    return session
