"""Passkeys (WebAuthn): bound to this node's host, and only with the person verified by the device."""

import json
import secrets

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from allpoints.bureau.people.tokens import hash_of
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.store import people, trail, ways_in
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.people import Person
from allpoints.bureau.store.trail import Done
from allpoints.bureau.store.ways_in import Passkey
from allpoints.errors import InvalidValue, Unauthenticated

CHALLENGE_BYTES = 32
PATIENCE_S = 300
"""How long a browser may take to answer."""
LONGEST_ANSWER = 64 << 10

_REGISTER, _SIGN_IN = "passkey-register", "passkey-sign-in"
# What a stranger's bytes can make the library's parsers raise beside its own exceptions.
_NOT_UNDERSTOOD = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class NotAsked(Unauthenticated):
    """Begin again."""


class Passkeys:
    """Registers passkeys and recognises people by them."""

    def __init__(self, database: NodeDatabase, settings: BureauSettings) -> None:
        self._database = database
        self._host = settings.public_host
        self._origin = settings.url
        self._name = settings.name or settings.code

    async def of(self, person: Person) -> list[Passkey]:
        """Somebody's passkeys, the oldest first."""
        async with self._database.transaction() as t:
            return await ways_in.passkeys_of(t, person.id)

    async def ask_to_register(self, person: Person) -> str:
        """What to hand to `navigator.credentials.create`, as JSON."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        async with self._database.transaction() as t:
            known = await ways_in.passkeys_of(t, person.id)
            await _ask(t, _REGISTER, challenge, person.id)
        return options_to_json(
            generate_registration_options(
                rp_id=self._host,
                rp_name=self._name,
                user_id=person.pseudonym.encode(),
                user_name=person.name,
                user_display_name=person.display_name,
                challenge=challenge,
                timeout=PATIENCE_S * 1000,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[PublicKeyCredentialDescriptor(id=key.id) for key in known],
            )
        )

    async def register(self, person: Person, answer: str, *, label: str) -> None:
        """Store the passkey that a browser made, of somebody who is signed in. Raises `InvalidValue`, `Conflict`."""
        async with self._database.transaction() as t:
            await self._register(t, person, answer, label)

    async def register_invited(self, token: str, answer: str, *, label: str) -> None:
        """As `register`, of somebody who followed the link of an invitation, which is used by this.

        Raises `NotFound` for a link that is not good any more, too.
        """
        async with self._database.transaction() as t:
            invited = await people.accept_invitation(t, hash_of(token))
            person = await people.find(t, invited.person)
            await self._register(t, person, answer, label)
            await trail.add(t, Done.INVITATION_ACCEPTED, person=person.id, detail="passkey")

    async def remove(self, person: Person, passkey: bytes) -> None:
        """Forget one of somebody's passkeys. Raises `NotFound`."""
        async with self._database.transaction() as t:
            await ways_in.remove_passkey(t, passkey, person.id)
            await trail.add(t, Done.PASSKEY_REMOVED, person=person.id)

    async def ask_to_sign_in(self) -> str:
        """What to hand to `navigator.credentials.get`, as JSON. It names nobody: the passkey says whose it is."""
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        async with self._database.transaction() as t:
            await _ask(t, _SIGN_IN, challenge)
        return options_to_json(
            generate_authentication_options(
                rp_id=self._host,
                challenge=challenge,
                timeout=PATIENCE_S * 1000,
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    async def recognise(self, t: Transaction, answer: str) -> Person | None:
        """Whose passkey signed the challenge; None where it did not, or where it may have been copied.

        Raises `NotAsked` for what answers no challenge of ours.
        """
        try:
            credential = parse_authentication_credential_json(_bounded(answer))
            challenge = parse_client_data_json(credential.response.client_data_json).challenge
        except _NOT_UNDERSTOOD:
            raise NotAsked("is not understood", field="passkey") from None
        if await ways_in.take_answer(t, key=_hash(challenge), kind=_SIGN_IN) is None:
            raise NotAsked("answers nothing that was asked", field="passkey")
        known = await ways_in.passkey(t, credential.raw_id)
        if known is None:
            return None
        count = self._verified_count(credential, challenge, known)
        if count is None or not await ways_in.use_passkey(t, known, count):
            return None
        return await people.find(t, known.person)

    async def _register(self, t: Transaction, person: Person, answer: str, label: str) -> None:
        if not (1 <= len(label) <= 50 and label.isprintable()):
            raise InvalidValue("has 1 to 50 printable characters", field="label")
        try:
            credential = parse_registration_credential_json(_bounded(answer))
            challenge = parse_client_data_json(credential.response.client_data_json).challenge
        except _NOT_UNDERSTOOD:
            raise InvalidValue("is not understood", field="passkey") from None
        asked = await ways_in.take_answer(t, key=_hash(challenge), kind=_REGISTER)
        if asked is None or asked.person != person.id:
            raise InvalidValue("answers nothing that was asked", field="passkey", remedy="Begin again.")
        credential_id, public_key, count = self._verified_new(credential, challenge)
        await ways_in.add_passkey(
            t,
            credential=credential_id,
            person=person.id,
            public_key=public_key,
            sign_count=count,
            label=label,
        )
        await trail.add(t, Done.PASSKEY_ADDED, person=person.id, detail=label)

    def _verified_new(self, credential: RegistrationCredential, challenge: bytes) -> tuple[bytes, bytes, int]:
        try:
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except _NOT_UNDERSTOOD:
            raise InvalidValue("does not prove itself", field="passkey", remedy="Begin again.") from None
        return made.credential_id, made.credential_public_key, made.sign_count

    def _verified_count(
        self, credential: AuthenticationCredential, challenge: bytes, known: Passkey
    ) -> int | None:
        try:
            verified = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=known.public_key,
                credential_current_sign_count=known.sign_count,
                require_user_verification=True,
            )
        except _NOT_UNDERSTOOD:
            return None
        return verified.new_sign_count


async def _ask(t: Transaction, kind: str, challenge: bytes, person: int | None = None) -> None:
    await ways_in.ask(t, key=_hash(challenge), kind=kind, content=b"", seconds=PATIENCE_S, person=person)


def _hash(challenge: bytes) -> bytes:
    return hash_of(challenge.hex())


def _bounded(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    decoded = json.loads(answer)
    if not isinstance(decoded, dict):
        raise TypeError("no object")
    return decoded
