"""What one entry of the log says, and the group of entries that share a transaction.

Every entry names its one *reader*: the bureau whose people may see it. The act of asking is the asker's to read;
the fact that a record was found is its owner's, in an entry of its own, so that a silent hit cannot show through
the asker's own log. An entry without a reader is for the oversight body alone.
"""

import secrets
from datetime import datetime

import msgspec

from allpoints.access.authenticate import SignedRequest
from allpoints.records import Asker


class RequestProof(msgspec.Struct, frozen=True):
    """The part of a signed request that the log keeps. In JSON the signature is base64."""

    base: str
    signature: bytes


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One act, as it is hashed into the log. No personal data of third parties: record ids and digests only."""

    act: str
    at: datetime
    reader: str | None = None
    bureau: str = ""
    agency: str = ""
    user: str = ""
    role: str = ""
    purpose: str = ""
    request: RequestProof | None = None
    asked: int = 0
    """How many questions the request carried."""
    hits: tuple[tuple[int, str], ...] = ()
    """What the asker was shown: record id and level."""
    records: tuple[int, ...] = ()
    """Records contributed, corrected, withdrawn, purged or withheld."""
    outcome: str = ""
    """For a read: full, contact or silent; for a refusal: the error's code; for an owner's entry of an examination:
    what came of it."""
    subject: str = ""
    """What else the act was about: a key id, a bureau, an entry."""
    salt: bytes = b""
    """Random, in an entry that others must not guess: proofs show its hash to those who know the rest of it."""

    def encode(self) -> bytes:
        """The bytes of the leaf."""
        return _ENCODER.encode(self)

    def encode_salted(self) -> bytes:
        """The bytes of a leaf that nobody can make again from what they know of it."""
        return _ENCODER.encode(msgspec.structs.replace(self, salt=secrets.token_bytes(16)))


_ENCODER = msgspec.json.Encoder(order=None)


def act_entry(
    act: str, asker: Asker, request: SignedRequest, at: datetime, *, reader: str | None, **what: object
) -> Entry:
    """An entry for something an asker did."""
    return Entry(
        act=act,
        at=at,
        reader=reader,
        bureau=asker.bureau,
        agency=asker.agency.value,
        user=asker.user,
        role=asker.role.value,
        purpose=asker.purpose.value,
        request=RequestProof(request.base, request.signature),
        **what,  # type: ignore[arg-type]
    )


class Group:
    """The entries of the requests that share one transaction, and who is to be told of them.

    What the askers did comes first, and the hub promises only that; what others learn of it follows. So
    neither the name of an asker's entry nor its promise tells whether something was found and kept silent.
    """

    def __init__(self) -> None:
        self.requests: list[SignedRequest] = []
        self.key_ids: set[str] = set()
        """Keys that must be active when the group is committed."""
        self.acts: list[bytes] = []
        """The entries that the askers may know of."""
        self._aside: list[bytes] = []
        self._reads: list[tuple[int, int, str]] = []
        self._told: list[tuple[int, str, str]] = []

    @property
    def entries(self) -> list[bytes]:
        """All entries in the order of the log."""
        return self.acts + self._aside

    @property
    def reads(self) -> list[tuple[int, int, str]]:
        """(position, record id, owner)"""
        return [(len(self.acts) + place, record_id, owner) for place, record_id, owner in self._reads]

    @property
    def told(self) -> list[tuple[int, str, str]]:
        """(position, bureau, body as JSON)"""
        return [(len(self.acts) + place, bureau, body) for place, bureau, body in self._told]

    def claim(self, request: SignedRequest, *, newcomer: bool = False) -> None:
        """Count the request as used: a group in which a used request stands again is refused.

        So is one whose key is no longer active, unless it is a newcomer's, which never was.
        """
        self.requests.append(request)
        if not newcomer:
            self.key_ids.add(request.key_id)

    def add(self, entry: Entry) -> int:
        """Add what an asker did and return its position in the group."""
        self.acts.append(entry.encode())
        return len(self.acts) - 1

    def add_aside(self, entry: Entry) -> int:
        """Add an entry that the asker must not notice, and return its place among those."""
        self._aside.append(entry.encode_salted())
        return len(self._aside) - 1

    def add_reads(self, entry: Entry, records: tuple[int, ...], owner: str) -> int:
        """Add aside an entry that concerns records, so that their owner can list it for each of them."""
        place = self.add_aside(entry)
        self._reads.extend((place, record_id, owner) for record_id in records)
        return place

    def tell(self, place: int, bureau: str, body: bytes) -> None:
        """Queue a notification that points at the entry aside in `place`."""
        self._told.append((place, bureau, body.decode()))


def entry_name(group: int, position: int) -> str:
    """How an entry is named before and after it is sealed: `group.position`."""
    return f"{group}.{position}"
