"""A hit as an officer sees it: why the record exists and what to do, then who owns it and how sure it is."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from allpoints.cli import screen
from allpoints.records import OPERATIONAL_PURPOSES, Evaluation, HeldRecord, Identifier, Particulars, Purpose
from allpoints.wire import Hit

CAUTION = "A hit is no proof of identity until the owner confirms it."

_VERBAL_SCALE = (
    (6, "extremely strong"),
    (4, "very strong"),
    (3, "strong"),
    (2, "moderately strong"),
    (1, "moderate"),
    (0.301, "weak"),
)
"""From which log10 likelihood ratio on the evidence lends this support: ENFSI Guideline for Evaluative
Reporting in Forensic Science (2015)."""

_SOURCE = {
    "A": "source always reliable",
    "B": "source mostly reliable",
    "C": "source mostly unreliable",
    "X": "source's reliability unknown",
}
_INFORMATION = {
    1: "known to be accurate",
    2: "known personally to the source",
    3: "not known personally, corroborated",
    4: "not known personally, not corroborated",
}
"""The 4 x 4 system as Europol words it (Regulation (EU) 2016/794, article 29)."""


def show(hits: Sequence[Hit]) -> None:
    """Write a panel for each hit, and what no reader of a hit must forget."""
    for number, hit in enumerate(hits, start=1):
        screen.out.print(_panel(hit, f"hit {number} of {len(hits)}"))
    if hits:
        screen.say(CAUTION, style="bold")


def headline(held: Hit | HeldRecord) -> str:
    """What an officer must know first: `STOLEN: travel document`."""
    kind = held.kind.value.replace("-", " ")
    if held.particulars is None:
        return f"HELD: {kind}"
    return f"{held.particulars.reason.upper().replace('-', ' ')}: {kind}"


def strength(llr: float | None) -> str:
    """A log10 likelihood ratio in words; bounded by what the holdings support, and no probability."""
    if llr is None:
        return ""
    for least, verbal in _VERBAL_SCALE:
        if llr >= least:
            return f"LLR {llr:.1f}: {verbal} support that both are the same, against a chance agreement"
    return f"LLR {llr:.1f}: no support either way" if llr > -0.301 else f"LLR {llr:.1f}: speaks against it"


def evaluation(value: Evaluation | None) -> str:
    """An evaluation with its meaning."""
    if value is None:
        return ""
    return f"{value}: {_SOURCE[value.source]}; {_INFORMATION[value.information]}"


def identifiers(values: Sequence[Identifier]) -> Iterator[tuple[str, str]]:
    """Names and values; what a scheme's own check does not confirm is said to be unverified."""
    for identifier in values:
        yield identifier.scheme, identifier.value + ("" if identifier.verified else " (unverified)")


def particulars(stated: Particulars | None) -> Iterator[tuple[str, object]]:
    """What is said of the thing itself, as far as it is said."""
    if stated is None:
        return
    for name in stated.__struct_fields__:
        if name not in ("reason", "instructions", "synthetic"):
            yield name.replace("_", " "), getattr(stated, name)


def purposes(allowed: Sequence[Purpose]) -> str:
    """For what the owner lets the record be used."""
    everything = set(allowed) == set(OPERATIONAL_PURPOSES)
    return "every operational purpose" if everything else ", ".join(allowed)


def _panel(hit: Hit, position: str) -> Panel:
    contents: list[RenderableType] = []
    if hit.synthetic:
        contents.append(Text("SYNTHETIC: a made-up record", style="magenta"))
    contents.append(Text(screen.printable(headline(hit)), style="bold red"))
    if hit.level == "contact":
        contents.append(Text("The owner says only that it holds this. Ask the owner before you act."))
    elif hit.particulars and hit.particulars.instructions:
        contents.append(Text(f"DO: {screen.printable(hit.particulars.instructions)}", style="bold"))
    contents.append(screen.facts(_rows(hit)))
    return Panel(Group(*contents), title=position, title_align="right", border_style="red")


def _rows(hit: Hit) -> Iterator[tuple[str, object]]:
    yield "owner", hit.owner
    yield "contact", hit.contact or "through the owner's bureau"
    yield from identifiers(hit.identifiers)
    yield from particulars(hit.particulars)
    yield "state", "WITHDRAWN by its owner" if hit.state == "withdrawn" else ""
    yield "evaluation", evaluation(hit.evaluation)
    yield "valid until", hit.valid_until
    yield "use only for", purposes(hit.purposes)
    yield "handle as", hit.confidentiality
    yield "agreement", hit.match.agreement
    yield "strength", strength(hit.match.llr)
    for number, line in enumerate(hit.match.explanation):
        yield ("why" if number == 0 else " "), line
    version = f", version {hit.version}" if hit.version is not None else ""
    reference = f" ({hit.reference})" if hit.reference else ""
    yield "record", f"{hit.record}{reference}{version}"
