"""`allpoints links`: where another bureau holds the same thing."""

import typer

from allpoints.cli import hits, screen
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.session import Session, asking

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@asking
def links(session: Session, limit: Limit = 100) -> None:
    """List the links between your bureau's records and those of others, within their owners' conditions."""
    with session.client() as client:
        found = pages(lambda after, size: client.links(after=after or 0, limit=size), limit)
        if session.json:
            for link in found:
                screen.write_json(link)
            return
        screen.table(
            ("link", "own record", "same", "other record", "owner", "contact", "raised"),
            (
                (
                    n.id,
                    n.record,
                    n.scheme,
                    hits.headline(n.other),
                    n.other.owner,
                    n.other.contact,
                    n.raised_at,
                )
                for n in found
            ),
            empty="No links.",
        )
