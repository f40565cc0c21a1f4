"""A hit as an officer sees it: why the record exists and what to do, then who owns it and how sure it is."""

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from allpoints.access import Match
from allpoints.cli import screen
from allpoints.records import OPERATIONAL_PURPOSES, Evaluation, HeldRecord, Identifier, Particulars, Purpose
from allpoints.records.colours import NoticeMark
from allpoints.records.people import NameKind, named
from allpoints.wire.corridor import Hit

CAUTION = "A hit is no proof of identity until the owner confirms it."

IN_FULL = 5
"""Hits shown in full: the strongest. What comes after them is listed."""

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


_SAME = " support that both are the same"

_NAMES = {
    NameKind.PRIMARY: "name",
    NameKind.MAIDEN: "maiden name",
    NameKind.ALIAS: "alias",
    NameKind.WEAK_ALIAS: "weak alias",
    NameKind.DOCUMENT: "in document",
}


def show(hits: Sequence[Hit], *, compared: bool = False) -> None:
    """Write the hits, strongest first, and what no reader of a hit must forget.

    With `compared` each has the table of what was compared.
    """
    for number, hit in enumerate(hits[:IN_FULL], start=1):
        screen.out.print(_panel(hit, f"hit {number} of {len(hits)}", compared))
    if further := hits[IN_FULL:]:
        screen.table(
            ("no.", "what", "who", "strength", "owner", "contact"),
            (
                (number, headline(hit), who(hit), brief(hit.match), hit.owner, hit.contact)
                for number, hit in enumerate(further, start=IN_FULL + 1)
            ),
            empty="",
        )
        screen.say("To see fewer, say more: a date of birth, a nationality. --json has all of each hit.")
    if hits:
        screen.say(CAUTION, style="bold")


def headline(held: Hit | HeldRecord) -> str:
    """What an officer must know first: `STOLEN: travel document`."""
    kind = held.kind.value.replace("-", " ")
    if held.particulars is None:
        return f"HELD: {kind}"
    return f"{held.particulars.reason.upper().replace('-', ' ')}: {kind}"


def who(held: Hit | HeldRecord) -> str:
    """The person's main name and birth, where the record is about one and says so."""
    stated = held.particulars
    if stated is None or not stated.names:
        return ""
    return ", ".join(filter(None, (str(named(stated.names[0])), stated.birth)))


def strength(match: Match) -> str:
    """The strength of evidence in words and as a log10 likelihood ratio; it is no probability."""
    if match.llr is None:
        return match.strength
    return f"{match.strength} (LLR {match.llr:.1f})"


def brief(match: Match) -> str:
    """The same for a table: `strong (LLR 3.2)`."""
    return strength(msgspec.structs.replace(match, strength=match.strength.removesuffix(_SAME)))


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
        if name == "names":
            yield from _names(stated)
        elif name not in ("reason", "instructions", "synthetic"):
            yield name.replace("_", " "), getattr(stated, name)


def _names(stated: Particulars) -> Iterator[tuple[str, str]]:
    for kind, title in _NAMES.items():
        yield title, " / ".join(str(name) for each in stated.names if (name := named(each)).kind is kind)


def purposes(allowed: Sequence[Purpose]) -> str:
    """For what the owner lets the record be used."""
    everything = set(allowed) == set(OPERATIONAL_PURPOSES)
    return "every operational purpose" if everything else ", ".join(allowed)


def announced(mark: NoticeMark | None) -> str:
    """The notice or diffusion that a record belongs to: `YELLOW notice 2026/17-Y (no. 12), since 2026-05-06`."""
    if mark is None:
        return ""
    number = f" {mark.number}" if mark.number else ""
    since = f", since {mark.since}" if mark.since else ", not published"
    return f"{mark.colour.upper()} {mark.kind}{number} (no. {mark.id}){since}"


def _panel(hit: Hit, position: str, compared: bool) -> Panel:
    contents: list[RenderableType] = []
    if hit.synthetic:
        contents.append(Text("SYNTHETIC: a made-up record", style="magenta"))
    contents.append(Text(screen.printable(headline(hit)), style="bold red"))
    if hit.level == "contact":
        contents.append(Text("The owner says only that it holds this. Ask the owner before you act."))
    elif hit.particulars and hit.particulars.instructions:
        contents.append(Text(f"DO: {screen.printable(hit.particulars.instructions)}", style="bold"))
    contents.append(screen.facts(_rows(hit)))
    if compared and hit.match.findings:
        contents += [Text(), _table(hit.match)]
    return Panel(Group(*contents), title=position, title_align="right", border_style="red")


def _rows(hit: Hit) -> Iterator[tuple[str, object]]:
    yield "notice", announced(hit.notice)
    yield "why", "; ".join(hit.match.explanation)
    yield "agreement", hit.match.agreement
    yield "strength", strength(hit.match)
    for part in hit.match.parts:
        yield f"by {part.modality}", strength(part)
    yield "owner", hit.owner
    yield "contact", hit.contact or "through the owner's bureau"
    yield from identifiers(hit.identifiers)
    yield from particulars(hit.particulars)
    yield "state", "WITHDRAWN by its owner" if hit.state == "withdrawn" else ""
    yield "evaluation", evaluation(hit.evaluation)
    yield "valid until", hit.valid_until
    yield "use only for", purposes(hit.purposes)
    yield "handle as", hit.confidentiality
    version = f", version {hit.version}" if hit.version is not None else ""
    reference = f" ({hit.reference})" if hit.reference else ""
    yield "record", f"{hit.record}{reference}{version}"


def _table(match: Match) -> RenderableType:
    rows = (
        (
            each.what,
            each.probe,
            each.reference,
            each.how or each.outcome,
            f"{each.weight:+.1f}" if each.weight else "",
        )
        for each in match.findings
    )
    return screen.grid(("compared", "asked", "on record", "agreement", "weight"), rows)
