"""The keys by which bureaus know and seal to each other. What the hub says of them, a bureau checks for itself."""

from allpoints.errors import Conflict, InvalidValue, NotFound
from allpoints.formats.http_signature import key_id
from allpoints.steps.commit import Work
from allpoints.store import public_keys as store
from allpoints.store.acts import Act
from allpoints.wire.envelopes import check_sealing_key, sealing_statement, verify
from allpoints.wire.messages import PublicKeys, SealingKey

MAX_SEALING_KEYS = 10


async def public_keys(act: Act, bureau: str) -> Work:
    """The public keys of a bureau. Raises `NotFound` for what has none."""
    found = await _keys(act, bureau)
    if not found.signing:
        raise NotFound(f"no member is named {bureau}", field="bureau")
    return Work(result=found, subject=bureau)


async def publish(act: Act, bureau: str, name: str, key: SealingKey) -> Work:
    """Make a sealing key of the asker's bureau known; the result are its public keys.

    Raises `InvalidValue` or `ForgedMessage` for what is not certified by an active key of the bureau, and `Conflict`
    for a key that was retired, or for too many.
    """
    check_sealing_key(key)
    if (key.bureau, key.key_id) != (bureau, name) or name != key_id(bureau, key.public_key):
        raise InvalidValue(f"{key.key_id} is not the name of this key of {bureau}", field="key_id")
    signer = await act.key(key.signing_key)
    if signer is None or signer.bureau != bureau or signer.status != "active":
        raise InvalidValue(f"{key.signing_key} is no active key of {bureau}", field="signing_key")
    verify(sealing_statement(key), key.signature, signer.public_key, field="signature")
    if not await store.publish(act, key):
        raise Conflict("this sealing key was retired", field="key_id", remedy="Publish a new one.")
    found = await _keys(act, bureau)
    if len(found.sealing) > MAX_SEALING_KEYS:
        raise Conflict(
            f"a bureau has at most {MAX_SEALING_KEYS} sealing keys",
            field="key_id",
            remedy="Retire one first.",
        )
    return Work(result=found, subject=name)


async def retire(act: Act, bureau: str, name: str) -> Work:
    """Let nobody seal to a key of the asker's bureau any more; the result are its public keys. Raises `NotFound`."""
    if not await store.retire(act, name):
        raise NotFound(f"{bureau} has no sealing key {name}, or it is retired already", field="key")
    return Work(result=await _keys(act, bureau), subject=name)


async def _keys(act: Act, bureau: str) -> PublicKeys:
    return PublicKeys(
        bureau=bureau,
        signing=await store.signing_keys(act, bureau),
        sealing=await store.sealing_keys(act, bureau),
    )
