"""Fingerprints and faces through the corridor: who may ask, what is found, and what is left of it anywhere."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
import pytest
from tests.corridors import Corridor, contribution, evidence, operator, person, plate
from tests.hubs import asker

from allpoints.access import Action
from allpoints.errors import (
    AllpointsError,
    Conflict,
    Forbidden,
    InvalidValue,
    NotFound,
    QuotaExceeded,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from allpoints.formats import nist
from allpoints.hits.links import Linker, shown_link
from allpoints.modalities import FACES, FINGERPRINTS
from allpoints.records import (
    MAX_PIECES,
    Asker,
    Conditions,
    Contribution,
    Face,
    Fingerprint,
    NistFile,
    Person,
    RecordKind,
    Release,
    Role,
    Selection,
)
from allpoints.records.evidence import Check
from allpoints.steps import biometrics
from allpoints.steps.commit import Done, Line, Work
from allpoints.steps.contribute import Stored
from allpoints.steps.prepare import COST_OF_A_PICTURE
from allpoints.store.acts import StoredPicture

OFFICER = asker("ALB")
PRINTS = [each for each in FINGERPRINTS.examples() if isinstance(each, Fingerprint)]
FINGER = FINGERPRINTS.encode(PRINTS[0]).finger
SILENT = Conditions(disclosure=Release.SILENT)
CONTACT = Conditions(disclosure=Release.CONTACT)
NOT_ALB = Conditions(bureaus=Selection("except", ("ALB",)))
_keys = itertools.count(1)


@pytest.fixture(autouse=True, scope="module")
def _encoded_once() -> Iterator[None]:
    """Pictures are the same few in all tests."""
    with pytest.MonkeyPatch.context() as patched:
        for modality in (FINGERPRINTS, FACES):
            patched.setattr(modality, "encode", lru_cache(None)(modality.encode))
        yield


@pytest.fixture
async def bare(corridor: Corridor) -> AsyncIterator[Corridor]:
    """The shared corridor, in which nobody else's pictures are held."""
    yield corridor
    with corridor.connection() as connection:
        gone = connection.execute(
            "DELETE FROM records WHERE id IN (SELECT record_id FROM pictures) RETURNING id"
        ).fetchall()
        connection.execute(
            "INSERT INTO changes (record_id) SELECT unnest(%s::bigint[])", [[n for (n,) in gone]]
        )
    await corridor.catch_up()


def bodied(*pieces: Any, kind: RecordKind = RecordKind.PERSON, **said: Any) -> Contribution:
    """A record with pictures."""
    made = (
        person("Karola Fingerhut", **said) if kind is RecordKind.PERSON else contribution(kind=kind, **said)
    )
    return msgspec.structs.replace(made, biometrics=pieces)


async def give(corridor: Corridor, one: Contribution, owner: str = "ITA") -> int:
    message = corridor.message(
        operator(owner), msgspec.json.encode(one), path="/v1/records", idempotency_key=f"body-{next(_keys)}"
    )
    stored: Stored = (await corridor.pipeline.contribute_one(message)).result
    await corridor.catch_up()
    assert stored.id
    return stored.id


async def correct(corridor: Corridor, record_id: int, one: Contribution, version: int = 1) -> None:
    message = corridor.message(
        operator("ITA"),
        msgspec.json.encode(one),
        method="PUT",
        path=f"/v1/records/{record_id}",
        idempotency_key=f"body-{next(_keys)}",
        if_match=f'"{version}"',
    )
    await corridor.pipeline.correct(message, record_id)
    await corridor.catch_up()


async def withdraw(corridor: Corridor, record_id: int) -> None:
    path = f"/v1/records/{record_id}"
    await corridor.pipeline.withdraw(corridor.message(operator("ITA"), method="DELETE", path=path), record_id)


async def settled(corridor: Corridor, who: Asker, *asked: Any, **said: Any) -> Done:
    message = corridor.message(who, msgspec.json.encode(Check(asked, **said)), path="/v1/checks/biometric")
    [done] = await corridor.pipeline.check([(message, Action.CHECK_BIOMETRICS)])
    if isinstance(done, AllpointsError):
        raise done
    return done


async def ask(corridor: Corridor, who: Asker, *asked: Any, **said: Any) -> Line:
    [line] = (await settled(corridor, who, *asked, **said)).result
    assert isinstance(line, Line)
    return line


def count(corridor: Corridor, table: str, record_id: int) -> int:
    with corridor.connection() as connection:
        [(number,)] = connection.execute(
            f"SELECT count(*) FROM {table} WHERE record_id = %s".encode(), [record_id]
        )
    return int(number)


# What is found --------------------------------------------------------------------------------------------


async def test_a_print_finds_its_record_and_opens_an_examination(bare: Corridor) -> None:
    record_id = await give(bare, bodied(PRINTS[0]))
    await give(bare, bodied(PRINTS[1]))
    line = await ask(bare, OFFICER, PRINTS[0])
    [hit] = line.hits
    assert (hit.record, hit.match.modality, hit.match.agreement) == (record_id, "fingerprints", "fingerprint")
    assert (hit.match.llr or 0) >= 2
    assert hit.particulars is not None
    assert line.examination is not None


async def test_a_face_finds_its_record(bare: Corridor) -> None:
    face, other = FACES.examples()[:2]
    record_id = await give(bare, bodied(face))
    await give(bare, bodied(other))
    line = await ask(bare, OFFICER, face)
    assert [(hit.record, hit.match.agreement) for hit in line.hits] == [(record_id, "face")]


def nist_file(*faces: Face, kind: int = 17) -> NistFile:
    """A transaction with faces, and a record that nobody compares."""
    made = nist.transaction_of(
        [],
        faces,
        type_of_transaction="CRM",
        source="ITA",
        destination="HUB",
        control_number="1",
        date=date(2026, 11, 22),
    )
    iris = nist.Record(kind=kind, idc=99, data=b"pixels")
    return NistFile(file=nist.write(msgspec.structs.replace(made, records=(*made.records, iris))))


async def test_a_nist_file_brings_its_pictures_and_a_note_on_what_is_not_compared(bare: Corridor) -> None:
    face, other = FACES.examples()[:2]
    record_id = await give(bare, bodied(nist_file(face)))
    assert await pictures(bare, operator("ITA"), record_id) == [StoredPicture(0, "faces", face)]
    line = await ask(bare, OFFICER, nist_file(face))
    assert [hit.record for hit in line.hits] == [record_id]
    [note] = line.notes
    assert "type is not compared" in note
    assert (await ask(bare, OFFICER, nist_file(other))).hits == ()


async def test_a_damaged_nist_file_names_the_piece(corridor: Corridor) -> None:
    [face, *_] = FACES.examples()
    whole = nist_file(face).file
    with pytest.raises(AllpointsError) as refused:
        await settled(corridor, OFFICER, evidence(plate()), NistFile(file=whole[: len(whole) // 2]))
    assert (refused.value.field or "").startswith("evidence[1].file")


async def test_a_nist_file_without_anything_to_compare_says_what_is_in_it(corridor: Corridor) -> None:
    with pytest.raises(InvalidValue, match="type is not compared") as refused:
        await settled(corridor, OFFICER, nist_file())
    assert refused.value.field == "evidence"


async def test_what_is_not_held_finds_nothing_and_nothing_of_it_is_kept(fresh: Corridor) -> None:
    await give(fresh, bodied(PRINTS[0]))
    line = await ask(fresh, OFFICER, msgspec.structs.replace(PRINTS[2], finger=FINGER))
    assert (line.hits, line.examination) == ((), None)
    with fresh.connection() as connection:
        for table in ("examinations", "examination_probes"):
            assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)


async def test_a_name_a_plate_and_a_print_are_one_ranked_list(bare: Corridor) -> None:
    number = plate()
    wanted = await give(bare, bodied(PRINTS[0], birth="1970-01-02"))
    held = await give(bare, contribution(number))
    line = await ask(
        bare,
        OFFICER,
        Person(names=("Karola Fingerhut",), birth="1970-01-02"),
        evidence(number),
        PRINTS[0],
    )
    by_record = {hit.record: hit.match for hit in line.hits}
    assert by_record.keys() == {wanted, held}
    both = by_record[wanted]
    assert {part.modality for part in both.parts} == {"fingerprints", "names"}
    alone = (await ask(bare, OFFICER, PRINTS[0])).hits[0].match
    assert both.llr is not None
    assert both.llr > (alone.llr or 0)
    assert [hit.match.llr for hit in line.hits] == sorted((hit.match.llr for hit in line.hits), reverse=True)


async def test_a_print_that_contradicts_takes_away_what_the_name_supports(bare: Corridor) -> None:
    await give(bare, bodied(PRINTS[0], birth="1970-01-02"))
    named = Person(names=("Karola Fingerhut",), birth="1970-01-02")
    [by_name] = (await bare.check(OFFICER, named)).result[0].hits
    same_finger = msgspec.structs.replace(PRINTS[1], finger=FINGER)
    line = await ask(bare, OFFICER, named, same_finger)
    assert all((hit.match.llr or 0) < (by_name.match.llr or 0) for hit in line.hits)


async def test_another_finger_than_those_that_are_held_says_nothing(bare: Corridor) -> None:
    await give(bare, bodied(PRINTS[0], birth="1970-01-02"))
    named = Person(names=("Karola Fingerhut",), birth="1970-01-02")
    [by_name] = (await bare.check(OFFICER, named)).result[0].hits
    other_finger = msgspec.structs.replace(PRINTS[1], finger=FINGER % 10 + 1)
    [hit] = (await ask(bare, OFFICER, named, other_finger)).hits
    assert hit.match == by_name.match


async def test_a_trace_is_held_of_nobody_known(bare: Corridor) -> None:
    trace = await give(bare, bodied(PRINTS[0], kind=RecordKind.TRACE))
    [hit] = (await ask(bare, operator("ALB"), PRINTS[0])).hits
    assert (hit.record, hit.kind) == (trace, "trace")
    with pytest.raises(InvalidValue, match="of whom a trace is"):
        await give(bare, msgspec.structs.replace(bodied(PRINTS[0]), kind=RecordKind.TRACE))


# What the asker learns ------------------------------------------------------------------------------------


async def test_on_contact_nothing_tells_what_the_reference_is(bare: Corridor) -> None:
    await give(bare, bodied(PRINTS[0], conditions=CONTACT))
    line = await ask(bare, OFFICER, PRINTS[0])
    [hit] = line.hits
    assert hit.level == "contact"
    assert hit.match.findings == hit.match.explanation == hit.match.parts == ()
    assert (hit.match.llr, hit.match.score) == (None, None)
    assert (hit.match.agreement, hit.particulars) == ("fingerprint", None)


@pytest.mark.parametrize("conditions", [SILENT, NOT_ALB], ids=["silent", "not admitted"])
async def test_what_is_withheld_looks_like_what_does_not_exist(
    fresh: Corridor, conditions: Conditions
) -> None:
    await give(fresh, bodied(PRINTS[0], conditions=conditions))
    withheld = await ask(fresh, OFFICER, PRINTS[0])
    unknown = await ask(fresh, OFFICER, PRINTS[1])
    assert withheld == unknown
    assert withheld.examination is None
    told = fresh.told("ITA")
    assert [body["outcome"] for body in told] == (["silent"] if conditions is SILENT else [])


async def test_an_owner_is_told_of_a_biometric_hit(fresh: Corridor) -> None:
    record_id = await give(fresh, bodied(PRINTS[0]))
    await ask(fresh, OFFICER, PRINTS[0])
    [told] = fresh.told("ITA")
    assert (told["record"], told["bureau"], told["outcome"]) == (record_id, "ALB", "full")


# What is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who",
    [
        asker("ALB", "analyst", "criminal-investigation", "police"),
        asker("ALB", agency="customs"),
        asker("ALB", "officer", "vehicle-crime", "police"),
        asker("ALB", "administrator", "administration", "bureau"),
    ],
    ids=["analyst", "customs", "vehicle crime", "administrator"],
)
async def test_whose_task_it_is_not_is_refused_before_anything_is_decoded(
    corridor: Corridor, who: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(biometrics, "pictures_of", fail)
    monkeypatch.setattr("allpoints.steps.decode.decoded", fail)
    with pytest.raises(Forbidden):
        await settled(corridor, who, PRINTS[0])


async def test_pictures_of_a_contribution_that_is_refused_are_not_decoded(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("allpoints.steps.uploads.decoded", fail)
    officer = msgspec.structs.replace(operator("ITA"), role=Role.OFFICER)
    message = corridor.message(
        officer, msgspec.json.encode(bodied(PRINTS[0])), path="/v1/records", idempotency_key="refused"
    )
    with pytest.raises(Forbidden):
        await corridor.pipeline.contribute_one(message)


async def test_a_hub_that_lacks_a_network_refuses_pictures_alone_and_says_what_to_do(
    bare: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: object) -> None:
        raise Unavailable("leader is missing", remedy="Run `allpoints parts fetch`.")

    monkeypatch.setattr(FINGERPRINTS, "encode", missing)
    with pytest.raises(Unavailable) as refused:
        await ask(bare, OFFICER, PRINTS[0])
    assert "parts fetch" in refused.value.remedy
    with pytest.raises(Unavailable):
        await give(bare, bodied(PRINTS[0]))
    assert (await bare.check(OFFICER, evidence(plate()))).result[0].error is None


async def test_an_unknown_signature_is_refused_before_anything_is_decoded(corridor: Corridor) -> None:
    message = corridor.message(OFFICER, msgspec.json.encode(Check((PRINTS[0],))), path="/v1/checks/biometric")
    altered = msgspec.structs.replace(message, body=b"{" * 100)
    [refused] = await corridor.pipeline.check([(altered, Action.CHECK_BIOMETRICS)])
    assert isinstance(refused, Unauthenticated)


async def test_the_other_routes_refuse_pictures_and_name_the_one_for_them(corridor: Corridor) -> None:
    small = Fingerprint(image=b"x" * 60)
    with pytest.raises(InvalidValue) as refused:
        await corridor.check(OFFICER, small)
    assert (refused.value.field, "/v1/checks/biometric" in refused.value.remedy) == ("evidence[0]", True)
    message = corridor.message(operator("ALB"), msgspec.json.encode(Check((small,))), path="/v1/checks/bulk")
    [done] = await corridor.pipeline.check([(message, Action.CHECK_IN_BULK)])
    assert isinstance(done, Done)
    assert "/v1/checks/biometric" in done.result[0].error.remedy


async def test_a_biometric_check_brings_a_picture(corridor: Corridor) -> None:
    with pytest.raises(InvalidValue) as refused:
        await settled(corridor, OFFICER, evidence(plate()))
    assert refused.value.field == "evidence"
    assert "/v1/checks" in refused.value.remedy


async def test_verification_is_asked_only_of_what_people_examine(corridor: Corridor) -> None:
    message = corridor.message(OFFICER, msgspec.json.encode(Check((evidence(plate()),), verify=True)))
    [refused] = await corridor.pipeline.check([(message, Action.CHECK)])
    assert isinstance(refused, InvalidValue)
    assert refused.field == "verify"


async def test_what_is_no_picture_names_the_piece(corridor: Corridor) -> None:
    with pytest.raises(AllpointsError) as refused:
        await settled(corridor, OFFICER, evidence(plate()), PRINTS[0], Fingerprint(image=b"none"))
    assert (refused.value.field or "").startswith("evidence[2]")
    with pytest.raises(AllpointsError) as refused:
        await give(corridor, bodied(PRINTS[0], Fingerprint(image=b"none")))
    assert (refused.value.field or "").startswith("biometrics[1]")


@pytest.mark.parametrize(
    ("piece", "field"),
    [
        (Fingerprint(image=b""), "evidence[0].image"),
        (Fingerprint(image=b"x", finger=11), "evidence[0].finger"),
        (Fingerprint(image=b"x", dpi=7), "evidence[0].dpi"),
    ],
)
async def test_what_shows_without_decoding_is_refused_by_its_field(
    corridor: Corridor, piece: Fingerprint, field: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        await settled(corridor, OFFICER, piece)
    assert refused.value.field == field


async def test_more_pictures_than_two_hands_are_refused(corridor: Corridor) -> None:
    many = [PRINTS[0]] * (biometrics.MAX_PIECES + 1)
    with pytest.raises(TooLarge):
        await settled(corridor, OFFICER, *many)
    with pytest.raises(TooLarge):
        await give(corridor, bodied(*many))
    one_each = [bodied(PRINTS[0], PRINTS[1]) for _ in range(biometrics.MAX_PIECES // 2 + 1)]
    with pytest.raises(TooLarge):
        await corridor.contribute(operator("ITA"), *one_each)


@pytest.mark.usefixtures("no_quota_refills")
async def test_a_picture_counts_for_a_thousand_identifiers(fresh: Corridor) -> None:
    pipeline = fresh.new_pipeline(fresh.gallery, quota=2_500)
    await fresh.catch_up()
    answers = []
    for _ in range(3):
        body = msgspec.json.encode(Check((PRINTS[0],)))
        message = fresh.message(OFFICER, body, path="/v1/checks/biometric")
        answers += await pipeline.check([(message, Action.CHECK_BIOMETRICS)])
    assert [type(answer) for answer in answers] == [Done, Done, QuotaExceeded]


async def test_a_refused_biometric_check_stands_in_the_log(fresh: Corridor) -> None:
    with pytest.raises(Forbidden):
        await settled(fresh, asker("ALB", agency="customs"), PRINTS[0])
    assert [(entry.act, entry.outcome) for entry in fresh.all_entries()] == [("refusal", "forbidden")]


@pytest.mark.parametrize("kind", [RecordKind.VEHICLE, RecordKind.TRAVEL_DOCUMENT])
async def test_only_people_and_traces_have_pictures(corridor: Corridor, kind: RecordKind) -> None:
    with pytest.raises(InvalidValue, match="no biometrics"):
        await give(corridor, bodied(PRINTS[0], kind=kind))


# What is stored, and what is left of it -------------------------------------------------------------------


async def test_pictures_and_templates_are_sealed_wherever_they_are_stored(fresh: Corridor) -> None:
    await give(fresh, bodied(PRINTS[0]))
    await ask(fresh, OFFICER, PRINTS[0])
    await fresh.writer.feed()
    indexes = fresh.writer.indexes
    assert indexes is not None
    indexes.flush("9:9:")
    template = FINGERPRINTS.dump(FINGERPRINTS.encode(PRINTS[0]))
    stored = everything_stored(fresh) + b"".join(
        file.read_bytes() for file in fresh.folder.rglob("*") if file.is_file()
    )
    for secret in (PRINTS[0].image, template):
        for start in range(0, len(secret) - 24, max(1, len(secret) // 16)):
            assert secret[start : start + 24] not in stored


async def test_everything_stored_is_looked_through(fresh: Corridor) -> None:
    """The guard of the test above: what does stand in the tables is found."""
    await give(fresh, bodied(PRINTS[0]))
    assert b"Karola Fingerhut" in everything_stored(fresh)


def everything_stored(corridor: Corridor) -> bytes:
    found = []
    with corridor.connection() as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'allpoints'"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(
                f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)".encode()
            ) as copy:
                found += [bytes(block) for block in copy]
    return b"".join(found)


async def test_a_withdrawal_leaves_neither_picture_nor_template_anywhere(bare: Corridor) -> None:
    record_id = await give(bare, bodied(PRINTS[0]))
    await bare.writer.flush_if_due()
    await withdraw(bare, record_id)
    assert (count(bare, "pictures", record_id), count(bare, "templates", record_id)) == (0, 0)
    # A stale index leads nowhere, and one that has caught up does not know of it.
    assert (await ask(bare, OFFICER, PRINTS[0])).hits == ()
    await bare.catch_up()
    assert bare.writer.indexes is not None
    assert bare.writer.indexes.of("fingerprints").search(FINGERPRINTS.encode(PRINTS[0])).candidates == ()


async def test_a_withdrawal_of_a_body_is_flushed_at_once(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.hub.indexing.FLUSH_PAUSE_S", 0.0)
    record_id = await give(fresh, bodied(PRINTS[0]))
    other = await give(fresh, contribution(plate()))
    indexes = await fresh.writer.feed()
    flushed: list[str] = []
    monkeypatch.setattr(indexes, "flush", flushed.append)
    await withdraw(fresh, other)
    await fresh.writer.feed()
    await fresh.writer.flush_if_due()
    assert flushed == []
    await withdraw(fresh, record_id)
    await fresh.writer.feed()
    await fresh.writer.flush_if_due()
    assert len(flushed) == 1


async def test_a_correction_keeps_the_pictures_unless_it_brings_others(bare: Corridor) -> None:
    trace = bodied(PRINTS[0], kind=RecordKind.TRACE)
    record_id = await give(bare, trace)
    await correct(bare, record_id, msgspec.structs.replace(trace, biometrics=()))
    assert [hit.record for hit in (await ask(bare, operator("ALB"), PRINTS[0])).hits] == [record_id]
    await correct(bare, record_id, msgspec.structs.replace(trace, biometrics=(PRINTS[1],)), version=2)
    assert (await ask(bare, operator("ALB"), PRINTS[0])).hits == ()
    assert [hit.record for hit in (await ask(bare, operator("ALB"), PRINTS[1])).hits] == [record_id]
    assert await pictures(bare, operator("ITA"), record_id) == [StoredPicture(0, "fingerprints", PRINTS[1])]
    assert count(bare, "templates", record_id) == 1


async def test_a_correction_of_a_name_leaves_the_prints(bare: Corridor) -> None:
    one = bodied(PRINTS[0], PRINTS[1])
    record_id = await give(bare, one)
    renamed = msgspec.structs.replace(
        one, biometrics=(), particulars=msgspec.structs.replace(one.particulars, names=("Another Name",))
    )
    await correct(bare, record_id, renamed)
    assert count(bare, "templates", record_id) == 3
    assert [hit.record for hit in (await ask(bare, OFFICER, PRINTS[1])).hits] == [record_id]
    assert (await bare.check(OFFICER, Person(names=("Karola Fingerhut",)))).result[0].hits == ()


async def pictures(corridor: Corridor, who: Asker, record_id: int) -> list[StoredPicture]:
    async with corridor.database.act(who) as act:
        return await act.pictures(record_id)


@pytest.mark.parametrize(
    ("conditions", "seen"), [(Conditions(), True), (CONTACT, False), (SILENT, False), (NOT_ALB, False)]
)
async def test_pictures_are_shown_where_the_record_is_disclosed_in_full(
    bare: Corridor, conditions: Conditions, seen: bool
) -> None:
    record_id = await give(bare, bodied(PRINTS[0], conditions=conditions))
    assert bool(await pictures(bare, OFFICER, record_id)) is seen
    assert await pictures(bare, operator("ITA"), record_id)


async def test_no_record_that_is_read_has_its_pictures_with_it(bare: Corridor) -> None:
    record_id = await give(bare, bodied(PRINTS[0]))
    again = msgspec.structs.replace(
        bodied(PRINTS[0], PRINTS[1]), reference=await reference_of(bare, record_id)
    )
    await correct(bare, record_id, again)
    async with bare.database.act(operator("ITA")) as act:
        held = await act.record(record_id)
        versions = await act.versions(record_id)
    for said in (msgspec.json.encode(held), msgspec.json.encode(versions)):
        assert b"biometrics" not in said
        assert b"image" not in said


async def reference_of(corridor: Corridor, record_id: int) -> str:
    with corridor.connection() as connection:
        [(reference,)] = connection.execute("SELECT reference FROM records WHERE id = %s", [record_id])
    return str(reference)


async def test_a_retried_upload_doubles_nothing(bare: Corridor) -> None:
    one = bodied(PRINTS[0])
    for _ in range(2):
        message = bare.message(
            operator("ITA"), msgspec.json.encode(one), path="/v1/records", idempotency_key="the same picture"
        )
        stored = (await bare.pipeline.contribute_one(message)).result
    assert count(bare, "pictures", stored.id) == 1
    again = msgspec.structs.replace(one, biometrics=(PRINTS[1],))
    message = bare.message(
        operator("ITA"), msgspec.json.encode(again), path="/v1/records", idempotency_key="the same picture"
    )
    with pytest.raises(Conflict):
        await bare.pipeline.contribute_one(message)


async def test_pictures_of_a_foreign_record_cannot_be_replaced(bare: Corridor) -> None:
    record_id = await give(bare, bodied(PRINTS[0]), owner="FRA")
    with pytest.raises(NotFound):
        await correct(bare, record_id, bodied(PRINTS[1]))
    assert [hit.record for hit in (await ask(bare, OFFICER, PRINTS[0])).hits] == [record_id]


# Between bureaus ------------------------------------------------------------------------------------------


async def test_a_print_that_two_bureaus_hold_is_proposed_to_both_as_a_link(bare: Corridor) -> None:
    """A proposal and no identification: the owners decide."""
    ours = await give(bare, bodied(PRINTS[0], kind=RecordKind.TRACE), owner="ITA")
    theirs = await give(bare, msgspec.structs.replace(bodied(PRINTS[0]), reference="R-linked"), owner="FRA")
    assert bare.writer.indexes is not None
    await Linker(bare.database, bare.writer.indexes).run_once()
    for bureau in ("ITA", "FRA"):
        async with bare.database.act(operator(bureau)) as act:
            found = {(link.record_a, link.record_b): link for link in await act.links(after=0, limit=500)}
            link = found[ours, theirs]
            assert (link.scheme, link.decision) == ("fingerprints", None)
            shown = await shown_link(act, link, operator(bureau))
        assert shown is not None
        assert shown.other.match.modality == "fingerprints"


# Contributing ---------------------------------------------------------------------------------------------


def sheet(*ones: Contribution) -> bytes:
    return b"\n".join(map(msgspec.json.encode, ones))


def bulk(corridor: Corridor, body: bytes, who: Asker = operator("ITA")) -> Any:  # noqa: B008
    key = f"body-{next(_keys)}"
    return corridor.message(who, body, path="/v1/records/bulk", idempotency_key=key)


async def test_whose_task_it_is_not_contributes_no_prints_and_the_refusal_is_logged(bare: Corridor) -> None:
    customs = asker("ITA", "operator", "drug-control", "customs")
    message = bulk(bare, sheet(bodied(PRINTS[0])), customs)
    with pytest.raises(Forbidden, match="contribute-biometrics"):
        await bare.pipeline.contribute(message)
    assert bare.all_entries()[-1].outcome == "forbidden"
    assert bare.all_entries()[-1].agency == "customs"
    [stored] = (await bare.pipeline.contribute(bulk(bare, sheet(person("Karola Handschuh")), customs))).result
    assert stored.id
    corrected = bare.message(
        customs,
        sheet(bodied(PRINTS[0])),
        method="PUT",
        path=f"/v1/records/{stored.id}",
        idempotency_key=f"body-{next(_keys)}",
        if_match='"1"',
    )
    with pytest.raises(Forbidden, match="contribute-biometrics"):
        await bare.pipeline.correct(corrected, stored.id)
    assert count(bare, "pictures", stored.id) == 0


async def test_files_in_many_lines_hold_no_more_pictures_than_one_request_may_bring(
    bare: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = next(each for each in FACES.examples() if isinstance(each, Face))
    full = nist_file(*[face] * (MAX_PIECES // 2 + 1))
    monkeypatch.setattr(biometrics, "encoded", lambda one: pytest.fail("nothing is encoded"))
    monkeypatch.setattr("allpoints.steps.templates.encoded", lambda one: pytest.fail("nothing is encoded"))
    with pytest.raises(TooLarge, match="pictures at once"):
        await bare.pipeline.contribute(bulk(bare, sheet(bodied(full), bodied(full))))


@pytest.mark.usefixtures("no_quota_refills")
async def test_contributed_pictures_count_against_the_quota_and_those_of_a_retry_are_not_looked_at(
    bare: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = bare.new_pipeline(bare.gallery, quota=2_500)
    one = sheet(bodied(PRINTS[0]))
    key = f"body-{next(_keys)}"

    def upload() -> Any:
        return bare.message(operator("ITA"), one, path="/v1/records", idempotency_key=key)

    first = (await pipeline.contribute_one(upload())).result
    with monkeypatch.context() as patched:
        patched.setattr("allpoints.steps.templates.encoded", lambda one: pytest.fail("looked at again"))
        assert (await pipeline.contribute_one(upload())).result == first
    await pipeline.contribute(bulk(bare, one))
    with pytest.raises(QuotaExceeded):
        await pipeline.contribute(bulk(bare, one))


@pytest.mark.usefixtures("no_quota_refills")
async def test_an_act_that_costs_counts_against_the_quota(bare: Corridor) -> None:

    async def task(act: Any, admitted: Any) -> Work:
        return Work(result=None)

    pipeline = bare.new_pipeline(bare.gallery, quota=1_500)
    examiner = asker("ITA", "examiner", "criminal-investigation", "police")
    for refused in (False, True):
        message = bare.message(examiner, method="GET", path="/v1/examinations/1/candidates/1/comparison")
        expected = pytest.raises(QuotaExceeded) if refused else contextlib.nullcontext()
        with expected:
            await pipeline.act(message, Action.READ_EXAMINATIONS, task, cost=COST_OF_A_PICTURE)
