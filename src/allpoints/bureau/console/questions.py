"""From the form of the page Check to what is asked, each piece of evidence with the field that brought it."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

from allpoints.bureau.console.forms import whole_number
from allpoints.errors import AllpointsError, InvalidValue, TooLarge
from allpoints.formats.person_columns import several
from allpoints.formats.typed_evidence import checked_picture, identifier, named_picture, zone
from allpoints.records import Biometric, Face, Fingerprint, NistFile
from allpoints.records.biometrics import MAX_PICTURE
from allpoints.records.evidence import MAX_EVIDENCE, Evidence
from allpoints.records.people import Person

ZONE = "mrz"
"""What is typed, where it is no identifier of a scheme."""
SHORTEST_ZONE_LINE = 25


class Typed(Struct, frozen=True):
    """The form. Everything in it is about the same thing."""

    text: Annotated[str, Meta(max_length=4_000)] = ""
    scheme: Annotated[str, Meta(max_length=40)] = ZONE
    confusable: bool = False
    names: Annotated[str, Meta(max_length=4_000)] = ""
    birth: Annotated[str, Meta(max_length=200)] = ""
    sex: Literal["", "F", "M", "X"] = ""
    nationalities: Annotated[str, Meta(max_length=200)] = ""
    birthplace: Annotated[str, Meta(max_length=200)] = ""
    residence: Annotated[str, Meta(max_length=200)] = ""
    shows: Annotated[str, Meta(max_length=20)] = ""
    """What the pictures show: empty where their names say it, `face`, `nist`, or a finger's number."""
    verify: bool = False


class Question(Struct, frozen=True):
    """What is asked; `fields` are those of the form that the evidence came from, in the same order."""

    evidence: tuple[Evidence, ...]
    fields: tuple[str, ...]

    @property
    def pictured(self) -> bool:
        """Whether it brings fingerprints or faces."""
        return any(isinstance(each, Biometric) for each in self.evidence)

    def with_field(self, error: AllpointsError) -> AllpointsError:
        """The error of a hub, naming the field of the form in the place of the evidence."""
        place, _, rest = (error.field or "").removeprefix("evidence[").partition("]")
        number = whole_number(place)
        if number is None or number >= len(self.fields):
            return error
        field = self.fields[number]
        if field == "names":
            field = rest.lstrip(".").partition("[")[0] or field
        error.field = field
        return error


async def question(typed: Typed, files: Sequence[UploadFile]) -> Question:
    """Read the form. Raises `InvalidValue` and `TooLarge` naming the field, or the file."""
    asked: list[tuple[str, Evidence]] = []
    if typed.text:
        asked.append(("text", _typed(typed)))
    if person := _person(typed):
        asked.append(("names", person))
    asked += [("file", await _picture(file, typed.shows)) for file in files]
    if not asked:
        raise InvalidValue(
            "nothing is asked",
            field="text",
            remedy="Scan a document, type a number or a name, or drop a file.",
        )
    if len(asked) > MAX_EVIDENCE:
        raise TooLarge(f"one check takes up to {MAX_EVIDENCE} pieces of evidence", field="file")
    fields, evidence = zip(*asked, strict=True)
    return Question(evidence, fields)


def looks_like_zone(text: str) -> bool:
    """Whether it is what a scanner types, whatever somebody had chosen before."""
    lines = text.split()
    return "<<" in text and any(len(line) >= SHORTEST_ZONE_LINE for line in lines)


def _typed(typed: Typed) -> Evidence:
    if looks_like_zone(typed.text):
        return _zone(typed.text)
    if typed.scheme == ZONE:
        if "<" in typed.text or len(typed.text.splitlines()) > 1:
            return _zone(typed.text)
        raise InvalidValue(
            "is no machine-readable zone",
            field="text",
            remedy="Choose beside it what kind of number this is.",
        )
    return identifier(typed.scheme, typed.text, confusable=typed.confusable, field="text")


def _zone(text: str) -> Evidence:
    try:
        return zone(text)
    except AllpointsError as error:
        error.field = "text"
        raise


def _person(typed: Typed) -> Person | None:
    said = {
        "birth": typed.birth,
        "sex": typed.sex,
        "nationalities": several(typed.nationalities),
        "birthplace": typed.birthplace,
        "residence": typed.residence,
    }
    names = several(typed.names)
    if not names:
        if any(said.values()):
            raise InvalidValue(
                "a person is asked for by name", field="names", remedy="Give at least one name."
            )
        return None
    return msgspec.convert({"kind": "person", "names": names, **said}, Person)


async def _picture(file: UploadFile, shows: str) -> Biometric:
    content = await file.read(MAX_PICTURE + 1)
    if not shows:
        return named_picture(file.filename, content)
    piece: Biometric
    if shows == "face":
        piece = Face(image=content)
    elif shows == "nist":
        piece = NistFile(file=content)
    elif (finger := whole_number(shows)) is not None:
        piece = Fingerprint(image=content, finger=finger)
    else:
        raise InvalidValue("is none of these", field="shows")
    return checked_picture(piece, field="file")
