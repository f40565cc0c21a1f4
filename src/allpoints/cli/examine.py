"""`allpoints examine`: candidate lists of fingerprints and faces, the pictures side by side, an examiner's decision."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from allpoints.cli import hits, screen
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.session import Session, asking
from allpoints.wire.corridor import (
    CandidateComparison,
    ExaminationList,
    ExaminationState,
    ExaminedCandidate,
    ExaminerDecision,
    ModalityComparison,
)

CAUTION = "The machine proposes; nothing is an identification before an examiner decides."

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Candidate lists of fingerprints and faces: look, compare, decide.",
)

Number = Annotated[int, typer.Argument(metavar="LIST", help="The candidate list's number.", min=1)]
Record = Annotated[int, typer.Argument(metavar="RECORD", help="The candidate's record number.", min=1)]


@app.command("list")
@asking
def list_examinations(
    session: Session,
    state: Annotated[ExaminationState | None, typer.Option(help="Only those in this state.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only those assigned to you.")] = False,
    limit: Limit = 100,
) -> None:
    """List your bureau's candidate lists, oldest first."""
    with session.client() as client:
        found = pages(
            lambda after, size: client.examinations(after=after or 0, limit=size, state=state, mine=mine),
            limit,
        )
        if session.json:
            for examination in found:
                screen.write_json(examination)
            return
        screen.table(
            ("list", "state", "examiner", "verifier", "asked by", "for", "since"),
            (
                (
                    each.id,
                    each.state,
                    each.examiner or "nobody yet",
                    (each.verifier or "nobody yet") if each.verify else "not asked for",
                    each.asked_by,
                    each.purpose,
                    each.created_at,
                )
                for each in found
            ),
            empty="No candidate lists.",
        )


@app.command()
@asking
def show(session: Session, number: Number) -> None:
    """Show a list with its candidates, as far as their owners let you see them now."""
    with session.client() as client:
        found = client.examination(number)
    if session.json:
        screen.write_json(found)
        return
    screen.say(_headline(found), style="bold")
    screen.table(
        ("record", "no.", "what", "who", "strength", "owner", "decided"),
        (
            (
                each.hit.record,
                each.rank,
                hits.headline(each.hit),
                hits.who(each.hit),
                hits.brief(each.hit.match),
                each.hit.owner,
                _decided(each),
            )
            for each in found.candidates
        ),
        empty="No candidate is left: their owners have withdrawn them, or no longer disclose them to you.",
    )
    screen.say(CAUTION, style="bold")


@app.command()
@asking
def compare(
    session: Session,
    number: Number,
    record: Record,
    picture: Annotated[
        Path | None,
        typer.Option(help="Write the two pictures side by side to this PNG file.", dir_okay=False),
    ] = None,
    probe: Annotated[
        int | None, typer.Option(help="Which picture of the probe; by default the one that fits best.", min=0)
    ] = None,
) -> None:
    """Compare the probe with a candidate: what corresponds, how strongly it speaks, how often that errs."""
    with session.client() as client:
        found = client.comparison(number, record, probe=probe)
        if picture is not None:
            picture.write_bytes(client.comparison_picture(number, record, probe=probe))
    if session.json:
        screen.write_json(found)
        return
    for each in found.modalities:
        screen.out.print(screen.facts(_facts(each)))
    screen.say(_shown(found))
    for remark in found.remarks:
        screen.warn(remark)
    if picture is not None:
        screen.say(f"The pictures stand side by side in {picture}.")
    else:
        screen.say("To see them side by side give --picture FILE.png.")
    screen.say(CAUTION, style="bold")


@app.command()
@asking
def assign(
    session: Session,
    number: Number,
    examiner: Annotated[str, typer.Argument(help="The examiner's pseudonym: not who asked the check.")],
) -> None:
    """Assign a list to an examiner, or to the second one where the first has decided."""
    with session.client() as client:
        changed = client.assign(number, examiner)
    if session.json:
        screen.write_json(changed)
    else:
        screen.say(f"Candidate list {changed.id} is assigned to {examiner}.")


@app.command()
@asking
def decide(
    session: Session,
    number: Number,
    record: Record,
    decision: Annotated[ExaminerDecision, typer.Argument(help="What you decide, for good.")],
    reason: Annotated[str, typer.Option(help="What you compared, and why it leads to your decision.")],
) -> None:
    """Decide on a candidate as its examiner. A decision stands; its owner is told the outcome."""
    with session.client() as client:
        changed = client.decide(number, record, decision, reason)
    if session.json:
        screen.write_json(changed)
    else:
        screen.say(f"You decided {decision} on record {record}. Candidate list {number} is {changed.state}.")


def _headline(found: ExaminationList) -> str:
    probes = ", ".join(str(probe.modality) for probe in found.probes) or "deleted with the conclusion"
    return f"Candidate list {found.id}: {found.state}, for {found.purpose}; the probe: {probes}"


def _decided(candidate: ExaminedCandidate) -> str:
    said = (f"{made.examiner}: {made.decision}" for made in candidate.decisions)
    return "; ".join(filter(None, (candidate.outcome and candidate.outcome.upper(), *said)))


def _facts(compared: ModalityComparison) -> Iterator[tuple[str, object]]:
    yield "compared", compared.modality
    yield "strength", f"{compared.strength} (LLR {compared.llr:.1f}, score {compared.score:.3f})"
    yield "same", compared.same
    yield "different", compared.different
    yield (
        "errors",
        (
            f"deciding for the same from here on took {compared.fmr:.2%} of different sources for the same, "
            f"and missed {compared.fnmr:.2%} of the same"
        ),
    )
    for finding in compared.findings:
        yield finding.what, " / ".join(filter(None, (finding.probe, finding.reference, finding.how)))
    yield "remarks", "; ".join(compared.remarks)


def _shown(found: CandidateComparison) -> str:
    sure = sum(each.certainty >= 0.5 for each in found.correspondences)
    return (
        f"Picture {found.shown.probe} of the probe beside picture {found.shown.reference} of the record: "
        f"{len(found.correspondences)} places correspond, {sure} of them rather surely."
    )
