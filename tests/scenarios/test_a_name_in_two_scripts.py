"""A man whom one bureau seeks in Arabic script, and another meets in Latin script with day and month swapped."""

import asyncio

import msgspec
import pytest
from tests.corridors import Corridor, contribution, operator, person
from tests.hubs import asker

from allpoints.access import Disclosure
from allpoints.errors import InvalidValue
from allpoints.formats.mrz import Document, PartialDate, write
from allpoints.records import Conditions, Contribution, Name, Person, RecordKind, Release
from allpoints.records.evidence import Evidence, MrzEvidence
from allpoints.steps.disclose import CUT
from allpoints.steps.matching import RULES

OFFICER = asker("ALB")
ARABIC, LATIN = "عبد الرحمن الكرداسي", "Abdulrahman Al-Kirdassi"
ASKED = Person(names=(LATIN,), birth="1975-08-04")
CONTACT = Conditions(disclosure=Release.CONTACT)
SILENT = Conditions(disclosure=Release.SILENT)


def sought(conditions: Conditions | None = None, birth: str = "1975-04-08") -> Contribution:
    return person(ARABIC, birth=birth, nationalities=("EGY",), conditions=conditions)


def zone(*, number: str = "BA1234567", surname: str = "KIRDASSI", given: str = "ABDULRAHMAN") -> MrzEvidence:
    document = Document(
        format="TD3",
        document_code="P",
        issuing_state="EGY",
        document_number=number,
        nationality="EGY",
        surname=surname,
        given_names=given,
        birth=PartialDate(1975, 4, 8),
        sex="M",
        expiry=PartialDate(2030, 1, 1),
    )
    return MrzEvidence(write(document))


async def give(corridor: Corridor, owner: str, *contributions: Contribution) -> list[int]:
    kept = await corridor.contribute(operator(owner), *contributions)
    await corridor.catch_up()
    assert all(line.id for line in kept), kept
    return [line.id for line in kept if line.id]


async def ask(corridor: Corridor, *evidence: Evidence) -> list[Disclosure]:
    [line] = (await corridor.check(OFFICER, *evidence)).result
    return list(line.hits)


async def test_the_officer_finds_him_and_reads_why(fresh: Corridor) -> None:
    [record_id] = await give(fresh, "ITA", sought())
    [hit] = await ask(fresh, ASKED)
    assert (hit.record, hit.level, hit.match.modality, hit.match.agreement) == (
        record_id,
        "full",
        "names",
        "name",
    )
    assert any("day and month swapped" in line for line in hit.match.explanation)
    assert {"born", "given name", "family name"} <= {finding.what for finding in hit.match.findings}
    assert "support that both are the same" in hit.match.strength
    [told] = fresh.told("ITA")
    assert (told["record"], told["outcome"], told["bureau"]) == (record_id, "full", "ALB")


async def test_somebody_else_of_the_same_birth_is_not_proposed(fresh: Corridor) -> None:
    await give(fresh, "ITA", sought())
    assert await ask(fresh, Person(names=("Giovanni Brambilla",), birth="1975-04-08")) == []


async def test_a_contact_tells_nothing_of_what_the_record_says(fresh: Corridor) -> None:
    [record_id] = await give(fresh, "ITA", sought(CONTACT))
    [hit] = await ask(fresh, ASKED)
    assert (hit.record, hit.level, hit.contact) == (record_id, "contact", "desk@ita.example")
    assert set(msgspec.to_builtins(hit.match)) == {"modality", "agreement", "strength"}
    assert "support that both are the same" in hit.match.strength


async def test_contacts_are_ranked_by_their_words_alone(fresh: Corridor) -> None:
    """Who asks for one person with many dates of birth does not see by their places which is nearer."""
    first, second = await give(fresh, "ITA", sought(CONTACT, "1975-04-08"), sought(CONTACT, "1975-08-04"))
    hits = await ask(fresh, ASKED)
    words = {hit.record: hit.match.strength for hit in hits}
    if words[first] == words[second]:
        assert [hit.record for hit in hits] == sorted((first, second))


async def test_a_silent_record_tells_its_owner_and_nobody_else(fresh: Corridor) -> None:
    [record_id] = await give(fresh, "ITA", sought(SILENT))
    assert await ask(fresh, ASKED) == []
    [told] = fresh.told("ITA")
    assert (told["record"], told["outcome"]) == (record_id, "silent")


async def test_a_withdrawn_record_is_gone_however_stale_the_index(fresh: Corridor) -> None:
    [record_id] = await give(fresh, "ITA", sought())
    withdrawal = fresh.message(operator("ITA"), method="DELETE", path=f"/v1/records/{record_id}")
    await fresh.pipeline.withdraw(withdrawal, record_id)
    assert await ask(fresh, ASKED) == []
    await fresh.catch_up()
    assert await ask(fresh, ASKED) == []


async def test_a_correction_is_searched_in_place_of_what_it_corrects(fresh: Corridor) -> None:
    [kept] = await fresh.contribute(operator("ITA"), before := sought())
    assert kept.id
    await fresh.catch_up()
    after = msgspec.structs.replace(person("Giovanni Brambilla"), reference=before.reference)
    body = fresh.upload(operator("ITA"), after).body
    message = fresh.message(
        operator("ITA"),
        body,
        method="PUT",
        path=f"/v1/records/{kept.id}",
        idempotency_key="c",
        if_match='"1"',
    )
    await fresh.pipeline.correct(message, kept.id)
    assert await ask(fresh, ASKED) == []
    await fresh.catch_up()
    assert await ask(fresh, ASKED) == []
    assert [hit.record for hit in await ask(fresh, Person(names=("Giovanni Brambilla",)))] == [kept.id]


async def test_workers_see_what_comes_and_goes_by_themselves(fresh: Corridor) -> None:
    following = asyncio.create_task(fresh.gallery.follow())
    [kept] = await fresh.contribute(operator("ITA"), sought())
    assert kept.id
    async with asyncio.timeout(20):
        while not await ask(fresh, ASKED):
            await asyncio.sleep(0.02)
    following.cancel()


async def test_one_zone_asks_for_document_and_holder_with_one_answer(fresh: Corridor) -> None:
    stolen = contribution(("travel-document", "EGY:P:BA1234567"), kind=RecordKind.TRAVEL_DOCUMENT)
    [document] = await give(fresh, "FRA", stolen)
    [man] = await give(fresh, "ITA", sought())
    hits = await ask(fresh, zone())
    assert {hit.record: hit.match.agreement for hit in hits} == {document: "exact", man: "name"}


async def test_a_record_found_both_ways_is_one_hit_with_both_explanations(fresh: Corridor) -> None:
    both = msgspec.structs.replace(
        sought(), identifiers=contribution(("travel-document", "EGY:P:BA1234567")).identifiers
    )
    [record_id] = await give(fresh, "ITA", both)
    [hit] = await ask(fresh, zone())
    assert (hit.record, {part.modality for part in hit.match.parts}) == (record_id, {"identifiers", "names"})
    assert set(hit.match.agreement.split(" and ")) == {"exact", "name"}
    assert hit.match.llr is not None
    assert hit.match.llr > max(part.llr or 0 for part in hit.match.parts)


async def test_a_sought_document_is_a_hit_whoever_shows_it(fresh: Corridor) -> None:
    both = msgspec.structs.replace(
        sought(), identifiers=contribution(("travel-document", "EGY:P:BA1234567")).identifiers
    )
    [record_id] = await give(fresh, "ITA", both)
    [hit] = await ask(fresh, zone(surname="BRAMBILLA", given="GIOVANNI"))
    assert (hit.record, hit.match.agreement) == (record_id, "exact")
    by_modality = {part.modality: part for part in hit.match.parts}
    assert (by_modality["names"].llr or 0) < 0


async def test_the_holder_of_a_stolen_document_is_not_sought_by_name(fresh: Corridor) -> None:
    victim = contribution(
        ("travel-document", "EGY:P:BA1234567"),
        particulars=sought().particulars,
        kind=RecordKind.TRAVEL_DOCUMENT,
    )
    await give(fresh, "FRA", victim)
    assert await ask(fresh, ASKED) == []
    assert await ask(fresh, zone(number="XX7654321")) == []


async def test_several_descriptions_of_one_person_give_one_ranked_list(fresh: Corridor) -> None:
    near, far = await give(fresh, "ITA", sought(), sought(birth="1976"))
    hits = await ask(
        fresh, ASKED, Person(names=(Name(family="الكرداسي", given="عبد الرحمن"),), birth="1975-04-08")
    )
    assert [hit.record for hit in hits] == [near, far]
    assert sorted((hit.match.llr for hit in hits), reverse=True) == [hit.match.llr for hit in hits]


async def test_more_people_than_anybody_can_look_through_are_cut_and_the_answer_says_so(
    fresh: Corridor,
) -> None:
    await give(fresh, "ITA", *[sought() for _ in range(RULES["names"].most + 1)])
    [line] = (await fresh.check(OFFICER, ASKED)).result
    assert (len(line.hits), line.notes) == (RULES["names"].most, (CUT,))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Person(names=()), "evidence[0].names"),
        (Person(names=(ARABIC, "")), "evidence[0].names[1]"),
        (Person(names=("x" * 5_000,)), "evidence[0].names[0]"),
        (Person(names=("👮‍♀️",)), "evidence[0].names[0]"),
        (Person(names=("\u202e\u2067",)), "evidence[0].names[0]"),
        (Person(names=(ARABIC,), birth="2099-01-01"), "evidence[0].birth"),
        (Person(names=(ARABIC,), birth="yesterday"), "evidence[0].birth"),
        (Person(names=(ARABIC,), nationalities=("XYZ",)), "evidence[0].nationalities[0]"),
        (Person(names=(ARABIC,), residence="x" * 5_000), "evidence[0].residence"),
    ],
)
async def test_what_is_wrong_with_a_description_is_named(
    corridor: Corridor, asked: Person, field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        await corridor.check(OFFICER, asked)
    assert refused.value.field == field
    assert refused.value.remedy


@pytest.mark.parametrize(
    "name", ["A", "ا", "Å.", "Ali \u202e👮", "x" * 200, "a " * 99, "王", "Aliعلي알리Али"]
)
async def test_an_odd_name_gets_an_answer_and_no_flood(fresh: Corridor, name: str) -> None:
    await give(fresh, "ITA", *[sought() for _ in range(3)])
    assert len(await ask(fresh, Person(names=(name,)))) <= RULES["names"].most
