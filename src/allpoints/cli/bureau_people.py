"""`allpoints bureau people`: the accounts at a node on this machine."""

from typing import TYPE_CHECKING, Annotated

import typer

from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.node import Data, at_its_node
from allpoints.records import AgencyKind, Confidentiality, Purpose, Role

if TYPE_CHECKING:
    from allpoints.bureau.node import Node
    from allpoints.bureau.people import Person, ProgramToken

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="For operators: the accounts at a node on this machine.",
)

Name = Annotated[str, typer.Argument(help="The name with which they sign in.")]


@app.command()
def add(  # noqa: PLR0917 - called by name
    name: Name,
    role: Annotated[list[Role], typer.Option(help="A role; repeat it for others.")],
    display_name: Annotated[
        str | None, typer.Option(help="What colleagues read; by default the name.")
    ] = None,
    agency: Annotated[AgencyKind, typer.Option(help="Their agency.")] = AgencyKind.BUREAU,
    clearance: Annotated[Confidentiality, typer.Option(help="Their clearance.")] = Confidentiality.OFFICIAL,
    purpose: Annotated[
        list[Purpose] | None, typer.Option(help="A purpose for which they may ask; repeat it for others.")
    ] = None,
    data: Data = None,
) -> None:
    """Make an account, and print the link by which its person sets it up.

    The link is good for three days, once. Hand it over in person or by a
    channel that you trust.
    """

    async def work(node: "Node") -> str:
        _, token = await node.people.add(
            name=name,
            display_name=display_name or name,
            roles=tuple(role),
            agency=agency,
            clearance=clearance,
            purposes=tuple(purpose or (Purpose.CRIMINAL_INVESTIGATION,)),
        )
        return node.people.link(token)

    screen.say(at_its_node(data, work))


@app.command("list")
def list_(
    data: Data = None, json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False
) -> None:
    """List everybody, with the pseudonyms that hubs and other bureaus see."""

    async def work(node: "Node") -> "list[Person]":
        return await node.people.all()

    everybody = at_its_node(data, work)
    if json:
        for person in everybody:
            screen.write_json(person)
        return
    screen.table(
        ("name", "display name", "pseudonym", "roles", "agency", "active"),
        (
            (p.name, p.display_name, p.pseudonym, p.roles, p.agency, "yes" if p.active else "no")
            for p in everybody
        ),
        empty="Nobody has an account.",
    )


@app.command()
def deactivate(name: Name, data: Data = None) -> None:
    """Let somebody in no more, and end their sessions."""

    async def work(node: "Node") -> None:
        await node.people.deactivate((await node.people.named(name)).id)

    at_its_node(data, work)
    screen.say(f"{name} is let in no more.")


@app.command()
def reset(name: Name, data: Data = None) -> None:
    """Forget somebody's password, codes and passkeys, and print a new link."""

    async def work(node: "Node") -> str:
        return node.people.link(await node.people.reset((await node.people.named(name)).id))

    screen.say(at_its_node(data, work))


@app.command()
def link(
    name: Name,
    subject: Annotated[
        str, typer.Argument(help='Their subject ("sub") at the OpenID Connect provider; "" ends it.')
    ],
    data: Data = None,
) -> None:
    """Let somebody sign in at the bureau's OpenID Connect provider."""

    async def work(node: "Node") -> None:
        await node.people.link_openid((await node.people.named(name)).id, subject)

    at_its_node(data, work)
    screen.say(f"{name} is linked." if subject else f"{name} is linked no more.")


@app.command()
def token(
    name: Name,
    role: Annotated[Role, typer.Option(help="The role in which the program acts.")],
    purpose: Annotated[Purpose, typer.Option(help="The purpose for which it acts.")],
    days: Annotated[int, typer.Option(help="For how many days it is good, 400 at most.")] = 90,
    data: Data = None,
) -> None:
    """Make a token with which a program works at the node over its API, and print it.

    It is shown this once. Whoever has it acts in the account's name.
    """

    async def work(node: "Node") -> "tuple[str, ProgramToken]":
        return await node.programs.make(await node.people.named(name), role, purpose, days=days)

    text, made = at_its_node(data, work)
    screen.note(
        f"Token {made.number} of {name}, good until {made.expires_at:%Y-%m-%d}. It is shown this once:"
    )
    screen.say(text)


@app.command()
def tokens(
    data: Data = None, json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False
) -> None:
    """List all tokens that were ever made for programs, without what the programs show."""

    async def work(node: "Node") -> "list[ProgramToken]":
        return await node.programs.all()

    every = at_its_node(data, work)
    if json:
        for each in every:
            screen.write_json(each)
        return
    screen.table(
        ("no.", "name", "role", "purpose", "made", "good until", "ended"),
        ((t.number, t.person.name, t.role, t.purpose, t.made_at, t.expires_at, t.ended_at) for t in every),
        empty="No token was ever made.",
    )


@app.command("end-token")
def end_token(
    number: Annotated[int, typer.Argument(help="The token's number.", min=1)], data: Data = None
) -> None:
    """End a token at once."""

    async def work(node: "Node") -> None:
        await node.programs.end(number)

    at_its_node(data, work)
    screen.say(f"Token {number} is good no more.")
