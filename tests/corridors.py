"""The corridor of one worker in this process, on a PostgreSQL database of its own."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.types.json import set_json_loads
from tests.hubs import asker

from allpoints.access import Action, Policies, Quota, Quotas
from allpoints.access.authenticate import HttpMessage
from allpoints.audit.entries import Entry
from allpoints.bureau import BureauKey, Signer
from allpoints.errors import AllpointsError
from allpoints.hub.environment import Environment
from allpoints.hub.indexing import IndexWriter
from allpoints.hub.sealing import Sealer
from allpoints.modalities.identifiers import Keyring
from allpoints.pipeline import Pipeline
from allpoints.records import Asker, Conditions, Contribution, Name, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import Check, Evidence, IdentifierEvidence
from allpoints.steps.authorise import Authoriser
from allpoints.steps.commit import Done
from allpoints.steps.contribute import Stored
from allpoints.steps.indexes import Place
from allpoints.steps.search import Gallery
from allpoints.store.database import Database
from allpoints.store.migrate import migrate
from allpoints.store.pool import role_conninfo

AUTHORITY = "hub.test"
MEMBERS = ("ALB", "FRA", "ITA", "UTO")
_numbers = itertools.count(1)


class Cancelled(Exception):
    """Raised by a test to make a transaction leave nothing."""


class Corridor:
    """What a worker and the housekeeper are made of, without the processes and the HTTP between them."""

    def __init__(self, environment: Environment, owner: str, folder: Path) -> None:
        """`owner` is the address of the database as its owner, see `new_database`."""
        identity = environment.identity
        passwords = identity.database_passwords
        migrate(owner, passwords)
        self.owner = owner
        self.folder = folder
        self.identity = identity
        self.conninfos = {role: role_conninfo(owner, role, word) for role, word in passwords.items()}
        self.keys: dict[str, BureauKey] = {}
        self.place = Place(folder, identity.index_secret, environment.seals)
        self.database = Database(
            self.conninfos["allpoints_hub"], self.conninfos["allpoints_system"], environment.seals
        )
        self.gallery = Gallery(self.database, self.place)
        self.writer = IndexWriter(self.database, self.place, self.conninfos["allpoints_system"])
        self.sealer = self.new_sealer()
        self.pipeline = self.new_pipeline(self.gallery)

    def new_pipeline(self, gallery: Gallery, *, quota: int = 10**6) -> Pipeline:
        """Another worker's corridor, with its own memory of keys and quotas."""
        self.authoriser = Authoriser(
            self.database, Policies(), Quotas(Quota(rate=quota, burst=quota)), frozenset({AUTHORITY})
        )
        keyring = Keyring(self.identity.index_secret)
        return Pipeline(self.database, gallery, self.authoriser, keyring, self.identity.signing_key)

    def new_sealer(self) -> Sealer:
        """A sealer that has just started."""
        return Sealer(self.database, self.identity.name, self.identity.signing_key)

    @contextlib.contextmanager
    def connection(self, role: str = "") -> Iterator[psycopg.Connection]:
        """A connection as one of the hub's roles, or as the owner, whom no rule binds."""
        with psycopg.connect(self.conninfos[role] if role else self.owner, autocommit=True) as connection:
            connection.execute("SET search_path = allpoints")
            set_json_loads(lambda data: data, connection)
            yield connection

    def enrol(self, *bureaus: str) -> None:
        """Make these bureaus members, each with a new key."""
        with self.connection() as connection:
            for code in bureaus:
                key = self.keys[code] = BureauKey.generate(code)
                connection.execute(
                    "INSERT INTO bureaus (code, name, contact) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    [code, f"Bureau {code}", f"desk@{code.lower()}.example"],
                )
                connection.execute(
                    "INSERT INTO keys (key_id, bureau, public_key, status, active_at)"
                    " VALUES (%s, %s, %s, 'active', now())",
                    [key.key_id, code, key.public_key],
                )

    def message(
        self,
        who: Asker,
        body: bytes = b"",
        *,
        method: str = "POST",
        path: str = "/v1/checks",
        key: BureauKey | None = None,
        now: int | None = None,
        nonce: str | None = None,
        **headers: str,
    ) -> HttpMessage:
        """A signed request. Headers are named as keywords, with underscores."""
        signer = Signer(who.bureau, key or self.keys[who.bureau])
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = signer.sign(
            method, f"http://{AUTHORITY}{path}", asker=who, body=body, headers=named, now=now, nonce=nonce
        )
        return HttpMessage(
            method=method,
            authority=AUTHORITY,
            path=path,
            query="",
            headers=[(name.encode(), value.encode()) for name, value in signed.items()],
            body=body,
        )

    def question(self, who: Asker, *evidence: Evidence, **how: str) -> HttpMessage:
        """A signed check."""
        return self.message(who, msgspec.json.encode(Check(evidence)), **how)

    async def check(self, who: Asker, *evidence: Evidence) -> Done:
        """Ask one question; raises what refuses it."""
        [settled] = await self.pipeline.check([(self.question(who, *evidence), Action.CHECK)])
        if isinstance(settled, AllpointsError):
            raise settled
        return settled

    async def contribute(self, who: Asker, *contributions: Contribution) -> list[Stored]:
        """Contribute records."""
        return (await self.pipeline.contribute(self.upload(who, *contributions))).result

    def upload(self, who: Asker, *contributions: Contribution, key: str | None = None) -> HttpMessage:
        """Signed contributions."""
        body = b"\n".join(map(msgspec.json.encode, contributions))
        number = key or f"upload-{next(_numbers)}"
        return self.message(who, body, path="/v1/records/bulk", idempotency_key=number)

    async def catch_up(self) -> None:
        """Bring index and gallery up to date: what the housekeeper and the worker do all the time."""
        await self.writer.feed()
        await self.gallery.catch_up()

    def entries(self, done: Done) -> list[Entry]:
        """The entries of the group in which the request was logged, as another connection sees them."""
        group, _, _ = done.entry.partition(".")
        with self.connection() as connection:
            [(entries,)] = connection.execute("SELECT entries FROM log_groups WHERE id = %s", [group])
        return [msgspec.json.decode(entry, type=Entry) for entry in entries]

    def all_entries(self) -> list[Entry]:
        """All entries that are committed, in the order of the groups' numbers."""
        with self.connection() as connection:
            rows = connection.execute("SELECT unnest(entries) FROM log_groups ORDER BY id").fetchall()
        return [msgspec.json.decode(entry, type=Entry) for (entry,) in rows]

    def told(self, bureau: str) -> list[dict[str, object]]:
        """The bodies of what a bureau was told."""
        with self.connection() as connection:
            rows = connection.execute(
                "SELECT body::text FROM notifications WHERE bureau = %s ORDER BY id", [bureau]
            )
            return [msgspec.json.decode(body) for (body,) in rows]


def new_database(environment: Environment, owner: str, *, like: str | None = None) -> str:
    """Create a database beside the given one and return its owner's address: empty, or a copy of the one named."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(owner, autocommit=True) as connection:
        copied = f"TEMPLATE {like}" if like else ""
        if connection.info.server_version >= 15_00_00:
            # The older way, and here the faster one: nothing of it has to survive.
            copied += " STRATEGY file_copy"
        connection.execute(f"CREATE DATABASE {name} {copied}".encode())
    return make_conninfo(owner, dbname=name)


def operator(bureau: str, purpose: str = "criminal-investigation") -> Asker:
    """Somebody who may contribute."""
    return asker(bureau, "operator", purpose, "police")


def contribution(
    *identifiers: tuple[str, str],
    reference: str | None = None,
    conditions: Conditions | None = None,
    particulars: Particulars | None = None,
    kind: RecordKind = RecordKind.ITEM,
) -> Contribution:
    """A record to contribute, by default under a new reference and open to everyone."""
    return Contribution(
        reference=reference or f"R-{next(_numbers)}",
        kind=kind,
        identifiers=tuple(RawIdentifier(*identifier) for identifier in identifiers),
        particulars=particulars or Particulars(reason="stolen", description="taken from a parked car"),
        conditions=conditions or Conditions(),
    )


def person(
    *names: Name | str, conditions: Conditions | None = None, reason: str = "wanted", **said: Any
) -> Contribution:
    """A record about a person; `said` are particulars."""
    particulars = Particulars(reason=reason, names=names, **said)  # type: ignore[arg-type]
    return contribution(conditions=conditions, particulars=particulars, kind=RecordKind.PERSON)


def plate(number: int | None = None) -> tuple[str, str]:
    """A number plate that no other test uses."""
    return "plate", f"ALB:AA{next(_numbers) if number is None else number:06}"


def evidence(identifier: tuple[str, str]) -> IdentifierEvidence:
    """The identifier as evidence."""
    return IdentifierEvidence(*identifier)
