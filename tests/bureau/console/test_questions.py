"""From the form of the page Check to evidence, without a hub."""

import io

import pytest
from litestar.datastructures import UploadFile
from tests.bureau.console.cases import SPECIMEN

from allpoints.bureau.console.questions import Question, Typed, looks_like_zone, question
from allpoints.errors import InvalidValue, TooLarge
from allpoints.records import SCHEMES, Face, Fingerprint, NistFile, Scheme
from allpoints.records.biometrics import MAX_PICTURE
from allpoints.records.evidence import IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.records.people import Person


def file(name: str, content: bytes = b"x") -> UploadFile:
    made = UploadFile("application/octet-stream", name)
    made.file.write(content)
    made.file.seek(0)
    assert isinstance(made.file, io.IOBase) or made.file
    return made


async def asked(*files: UploadFile, **typed: object) -> Question:
    return await question(Typed(**typed), files)  # type: ignore[arg-type]


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
async def test_every_example_of_every_scheme_can_be_typed(scheme: Scheme) -> None:
    for example in scheme.examples:
        [evidence] = (await asked(text=example, scheme=scheme.name)).evidence
        assert isinstance(evidence, (IdentifierEvidence, PatternEvidence))


async def test_what_a_scanner_types_is_a_zone_whatever_was_chosen() -> None:
    for text in (SPECIMEN, SPECIMEN.replace("\n", ""), SPECIMEN.replace("\n", "\r\n") + "\r\n"):
        assert looks_like_zone(text)
        [evidence] = (await asked(text=text.strip(), scheme="plate")).evidence
        assert isinstance(evidence, MrzEvidence)


@pytest.mark.parametrize("text", ["+33 6 39 98 00 07", "YB4410027"])
async def test_a_number_of_no_kind_is_asked_for_its_kind(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        await asked(text=text)
    assert "what kind of number" in refused.value.remedy


def test_an_identifier_does_not_look_like_a_zone() -> None:
    for scheme in SCHEMES:
        assert not any(map(looks_like_zone, scheme.examples))


async def test_a_person_has_names_in_any_script_and_what_else_is_known() -> None:
    [evidence] = (
        await asked(names="Анна Эрикссон; Eriksson, Anna", birth="1974~", sex="F", nationalities="UTO;ALB")
    ).evidence
    assert evidence == Person(
        names=("Анна Эрикссон", "Eriksson, Anna"), birth="1974~", sex="F", nationalities=("UTO", "ALB")
    )


async def test_everything_together_is_one_question() -> None:
    found = await asked(
        file("finger-2.png"), file("card.an2"), text="ALB:AA123BB", scheme="plate", names="Anna"
    )
    assert found.fields == ("text", "names", "file", "file")
    assert found.pictured
    assert found.evidence[2:] == (Fingerprint(image=b"x", finger=2), NistFile(file=b"x"))


@pytest.mark.parametrize(
    ("shows", "evidence"),
    [
        ("face", Face(image=b"x")),
        ("nist", NistFile(file=b"x")),
        ("7", Fingerprint(image=b"x", finger=7)),
        ("0", Fingerprint(image=b"x")),
    ],
)
async def test_the_form_says_what_a_picture_shows(shows: str, evidence: object) -> None:
    assert (await asked(file("IMG_1.jpg"), shows=shows)).evidence == (evidence,)


@pytest.mark.parametrize("shows", ["11", "a foot", "²", "7" * 5_000])
async def test_what_no_picture_shows_is_refused(shows: str) -> None:
    with pytest.raises(InvalidValue):
        await asked(file("IMG_1.jpg"), shows=shows)


async def test_too_much_is_refused() -> None:
    with pytest.raises(TooLarge) as refused:
        await asked(*(file(f"face-{n}.jpg") for n in range(25)))
    assert refused.value.field == "file"
    with pytest.raises(TooLarge):
        await asked(file("face.jpg", bytes(MAX_PICTURE + 1)))


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ("evidence[0].value", "text"),
        ("evidence[1].birth", "birth"),
        ("evidence[1].names[0]", "names"),
        ("evidence[1]", "names"),
        ("evidence[2].image", "file"),
        ("evidence[9].image", "evidence[9].image"),
        ("evidence[²].image", "evidence[²].image"),
        ("id", "id"),
        (None, None),
    ],
)
async def test_what_a_hub_refuses_is_shown_at_the_field_that_brought_it(
    named: str | None, field: str | None
) -> None:
    found = await asked(file("face.jpg"), text="ALB:AA123BB", scheme="plate", names="Anna")
    assert found.with_field(InvalidValue("no", field=named)).field == field
