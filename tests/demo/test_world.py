"""A synthetic world."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from functools import cache

import msgspec
import pytest

from allpoints.demo import World
from allpoints.demo.planted import FREE_PASSPORT
from allpoints.errors import InvalidValue
from allpoints.formats import mrz
from allpoints.records import SCHEMES, Record, RecordKind, bureau_code, checked_record

TODAY = date(2026, 1, 1)
WORLD = World(bureaus=60, records=9_000)
DIGEST = """
import hashlib, msgspec
from allpoints.demo import World
world = World(bureaus=4, records=400)
made = [list(world.contributions(bureau.code)) for bureau in world.bureaus]
print(hashlib.sha256(msgspec.json.encode(made)).hexdigest())
"""


@cache
def records() -> list[Record]:
    """The world's, made when the first test needs them."""
    return [
        checked_record(contribution, owner=bureau.code, today=TODAY)
        for bureau in WORLD.bureaus
        for contribution in WORLD.contributions(bureau.code)
    ]


def test_a_seed_gives_the_same_world_byte_for_byte_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(digests) == 1


def test_another_seed_gives_another_world() -> None:
    def digest(seed: str) -> str:
        return hashlib.sha256(msgspec.json.encode(list(World(seed=seed).contributions("ALB")))).hexdigest()

    assert digest("one") != digest("two")


def test_a_larger_world_begins_like_a_smaller_one() -> None:
    small, large = World(bureaus=3, records=300), World(bureaus=6, records=3_000)
    for bureau in small.bureaus:
        of_small = list(small.contributions(bureau.code))
        assert list(large.contributions(bureau.code))[: len(of_small)] == of_small


def test_a_world_has_as_many_records_as_asked_for() -> None:
    assert len(records()) == 9_000
    for number in (100, 101, 302):
        world = World(records=number)
        assert sum(len(list(world.contributions(b.code))) for b in world.bureaus) == number


def test_every_record_can_be_contributed_and_says_that_it_is_synthetic() -> None:
    assert all(record.particulars.synthetic for record in records())
    # A trace is found by its picture alone, and a world is made without pictures.
    assert {record.kind for record in records()} == set(RecordKind) - {RecordKind.TRACE}


def test_every_scheme_stands_in_the_world() -> None:
    found = {identifier.scheme for record in records() for identifier in record.identifiers}
    assert found == {scheme.name for scheme in SCHEMES}


def test_references_are_unique_within_a_bureau() -> None:
    assert len({(record.owner, record.reference) for record in records()}) == len(records())


def test_travel_documents_carry_a_valid_zone_of_their_own_number() -> None:
    documents = [
        r
        for r in records()
        if r.kind is RecordKind.TRAVEL_DOCUMENT and r.particulars.description[:7] == "Machine"
    ]
    assert len(documents) > 4_000
    for record in documents:
        zone = mrz.parse(record.particulars.description.partition("\n")[2], today=TODAY)
        assert zone.valid
        assert record.identifiers[0].value.endswith(f":{zone.document_number}")


def test_bureaus_have_real_codes_and_contacts_that_reach_nobody() -> None:
    world = World(bureaus=200)
    assert len({bureau.code for bureau in world.bureaus}) == 200
    assert [bureau.code for bureau in world.bureaus[:3]] == ["UTO", "ALB", "FRA"]
    for bureau in world.bureaus:
        assert bureau_code(bureau.code) == bureau.code
        assert bureau.contact == f"{bureau.code.lower()}@ncb.example"
        assert "synthetic" in bureau.name


def test_nobody_holds_the_passport_that_the_story_finds_nothing_for() -> None:
    state, _, number = FREE_PASSPORT.split(":")
    held = {identifier.value for record in records() for identifier in record.identifiers}
    assert not [value for value in held if value.startswith(state) and value.endswith(number)]


@pytest.mark.parametrize("bureaus", [2, 10_000])
def test_a_world_without_its_three_bureaus_is_refused(bureaus: int) -> None:
    with pytest.raises(InvalidValue) as refused:
        World(bureaus=bureaus)
    assert refused.value.field == "bureaus"


def test_fewer_than_no_records_are_refused() -> None:
    with pytest.raises(InvalidValue) as refused:
        World(records=-1)
    assert refused.value.field == "records"
