"""The bureau's keys at rest: each sealed in a file of its own, under a master key that a passphrase or a file opens."""

from allpoints.bureau.vault.key_file import draw_key, load_key
from allpoints.bureau.vault.lock import Cost
from allpoints.bureau.vault.vault import FORMER_KEPT, HeldKey, KeyKind, KeyState, Vault

__all__ = ["FORMER_KEPT", "Cost", "HeldKey", "KeyKind", "KeyState", "Vault", "draw_key", "load_key"]
