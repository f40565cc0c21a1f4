"""What a request may search, what that counts for in the quota, and that one bad question spares the others."""

import threading
from datetime import date

import msgspec
import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, evidence, operator, person, plate
from tests.hubs import asker

from allpoints.access import Action
from allpoints.errors import AllpointsError, InvalidValue, QuotaExceeded, TooLarge
from allpoints.pipeline import Pipeline
from allpoints.records import Conditions, Person, Release
from allpoints.records.evidence import Check, Evidence, PatternEvidence
from allpoints.steps import prepare
from allpoints.steps.commit import Done, Line
from allpoints.steps.disclose import CROWDED
from allpoints.steps.prepare import COST, MAX_PATTERNS

OFFICER = asker("ALB")
ANNA = Person(names=("Anna Karenina",))
PATTERN = PatternEvidence("plate", "ALB:AA?2*")


async def in_bulk(pipeline: Pipeline, corridor: Corridor, *asked: Evidence) -> list[Line] | AllpointsError:
    body = b"\n".join(msgspec.json.encode(Check((one,))) for one in asked)
    [settled] = await pipeline.check([(corridor.message(OFFICER, body), Action.CHECK_IN_BULK)])
    return settled.result if isinstance(settled, Done) else settled


async def answers(corridor: Corridor, *asked: Evidence) -> list[Line]:
    lines = await in_bulk(corridor.pipeline, corridor, *asked)
    assert isinstance(lines, list), lines
    return lines


@pytest.mark.usefixtures("no_quota_refills")
@pytest.mark.parametrize("costly", [ANNA, PATTERN], ids=["a person", "a pattern"])
async def test_what_takes_its_time_counts_for_many(fresh: Corridor, costly: Evidence) -> None:
    just = fresh.new_pipeline(fresh.gallery, quota=COST + 1)
    assert isinstance(await in_bulk(just, fresh, costly, evidence(plate())), list)
    less = fresh.new_pipeline(fresh.gallery, quota=COST)
    assert isinstance(await in_bulk(less, fresh, costly, evidence(plate())), QuotaExceeded)


async def test_a_request_searches_so_many_patterns_and_no_more(fresh: Corridor) -> None:
    lines = await answers(fresh, *[PATTERN] * (MAX_PATTERNS + 1), evidence(plate()))
    assert [line.error is None for line in lines] == [*[True] * MAX_PATTERNS, False, True]


async def test_a_request_searches_so_many_people_and_no_more(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "MAX_PEOPLE", 2)
    lines = await answers(fresh, ANNA, ANNA, ANNA, evidence(plate()))
    assert [str(line.error or "") for line in lines] == [
        "", "", "evidence: a request searches at most 2 people", "",
    ]  # fmt: skip
    with pytest.raises(InvalidValue, match="at most 2 people"):
        await fresh.check(OFFICER, *[Person(names=(f"Anna {letter}",)) for letter in ("A", "B", "C")])


@pytest.mark.usefixtures("no_quota_refills")
async def test_each_name_of_a_person_counts(fresh: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    many = Person(names=("Anna Karenina", "Anna Vronskaya", "Anna Oblonskaya"))
    just = fresh.new_pipeline(fresh.gallery, quota=3 * COST)
    assert isinstance(await in_bulk(just, fresh, many), list)
    less = fresh.new_pipeline(fresh.gallery, quota=3 * COST - 1)
    assert isinstance(await in_bulk(less, fresh, many), QuotaExceeded | TooLarge)
    monkeypatch.setattr(prepare, "MAX_NAMES", 4)
    lines = await answers(fresh, many, many, evidence(plate()))
    assert [str(line.error or "") for line in lines] == [
        "", "evidence: a request searches at most 4 names", "",
    ]  # fmt: skip


async def test_only_what_takes_its_time_is_decoded_in_a_thread(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    real = prepare.decode_check

    def decode_check(body: bytes, **arguments: date) -> prepare.Question:
        threads.append(threading.current_thread())
        return real(body, **arguments)

    monkeypatch.setattr(prepare, "decode_check", decode_check)
    await fresh.check(OFFICER, evidence(plate()))
    await fresh.check(OFFICER, ANNA)
    assert [thread is threading.main_thread() for thread in threads] == [True, False]


async def test_who_was_not_compared_although_as_alike_is_told_of(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told from the list alone: the same whether the records are shown to the asker or hidden."""
    hidden = Conditions(disclosure=Release.SILENT)
    await fresh.contribute(
        operator("ITA"), *[replace(person("Anna Karenina"), conditions=hidden) for _ in range(3)]
    )
    await fresh.contribute(operator("ITA"), *[person("Berta Zwingli") for _ in range(3)])
    await fresh.catch_up()
    both = ANNA, Person(names=("Berta Zwingli",))
    assert [line.notes for line in await answers(fresh, *both)] == [(), ()]
    monkeypatch.setattr(prepare, "MAX_LIKE_IN_BULK", 2)
    assert [line.notes for line in await answers(fresh, *both)] == [(CROWDED,), (CROWDED,)]


async def test_one_question_that_cannot_be_encoded_spares_the_others(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    [kept] = await fresh.contribute(operator("ITA"), person("Anna Karenina"))
    await fresh.catch_up()
    real = prepare.probes_of

    def probes_of(question: prepare.Question) -> object:
        if question.people and question.people[0].names == ("Nobody",):
            raise InvalidValue("no template can be made of it", field="evidence")
        return real(question)

    monkeypatch.setattr(prepare, "probes_of", probes_of)
    nobody = Person(names=("Nobody",))
    first, bad, last = await answers(fresh, ANNA, nobody, ANNA)
    assert [[hit.record for hit in line.hits] for line in (first, last)] == [[kept.id]] * 2
    assert bad.error is not None
    with pytest.raises(InvalidValue, match="no template"):
        await fresh.check(OFFICER, nobody)


async def test_the_more_people_are_asked_for_the_fewer_candidates_each_has(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "MAX_CANDIDATES", 8)
    await fresh.contribute(operator("ITA"), *[person("Anna Karenina") for _ in range(5)])
    await fresh.catch_up()
    assert [len(line.hits) for line in await answers(fresh, ANNA)] == [4]
    assert [len(line.hits) for line in await answers(fresh, ANNA, ANNA)] == [2, 2]
