"""An entry of the log: who may read it, what it proves, and what its place must not give away."""

import json
from datetime import UTC, datetime

import msgspec
from tests.hubs import asker

from allpoints.access.authenticate import SignedRequest
from allpoints.audit.entries import Entry, Group, RequestProof, act_entry, entry_name

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
REQUEST = SignedRequest(
    base='"@method": POST',
    signature=b"\x00\x01",
    key_id="ALB-key",
    created=1,
    nonce_digest=b"n" * 16,
    idempotency_key=None,
    if_match=None,
)


def test_an_entry_is_compact_json_without_what_is_empty() -> None:
    assert json.loads(Entry(act="purge", at=AT, reader="ITA", records=(7,)).encode()) == {
        "act": "purge",
        "at": "2026-11-22T10:00:00Z",
        "reader": "ITA",
        "records": [7],
    }


def test_an_entry_for_the_oversight_body_alone_names_no_reader() -> None:
    assert "reader" not in json.loads(Entry(act="withheld", at=AT).encode())


def test_the_same_entry_has_always_the_same_bytes() -> None:
    entry = act_entry("check", asker("ALB"), REQUEST, AT, reader="ALB", asked=1, hits=((7, "full"),))
    assert msgspec.json.decode(entry.encode(), type=Entry) == entry
    assert msgspec.json.decode(entry.encode(), type=Entry).encode() == entry.encode()


def test_an_act_says_who_asked_why_and_proves_it() -> None:
    who = asker("ALB", "officer", "vehicle-crime", "police", user="u-7")
    entry = act_entry("check", who, REQUEST, AT, reader="ITA", outcome="full")
    assert (entry.bureau, entry.agency, entry.user) == ("ALB", "police", "u-7")
    assert (entry.role, entry.purpose) == ("officer", "vehicle-crime")
    assert (entry.reader, entry.outcome) == ("ITA", "full")
    assert entry.request == RequestProof('"@method": POST', b"\x00\x01")
    assert json.loads(entry.encode())["request"]["signature"] == "AAE="


def entry(reader: str | None) -> Entry:
    return Entry(act="x", at=AT, reader=reader)


def test_acts_come_first_and_what_others_learn_of_them_after_all_acts() -> None:
    group = Group()
    first = group.add(entry("ALB"))
    read = group.add_reads(entry("ITA"), (7, 8), "ITA")
    group.tell(read, "ITA", b'{"kind":"hit"}')
    group.add_aside(entry(None))
    second = group.add(entry("FRA"))
    readers = [msgspec.json.decode(e, type=Entry).reader for e in group.entries]
    assert readers == ["ALB", "FRA", "ITA", None]
    assert (first, second) == (0, 1)
    assert group.reads == [(2, 7, "ITA"), (2, 8, "ITA")]
    assert group.told == [(2, "ITA", '{"kind":"hit"}')]
    assert group.acts == group.entries[:2]


def test_what_is_found_changes_neither_the_place_nor_the_company_of_an_act() -> None:
    plain, silent = Group(), Group()
    plain.add(entry("ALB"))
    silent.add(entry("ALB"))
    silent.add_reads(entry("ITA"), (7,), "ITA")
    assert plain.acts == silent.acts


def test_every_request_is_claimed_and_its_key_must_be_active_unless_it_is_a_newcomers() -> None:
    group = Group()
    group.claim(REQUEST)
    group.claim(msgspec.structs.replace(REQUEST, key_id="XPO-key"), newcomer=True)
    assert len(group.requests) == 2
    assert group.key_ids == {"ALB-key"}


def test_an_entry_is_named_by_group_and_position() -> None:
    assert entry_name(17, 3) == "17.3"
