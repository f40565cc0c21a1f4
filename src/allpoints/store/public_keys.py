"""Bureaus' public keys in the database: those that they sign with, and those that others seal to."""

from allpoints.store.acts import Act
from allpoints.wire.messages import SealingKey, SigningKey


async def signing_keys(act: Act, bureau: str) -> tuple[SigningKey, ...]:
    """The keys that a bureau signs with or signed with, the earliest first."""
    return tuple(
        SigningKey(
            key_id=key_id,
            public_key=bytes(public_key),
            active_at=active_at,
            revoked_at=revoked_at,
            introduced_by=introduced_by,
        )
        for key_id, public_key, active_at, revoked_at, introduced_by in await act._rows(
            "signing_keys", bureau
        )
    )


async def sealing_keys(act: Act, bureau: str) -> tuple[SealingKey, ...]:
    """The keys that may be sealed to, the newest first."""
    return tuple(
        SealingKey(
            key_id=key_id,
            bureau=whose,
            public_key=bytes(public_key),
            created_at=created_at,
            signing_key=signing_key,
            signature=bytes(signature),
        )
        for key_id, whose, public_key, created_at, signing_key, signature in await act._rows(
            "sealing_keys", bureau
        )
    )


async def publish(act: Act, key: SealingKey) -> bool:
    """Keep a sealing key of the asker's bureau (two statements); False where it was retired before."""
    [(retired,)] = await act._rows("is_retired_sealing_key", key.key_id)
    if retired:
        return False
    await act._rows(
        "publish_sealing_key",
        key.key_id,
        key.bureau,
        key.public_key,
        key.created_at,
        key.signing_key,
        key.signature,
    )
    return True


async def retire(act: Act, key_id: str) -> bool:
    """Let nobody seal to a key any more; False where there is none to retire."""
    return bool(await act._rows("retire_sealing_key", key_id))
