"""What a check leaves for examiners, and of whom it leaves nothing."""

from msgspec.structs import replace
from tests.corridors import Corridor
from tests.examining import found_by, opened, records
from tests.hubs import asker

from allpoints.access import Match
from allpoints.steps.matching import RULES
from allpoints.store import examinations
from allpoints.wire.corridor import ExaminationState

OFFICER = asker("FRA", "officer", "criminal-investigation", "police", user="officer")


def kept(corridor: Corridor) -> tuple[int, int]:
    """How many lists and probes there are."""
    with corridor.connection() as connection:
        [counted] = connection.execute(
            "SELECT (SELECT count(*) FROM examinations), (SELECT count(*) FROM examination_probes)"
        )
    return counted


async def test_of_a_probe_that_finds_nothing_nothing_is_kept(corridor: Corridor) -> None:
    before = kept(corridor)
    assert await opened(corridor, OFFICER, []) is None
    assert kept(corridor) == before


async def test_what_only_an_identifier_found_is_nothing_to_examine(corridor: Corridor) -> None:
    before = kept(corridor)
    _, identifier = await records(corridor, "ITA")
    [hit] = await found_by(corridor, OFFICER, identifier)
    by_identifier = replace(hit, match=Match(modality="identifiers", agreement="exact", score=1.0))
    assert await opened(corridor, OFFICER, [by_identifier]) is None
    assert kept(corridor) == before


async def test_a_finger_that_found_nothing_of_what_a_document_found_is_nothing_to_examine(
    corridor: Corridor,
) -> None:
    before = kept(corridor)
    _, identifier = await records(corridor, "ITA")
    [hit] = await found_by(corridor, OFFICER, identifier)
    exact = Match(modality="identifiers", agreement="exact", llr=6.0)
    for llr in (-3.0, 0.1, RULES["fingerprints"].least_llr - 0.01):
        both = replace(exact, parts=(exact, replace(hit.match, llr=llr)))
        assert await opened(corridor, OFFICER, [replace(hit, match=both)]) is None
    assert kept(corridor) == before


async def test_a_face_is_examined_whose_finger_contradicts(corridor: Corridor) -> None:
    _, identifier = await records(corridor, "ITA")
    [hit] = await found_by(corridor, OFFICER, identifier)
    finger = replace(hit.match, llr=-1.0)
    face = Match(modality="faces", agreement="face", llr=4.0, strength="strong")
    number = await opened(corridor, OFFICER, [replace(hit, match=replace(face, parts=(finger, face)))])
    assert number
    async with corridor.database.act(OFFICER) as act:
        assert [c.modality for c in await examinations.candidates(act, number)] == ["faces"]


async def test_a_list_has_what_a_finger_found_with_what_the_finger_says_of_it(corridor: Corridor) -> None:
    ids, identifier = await records(corridor, "ITA", "UTO", "ALB")
    first, second, third = await found_by(corridor, OFFICER, identifier)
    exact = Match(modality="identifiers", agreement="exact", llr=6.0)
    both = replace(exact, parts=(exact, first.match))
    number = await opened(
        corridor, OFFICER, [replace(first, match=both), replace(second, match=exact), third]
    )
    assert number
    async with corridor.database.act(OFFICER) as act:
        found = await examinations.examination(act, number)
        assert found is not None
        assert (found.state, found.asked_by, found.purpose) == (
            ExaminationState.OPEN,
            "officer",
            "criminal-investigation",
        )
        candidates = await examinations.candidates(act, number)
    assert [(c.record, c.rank, c.modality, c.llr) for c in candidates] == [
        (ids[0], 1, "fingerprints", 5.0),
        (ids[2], 2, "fingerprints", 5.0),
    ]
