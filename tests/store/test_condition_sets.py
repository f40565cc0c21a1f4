"""A set of conditions is stored once, and no memory of it outlives the transaction that failed to store it."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from tests.corridors import Cancelled, Corridor, contribution, operator, plate

from allpoints.records import (
    Conditions,
    Confidentiality,
    Purpose,
    Record,
    Release,
    Selection,
    checked_conditions,
    checked_record,
)
from allpoints.store.condition_sets import ConditionSets

SETS = [
    Conditions(),
    Conditions(bureaus=Selection("only", ("FRA", "ITA")), agencies=Selection("except", ("customs",))),
    Conditions(bureaus=Selection("except", ("ALB",)), purposes=(Purpose.DRUG_CONTROL,)),
    Conditions(disclosure=Release.CONTACT, confidentiality=Confidentiality.CONFIDENTIAL),
]


async def test_conditions_come_back_as_they_were_stored(fresh: Corridor) -> None:
    conditions = [checked_conditions(one) for one in SETS]
    async with fresh.database.act() as act:
        ids = [await ConditionSets().id_of(act._connection, one) for one in conditions]
    assert len(set(ids)) == len(SETS)
    async with fresh.database.act() as act:
        loaded = await ConditionSets().load(act._connection, set(ids))
        again = [await ConditionSets().id_of(act._connection, one) for one in conditions]
    assert [loaded[number] for number in ids] == conditions
    assert again == ids


async def test_two_that_store_the_same_conditions_at_once_store_them_once(fresh: Corridor) -> None:
    async def store() -> int:
        async with fresh.database.act() as act:
            number = await ConditionSets().id_of(act._connection, SETS[1])
            await asyncio.sleep(0.02)
            return number

    assert len(set(await asyncio.gather(*(store() for _ in range(4))))) == 1


async def test_what_was_rolled_back_is_not_remembered(fresh: Corridor) -> None:
    sets = ConditionSets()
    with suppress(Cancelled):
        async with fresh.database.act() as act:
            first = await sets.id_of(act._connection, SETS[2])
            assert await sets.id_of(act._connection, SETS[2]) == first
            raise Cancelled
    async with fresh.database.act() as act:
        number = await sets.id_of(act._connection, SETS[2])
        assert await ConditionSets().load(act._connection, {number}) == {number: SETS[2]}


async def test_records_keep_their_conditions_although_an_earlier_upload_failed(fresh: Corridor) -> None:
    async def upload(*, fail: bool) -> list[int]:
        records = [_record(), _record()]
        async with fresh.database.act(operator("ITA")) as act:
            ids = await act.add_records(records, [[1], [2]], contributed_for="border-control")
            if fail:
                raise Cancelled
        return list(ids.values())

    with suppress(Cancelled):
        await upload(fail=True)
    ids = await upload(fail=False)
    async with fresh.database.act(operator("ITA")) as act:
        held = await act.candidates(ids)
    assert [one.conditions for one in held.values()] == [checked_conditions(SETS[3])] * 2


def _record() -> Record:
    today = datetime.now(UTC).date()
    return checked_record(contribution(plate(), conditions=SETS[3]), owner="ITA", today=today)
