"""What the demo shows: numbered steps, each marked as synthetic."""

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from allpoints.records import OPERATIONAL_PURPOSES
from allpoints.wire.corridor import Hit

MARK = "SYNTHETIC: everything and everybody here is made up"
_QUIET = "dim"


class Screen:
    """Writes the story to the terminal."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, emoji=False)
        self._step = 0

    def step(self, title: str) -> None:
        """Begin the next step."""
        self._step += 1
        self._console.print()
        head = Text.assemble(("SYNTHETIC", "magenta"), f"  {self._step}. ", (title, "bold"))
        self._console.print(head, overflow="fold")
        self._console.rule(style=_QUIET)

    def say(self, text: str, style: str = "") -> None:
        """Tell what happens."""
        self._console.print(Text(text, style=style))

    def raw(self, text: str) -> None:
        """Show what was read, sent or printed, as it is; long lines are left whole, to be copied."""
        self._console.print(Text(text, style="cyan"), soft_wrap=True)

    def facts(self, rows: Iterable[tuple[str, object]]) -> None:
        """Show names and values."""
        self._console.print(_grid(rows))

    def table(self, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
        """Show rows under the names of their columns."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        self._console.print(table)

    def hits(self, hits: Iterable[Hit]) -> None:
        """Show what an asker sees of the records found."""
        shown = list(hits)
        for hit in shown:
            self._console.print(_panel(hit))
        if not shown:
            self._console.print(Panel(Text("No hit."), border_style="green", expand=False))

    def failed(self, text: str, remedy: str) -> None:
        """Say what went wrong."""
        self._console.print(Text(text, style="bold red"))
        self._console.print(Text(remedy))


def _panel(hit: Hit) -> Panel:
    said = hit.particulars
    headline = f"{said.reason.upper().replace('-', ' ')}: " if said else "HELD: "
    contents: list[RenderableType] = [Text(headline + hit.kind.replace("-", " "), style="bold red")]
    if hit.level == "contact":
        contents.append(Text("The owner says only that it holds this, and how to ask."))
    elif said and said.instructions:
        contents.append(Text(said.instructions, style="bold"))
    rows: list[tuple[str, object]] = [("owner", f"{hit.owner}, {hit.contact}")]
    rows += [(i.scheme, i.value + ("" if i.verified else "  (unverified)")) for i in hit.identifiers]
    if said:
        rows += [("names", " / ".join(map(str, said.names))), ("born", said.birth)]
        rows += [("make", said.make), ("model", said.model)]
        rows += [("description", said.description), ("since", said.since or "")]
    if hit.level == "full":
        every = set(hit.purposes) == set(OPERATIONAL_PURPOSES)
        rows += [("evaluation", hit.evaluation)]
        rows += [("use only for", "any operational purpose" if every else ", ".join(hit.purposes))]
        rows += [("handle as", hit.confidentiality), ("valid until", hit.valid_until)]
    rows.append(("agreement", hit.match.agreement))
    rows += [("why", "; ".join(hit.match.explanation)), ("strength", hit.match.strength)]
    if hit.match.llr is not None:
        rows.append(("LLR", f"{hit.match.llr:.2f}, the strength of evidence; not a probability of guilt"))
    contents.append(_grid(rows))
    level = "full" if hit.level == "full" else "contact only"
    mark = "SYNTHETIC, " if hit.synthetic else ""
    return Panel(
        Group(*contents), title=f"{mark}hit, {level}", title_align="left", border_style="red", expand=False
    )


def _grid(rows: Iterable[tuple[str, object]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=_QUIET, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        if text := str(value):
            grid.add_row(name, Text(text))
    return grid
