"""People of a node for tests, who have set up their way in."""

import itertools
import time
from typing import NamedTuple

import pyotp

from allpoints.bureau.node import Node
from allpoints.bureau.people import Person, Session
from allpoints.records import Purpose, Role

PASSWORD = "several words do well"
_numbers = itertools.count(1)


class Hired(NamedTuple):
    """Somebody with a password and a device for codes."""

    person: Person
    device: pyotp.TOTP
    recovery: list[str]
    step: int
    """The time step whose code is used up."""

    def code(self, later: int = 0) -> str:
        """The device's code so many steps after the one that is used up; the next is good for half a minute yet."""
        return self.device.generate_otp(self.step + later)


async def invited(
    node: Node, *roles: Role, purposes: tuple[Purpose, ...] | None = None
) -> tuple[Person, str]:
    """Somebody with a name of their own who has not followed the link yet."""
    return await node.people.add(
        name=f"person-{next(_numbers)}",
        display_name="A person",
        roles=roles or (Role.OPERATOR,),
        purposes=purposes or (Purpose.VEHICLE_CRIME, Purpose.BORDER_CONTROL),
    )


async def hired(node: Node, *roles: Role) -> Hired:
    """Somebody with password and codes. The code of now is used up."""
    person, token = await invited(node, *roles)
    invitation = await node.people.invitation(token)
    device = pyotp.TOTP(invitation.code_secret)
    step = int(time.time()) // 30
    recovery = await node.people.accept_with_password(token, PASSWORD, device.generate_otp(step))
    return Hired(person, device, recovery, step)


async def session_of(node: Node, *roles: Role) -> Session:
    """A session of somebody new, without going through a door."""
    person, _ = await invited(node, *roles)
    async with node.database.transaction() as t:
        _, session = await node.sessions.begin(t, person)
    return session
