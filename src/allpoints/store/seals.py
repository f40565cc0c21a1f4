"""What is sealed before it reaches the database, and opened after: templates and pictures of the body.

Each is bound to its record and its modality, so that what is sealed cannot be moved to another record unnoticed.
"""

from collections.abc import Iterable, Mapping

import msgspec
import psycopg
import structlog
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from allpoints.errors import Unavailable
from allpoints.modalities import BIOMETRIC
from allpoints.modalities.vault import KEY_BYTES, Sealer
from allpoints.records import Piece
from allpoints.store.queries import query

_SEALED = frozenset(modality.name for modality in BIOMETRIC)
_piece = msgspec.msgpack.Decoder(Piece)
_log = structlog.get_logger("allpoints.seals")


class Seals:
    """The operator's template key at work. What the key itself is nobody can read from it."""

    def __init__(self, template_key: bytes) -> None:
        """Raises `InvalidValue` for a key that has not 32 bytes."""
        Sealer(template_key)  # refuses another length
        self._key = template_key
        self.sealer = Sealer(_derived(template_key, b"templates"))
        self.fingerprint = _derived(template_key, b"fingerprint")
        """Names the key without giving it away."""

    def index_secret(self, modality: str, secret: bytes) -> bytes:
        """The key that an index's folder gets: one of its own for biometrics, else the hub's index secret."""
        return _derived(self._key, f"index {modality}".encode()) if modality in _SEALED else secret

    def sealed(self, record_id: int, modality: str, body: bytes) -> bytes:
        """A template as it is stored."""
        return self.sealer.seal(body, _template(record_id, modality)) if modality in _SEALED else body

    def opened(self, record_id: int, modality: str, body: bytes) -> bytes | None:
        """A stored template as it was; None for one that cannot be opened, so that one of many does not stop all."""
        if modality not in _SEALED:
            return body
        try:
            return self.sealer.open(body, _template(record_id, modality))
        except Unavailable:
            _log.error(
                "template.unreadable", modality=modality, record=record_id, error="not sealed by this key"
            )
            return None

    def opened_all(
        self, record_id: int, templates: Mapping[str, Iterable[bytes]]
    ) -> dict[str, tuple[bytes, ...]]:
        """A record's stored templates by modality, as they were."""
        return {
            modality: tuple(
                opened for body in bodies if (opened := self.opened(record_id, modality, body)) is not None
            )
            for modality, bodies in templates.items()
        }

    def sealed_picture(self, record_id: int, modality: str, piece: Piece) -> bytes:
        """A picture as it is stored."""
        return self.sealer.seal(msgspec.msgpack.encode(piece), _picture(record_id, modality))

    def opened_picture(self, record_id: int, modality: str, body: bytes) -> Piece:
        """A stored picture as it was. Raises `Unavailable`."""
        piece: Piece = _piece.decode(self.sealer.open(body, _picture(record_id, modality)))
        return piece


def settle_template_key(conninfo: str, fingerprint: bytes) -> bool:
    """Make this the key by which templates are sealed; False where some are sealed by another one.

    `conninfo` is the housekeeper's.
    """
    with psycopg.connect(conninfo) as connection:
        [(settled,)] = connection.execute(query("template_key")).fetchall() or [(None,)]
        if settled is not None and bytes(settled) != fingerprint and _any_sealed(connection):
            return False
        connection.execute(query("settle_template_key"), [fingerprint])
        return True


def anything_sealed(conninfo: str) -> bool:
    """Whether the database holds what nobody can read without the template key. `conninfo` is the housekeeper's."""
    with psycopg.connect(conninfo) as connection:
        return _any_sealed(connection)


def _any_sealed(connection: psycopg.Connection) -> bool:
    [(found,)] = connection.execute(query("anything_sealed"), [sorted(_SEALED)]).fetchall()
    return bool(found)


def _derived(key: bytes, purpose: bytes) -> bytes:
    """HKDF (RFC 5869) with SHA-256: one key for each purpose."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"allpoints " + purpose).derive(key)


def _template(record_id: int, modality: str) -> bytes:
    return f"template {modality} {record_id}".encode()


def _picture(record_id: int, modality: str) -> bytes:
    return f"picture {modality} {record_id}".encode()
