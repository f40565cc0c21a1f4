"""The cross-check: two bureaus that hold the same thing learn of each other, within their conditions."""

import itertools
import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, contribution, operator, person, plate

from allpoints.access import Action, Match
from allpoints.errors import Forbidden, NotFound
from allpoints.hits import links
from allpoints.hits.links import Linker, ShownLink, decide_link, owners_eyes, shown_link
from allpoints.modalities import CandidateList
from allpoints.records import Conditions, Contribution, Identifier, Purpose, Release, Selection
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.contribute import Stored
from allpoints.store.acts import Act
from allpoints.wire.corridor import Decision

PHONES = (f"+39061234{number}" for number in itertools.count(1000))


async def link(corridor: Corridor) -> int:
    """What the housekeeper does: feed its index, then compare what changed."""
    return await Linker(corridor.database, await corridor.writer.feed()).run_once()


async def give(
    corridor: Corridor,
    owner: str,
    *identifiers: tuple[str, str],
    conditions: Conditions | None = None,
    purpose: str = "criminal-investigation",
) -> int:
    """Contribute a record and return its id."""
    kept: list[Stored] = await corridor.contribute(
        operator(owner, purpose), contribution(*identifiers, conditions=conditions)
    )
    assert kept[0].id, kept
    return kept[0].id


def raised(corridor: Corridor) -> set[tuple[int, int, str]]:
    with corridor.connection() as connection:
        return set(connection.execute("SELECT record_a, record_b, scheme FROM links").fetchall())


def told(corridor: Corridor, bureau: str) -> list[object]:
    """The own records of which the bureau was told that another one holds the same."""
    return [body["record"] for body in corridor.told(bureau) if body["kind"] == "link"]


@pytest.mark.parametrize(
    "identifier",
    [
        ("plate", "ALB:AA123BC"),
        ("travel-document", "ALB:P:BA1234567"),
        ("phone", "+355672345678"),
        ("payment-card", "4111111111111111"),
    ],
    ids=lambda identifier: identifier[0],
)
async def test_the_same_identifier_at_two_bureaus_is_one_link_told_to_both(
    fresh: Corridor, identifier: tuple[str, str]
) -> None:
    one = await give(fresh, "ITA", identifier)
    other = await give(fresh, "FRA", identifier)
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, other, identifier[0])}
    assert (told(fresh, "ITA"), told(fresh, "FRA")) == ([one], [other])
    assert (told(fresh, "ALB"), told(fresh, "UTO")) == ([], [])


async def test_one_link_for_each_pair_and_scheme(fresh: Corridor) -> None:
    number, phone = plate(), ("phone", next(PHONES))
    ids = [await give(fresh, owner, number, phone) for owner in ("ITA", "FRA", "ALB")]
    pairs = list(itertools.combinations(ids, 2))
    assert await link(fresh) == 2 * len(pairs)
    assert raised(fresh) == {(*pair, scheme) for pair in pairs for scheme in ("plate", "phone")}


async def test_a_later_record_is_compared_with_what_is_held(fresh: Corridor) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    assert await link(fresh) == 0
    other = await give(fresh, "FRA", number)
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, other, "plate")}


async def test_records_that_come_while_the_index_is_fed_are_linked_too(fresh: Corridor) -> None:
    """Both come after the housekeeper last fed its index."""
    number = plate()
    linker = Linker(fresh.database, await fresh.writer.feed())
    one = await give(fresh, "ITA", number)
    other = await give(fresh, "FRA", number)
    assert await linker.run_once() == 1
    assert raised(fresh) == {(one, other, "plate")}


async def test_a_corrected_record_is_compared_again(fresh: Corridor) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    changed = contribution(plate())
    [kept] = await fresh.contribute(operator("FRA"), changed)
    assert await link(fresh) == 0
    message = fresh.message(
        operator("FRA"),
        fresh.upload(operator("FRA"), contribution(number, reference=changed.reference)).body,
        method="PUT",
        path=f"/v1/records/{kept.id}",
        idempotency_key="correct",
        if_match='"1"',
    )
    await fresh.pipeline.correct(message, kept.id)
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, kept.id, "plate")}


async def test_one_bureaus_records_are_not_linked_with_each_other(fresh: Corridor) -> None:
    number = plate()
    await give(fresh, "ITA", number)
    await give(fresh, "ITA", number)
    assert await link(fresh) == 0


async def test_firearms_whose_makes_contradict_are_not_linked(fresh: Corridor) -> None:
    await give(fresh, "ITA", ("firearm", "BERETTA:92FS:9X19:C12345Z"))
    await give(fresh, "FRA", ("firearm", "GLOCK:17:9X19:C12345Z"))
    compatible = await give(fresh, "ALB", ("firearm", "PIETRO BERETTA:92FS:9X19:C12345Z"))
    assert await link(fresh) == 1
    assert {pair[1] for pair in raised(fresh)} == {compatible}


async def test_a_withdrawn_record_is_not_linked(fresh: Corridor) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    await fresh.pipeline.withdraw(
        fresh.message(operator("ITA"), method="DELETE", path=f"/v1/records/{one}"), one
    )
    await give(fresh, "FRA", number)
    assert await link(fresh) == 0


@pytest.mark.parametrize(
    ("conditions", "is_told"),
    [
        (Conditions(), True),
        (Conditions(disclosure=Release.CONTACT), True),
        (Conditions(disclosure=Release.SILENT), False),
        (Conditions(bureaus=Selection("except", ("FRA",))), False),
        (Conditions(agencies=Selection("except", ("bureau",))), False),
        (Conditions(purposes=(Purpose.DRUG_CONTROL,)), False),
    ],
    ids=["full", "contact", "silent", "not this bureau", "not this agency", "not for this purpose"],
)
async def test_each_owner_is_told_only_within_the_others_conditions(
    fresh: Corridor, conditions: Conditions, is_told: bool
) -> None:
    number = plate()
    one = await give(fresh, "ITA", number, conditions=conditions)
    other = await give(fresh, "FRA", number)
    assert await link(fresh) == 1
    assert told(fresh, "ITA") == [one]
    assert told(fresh, "FRA") == ([other] if is_told else [])


async def test_an_owner_learns_for_the_purpose_for_which_it_contributed(fresh: Corridor) -> None:
    number = plate()
    await give(fresh, "ITA", number, conditions=Conditions(purposes=(Purpose.VEHICLE_CRIME,)))
    other = await give(fresh, "FRA", number, purpose="vehicle-crime")
    await link(fresh)
    assert told(fresh, "FRA") == [other]


async def test_what_is_told_names_the_entry_that_proves_it_and_nothing_of_the_other_record(
    fresh: Corridor,
) -> None:
    number = plate()
    one = await give(fresh, "ITA", number)
    await give(fresh, "FRA", number)
    await link(fresh)
    [body] = fresh.told("ITA")
    assert set(body) == {"kind", "link", "record", "scheme", "at"}
    async with fresh.database.act(operator("ITA")) as act:
        [notification] = await act.notifications("ITA", after=0, limit=10, unacknowledged=False)
        [found] = await act.links(after=0, limit=10)
    assert notification.entry
    _, _, position = notification.entry.partition(".")
    entry = [e for e in fresh.all_entries() if e.act == "link"][int(position)]
    assert (entry.reader, entry.records, entry.subject) == ("ITA", (one,), str(found.id))
    assert found.sides("ITA") == (one, one + 1)
    assert found.sides("FRA") == (one + 1, one)


async def test_running_again_raises_and_tells_nothing_twice(fresh: Corridor) -> None:
    number = plate()
    for owner in ("ITA", "FRA"):
        await give(fresh, owner, number)
    assert [await link(fresh) for _ in range(3)] == [1, 0, 0]
    with fresh.connection() as connection:
        connection.execute("DELETE FROM consumers")
    assert await link(fresh) == 0
    assert len(told(fresh, "ITA")) == len(told(fresh, "FRA")) == 1


@pytest.mark.parametrize("where", ["raise_links", "tell"])
async def test_a_crash_on_the_way_loses_and_doubles_nothing(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    number = plate()
    one, other = [await give(fresh, owner, number) for owner in ("ITA", "FRA")]
    real = getattr(links.linking, where)

    async def crash(*arguments: object) -> None:
        await real(*arguments)
        raise RuntimeError("crash")

    with monkeypatch.context() as patch:
        patch.setattr(links.linking, where, crash)
        with pytest.raises(RuntimeError, match="crash"):
            await link(fresh)
    assert raised(fresh) == set()
    assert [entry for entry in fresh.all_entries() if entry.act == "link"] == []
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, other, "plate")}
    assert (told(fresh, "ITA"), told(fresh, "FRA")) == ([one], [other])


async def test_many_changes_are_compared_in_slices(fresh: Corridor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "SLICE", 2)
    numbers = [plate() for _ in range(5)]
    for owner in ("ITA", "FRA"):
        await fresh.contribute(operator(owner), *[contribution(number) for number in numbers])
    assert await link(fresh) == 5
    assert sorted(map(str, told(fresh, "ITA"))) == sorted(str(a) for a, _, _ in raised(fresh))


# People -------------------------------------------------------------------------------------------------------

ARABIC = person("عبد الرحمن الكرداسي", birth="1975-04-08", nationalities=("EGY",))
LATIN = person("Abdulrahman Al-Kirdassi", birth="1975-04-08", nationalities=("EGY",))


async def give_person(
    corridor: Corridor, owner: str, said: Contribution, conditions: Conditions | None = None
) -> int:
    one = replace(said, reference=f"{owner}-{said.reference}", conditions=conditions or Conditions())
    [kept] = await corridor.contribute(operator(owner), one)
    assert kept.id, kept
    return kept.id


async def shown(corridor: Corridor, bureau: str) -> list[ShownLink]:
    who = operator(bureau)
    async with corridor.database.act(who) as act:
        return [
            found for each in await act.links(after=0, limit=9) if (found := await shown_link(act, each, who))
        ]


async def decide(corridor: Corridor, bureau: str, number: int, decision: Decision) -> ShownLink:
    who = operator(bureau)
    path = f"/v1/links/{number}/decision"

    async def task(act: Act, _: Admitted) -> Work:
        return await decide_link(act, number, decision, who, datetime.now(UTC))

    message = corridor.message(who, b"{}", method="PUT", path=path)
    done = await corridor.pipeline.act(message, Action.DECIDE_LINK, task)
    found: ShownLink = done.result
    return found


async def correct(corridor: Corridor, bureau: str, record_id: int, said: Contribution) -> None:
    version = '"1"'
    again = replace(said, reference=f"{bureau}-{said.reference}")
    body = corridor.upload(operator(bureau), again).body
    message = corridor.message(
        operator(bureau), body, method="PUT", path=f"/v1/records/{record_id}",
        idempotency_key=f"c-{record_id}", if_match=version,
    )  # fmt: skip
    await corridor.pipeline.correct(message, record_id)


async def test_the_same_person_in_two_scripts_is_a_link_with_its_reasons(fresh: Corridor) -> None:
    one = await give_person(fresh, "ITA", ARABIC)
    other = await give_person(fresh, "FRA", LATIN)
    assert await link(fresh) == 1
    assert raised(fresh) == {(one, other, "names")}
    assert (told(fresh, "ITA"), told(fresh, "FRA")) == ([one], [other])
    [seen] = await shown(fresh, "ITA")
    assert (seen.record, seen.other.record, seen.decision) == (one, other, None)
    assert {"born", "nationality"} <= set(seen.agreements)
    assert seen.other.match.modality == "names"
    assert seen.other.match.explanation


@pytest.mark.parametrize(
    "other",
    [
        person("Abdulrahman Al-Kirdassi"),
        person("Abdulrahman Al-Kirdassi", nationalities=("EGY",)),
        person("Abdulrahman Al-Kirdassi", birth="1951-11-20"),
        person("Giovanni Brambilla", birth="1975-04-08", nationalities=("EGY",)),
    ],
    ids=["a name alone", "name and nationality", "another birth", "another name"],
)
async def test_a_name_alone_links_nobody(fresh: Corridor, other: Contribution) -> None:
    await give_person(fresh, "ITA", ARABIC)
    await give_person(fresh, "FRA", other)
    assert await link(fresh) == 0


async def test_one_record_that_cannot_be_searched_stops_no_other(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = plate(), plate()
    for number in (bad, good):
        for owner in ("ITA", "FRA"):
            await give(fresh, owner, number)
    indexes = await fresh.writer.feed()
    real = indexes.identifiers.search_many

    def search_many(templates: Sequence[Identifier], limit: int) -> Sequence[CandidateList]:
        if any(template.value == bad[1] for template in templates):
            raise ZeroDivisionError
        return real(templates, limit)

    monkeypatch.setattr(indexes.identifiers, "search_many", search_many)
    linker = Linker(fresh.database, indexes)
    assert await linker.run_once() == 1
    assert {scheme for _, _, scheme in raised(fresh)} == {"plate"}
    assert await linker.run_once() == 0


async def test_one_bureaus_people_are_not_linked_with_each_other(fresh: Corridor) -> None:
    await give_person(fresh, "ITA", ARABIC)
    await give_person(fresh, "ITA", LATIN)
    assert await link(fresh) == 0


async def test_reasons_tell_nothing_of_what_a_contact_keeps_back(fresh: Corridor) -> None:
    await give_person(fresh, "ITA", ARABIC, Conditions(disclosure=Release.CONTACT))
    await give_person(fresh, "FRA", LATIN)
    await link(fresh)
    [seen] = await shown(fresh, "FRA")
    assert set(msgspec.to_builtins(seen.other.match)) == {"modality", "agreement", "strength"}
    assert seen.agreements == ()
    assert not {"1975", "Abd", "عبد"} & set(re.findall(r"\w+", str(msgspec.to_builtins(seen))))


async def test_an_owners_decision_is_kept_told_and_logged(fresh: Corridor) -> None:
    one = await give_person(fresh, "ITA", ARABIC)
    other = await give_person(fresh, "FRA", LATIN)
    await link(fresh)
    [before] = await shown(fresh, "ITA")
    assert (await decide(fresh, "ITA", before.id, Decision.DIFFERENT)).decision is Decision.DIFFERENT
    [mine], [theirs] = await shown(fresh, "ITA"), await shown(fresh, "FRA")
    assert (mine.decision, mine.other_decision) == (Decision.DIFFERENT, None)
    assert (theirs.decision, theirs.other_decision) == (None, Decision.DIFFERENT)
    [news] = [body for body in fresh.told("FRA") if body["kind"] == "link-decision"]
    assert (news["record"], news["decision"], news["bureau"]) == (other, "different", "ITA")
    entries = [entry for entry in fresh.all_entries() if entry.act == "decide-link"]
    assert {(entry.reader, entry.records) for entry in entries} == {("ITA", (one,)), ("FRA", (other,))}
    await decide(fresh, "ITA", before.id, Decision.SAME)
    [mine] = await shown(fresh, "ITA")
    assert mine.decision is Decision.SAME


@pytest.mark.parametrize("scheme", ["fingerprints", "faces"])
async def test_no_owner_decides_on_what_a_picture_of_the_body_raised(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    await give_person(fresh, "ITA", ARABIC)
    await give_person(fresh, "FRA", LATIN)
    await link(fresh)
    with fresh.connection() as connection:
        connection.execute("UPDATE links SET scheme = %s", [scheme])
    compared_on: list[int] = []

    def one_source(*_: object) -> Match:
        compared_on.append(threading.get_ident())
        return Match(modality=scheme, agreement="picture", score=1.0, llr=5.0)

    monkeypatch.setattr(links, "one_source", one_source)
    [seen] = await shown(fresh, "ITA")
    for decision in Decision:
        with pytest.raises(Forbidden, match="examiners") as refused:
            await decide(fresh, "ITA", seen.id, decision)
        assert "examiner" in refused.value.remedy
    [still] = await shown(fresh, "ITA")
    assert still.decision is None
    assert [body for body in fresh.told("FRA") if body["kind"] == "link-decision"] == []
    assert threading.get_ident() not in compared_on  # others are answered meanwhile


async def test_who_may_not_know_of_a_link_is_not_told_what_the_other_decides(fresh: Corridor) -> None:
    await give_person(fresh, "ITA", ARABIC, Conditions(disclosure=Release.SILENT))
    await give_person(fresh, "FRA", LATIN)
    await link(fresh)
    [seen] = await shown(fresh, "ITA")
    await decide(fresh, "ITA", seen.id, Decision.SAME)
    assert fresh.told("FRA") == []
    with pytest.raises(NotFound):
        await decide(fresh, "FRA", seen.id, Decision.SAME)
    with pytest.raises(NotFound):
        await decide(fresh, "ALB", seen.id, Decision.SAME)
    with pytest.raises(NotFound):
        await decide(fresh, "ITA", 2**70, Decision.SAME)


@pytest.mark.parametrize("decision", Decision)
async def test_what_is_decided_stays_decided_until_a_record_changes(
    fresh: Corridor, decision: Decision
) -> None:
    await give_person(fresh, "ITA", ARABIC)
    other = await give_person(fresh, "FRA", LATIN)
    await link(fresh)
    [seen] = await shown(fresh, "ITA")
    await decide(fresh, "ITA", seen.id, decision)
    with fresh.connection() as connection:
        connection.execute("DELETE FROM consumers WHERE name = 'links'")
    assert await link(fresh) == 0
    await correct(fresh, "FRA", other, replace(LATIN, particulars=replace(LATIN.particulars, sex="M")))
    assert await link(fresh) == 1
    [again] = await shown(fresh, "ITA")
    assert (again.id, again.decision) == (seen.id, None)
    assert len(told(fresh, "ITA")) == len(told(fresh, "FRA")) == 2


async def test_a_link_is_gone_when_the_records_no_longer_agree(fresh: Corridor) -> None:
    await give_person(fresh, "ITA", ARABIC)
    other = await give_person(fresh, "FRA", LATIN)
    await link(fresh)
    await correct(fresh, "FRA", other, replace(person("Giovanni Brambilla"), reference=LATIN.reference))
    assert await shown(fresh, "ITA") == await shown(fresh, "FRA") == []


def test_an_owner_looks_with_the_least_clearance() -> None:
    eyes = owners_eyes("ITA", "vehicle-crime")
    assert (eyes.bureau, eyes.purpose, eyes.clearance.rank) == ("ITA", Purpose.VEHICLE_CRIME, 0)
