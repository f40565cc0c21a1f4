"""`allpoints calibrate`: make a modality's calibration from pairs of which the truth is known, or check it."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import msgspec
import numpy as np
import typer

from allpoints.cli import screen
from allpoints.cli.app import EPILOG, FOUND
from allpoints.cli.files import bar, chunks, progress
from allpoints.errors import AllpointsError, InvalidValue, NotFound, TooLarge
from allpoints.formats.lines import Read
from allpoints.formats.ndjson import read_ndjson
from allpoints.likelihood import (
    Calibration,
    Comparisons,
    DataSet,
    Fitted,
    Measured,
    Propositions,
    fit,
    load,
    measured,
    strength,
)
from allpoints.likelihood.calibration import FILE
from allpoints.likelihood.measures import Values
from allpoints.likelihood.plots import cross_entropy_plot, reliability_diagram, tippett_plot
from allpoints.likelihood.verbal import THRESHOLDS
from allpoints.modalities import MODALITIES, Modality

app = typer.Typer(add_completion=False)

TOLERANCE = 0.02
MAX_PAIRS = 5_000_000
MAX_REFUSED = 20
"""Bad lines that are told of before reading stops."""

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Scored(NamedTuple):
    """The pairs of a file, compared; `llrs` are those that the modality itself gave."""

    comparisons: Comparisons
    llrs: Values
    data: DataSet


@app.command(epilog=EPILOG)
def calibrate(  # noqa: PLR0917
    modality: Annotated[str, typer.Argument(help="Whose scores to calibrate, such as names.")],
    pairs: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="NDJSON, one pair of evidence a line.")
    ],
    out: Annotated[Path | None, typer.Option(file_okay=False, help="A folder for the results.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Measure the calibration that is in use on these pairs.")
    ] = False,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="The calibration error from which a check fails.")
    ] = TOLERANCE,
    population: Annotated[
        str, typer.Option(help="From which population the different-source pairs are drawn.")
    ] = "",
) -> None:
    """Make a calibration: from a modality's scores to a strength of evidence.

    Each line is {"probe": …, "reference": …, "same": true, "source": "p-17"}:
    the evidence as the modality takes it, whether both have one source, and
    which source the probe has. What must stay together when the pairs are
    split can share a "group". Writes calibration.json, to be shipped with the
    modality, and pictures.
    """
    chosen = _modality(modality)
    if check:
        raise typer.Exit(_check(chosen, pairs, out, tolerance))
    if out is None:
        raise InvalidValue("no folder is named", field="--out", remedy="Name one for the calibration.")
    scored = _scored(chosen, pairs)
    propositions = _propositions(chosen, population or f"the different-source pairs of {pairs.name}")
    with bar("fitting"):
        fitted = _fitted(scored, chosen.name, propositions)
    _write_pictures(out, scored.comparisons, fitted.llrs)
    file = out / FILE
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(fitted.calibration.encode())
    unfinished.replace(file)
    _show(fitted.calibration.measured, scored.comparisons)
    screen.note(
        f"LLRs go from {fitted.calibration.lower:.2f} to {fitted.calibration.upper:.2f}. The calibration is {file}."
    )


def _check(modality: Modality[Any, Any], pairs: Path, out: Path | None, tolerance: float) -> int:
    calibration = load(f"allpoints.modalities.{modality.name}")
    scored = _scored(modality, pairs)
    with bar("measuring"):
        found = measured(scored.comparisons, scored.llrs)
    if out is not None:
        _write_pictures(out, scored.comparisons, scored.llrs)
    _show(found, scored.comparisons)
    failures = list(_failures(calibration, scored, found, tolerance))
    for failure in failures:
        screen.warn(failure)
    if not failures:
        screen.note(f"Calibration {calibration.version} holds: at most {tolerance:g} was tolerated.")
    return FOUND if failures else 0


def _failures(calibration: Calibration, scored: Scored, found: Measured, tolerance: float) -> Iterator[str]:
    if found.calibration_error > tolerance:
        yield (
            f"Calibration {calibration.version} does not hold: its calibration error on these pairs is "
            f"{found.calibration_error:.4f}, above {tolerance:g}."
        )
    beyond = int(((scored.llrs < calibration.lower) | (scored.llrs > calibration.upper)).sum())
    if beyond:
        yield (
            f"{beyond} LLRs lie beyond the bounds of calibration {calibration.version}, "
            f"{calibration.lower:.2f} and {calibration.upper:.2f}: a defect of the modality."
        )


def _modality(name: str) -> Modality[Any, Any]:
    for modality in MODALITIES:
        if modality.name == name:
            return modality
    names = ", ".join(modality.name for modality in MODALITIES)
    raise NotFound(f"there is no modality {name!r:.40}", field="MODALITY", remedy=f"Choose one of: {names}.")


class _Compared(NamedTuple):
    """One pair's comparison, and what its line says of the truth."""

    score: float
    llr: float
    same: bool
    source: str
    group: str


def _scored(modality: Modality[Any, Any], file: Path) -> Scored:
    """Compare all pairs. Raises `InvalidValue` after telling of the lines that could not be."""
    digest = hashlib.sha256()
    with progress(file, "comparing") as advance:
        lines = read_ndjson(_hashed(chunks(file, advance), digest), _pair_type(modality))
        compared = list(_compared_lines(modality, lines))
    if not compared:
        raise InvalidValue("no pairs", field=str(file), remedy="Give one pair of evidence a line.")
    scores, llrs, same, sources, groups = zip(*compared, strict=True)
    comparisons = Comparisons(
        scores=np.array(scores, dtype=np.float64),
        same=np.array(same, dtype=np.bool_),
        sources=sources,
        groups=() if groups == sources else groups,
    )
    return Scored(
        comparisons, np.array(llrs, dtype=np.float64), DataSet(file.name, f"sha256:{digest.hexdigest()}")
    )


def _compared_lines(modality: Modality[Any, Any], lines: Iterable[Read[Any]]) -> Iterator[_Compared]:
    refused = 0
    for number, line in enumerate(lines):
        if number == MAX_PAIRS:
            raise TooLarge(f"more than {MAX_PAIRS:,} pairs", field=f"line {line.line}")
        try:
            compared = _compared(modality, line.value)
        except AllpointsError as error:
            refused += 1
            screen.note(f"line {line.line}: {error}. {error.remedy}", style="bold red")
            if refused == MAX_REFUSED:
                screen.note("Reading stops here.")
                break
        else:
            yield compared
    if refused:
        raise InvalidValue(
            f"{refused} lines were refused", field="--pairs", remedy="Mend them and run it again."
        )


def _compared(modality: Modality[Any, Any], pair: Any) -> _Compared:
    if isinstance(pair, AllpointsError):
        raise pair
    probe, reference = (_template(modality, pair, side) for side in ("probe", "reference"))
    comparison = modality.compare(probe, reference)
    return _Compared(comparison.score, comparison.llr, pair.same, pair.source, pair.group or pair.source)


def _pair_type(modality: Modality[Any, Any]) -> type[Any]:
    """What a line holds. The modality's own `encode` says what evidence it takes."""
    evidence = get_type_hints(modality.encode)["evidence"]
    pair = msgspec.defstruct(
        "Pair",
        [
            ("probe", evidence),
            ("reference", evidence),
            ("same", bool),
            ("source", Key),
            ("group", Key | None, None),
        ],
        forbid_unknown_fields=True,
    )
    try:
        msgspec.json.Decoder(pair)
    except TypeError as error:
        raise InvalidValue(
            f"the evidence of {modality.name} cannot be read from JSON", field="MODALITY"
        ) from error
    return pair


def _template(modality: Modality[Any, Any], pair: Any, side: str) -> Any:
    try:
        return modality.encode(getattr(pair, side))
    except AllpointsError as error:
        field = ".".join(filter(None, (side, error.field)))
        raise InvalidValue(error.detail, field=field, remedy=error.remedy) from error


def _hashed(pieces: Iterator[bytes], digest: Any) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _propositions(modality: Modality[Any, Any], population: str) -> Propositions:
    """The modality's own pair of propositions, as it explains an example."""
    example = modality.encode(modality.examples()[0])
    explanation = modality.explain(example, example)
    return Propositions(explanation.same, explanation.different, population)


def _fitted(scored: Scored, modality: str, propositions: Propositions) -> Fitted:
    return fit(
        scored.comparisons,
        modality=modality,
        propositions=propositions,
        data=scored.data,
        made=f"{datetime.now(UTC):%Y-%m-%d}",
        code=version("allpoints"),
    )


def _write_pictures(folder: Path, comparisons: Comparisons, llrs: Values) -> None:
    same, different = comparisons.apart(llrs)
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in (
        ("reliability", reliability_diagram),
        ("tippett", tippett_plot),
        ("cross-entropy", cross_entropy_plot),
    ):
        (folder / f"{name}.png").write_bytes(draw(same, different))


def _show(found: Measured, comparisons: Comparisons) -> None:
    kinds = f"{int(comparisons.same.sum()):,} same, {int((~comparisons.same).sum()):,} different"
    screen.table(
        ("measure", "value", "meaning"),
        (
            ("comparisons", kinds, f"of {len(set(comparisons.sources)):,} sources"),
            (
                "Cllr",
                f"{found.cllr:.4f}",
                f"bits; 95 % interval {found.cllr_low:.4f} to {found.cllr_high:.4f}",
            ),
            ("Cllr_min", f"{found.cllr_min:.4f}", "bits; what no calibration can mend"),
            ("EER", f"{found.eer:.2%}", "equal error rate"),
            (
                "calibration error",
                f"{found.calibration_error:.4f}",
                f"expected, at a prior of {found.prior:g}",
            ),
        ),
        empty="",
    )
    named = {sign * threshold for threshold in THRESHOLDS for sign in (-1, 1)} | {0.0}
    screen.table(
        ("LLR from", "FMR", "FNMR", "in words"),
        (
            (f"{rates.llr:.2f}", f"{rates.fmr:.3%}", f"{rates.fnmr:.3%}", f"{strength(rates.llr)} support")
            for rates in found.error_rates
            if rates.llr in named
        ),
        empty="",
    )
