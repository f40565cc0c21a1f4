"""The people of the demo's bureaus, and how they sign in. Nobody of them exists."""

import time

import pyotp
from msgspec import Struct

from allpoints.bureau.node import Node
from allpoints.bureau.people.codes import STEP_S
from allpoints.records import OPERATIONAL_PURPOSES, AgencyKind, Purpose, Role

PASSWORD = "paper lantern harbour"  # noqa: S105 - everybody may know it


class Account(Struct, frozen=True, kw_only=True):
    """Somebody at a bureau of the demo."""

    bureau: str
    name: str
    display_name: str
    role: Role
    agency: AgencyKind = AgencyKind.BUREAU
    purposes: tuple[Purpose, ...] = OPERATIONAL_PURPOSES
    language: str = "en"


ACCOUNTS = (
    Account(
        bureau="ALB",
        name="mira",
        display_name="Mira, at the gate",
        role=Role.OFFICER,
        agency=AgencyKind.BORDER_POLICE,
        purposes=(Purpose.BORDER_CONTROL,),
    ),
    Account(bureau="ALB", name="arben", display_name="Arben, operator", role=Role.OPERATOR),
    Account(
        bureau="ALB",
        name="besa",
        display_name="Besa, examiner",
        role=Role.EXAMINER,
        agency=AgencyKind.LABORATORY,
        purposes=(Purpose.CRIMINAL_INVESTIGATION,),
    ),
    Account(bureau="UTO", name="uma", display_name="Uma, operator", role=Role.OPERATOR, language="ar"),
    Account(bureau="UTO", name="ugo", display_name="Ugo, supervisor", role=Role.SUPERVISOR),
    Account(
        bureau="UTO",
        name="odile",
        display_name="Odile, data protection",
        role=Role.DATA_PROTECTION_OFFICER,
        purposes=(),
    ),
    Account(bureau="FRA", name="flore", display_name="Flore, opératrice", role=Role.OPERATOR, language="fr"),
    Account(bureau="FRA", name="felix", display_name="Félix, analyste", role=Role.ANALYST, language="fr"),
    Account(
        bureau="FRA",
        name="agnes",
        display_name="Agnès, administratrice",
        role=Role.ADMINISTRATOR,
        purposes=(),
        language="fr",
    ),
)


class OneTimeCodes:
    """What the people's devices show: one secret for each account, as its invitation gave it."""

    def __init__(self) -> None:
        self._secrets: dict[Account, pyotp.TOTP] = {}

    async def hire(self, node: Node, account: Account) -> None:
        """Make an account at a node, and follow its invitation as its person would."""
        person, token = await node.people.add(
            name=account.name,
            display_name=account.display_name,
            roles=(account.role,),
            agency=account.agency,
            purposes=account.purposes,
        )
        invitation = await node.people.invitation(token)
        self._secrets[account] = device = pyotp.TOTP(invitation.code_secret, interval=STEP_S)
        # A code works once: the one before leaves that of now for signing in.
        await node.people.accept_with_password(token, PASSWORD, device.at(time.time() - STEP_S))
        await node.people.set_preferences(person, language=account.language, theme=person.theme)

    def code(self, account: Account) -> str:
        """The code that somebody's device shows now."""
        return self._secrets[account].now()

    @staticmethod
    def seconds_left() -> int:
        """How long the codes of now are still shown."""
        return STEP_S - int(time.time()) % STEP_S
