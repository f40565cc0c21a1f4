"""The options and file names that bring fingerprints and faces, and the evidence that they make."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from allpoints.errors import InvalidValue, TooLarge
from allpoints.formats.typed_evidence import named_picture
from allpoints.records import Biometric, Face, Fingerprint, NistFile, check_biometric
from allpoints.records.biometrics import MAX_PICTURE

_PANEL = "What to compare: pictures of the same person"


def options() -> Iterator[inspect.Parameter]:
    """One option for each kind of biometric evidence."""
    for name, kind, metavar, help_ in (
        ("fingerprint", list[Path], "FILE", "A picture of a fingerprint, or an ISO/IEC 19794-2 template."),
        ("finger", list[int], "1-10", "Which finger the print is of, in the same order; 1 is the right thumb, "
         "6 the left one. Without it any finger may be meant."),
        ("dpi", int, "DPI", "The resolution of the prints, where their files state none or a wrong one."),
        ("face", list[Path], "FILE", "A picture of the face."),
        ("nist", list[Path], "FILE", "An ANSI/NIST-ITL file."),
    ):  # fmt: skip
        declared = typer.Option(f"--{name}", help=help_, metavar=metavar, rich_help_panel=_PANEL)
        yield inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, declared]
        )


def given(values: Mapping[str, Any]) -> list[Biometric]:
    """The evidence that the options name, read from its files. Raises `InvalidValue` naming the option."""
    prints: Sequence[Path] = values["fingerprint"] or ()
    fingers: Sequence[int] = values["finger"] or ()
    if len(fingers) > len(prints):
        raise InvalidValue(
            "is said of more prints than were given",
            field="--finger",
            remedy="Give one --finger for each --fingerprint, in the same order.",
        )
    if values["dpi"] is not None and not prints:
        raise InvalidValue("goes with a print", field="--dpi", remedy="Give --fingerprint as well.")
    numbers = [*fingers, *[0] * (len(prints) - len(fingers))]
    found: list[Biometric] = [
        _checked(
            Fingerprint(image=_read(file), finger=number, dpi=values["dpi"]),
            "--fingerprint",
            finger="--finger",
            dpi="--dpi",
        )
        for file, number in zip(prints, numbers, strict=True)
    ]
    found += [_checked(Face(image=_read(file)), "--face") for file in values["face"] or ()]
    return found + [_checked(NistFile(file=_read(file)), "--nist") for file in values["nist"] or ()]


def of_file(file: Path) -> Biometric:
    """The evidence in a file, by its name; as `typed_evidence.named_picture`."""
    return named_picture(file.name, _read(file))


def _read(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(MAX_PICTURE + 1)


def _checked(piece: Biometric, option: str, **options: str) -> Biometric:
    """Refuse what no hub could take, under the names that the user knows its fields by."""
    try:
        check_biometric(piece, field="")
    except (InvalidValue, TooLarge) as error:
        field = (error.field or "").lstrip(".")
        raise type(error)(error.detail, field=options.get(field, option), remedy=error.remedy) from None
    return piece
