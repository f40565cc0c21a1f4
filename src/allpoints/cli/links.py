"""`allpoints links`: where another bureau holds the same thing or describes the same person."""

from typing import Annotated

import typer

from allpoints.cli import hits, screen
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.session import Session, asking
from allpoints.wire.corridor import Decision, Link

app = typer.Typer(
    add_completion=False, no_args_is_help=True, epilog=EPILOG, help="What another bureau holds too."
)

Numbers = Annotated[list[int], typer.Argument(metavar="LINK…", help="The links' numbers.", min=1)]


@app.command("list")
@asking
def list_links(session: Session, limit: Limit = 100) -> None:
    """List the links between your bureau's records and those of others, within their owners' conditions."""
    with session.client() as client:
        found = pages(lambda after, size: client.links(after=after or 0, limit=size), limit)
        if session.json:
            for link in found:
                screen.write_json(link)
            return
        screen.table(
            ("link", "own record", "same", "other record", "owner", "decided", "raised"),
            map(_row, found),
            empty="No links.",
        )


@app.command()
@asking
def same(session: Session, links: Numbers) -> None:
    """Say that your record and the other one are about the same person or thing."""
    _decide(session, links, Decision.SAME)


@app.command()
@asking
def different(session: Session, links: Numbers) -> None:
    """Say that they are not: the link is raised anew only when one of the records changes."""
    _decide(session, links, Decision.DIFFERENT)


def _decide(session: Session, links: list[int], decision: Decision) -> None:
    with session.client() as client:
        for number in links:
            link = client.decide_link(number, decision)
            if session.json:
                screen.write_json(link)
            else:
                screen.say(f"Link {number} is decided: {_decided(link)}. Nothing is merged.")


def _row(link: Link) -> tuple[object, ...]:
    same = f"{link.scheme}: {', '.join(link.agreements)}" if link.agreements else link.scheme
    if strength := hits.brief(link.other.match):
        same = f"{same}; {strength}"
    other = _listed(hits.headline(link.other), hits.who(link.other))
    owner = _listed(link.other.owner, link.other.contact)
    return link.id, link.record, same, other, owner, _decided(link), link.raised_at


def _decided(link: Link) -> str:
    said = (("you", link.decision), (link.other.owner, link.other_decision))
    return _listed(*(f"{who}: {decision}" for who, decision in said if decision))


def _listed(*texts: str) -> str:
    return ", ".join(filter(None, texts))
