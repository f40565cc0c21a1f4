"""Bureaus with keys, for tests that seal and open messages without a hub."""

from datetime import UTC, datetime
from typing import NamedTuple

from allpoints.bureau import BureauKey
from allpoints.bureau.sealed import Content, SealingPrivateKey, open_envelope
from allpoints.wire.envelopes import key_digest
from allpoints.wire.messages import Carried, Envelope, SealingKey, SigningKey

NOW = datetime(2026, 11, 29, 5, 42, tzinfo=UTC)
THREAD = "thread-0000000000000001"


class SealedBureau(NamedTuple):
    """A bureau that can send and open."""

    code: str
    signing: BureauKey
    sealing: SealingPrivateKey

    @property
    def certificate(self) -> SealingKey:
        """The public half of its sealing key, certified."""
        return self.sealing.certified(self.signing, NOW)

    @property
    def signer(self) -> SigningKey:
        """Its signing key as others know it."""
        return SigningKey(key_id=self.signing.key_id, public_key=self.signing.public_key, active_at=NOW)

    def opens(self, carried: Carried, *senders: "SealedBureau") -> Content:
        """Open a message of one of these senders."""
        known = {(sender.code, sender.signing.key_id): sender.signer for sender in senders}
        return open_envelope(
            carried,
            bureau=self.code,
            sealing_keys={self.sealing.key_id: self.sealing},
            signing_key_of=lambda bureau, key: known[bureau, key],
        )


def bureau(code: str) -> SealedBureau:
    """A bureau with new keys."""
    return SealedBureau(code, BureauKey.generate(code), SealingPrivateKey.generate(code))


def carry(envelope: Envelope, recipient: str, *, arrived_at: datetime = NOW) -> Carried:
    """The copy that a hub hands to a recipient."""
    return Carried(
        number=1,
        head=envelope.head,
        key=next(key for key in envelope.keys if key.recipient == recipient),
        key_digests=tuple(key_digest(key) for key in envelope.keys),
        commitment=envelope.commitment,
        body=envelope.body,
        signature=envelope.signature,
        arrived_at=arrived_at,
    )
