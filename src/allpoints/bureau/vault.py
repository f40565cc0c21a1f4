"""The bureau's keys at rest. (Signatures; what is behind them follows.)"""

from collections.abc import Mapping

from allpoints.bureau.keys import BureauKey


class Vault:
    """Holds the signing and sealing keys, and keeps secrets of the node's database."""

    bureau: str

    @property
    def signing(self) -> BureauKey:
        """The key that the bureau signs with now."""
        raise NotImplementedError

    @property
    def sealing(self) -> Mapping[str, object]:
        """By key id the private sealing keys that may still be needed, the current one first."""
        raise NotImplementedError

    def seal(self, content: bytes, context: str) -> bytes:
        """Seal something for the database; `open` wants the same context."""
        raise NotImplementedError

    def open(self, sealed: bytes, context: str) -> bytes:
        """What was sealed. Raises `Unavailable` for a changed byte, or another context or vault."""
        raise NotImplementedError

    def keyed_hash(self, content: bytes, context: str) -> bytes:
        """A hash that nobody can try values against without the vault."""
        raise NotImplementedError

    def password(self, purpose: str) -> str:
        """A password for another program, always the same for the same purpose."""
        raise NotImplementedError
