"""The corridor's promises, with a real database: who is answered what, and what is durable before the answer."""

import asyncio
from collections import Counter

import msgspec
import psycopg
import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from tests.corridors import Corridor, contribution, evidence, operator, plate
from tests.hubs import asker

from allpoints.access import Action
from allpoints.audit.entries import Entry
from allpoints.audit.receipt import verify_promise
from allpoints.bureau import BureauKey
from allpoints.errors import (
    AllpointsError,
    Conflict,
    Forbidden,
    InvalidValue,
    MalformedInput,
    NotFound,
    QuotaExceeded,
    TamperingFound,
    Unauthenticated,
)
from allpoints.records import Conditions, Release, Selection
from allpoints.records.evidence import Check
from allpoints.steps import decode
from allpoints.steps.commit import Done
from allpoints.steps.search import Gallery, IndexNotReady
from allpoints.store.acts import Act, KeyNotActive

OFFICER = asker("ALB")
SILENT = Conditions(disclosure=Release.SILENT)
CONTACT = Conditions(disclosure=Release.CONTACT)
NOT_ALB = Conditions(bureaus=Selection("except", ("ALB",)))


async def held(
    corridor: Corridor, owner: str = "ITA", conditions: Conditions | None = None
) -> tuple[tuple[str, str], int]:
    """A plate and the record that holds it, searchable."""
    number = plate()
    [stored] = await corridor.contribute(operator(owner), contribution(number, conditions=conditions))
    assert stored.id
    await corridor.catch_up()
    return number, stored.id


def refused(settled: object) -> AllpointsError:
    assert isinstance(settled, AllpointsError), settled
    return settled


def answered(settled: object) -> Done:
    assert isinstance(settled, Done), settled
    return settled


# What the asker learns ------------------------------------------------------------------------------------


async def test_a_hit_is_disclosed_in_full_with_the_owners_contact(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    done = await corridor.check(OFFICER, evidence(number))
    [line] = done.result
    [hit] = line.hits
    assert (hit.record, hit.owner, hit.level, hit.contact) == (record_id, "ITA", "full", "desk@ita.example")
    assert hit.particulars is not None


async def test_on_contact_the_asker_learns_whom_to_ask_and_nothing_else(corridor: Corridor) -> None:
    number, record_id = await held(corridor, conditions=CONTACT)
    [line] = (await corridor.check(OFFICER, evidence(number))).result
    [hit] = line.hits
    assert (hit.record, hit.owner, hit.level, hit.contact) == (
        record_id,
        "ITA",
        "contact",
        "desk@ita.example",
    )
    assert hit.particulars is None
    assert hit.identifiers == ()
    assert hit.reference is None


@pytest.mark.parametrize("conditions", [SILENT, NOT_ALB], ids=["silent", "not admitted"])
async def test_what_is_withheld_looks_like_what_does_not_exist(
    corridor: Corridor, conditions: Conditions
) -> None:
    number, _ = await held(corridor, conditions=conditions)
    withheld = await corridor.check(OFFICER, evidence(number))
    unknown = await corridor.check(OFFICER, evidence(plate()))
    assert withheld.result == unknown.result


@pytest.mark.parametrize("conditions", [SILENT, NOT_ALB], ids=["silent", "not admitted"])
async def test_the_receipt_of_a_check_does_not_tell_what_was_withheld(
    corridor: Corridor, conditions: Conditions
) -> None:
    """Neither the position of the asker's entry nor the company in which it was promised."""
    number, _ = await held(corridor, conditions=conditions)
    for asked in (number, plate()):
        done = await corridor.check(OFFICER, evidence(asked))
        assert done.promise
        assert (done.promise.position, done.promise.size, done.promise.path) == (0, 1, ())
        assert done.entry.endswith(".0")


async def test_a_record_that_two_pieces_of_evidence_find_is_one_hit(corridor: Corridor) -> None:
    one, other = plate(), ("vin", "WVWZZZ1JZXW000001")
    await corridor.contribute(operator("ITA"), contribution(one, other))
    await corridor.catch_up()
    [line] = (await corridor.check(OFFICER, evidence(one), evidence(other))).result
    assert len(line.hits) == 1


async def test_a_stale_index_leaks_nothing_that_was_withdrawn(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    withdrawal = corridor.message(operator("ITA"), method="DELETE", path=f"/v1/records/{record_id}")
    await corridor.pipeline.withdraw(withdrawal, record_id)
    for who in (OFFICER, asker("ITA")):
        [line] = (await corridor.check(who, evidence(number))).result
        assert line.hits == ()


async def test_a_stale_index_leaks_nothing_that_new_conditions_withhold(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    await correct(corridor, record_id, reference_of(corridor, record_id), number, NOT_ALB)
    [line] = (await corridor.check(OFFICER, evidence(number))).result
    assert line.hits == ()


async def test_a_stale_index_finds_nothing_by_an_identifier_that_was_corrected_away(
    corridor: Corridor,
) -> None:
    number, record_id = await held(corridor)
    await correct(corridor, record_id, reference_of(corridor, record_id), plate())
    [line] = (await corridor.check(OFFICER, evidence(number))).result
    assert line.hits == ()


async def test_a_payment_card_is_found_but_its_number_is_stored_nowhere(fresh: Corridor) -> None:
    card = "4111111111111111"
    await fresh.contribute(operator("ITA"), contribution(("payment-card", card)))
    await fresh.catch_up()
    [line] = (await fresh.check(OFFICER, evidence(("payment-card", card)))).result
    assert len(line.hits) == 1
    assert card not in everything_stored(fresh)
    assert card.encode() not in b"".join(f.read_bytes() for f in fresh.folder.rglob("*") if f.is_file())


async def test_everything_stored_is_looked_through_for_a_card(fresh: Corridor) -> None:
    """The guard of the test above: what does stand in the tables is found."""
    number, _ = await held(fresh)
    assert number[1] in everything_stored(fresh)


# What is refused ------------------------------------------------------------------------------------------


async def test_untrusted_bytes_are_not_decoded_before_the_signature_verifies(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("decoded an unauthenticated body")

    monkeypatch.setattr(decode, "decoded", fail)
    monkeypatch.setattr(decode, "decode_lines", fail)
    foreign = BureauKey.generate("ALB")
    hostile = b'{"evidence": [' * 1_000
    for action in (Action.CHECK, Action.CHECK_IN_BULK):
        unknown_key = corridor.message(OFFICER, hostile, key=foreign)
        altered = msgspec.structs.replace(corridor.message(OFFICER, b"{}"), body=hostile)
        for message in (unknown_key, altered):
            [settled] = await corridor.pipeline.check([(message, action)])
            assert isinstance(refused(settled), Unauthenticated)
        not_allowed = corridor.message(asker("ALB", role="administrator", purpose="administration"), hostile)
        [settled] = await corridor.pipeline.check([(not_allowed, action)])
        assert isinstance(refused(settled), Forbidden)


async def test_contributions_are_not_decoded_before_the_signature_verifies(corridor: Corridor) -> None:
    hostile = corridor.message(
        operator("ITA"), b"[" * 100_000, key=BureauKey.generate("ITA"), idempotency_key="k"
    )
    with pytest.raises(Unauthenticated):
        await corridor.pipeline.contribute(hostile)


async def test_each_request_of_a_group_gets_its_own_answer(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    pipeline = corridor.new_pipeline(corridor.gallery)
    revoked = BureauKey.generate("UTO")
    with corridor.connection() as connection:
        connection.execute(
            "INSERT INTO keys (key_id, bureau, public_key, status) VALUES (%s, 'UTO', %s, 'active')",
            [revoked.key_id, revoked.public_key],
        )
    used = corridor.question(OFFICER, evidence(number))
    remembered = corridor.question(asker("UTO"), evidence(number), key=revoked)
    for done in await pipeline.check([(used, Action.CHECK), (remembered, Action.CHECK)]):
        answered(done)
    with corridor.connection() as connection:
        connection.execute("UPDATE keys SET status = 'revoked' WHERE key_id = %s", [revoked.key_id])

    twice = corridor.question(OFFICER, evidence(number))
    asked = {
        "good": corridor.question(OFFICER, evidence(number)),
        "replayed": used,
        "revoked": corridor.question(asker("UTO"), evidence(number), key=revoked),
        "malformed": corridor.message(OFFICER, b'{"evidence": ['),
        "invalid": corridor.question(OFFICER, evidence(("plate", "ALB:"))),
        "forbidden": corridor.question(
            asker("ALB", role="administrator", purpose="administration"), evidence(number)
        ),
        "twice": twice,
        "again": twice,
        "good too": corridor.question(asker("FRA"), evidence(plate())),
    }
    together = await pipeline.check([(message, Action.CHECK) for message in asked.values()])
    settled = dict(zip(asked, together, strict=True))
    assert [hit.record for hit in answered(settled["good"]).result[0].hits] == [record_id]
    assert [hit.record for hit in answered(settled["twice"]).result[0].hits] == [record_id]
    assert answered(settled["good too"]).result[0].hits == ()
    assert {name: type(refused(s)) for name, s in settled.items() if not isinstance(s, Done)} == {
        "replayed": Unauthenticated,
        "revoked": KeyNotActive,
        "malformed": MalformedInput,
        "invalid": InvalidValue,
        "forbidden": Forbidden,
        "again": Unauthenticated,
    }
    entries = corridor.entries(answered(settled["good"]))
    assert Counter((entry.act, entry.outcome) for entry in entries if entry.reader in ("ALB", "FRA")) == {
        ("check", ""): 3,
        ("refusal", "malformed-input"): 1,
        ("refusal", "invalid-value"): 1,
        ("refusal", "forbidden"): 1,
    }


async def test_a_request_is_answered_once(corridor: Corridor) -> None:
    message = corridor.question(OFFICER, evidence(plate()))
    answered((await corridor.pipeline.check([(message, Action.CHECK)]))[0])
    assert isinstance(refused((await corridor.pipeline.check([(message, Action.CHECK)]))[0]), Unauthenticated)


async def test_of_one_request_at_two_workers_at_once_one_is_answered(corridor: Corridor) -> None:
    other = corridor.new_pipeline(corridor.gallery)
    for _ in range(5):
        message = corridor.question(OFFICER, evidence(plate()))
        both = await asyncio.gather(*(p.check([(message, Action.CHECK)]) for p in (corridor.pipeline, other)))
        assert sorted(type(settled).__name__ for [settled] in both) == ["Done", "Unauthenticated"]


async def test_a_suspended_bureau_is_refused_at_once_although_its_key_is_remembered(fresh: Corridor) -> None:
    await fresh.check(OFFICER, evidence(plate()))
    with fresh.connection() as connection:
        connection.execute("UPDATE bureaus SET status = 'suspended' WHERE code = 'ALB'")
    with pytest.raises(KeyNotActive):
        await fresh.check(OFFICER, evidence(plate()))


@pytest.mark.usefixtures("no_quota_refills")
async def test_what_exceeds_the_quota_is_refused_and_logged(fresh: Corridor) -> None:
    pipeline = fresh.new_pipeline(fresh.gallery, quota=2)
    messages = [fresh.question(OFFICER, evidence(plate())) for _ in range(4)]
    settled = await pipeline.check([(message, Action.CHECK) for message in messages])
    assert [type(s) for s in settled] == [Done, Done, QuotaExceeded, QuotaExceeded]
    assert [entry.outcome for entry in fresh.all_entries()] == ["", "", "quota-exceeded", "quota-exceeded"]


async def test_many_questions_on_one_line_do_not_pass_the_quota(fresh: Corridor) -> None:
    pipeline = fresh.new_pipeline(fresh.gallery, quota=2)
    one = msgspec.json.encode(Check((evidence(plate()),)))
    message = fresh.message(OFFICER, b" ".join([one] * 1_000))
    [settled] = await pipeline.check([(message, Action.CHECK_IN_BULK)])
    [line] = answered(settled).result
    assert isinstance(line.error, MalformedInput)


async def test_a_bad_line_spares_the_others(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    good = msgspec.json.encode(Check((evidence(number),), id="good"))
    message = corridor.message(OFFICER, b"\n".join([good, b"{", good, b'{"evidence": []}']))
    [settled] = await corridor.pipeline.check([(message, Action.CHECK_IN_BULK)])
    lines = answered(settled).result
    assert [[hit.record for hit in line.hits] for line in lines] == [[record_id], [], [record_id], []]
    assert [line.error.field if line.error else None for line in lines] == [None, "body", None, "evidence"]


async def test_nothing_is_answered_before_the_index_is_there(corridor: Corridor, tmp_path: object) -> None:
    gallery = Gallery(
        corridor.database, msgspec.structs.replace(corridor.place, folder=corridor.folder / "none")
    )
    pipeline = corridor.new_pipeline(gallery)
    [settled] = await pipeline.check([(corridor.question(OFFICER, evidence(plate())), Action.CHECK)])
    assert isinstance(refused(settled), IndexNotReady)


# What is logged -------------------------------------------------------------------------------------------


async def test_a_check_is_durable_before_it_is_answered(
    corridor: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, record_id = await held(corridor)
    done = await corridor.check(OFFICER, evidence(number))
    own, read = corridor.entries(done)
    assert (own.act, own.reader, own.asked, own.hits) == ("check", "ALB", 1, ((record_id, "full"),))
    assert (read.act, read.reader, read.bureau, read.records, read.outcome) == (
        "read", "ITA", "ALB", (record_id,), "full",
    )  # fmt: skip


async def test_what_cannot_be_logged_is_not_answered(fresh: Corridor) -> None:
    number, _ = await held(fresh)
    with fresh.connection() as connection:
        connection.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON log_groups EXECUTE FUNCTION full_disk()"
        )
    with pytest.raises(AllpointsError, match="disk is full"):
        await fresh.check(OFFICER, evidence(number))


async def test_refusals_and_checks_without_a_hit_are_logged(fresh: Corridor) -> None:
    await fresh.check(OFFICER, evidence(plate()))
    with pytest.raises(InvalidValue):
        await fresh.check(OFFICER, evidence(("no-such-scheme", "1")))
    with pytest.raises(Forbidden):
        await fresh.check(asker("ALB", role="administrator", purpose="administration"), evidence(plate()))
    with pytest.raises(NotFound):
        await withdraw(fresh, 7)
    assert [(e.act, e.reader, e.outcome, e.hits) for e in fresh.all_entries()] == [
        ("check", "ALB", "", ()),
        ("refusal", "ALB", "invalid-value", ()),
        ("refusal", "ALB", "forbidden", ()),
        ("refusal", "ITA", "not-found", ()),
    ]


async def test_what_is_not_authentic_leaves_nothing_in_the_log(fresh: Corridor) -> None:
    message = fresh.question(OFFICER, evidence(plate()), key=BureauKey.generate("ALB"))
    assert isinstance(refused((await fresh.pipeline.check([(message, Action.CHECK)]))[0]), Unauthenticated)
    assert fresh.all_entries() == []


async def test_a_silent_hit_stands_in_its_owners_entry_and_not_in_the_askers(corridor: Corridor) -> None:
    number, record_id = await held(corridor, conditions=SILENT)
    done = await corridor.check(OFFICER, evidence(number))
    own, read = corridor.entries(done)
    assert (own.reader, own.hits, own.records) == ("ALB", (), ())
    assert (read.reader, read.records, read.outcome) == ("ITA", (record_id,), "silent")
    assert corridor.told("ITA")[-1] | {"at": ""} == {
        "kind": "hit",
        "record": record_id,
        "reference": reference_of(corridor, record_id),
        "outcome": "silent",
        "bureau": "ALB",
        "agency": "border-police",
        "user": "u-1",
        "role": "officer",
        "purpose": "border-control",
        "at": "",
    }


async def test_what_the_conditions_withhold_only_the_oversight_body_reads_and_its_owner_is_not_told(
    corridor: Corridor,
) -> None:
    number, record_id = await held(corridor, conditions=NOT_ALB)
    before = corridor.told("ITA")
    own, withheld = corridor.entries(await corridor.check(OFFICER, evidence(number)))
    assert (own.reader, own.hits, own.records) == ("ALB", (), ())
    assert (withheld.act, withheld.reader, withheld.records) == ("withheld", None, (record_id,))
    assert corridor.told("ITA") == before


async def test_own_records_that_are_found_are_read_but_tell_nobody(corridor: Corridor) -> None:
    number, record_id = await held(corridor, owner="ALB", conditions=NOT_ALB)
    before = corridor.told("ALB")
    own, read = corridor.entries(await corridor.check(OFFICER, evidence(number)))
    assert own.hits == ((record_id, "full"),)
    assert (read.reader, read.outcome) == ("ALB", "full")
    assert corridor.told("ALB") == before


async def test_an_owner_finds_each_read_of_a_record(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    done = [await corridor.check(asker(bureau), evidence(number)) for bureau in ("ALB", "FRA")]
    async with corridor.database.act(operator("ITA")) as act:
        places = await act.record_reads(record_id, after=(0, 0), limit=10)
    assert [group for group, _ in places] == [int(d.entry.partition(".")[0]) for d in done]
    with corridor.connection() as connection:
        [(entries,)] = connection.execute("SELECT entries FROM log_groups WHERE id = %s", [places[1][0]])
    read = msgspec.json.decode(entries[places[1][1]], type=Entry)
    assert (read.act, read.bureau, read.records) == ("read", "FRA", (record_id,))


async def test_a_kept_signature_proves_who_asked(corridor: Corridor) -> None:
    own, *_ = corridor.entries(await corridor.check(OFFICER, evidence(plate())))
    assert own.request
    key = VerifyKey(corridor.keys["ALB"].public_key)
    key.verify(own.request.base.encode(), own.request.signature)
    with pytest.raises(BadSignatureError):
        key.verify(own.request.base.replace("u-1", "u-2").encode(), own.request.signature)
    with pytest.raises(BadSignatureError):
        VerifyKey(corridor.keys["FRA"].public_key).verify(own.request.base.encode(), own.request.signature)


async def test_every_answer_carries_the_hubs_promise_of_its_own_entry(corridor: Corridor) -> None:
    number, _ = await held(corridor)
    asked = [
        corridor.question(asker(b), evidence(n))
        for b, n in (("ALB", number), ("FRA", plate()), ("UTO", number))
    ]
    settled = await corridor.pipeline.check([(message, Action.CHECK) for message in asked])
    for bureau, done in zip(("ALB", "FRA", "UTO"), map(answered, settled), strict=True):
        group, _, position = done.entry.partition(".")
        with corridor.connection() as connection:
            [(entries,)] = connection.execute("SELECT entries FROM log_groups WHERE id = %s", [group])
        mine = entries[int(position)]
        assert msgspec.json.decode(mine, type=Entry).reader == bureau
        assert done.promise
        assert done.promise.batch == int(group)
        verify_promise(done.promise, mine, corridor.identity.verifier_key)
        with pytest.raises(TamperingFound):
            verify_promise(done.promise, mine + b" ", corridor.identity.verifier_key)


async def test_no_entry_holds_what_was_asked_or_what_a_record_says(fresh: Corridor) -> None:
    number, _ = await held(fresh)
    await fresh.check(OFFICER, evidence(number))
    with fresh.connection() as connection:
        [(entries,)] = connection.execute(
            "SELECT string_agg(encode(e, 'escape'), '') FROM log_groups, unnest(entries) e"
        )
    assert "AA000" not in entries
    assert "parked car" not in entries


# What owners do with their records ------------------------------------------------------------------------


async def correct(
    corridor: Corridor,
    record_id: int,
    reference: str,
    identifier: tuple[str, str],
    conditions: Conditions | None = None,
    *,
    version: str | None = '"1"',
    key: str | None = None,
    owner: str = "ITA",
) -> Done:
    body = msgspec.json.encode(contribution(identifier, reference=reference, conditions=conditions))
    headers = {"idempotency_key": key or f"correct-{plate()[1]}"} | ({"if_match": version} if version else {})
    message = corridor.message(
        operator(owner), body, method="PUT", path=f"/v1/records/{record_id}", **headers
    )
    return await corridor.pipeline.correct(message, record_id)


async def withdraw(corridor: Corridor, record_id: int, owner: str = "ITA", **headers: str) -> Done:
    message = corridor.message(operator(owner), method="DELETE", path=f"/v1/records/{record_id}", **headers)
    return await corridor.pipeline.withdraw(message, record_id)


def reference_of(corridor: Corridor, record_id: int) -> str:
    with corridor.connection() as connection:
        [(reference,)] = connection.execute("SELECT reference FROM records WHERE id = %s", [record_id])
    return str(reference)


def held_by(corridor: Corridor, reference: str) -> int:
    with corridor.connection() as connection:
        [(number,)] = connection.execute("SELECT count(*) FROM records WHERE reference = %s", [reference])
    return int(number)


async def test_a_repeated_upload_gets_the_first_reply_and_doubles_nothing(corridor: Corridor) -> None:
    record = contribution(plate())
    first, again = [
        (await corridor.pipeline.contribute(corridor.upload(operator("ITA"), record, key="same"))).result
        for _ in range(2)
    ]
    assert first == again
    assert held_by(corridor, record.reference) == 1


async def test_another_upload_under_the_same_key_is_refused(corridor: Corridor) -> None:
    await corridor.pipeline.contribute(corridor.upload(operator("ITA"), contribution(plate()), key="reused"))
    other = contribution(plate())
    with pytest.raises(Conflict) as refusal:
        await corridor.pipeline.contribute(corridor.upload(operator("ITA"), other, key="reused"))
    assert refusal.value.field == "Idempotency-Key"
    assert held_by(corridor, other.reference) == 0


async def test_keys_of_two_bureaus_do_not_meet(corridor: Corridor) -> None:
    number = contribution(plate())
    first, second = [
        (await corridor.pipeline.contribute(corridor.upload(operator(bureau), number, key="common")))
        .result[0]
        .id
        for bureau in ("ITA", "FRA")
    ]
    assert first != second


async def test_of_two_uploads_racing_on_one_key_one_stores(corridor: Corridor) -> None:
    other = corridor.new_pipeline(corridor.gallery)
    for number in range(5):
        record = contribution(plate())
        both = [corridor.upload(operator("ITA"), record, key=f"race-{number}") for _ in range(2)]
        done = await asyncio.gather(corridor.pipeline.contribute(both[0]), other.contribute(both[1]))
        assert done[0].result[0].id == done[1].result[0].id
        assert held_by(corridor, record.reference) == 1


async def test_the_key_of_an_upload_does_not_answer_for_a_correction(corridor: Corridor) -> None:
    number = plate()
    record = contribution(number)
    upload = corridor.upload(operator("ITA"), record, key="for-both")
    [stored] = (await corridor.pipeline.contribute(upload)).result
    message = corridor.message(
        operator("ITA"),
        upload.body,
        method="PUT",
        path=f"/v1/records/{stored.id}",
        idempotency_key="for-both",
        if_match='"1"',
    )
    with pytest.raises(Conflict):
        await corridor.pipeline.correct(message, stored.id)


async def test_a_reference_is_taken_once(corridor: Corridor) -> None:
    record = contribution(plate())
    await corridor.contribute(operator("ITA"), record)
    [again] = await corridor.contribute(operator("ITA"), record)
    assert again.error
    assert (again.error.code, again.error.field) == ("conflict", "reference")
    twice = await corridor.contribute(operator("ITA"), *[contribution(plate(), reference="twice")] * 2)
    assert [bool(line.error) for line in twice] == [False, True]


async def test_a_correction_keeps_the_old_version_and_changes_what_is_found(corridor: Corridor) -> None:
    old, record_id = await held(corridor)
    new = plate()
    done = await correct(corridor, record_id, reference_of(corridor, record_id), new)
    assert (done.result.id, done.result.version) == (record_id, 2)
    await corridor.catch_up()
    [by_old] = (await corridor.check(OFFICER, evidence(old))).result
    [by_new] = (await corridor.check(OFFICER, evidence(new))).result
    assert by_old.hits == ()
    assert [(hit.record, hit.version) for hit in by_new.hits] == [(record_id, 2)]
    async with corridor.database.act(operator("ITA")) as act:
        [(version, content, _)] = await act.versions(record_id)
    assert version == 1
    assert msgspec.json.decode(content)["identifiers"][0][1] == old[1]


async def test_a_correction_names_the_version_that_was_seen(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    reference = reference_of(corridor, record_id)
    with pytest.raises(InvalidValue, match="If-Match"):
        await correct(corridor, record_id, reference, number, version=None)
    await correct(corridor, record_id, reference, number)
    with pytest.raises(Conflict, match="version 2"):
        await correct(corridor, record_id, reference, number)
    with pytest.raises(InvalidValue, match="reference"):
        await correct(corridor, record_id, "another", number, version='"2"')


async def test_of_two_corrections_at_once_one_wins(corridor: Corridor) -> None:
    _, record_id = await held(corridor)
    reference = reference_of(corridor, record_id)
    done = await asyncio.gather(
        *(correct(corridor, record_id, reference, plate()) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Conflict", "Done"]


async def test_a_repeated_correction_corrects_once(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    reference = reference_of(corridor, record_id)
    done = [await correct(corridor, record_id, reference, number, key="correct-once") for _ in range(2)]
    assert [d.result.version for d in done] == [2, 2]


async def test_nobody_changes_what_another_bureau_owns(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    with pytest.raises(NotFound):
        await correct(corridor, record_id, reference_of(corridor, record_id), number, owner="FRA")
    with pytest.raises(NotFound):
        await withdraw(corridor, record_id, owner="FRA")
    [line] = (await corridor.check(OFFICER, evidence(number))).result
    assert [hit.version for hit in line.hits] == [1]


async def test_a_withdrawn_record_is_found_by_nobody_and_stays_withdrawn(corridor: Corridor) -> None:
    number, record_id = await held(corridor)
    reference = reference_of(corridor, record_id)
    first, again = [await withdraw(corridor, record_id) for _ in range(2)]
    assert (
        (first.result.id, first.result.version) == (again.result.id, again.result.version) == (record_id, 1)
    )
    await corridor.catch_up()
    for bureau in ("ALB", "ITA"):
        [line] = (await corridor.check(asker(bureau), evidence(number))).result
        assert line.hits == ()
    with pytest.raises(Conflict, match="withdrawn"):
        await correct(corridor, record_id, reference, number)


async def test_a_withdrawal_may_name_the_version_that_was_seen(corridor: Corridor) -> None:
    _, record_id = await held(corridor)
    with pytest.raises(Conflict, match="version 1"):
        await withdraw(corridor, record_id, if_match='"2"')
    await withdraw(corridor, record_id, if_match='"1"')


async def test_what_owners_do_is_logged_with_the_records(fresh: Corridor) -> None:
    number, record_id = await held(fresh)
    await correct(fresh, record_id, reference_of(fresh, record_id), number)
    await withdraw(fresh, record_id)
    assert [(e.act, e.reader, e.records) for e in fresh.all_entries()] == [
        (act, "ITA", (record_id,)) for act in ("contribute", "correct", "withdraw")
    ]


async def test_an_act_that_fails_halfway_leaves_its_refusal_and_nothing_else(fresh: Corridor) -> None:
    record = contribution(plate())

    async def task(act: Act, admitted: object) -> None:
        await act._rows("enrol_bureau", "XPO", "Interpol", "")
        raise Conflict("halfway")

    message = fresh.message(operator("ITA"), path="/v1/records")
    with pytest.raises(Conflict, match="halfway"):
        await fresh.pipeline.act(message, Action.CONTRIBUTE, task)
    assert [(e.act, e.outcome) for e in fresh.all_entries()] == [("refusal", "conflict")]
    async with fresh.database.act(operator("ITA")) as act:
        assert "XPO" not in [bureau.code for bureau, _ in await act.bureaus()]
    assert held_by(fresh, record.reference) == 0


def everything_stored(corridor: Corridor) -> str:
    """All rows of all tables as text, with bytes also as the text they may hold."""
    found = []
    with corridor.connection() as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema IN ('allpoints', 'public') AND table_type = 'BASE TABLE'"
        ).fetchall()
        for schema, table in tables:
            rows = psycopg.sql.SQL("SELECT t::text FROM {}.{} t").format(
                psycopg.sql.Identifier(schema), psycopg.sql.Identifier(table)
            )
            found += [row for (row,) in connection.execute(rows)]
        found += [
            e for (e,) in connection.execute("SELECT encode(e, 'escape') FROM log_groups, unnest(entries) e")
        ]
    return "\n".join(found)
