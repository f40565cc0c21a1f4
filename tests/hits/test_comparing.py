"""What an examiner is shown: a double of a modality takes the place of prints, which are compared elsewhere."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, operator
from tests.examining import PICTURE, acted, assign, candidate_list, decide
from tests.hubs import asker

from allpoints.access import Action
from allpoints.errors import AllpointsError, Conflict, Forbidden, NotFound, Unavailable
from allpoints.hits import comparing
from allpoints.hits.comparing import Material, Picture, comparison, material, picture
from allpoints.likelihood.calibration import load
from allpoints.modalities.base import Comparison, Correspondence, Explanation, Finding, Outcome, SideBySide
from allpoints.records import Asker, Conditions, Fingerprint, Piece, Purpose, Release
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.store.acts import Act, StoredPicture, StoredTemplate
from allpoints.wire.corridor import ExaminerDecision

OFFICER = asker("FRA", "officer", "criminal-investigation", "police", user="officer")
ANNA = asker("FRA", "examiner", "criminal-investigation", "police", user="anna")


class Fingers:
    """A modality whose templates are fingers and how clear they are: what is not of one finger is not compared."""

    name = "fingerprints"

    def compare_sets(
        self, probes: Sequence[tuple[int, float]], references: Sequence[tuple[int, float]]
    ) -> Comparison:
        llr = max((p[1] * r[1] for p in probes for r in references if p[0] == r[0]), default=0.0)
        return Comparison(score=llr / 10, llr=llr)

    def explain_sets(
        self, probes: Sequence[tuple[int, float]], references: Sequence[tuple[int, float]]
    ) -> Explanation:
        finding = Finding("finger", "2", "2", Outcome.EQUAL, weight=1.0)
        return Explanation(
            comparison=self.compare_sets(probes, references),
            same="one finger",
            different="another finger",
            findings=(finding,),
            remarks=("the probe is smudged",),
        )

    def side_by_side(self, probe: Fingerprint, reference: Fingerprint) -> SideBySide:
        pair = Correspondence(number=1, probe=(1.0, 2.0), reference=(3.0, 4.0), certainty=0.5, what="ending")
        return SideBySide(
            picture=probe.image + b"|" + reference.image,
            size=(20, 10),
            reference_x=12,
            correspondences=(pair,),
        )


@pytest.fixture(autouse=True)
def fingers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The double takes the place of the modality of its name."""
    monkeypatch.setattr(comparing, "_MODALITIES", {"fingerprints": Fingers()})
    monkeypatch.setattr(comparing, "loaded", lambda modality, body: (2, 2.0))
    monkeypatch.setattr(comparing, "_calibration", lambda _: load("allpoints.modalities.names"))
    return


def shot(number: int, finger: int, clear: float, image: bytes) -> Picture:
    """A picture of a finger."""
    return Picture(number, "fingerprints", Fingerprint(image=image, finger=finger), (finger, clear))


CARD = Material(
    examination=7,
    record=8,
    probes=(shot(0, 2, 1.0, b"p0"), shot(1, 3, 2.0, b"p1"), shot(2, 9, 2.0, b"p2")),
    references=(shot(0, 3, 2.0, b"r0"), shot(4, 2, 3.0, b"r4"), shot(5, 2, 1.0, b"r5")),
)


def test_each_picture_stands_beside_the_one_that_fits_it_best_the_likeliest_pair_first() -> None:
    found = comparison(CARD, None)
    assert [(pair.probe, pair.reference, pair.llr) for pair in found.pairs] == [(1, 0, 4.0), (0, 4, 3.0)]
    assert found.shown == found.pairs[0]
    assert (found.size, found.reference_x) == ((20, 10), 12)
    assert picture(CARD, None) == b"p1|r0"
    assert picture(CARD, 0) == b"p0|r4"
    assert comparison(CARD, 0).shown == found.pairs[1]


@pytest.mark.parametrize("probe", [2, 3, -1])
def test_a_picture_without_a_counterpart_is_named(probe: int) -> None:
    with pytest.raises(NotFound) as refused:
        picture(CARD, probe)
    assert refused.value.field == "probe"


def test_the_strength_comes_with_what_it_would_get_wrong_and_in_words_that_identify_nobody() -> None:
    [said] = comparison(CARD, None).modalities
    assert (said.llr, said.same, said.different) == (4.0, "one finger", "another finger")
    rates = load("allpoints.modalities.names").error_rates_at(4.0)
    assert (said.fmr, said.fnmr) == (rates.fmr, rates.fnmr)
    assert said.findings[0].what == "finger"
    assert "identif" not in said.strength
    [pair] = comparison(CARD, None).correspondences
    assert (pair.number, pair.probe, pair.reference, pair.certainty, pair.what) == (
        1,
        (1.0, 2.0),
        (3.0, 4.0),
        0.5,
        "ending",
    )


async def looked_at(corridor: Corridor, who: Asker, number: int, record: int) -> Material:
    """As the routes of the comparison begin."""

    async def task(act: Act, admitted: Admitted) -> Work:
        from datetime import UTC, datetime

        return await material(act, admitted.asker, number, record, datetime.now(UTC))

    return (await acted(corridor, who, Action.READ_EXAMINATIONS, task)).result


async def pictured_list(corridor: Corridor, **how: Any) -> tuple[int, int]:
    """A list whose one candidate has a picture."""
    number, [record] = await candidate_list(corridor, OFFICER, "ITA", **how)
    async with corridor.database.act(operator("ITA")) as act:
        await act.add_templates({record: [StoredTemplate("fingerprints", b"of the record")]})
        theirs: Piece = replace(PICTURE, image=b"the record's picture")
        await act.add_pictures({record: [StoredPicture(0, "fingerprints", theirs)]})
    return number, record


async def test_probe_and_record_are_shown_and_the_owner_can_list_who_looked(corridor: Corridor) -> None:
    number, record = await pictured_list(corridor)
    found = await looked_at(corridor, replace(ANNA, user="looker"), number, record)
    assert picture(found, None) == b"the picture of a finger|the record's picture"
    reads = [entry for entry in corridor.all_entries() if entry.act == "read" and entry.user == "looker"]
    assert [(entry.reader, entry.records, entry.outcome) for entry in reads] == [("ITA", (record,), "full")]


async def test_pictures_are_for_who_is_shown_the_record_in_full_and_for_the_checks_purpose(
    corridor: Corridor,
) -> None:
    contact, of_contact = await candidate_list(
        corridor, OFFICER, "ITA", conditions=Conditions(disclosure=Release.CONTACT)
    )
    number, record = await pictured_list(corridor)
    message = corridor.message(operator("ITA"), method="DELETE", path=f"/v1/records/{record}")
    refused: list[tuple[type[AllpointsError], Asker, int, int]] = [
        (Forbidden, ANNA, contact, of_contact[0]),
        (Forbidden, replace(ANNA, purpose=Purpose.BORDER_CONTROL), number, record),
        (Forbidden, OFFICER, number, record),
        (NotFound, replace(ANNA, bureau="ALB"), number, record),
        (NotFound, ANNA, number, of_contact[0]),
    ]
    for error, who, at, candidate in refused:
        with pytest.raises(error):
            await looked_at(corridor, who, at, candidate)
    await corridor.pipeline.withdraw(message, record)
    with pytest.raises(NotFound):
        await looked_at(corridor, ANNA, number, record)


async def test_of_a_concluded_list_there_is_nothing_left_to_look_at(corridor: Corridor) -> None:
    number, record = await pictured_list(corridor)
    await assign(corridor, operator("FRA"), number, "anna")
    await decide(corridor, ANNA, number, record, ExaminerDecision.EXCLUSION)
    with pytest.raises(Conflict, match="deleted"):
        await looked_at(corridor, ANNA, number, record)


async def test_a_picture_whose_template_is_missing_is_never_shown_as_another_ones(corridor: Corridor) -> None:
    number, record = await pictured_list(corridor)
    async with corridor.database.act(operator("ITA")) as act:
        await act.add_pictures({record: [StoredPicture(1, "fingerprints", PICTURE)]})
    with pytest.raises(Unavailable):
        await looked_at(corridor, ANNA, number, record)
