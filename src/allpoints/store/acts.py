"""What can be done within one transaction on behalf of an asker.

Row-level security decides what each query sees: it goes by the asker named with `Act.name_asker`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import psycopg

from allpoints.access.authenticate import SignedRequest
from allpoints.audit.entries import Group
from allpoints.errors import Conflict, Unauthenticated
from allpoints.records import (
    Asker,
    Bureau,
    Conditions,
    Evaluation,
    HeldRecord,
    Identifier,
    Particulars,
    Piece,
    Record,
    RecordKind,
    RecordState,
    Retention,
)
from allpoints.records.colours import NoticeMark
from allpoints.store.condition_sets import ConditionSets
from allpoints.store.queries import query
from allpoints.store.seals import Seals

_identifiers = msgspec.json.Decoder(tuple[Identifier, ...])
_particulars = msgspec.json.Decoder(Particulars)
_mark = msgspec.json.Decoder(NoticeMark)
_encode = msgspec.json.encode


class KeyNotActive(Unauthenticated):
    """Sign with a key that is active: this one was revoked, or its bureau is suspended."""


class ReplayedRequest(Exception):
    """At least one request of the group was seen before; `Act.seen` says which."""


class StoredKey(msgspec.Struct, frozen=True, kw_only=True):
    """A bureau's signing key as the hub knows it."""

    key_id: str
    bureau: str
    bureau_name: str
    contact: str
    public_key: bytes
    status: str
    created_at: datetime


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner is told: `body` is JSON, `entry` names the log entry that proves it."""

    id: int
    body: msgspec.Raw
    entry: str | None
    created_at: datetime
    acknowledged_at: datetime | None = None


class StoredLink(msgspec.Struct, frozen=True, kw_only=True):
    """Two bureaus' records that share an identifier or describe one person, as one of the owners sees it."""

    id: int
    record_a: int
    record_b: int
    owner_a: str
    owner_b: str
    scheme: str
    """The identifier's scheme, or the modality that compared the records."""
    raised_at: datetime
    llr: float | None
    agreements: list[str]
    contributed_for: str
    """The purpose of the asker's own record."""
    decision: str | None
    """What the asker's bureau said of it."""
    other_decision: str | None

    def sides(self, bureau: str) -> tuple[int, int]:
        """The bureau's own record and the other one."""
        return (self.record_a, self.record_b) if bureau == self.owner_a else (self.record_b, self.record_a)


class StoredTemplate(msgspec.Struct, frozen=True):
    """What a modality compares of a record, as the modality wrote it. The database has it sealed, where it is of the
    body."""

    modality: str
    body: bytes


class StoredPicture(msgspec.Struct, frozen=True):
    """A picture of the body and the modality that compares it; `number` is also that of its template."""

    number: int
    modality: str
    piece: Piece


class Act:
    """One transaction. Every method is one statement, or says why it is more."""

    def __init__(
        self,
        connection: psycopg.AsyncConnection[tuple[Any, ...]],
        condition_sets: ConditionSets,
        seals: Seals,
    ) -> None:
        self._connection = connection
        self._condition_sets = condition_sets
        self.seals = seals

    async def _rows(self, name: str, *parameters: object, **named: object) -> list[tuple[Any, ...]]:
        cursor = await self._connection.execute(query(name), named or parameters)
        return await cursor.fetchall() if cursor.description else []

    async def name_asker(self, asker: Asker) -> None:
        """Name whose eyes the rest of the transaction sees with."""
        await self._rows(
            "name_asker", asker.bureau, asker.agency.value, asker.purpose.value, str(asker.clearance.rank)
        )

    # Records ----------------------------------------------------------------------------------------------

    async def candidates(self, ids: Iterable[int]) -> dict[int, HeldRecord]:
        """Re-read candidates that are in force, as the asker: what is not released is not there."""
        return {held.id: held for held in await self._held(await self._rows("candidates", list(ids)))}

    async def record(self, record_id: int) -> HeldRecord | None:
        """One record as the asker may see it, or None."""
        return next(iter(await self._held(await self._rows("record_by_id", record_id))), None)

    async def own_records(
        self,
        owner: str,
        *,
        after: int,
        limit: int,
        reference: str | None = None,
        review_by: date | None = None,
    ) -> list[HeldRecord]:
        """A page of the asker's own records: all, the one of that reference, or those to be reviewed by a day."""
        rows = await self._rows(
            "own_records", owner=owner, after=after, limit=limit, reference=reference, review_by=review_by
        )
        return await self._held(rows)

    async def own_record_for_change(self, record_id: int, owner: str) -> HeldRecord | None:
        """An own record, locked until the transaction ends."""
        return next(iter(await self._held(await self._rows("own_record_for_change", record_id, owner))), None)

    async def add_records(
        self,
        records: Sequence[Record],
        keys: Sequence[Sequence[int]],
        *,
        contributed_for: str,
        state: RecordState = RecordState.ACTIVE,
    ) -> dict[str, int]:
        """Store records of one owner; return the ids by reference, without those whose reference is taken.

        `keys` holds the signed 64-bit hashes of each record's identifiers, in their order.
        """
        if not records:
            return {}
        sets = await self._condition_set_ids({record.conditions for record in records})
        rows = await self._rows(
            "add_records",
            owner=records[0].owner,
            state=state.value,
            contributed_for=contributed_for,
            references=[record.reference for record in records],
            kinds=[record.kind.value for record in records],
            identifiers=[_encode(record.identifiers).decode() for record in records],
            keys=[",".join(map(str, numbers)) for numbers in keys],
            condition_sets=[sets[record.conditions] for record in records],
            evaluations=[str(record.evaluation) for record in records],
            valid_until=[record.retention.valid_until for record in records],
            review_by=[record.retention.review_by for record in records],
        )
        ids = {reference: record_id for record_id, reference in rows}
        stored = [record for record in records if record.reference in ids]
        await self._rows(
            "add_particulars",
            [ids[record.reference] for record in stored],
            [_encode(record.particulars).decode() for record in stored],
        )
        await self.announce(ids.values())
        return ids

    async def _condition_set_ids(self, wanted: set[Conditions]) -> dict[Conditions, int]:
        # In one order everywhere, or two uploads with the same new sets would wait for each other for ever.
        ordered = sorted(wanted, key=_encode)
        return {each: await self._condition_sets.id_of(self._connection, each) for each in ordered}

    async def correct_record(self, held: HeldRecord, record: Record, keys: Sequence[int]) -> int:
        """Replace an own record, keep the old version, announce the change; return the new version."""
        await self._rows("keep_version", held.id, held.version, _encode(held).decode())
        [(version,)] = await self._rows(
            "correct_record",
            record.kind.value,
            _encode(record.identifiers).decode(),
            list(keys),
            await self._condition_sets.id_of(self._connection, record.conditions),
            str(record.evaluation),
            record.retention.valid_until,
            record.retention.review_by,
            held.id,
        )
        await self._rows("correct_particulars", _encode(record.particulars).decode(), held.id)
        await self.announce([held.id])
        return int(version)

    async def withdraw_record(self, record_id: int) -> None:
        """Take an own record back: from now on no check finds it, and nothing of the body is left of it."""
        await self._rows("withdraw_record", record_id)
        await self._rows("drop_all_templates", record_id)
        gone = await self._rows("drop_pictures", record_id)
        await self.announce([record_id], wipe=bool(gone))

    async def add_templates(self, templates: Mapping[int, Sequence[StoredTemplate]]) -> None:
        """Store the templates of records that have none, by record id."""
        rows = [
            (
                record_id,
                template.modality,
                number,
                self.seals.sealed(record_id, template.modality, template.body),
            )
            for record_id, several in templates.items()
            for number, template in enumerate(several)
        ]
        if rows:
            await self._rows("add_templates", *_columns(rows, 4))

    async def replace_templates(
        self, record_id: int, templates: Sequence[StoredTemplate], *, modalities: Sequence[str]
    ) -> None:
        """Make these the templates of a corrected record, in place of those of `modalities` (two statements)."""
        await self._rows("drop_templates", record_id, list(modalities))
        await self.add_templates({record_id: templates})

    async def templates(self, ids: Iterable[int]) -> dict[int, list[StoredTemplate]]:
        """The templates of records, as far as the asker may see the records at all."""
        found: dict[int, list[StoredTemplate]] = {}
        for record_id, modality, sealed in await self._rows("templates", list(ids)):
            body = self.seals.opened(record_id, modality, bytes(sealed))
            if body is not None:
                found.setdefault(record_id, []).append(StoredTemplate(modality, body))
        return found

    async def add_pictures(self, pictures: Mapping[int, Sequence[StoredPicture]]) -> None:
        """Store the pictures of records that have none, by record id."""
        rows = [
            (
                record_id,
                picture.number,
                picture.modality,
                self.seals.sealed_picture(record_id, picture.modality, picture.piece),
            )
            for record_id, several in pictures.items()
            for picture in several
        ]
        if rows:
            await self._rows("add_pictures", *_columns(rows, 4))

    async def replace_pictures(self, record_id: int, pictures: Sequence[StoredPicture]) -> None:
        """Make these the pictures of a corrected record (up to three statements)."""
        if await self._rows("drop_pictures", record_id):
            await self.announce([record_id], wipe=True)
        await self.add_pictures({record_id: pictures})

    async def pictures(self, record_id: int) -> list[StoredPicture]:
        """A record's pictures, where the asker may see the record in full. Raises `Unavailable` for another key."""
        return [
            StoredPicture(n, modality, self.seals.opened_picture(record_id, modality, bytes(body)))
            for n, modality, body in await self._rows("pictures", record_id)
        ]

    async def has_pictures(self, record_id: int) -> bool:
        """Whether an own record has pictures."""
        [(found,)] = await self._rows("any_picture", record_id)
        return bool(found)

    async def announce(self, ids: Iterable[int], *, wipe: bool = False) -> None:
        """Tell the change feed which records to read again; `wipe` says that they had pictures that are gone."""
        await self._rows("announce_changes", list(ids), wipe)

    async def versions(self, record_id: int) -> list[tuple[int, msgspec.Raw, datetime]]:
        """Earlier versions of an own record: number, content as JSON, when it was replaced."""
        return [(n, msgspec.Raw(c), at) for n, c, at in await self._rows("record_versions", record_id)]

    async def _held(self, rows: list[tuple[Any, ...]]) -> list[HeldRecord]:
        if not rows:
            return []
        conditions = await self._condition_sets.load(self._connection, {row[8] for row in rows})
        return [
            HeldRecord(
                id=row[0],
                version=row[1],
                state=RecordState(row[2]),
                contributed_at=row[3],
                owner=row[4],
                reference=row[5],
                kind=RecordKind(row[6]),
                identifiers=_identifiers.decode(row[7]),
                particulars=_particulars.decode(row[12]) if row[12] is not None else None,
                conditions=conditions[row[8]],
                evaluation=Evaluation(row[9][0], int(row[9][1])),  # type: ignore[arg-type]
                retention=Retention(valid_until=row[10], review_by=row[11]),
                contact=row[13] or "",
                notice=_mark.decode(row[14]) if row[14] is not None else None,
            )
            for row in rows
        ]

    # Retried uploads --------------------------------------------------------------------------------------

    async def claim_idempotency_key(self, bureau: str, key: str, digest: bytes) -> bytes | None:
        """None where the key is new; the kept reply where the same request was answered before.

        A second request with the key waits until the first has committed. Raises `Conflict` where the key
        came with another content.
        """
        if await self._rows("claim_idempotency_key", bureau, key, digest):
            return None
        [(known, reply)] = await self._rows("idempotent_reply", bureau, key)
        if bytes(known) != digest:
            raise Conflict(
                "this key came with another content before",
                field="Idempotency-Key",
                remedy="Use a new key for a new upload.",
            )
        return bytes(reply)

    async def has_reply(self, bureau: str, key: str, digest: bytes) -> bool:
        """Whether the same request was answered before. Nothing is claimed and nobody waited for."""
        return any(
            bytes(known) == digest and reply is not None
            for known, reply in await self._rows("idempotent_reply", bureau, key)
        )

    async def keep_reply(self, bureau: str, key: str, reply: bytes) -> None:
        """Keep the reply for a retry."""
        await self._rows("keep_reply", reply, bureau, key)

    # The log ----------------------------------------------------------------------------------------------

    async def append(self, group: Group) -> int:
        """Make the group durable with the transaction; return its number.

        Raises `KeyNotActive` naming the key, or `ReplayedRequest`; nothing of the transaction is kept then.
        """
        # In one order everywhere, or two groups with the same replays would wait for each other for ever.
        requests = sorted(group.requests, key=lambda request: (request.created, request.nonce_digest))
        try:
            [(number,)] = await self._rows(
                "append_group",
                list(group.key_ids),
                [request.created for request in requests],
                [request.nonce_digest for request in requests],
                group.entries,
                *_columns(group.reads, 3),
                *_columns(group.told, 3),
            )
        except psycopg.errors.UniqueViolation:
            raise ReplayedRequest from None
        except psycopg.DatabaseError as error:
            if error.sqlstate == "AP001":
                raise KeyNotActive("the key is not active", field=error.diag.message_detail) from None
            raise
        return int(number)

    async def seen(self, requests: Sequence[SignedRequest]) -> frozenset[bytes]:
        """Which of these requests were used before."""
        rows = await self._rows(
            "seen_nonces", [r.created for r in requests], [r.nonce_digest for r in requests]
        )
        return frozenset(bytes(digest) for (digest,) in rows)

    async def log_group(self, number: int) -> tuple[list[bytes], int | None] | None:
        """The entries of a group and its first index in the tree, which is None until it is sealed."""
        rows = await self._rows("log_group", number)
        return (rows[0][0], rows[0][1]) if rows else None

    async def log_groups_from(self, first_index: int, *, limit: int) -> list[tuple[int, int, list[bytes]]]:
        """The sealed log from an index on: group number, first index, entries."""
        return [(n, i, e) for n, i, e in await self._rows("log_groups_from", first_index, limit)]

    async def latest_checkpoint(self) -> tuple[int, str] | None:
        """The newest signed head of the log: its size and the note."""
        rows = await self._rows("latest_checkpoint")
        return (rows[0][0], rows[0][1]) if rows else None

    async def checkpoint_covering(self, index: int) -> tuple[int, str] | None:
        """The first signed head whose tree holds the index."""
        rows = await self._rows("checkpoint_covering", index)
        return (rows[0][0], rows[0][1]) if rows else None

    async def tiles(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        """The stored tiles by (level, number)."""
        rows = await self._rows("tiles", [level for level, _ in wanted], [number for _, number in wanted])
        return {(level, number): bytes(hashes) for level, number, hashes in rows}

    async def record_reads(
        self, record_id: int, *, after: tuple[int, int], limit: int
    ) -> list[tuple[int, int]]:
        """Where the entries about an own record stand: group and position."""
        return [(g, p) for g, p in await self._rows("record_reads", record_id, *after, limit)]

    # What owners are told ---------------------------------------------------------------------------------

    async def notifications(
        self, bureau: str, *, after: int, limit: int, unacknowledged: bool
    ) -> list[Notification]:
        """A page of what a bureau was told, oldest first."""
        rows = await self._rows(
            "notifications", bureau=bureau, after=after, limit=limit, unacknowledged=unacknowledged
        )
        return [
            Notification(
                id=row[0],
                body=msgspec.Raw(row[1]),
                entry=f"{row[2]}.{row[3]}" if row[2] is not None else None,
                created_at=row[4],
                acknowledged_at=row[5],
            )
            for row in rows
        ]

    async def acknowledge(self, bureau: str, ids: Sequence[int]) -> list[int]:
        """Mark notifications as seen; return those that were not yet."""
        return [n for (n,) in await self._rows("acknowledge_notifications", bureau, list(ids))]

    async def links(self, *, after: int, limit: int) -> list[StoredLink]:
        """A page of the links that touch the asker's records."""
        return _links(await self._rows("own_links", after=after, limit=limit, id=None))

    async def link(self, number: int) -> StoredLink | None:
        """One link that touches a record of the asker's."""
        return next(iter(_links(await self._rows("own_links", after=0, limit=1, id=number))), None)

    async def contributed_for(self, record_id: int) -> str:
        """The purpose for which an own record was contributed."""
        [(purpose,)] = await self._rows("contributed_for", record_id)
        return str(purpose)

    async def decide_link(self, number: int, decision: str, versions: tuple[int, int]) -> None:
        """Keep what the asker's bureau says of a link, and which versions of `record_a` and `record_b` it saw."""
        await self._rows("decide_link", number, decision, *versions)

    # Members ----------------------------------------------------------------------------------------------

    async def bureaus(self) -> list[tuple[Bureau, str]]:
        """Every member with its status."""
        return [
            (Bureau(code=code, name=name, contact=contact), status)
            for code, name, contact, status in await self._rows("bureaus")
        ]

    async def active_key(self, key_id: str) -> tuple[bytes, str] | None:
        """Public key and bureau of an active key of an active bureau."""
        rows = await self._rows("active_key", key_id)
        return (bytes(rows[0][0]), rows[0][1]) if rows else None

    async def key(self, key_id: str) -> StoredKey | None:
        """A key in whatever state."""
        return next(iter(_keys(await self._rows("key_by_id", key_id))), None)

    async def pending_keys(self) -> list[StoredKey]:
        """Keys that wait for an administrator's approval."""
        return _keys(await self._rows("pending_keys"))

    async def bureau_keys(self, bureau: str) -> list[StoredKey]:
        """All keys of a bureau."""
        return _keys(await self._rows("bureau_keys", bureau))

    async def add_key(
        self,
        key_id: str,
        bureau: Bureau,
        public_key: bytes,
        *,
        status: str,
        introduced_by: str | None = None,
    ) -> bool:
        """Store a key; False where it is known already. `introduced_by` is the bureau's own that asked for it."""
        named = (bureau.code, bureau.name, bureau.contact)
        return bool(await self._rows("add_key", key_id, *named, public_key, status, status, introduced_by))

    async def approve_key(self, key_id: str) -> str | None:
        """Make a pending key active and its bureau a member (two statements); return the bureau's code."""
        rows = await self._rows("approve_key", key_id)
        if not rows:
            return None
        await self._rows("enrol_bureau", *rows[0])
        return str(rows[0][0])

    async def revoke_key(self, key_id: str, bureau: str) -> bool:
        """End a key at once; False where there was nothing to revoke."""
        return bool(await self._rows("revoke_key", key_id, bureau))


def _keys(rows: list[tuple[Any, ...]]) -> list[StoredKey]:
    names = StoredKey.__struct_fields__
    return [StoredKey(**dict(zip(names, row, strict=True))) for row in rows]


def _links(rows: list[tuple[Any, ...]]) -> list[StoredLink]:
    names = StoredLink.__struct_fields__
    return [StoredLink(**dict(zip(names, row, strict=True))) for row in rows]


def _columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
