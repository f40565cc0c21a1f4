"""Templates at rest: sealed under the operator's key, and wiped when they are superseded or withdrawn."""

from allpoints.modalities.vault.sealing import KEY_BYTES, Sealer
from allpoints.modalities.vault.vault import Entry, Read, Vault

__all__ = ["KEY_BYTES", "Entry", "Read", "Sealer", "Vault"]
