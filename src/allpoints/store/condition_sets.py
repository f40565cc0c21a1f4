"""Conditions are stored once for each distinct set and cached in every process: a set never changes."""

import hashlib
from typing import Any

import msgspec
import psycopg

from allpoints.records import Conditions, Confidentiality, Purpose, Release, Selection
from allpoints.store.queries import query

_BY_RANK = tuple(Confidentiality)


class ConditionSets:
    """From conditions to the id of their stored set, and back."""

    def __init__(self) -> None:
        self._ids: dict[Conditions, int] = {}
        self._conditions: dict[int, Conditions] = {}

    async def id_of(
        self, connection: psycopg.AsyncConnection[tuple[Any, ...]], conditions: Conditions
    ) -> int:
        """The id of the set, stored now if it is new.

        An id that this transaction makes is remembered only once another transaction has seen it committed.
        """
        if conditions in self._ids:
            return self._ids[conditions]
        digest = hashlib.sha256(msgspec.json.encode(conditions)).digest()
        found = await (await connection.execute(query("find_condition_set"), [digest])).fetchone()
        if found:
            number, committed = found
            if committed:
                self._ids[conditions] = number
            return int(number)
        added = await (
            await connection.execute(query("add_condition_set"), [digest, *_columns(conditions)])
        ).fetchone()
        if added:
            return int(added[0])
        return await self.id_of(connection, conditions)

    async def load(
        self, connection: psycopg.AsyncConnection[tuple[Any, ...]], ids: set[int]
    ) -> dict[int, Conditions]:
        """The conditions of these sets."""
        if missing := ids - self._conditions.keys():
            async for row in await connection.execute(query("condition_sets"), [list(missing)]):
                self._conditions[row[0]] = _from_row(row)
        return self._conditions


def _columns(conditions: Conditions) -> list[object]:
    return [
        conditions.bureaus.mode,
        list(conditions.bureaus.members),
        conditions.agencies.mode,
        list(conditions.agencies.members),
        [str(purpose) for purpose in conditions.purposes],
        conditions.disclosure.value,
        conditions.confidentiality.rank,
    ]


def _from_row(row: tuple[Any, ...]) -> Conditions:
    _, bureaus_mode, bureaus, agencies_mode, agencies, purposes, disclosure, rank = row
    return Conditions(
        bureaus=Selection(bureaus_mode, tuple(bureaus)),
        agencies=Selection(agencies_mode, tuple(agencies)),
        purposes=tuple(Purpose(purpose) for purpose in purposes),
        disclosure=Release(disclosure),
        confidentiality=_BY_RANK[rank],
    )
