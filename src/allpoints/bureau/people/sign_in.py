"""The doors: each ends in a session, or in a refusal that says no more than that."""

import structlog

from allpoints.bureau.people import codes, passwords
from allpoints.bureau.people.openid import NotBegun, OpenID, Redirect
from allpoints.bureau.people.passkeys import NotAsked, Passkeys
from allpoints.bureau.people.passwords import Passwords
from allpoints.bureau.people.people import People
from allpoints.bureau.people.sessions import Sessions
from allpoints.bureau.people.throttle import Attempt, Throttle, TooManyFailures
from allpoints.bureau.store import failures, people, sessions, trail, ways_in
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.people import Person, Secrets
from allpoints.bureau.store.sessions import Session
from allpoints.bureau.store.trail import Done
from allpoints.bureau.vault import Vault
from allpoints.errors import Forbidden, NotFound, Unauthenticated

_log = structlog.get_logger("allpoints.bureau")

SignedIn = tuple[str, Session]
"""The token for the cookie, and the session."""


class SignInRefused(Unauthenticated):
    """Try again; if you have lost your password or your device, ask your bureau's administrator."""


class SignIn:
    """Lets people in by password and code, by passkey, or by the bureau's OpenID Connect provider."""

    def __init__(
        self,
        database: NodeDatabase,
        vault: Vault,
        *,
        everybody: People,
        sessions: Sessions,
        hasher: Passwords,
        passkeys: Passkeys,
        openid: OpenID | None,
    ) -> None:
        self._database = database
        self._throttle = Throttle(vault)
        self._people = everybody
        self._sessions = sessions
        self._passwords = hasher
        self._passkeys = passkeys
        self._openid = openid

    async def by_password(self, name: str, password: str, code: str, *, address: str) -> SignedIn:
        """Sign in with a password and a code of now, or a recovery code.

        Raises `SignInRefused`, the same after the same work whatever was wrong, and `TooManyFailures` for who has to
        wait.
        """
        name = name.strip().lower()
        attempt = await self._attempt(name, address)
        person, secrets = await self._known(name)
        right = await self._passwords.verify(password, secrets.password_hash if secrets else None)
        async with self._database.transaction() as t:
            if (
                right
                and person
                and person.active
                and secrets
                and (proof := await self._proof(t, person, secrets, code))
            ):
                await self._throttle.succeeded(t, attempt)
                if passwords.outdated(secrets.password_hash or ""):
                    await people.set_password(t, person.id, await self._passwords.hash(password))
                return await self._enter(t, person, f"password and {proof}", address)
            await self._refused(t, person, "password and code", address)
        raise SignInRefused("name, password or code is not right")

    async def ask_passkey(self, *, address: str) -> str:
        """As `Passkeys.ask_to_sign_in`. Raises `QuotaExceeded`."""
        self._throttle.knock(address)
        return await self._passkeys.ask_to_sign_in()

    async def by_passkey(self, answer: str, *, address: str) -> SignedIn:
        """Sign in with what a browser answered to `ask_passkey`, as JSON. Raises `SignInRefused`, `QuotaExceeded`.

        What answers no question of ours leaves nothing in the trail: anybody can send it.
        """
        self._throttle.knock(address)
        async with self._database.transaction() as t:
            try:
                person = await self._passkeys.recognise(t, answer)
            except NotAsked as error:
                raise SignInRefused(error.detail) from None
            if person and person.active:
                return await self._enter(t, person, "passkey", address)
            await self._refused(t, person, "passkey", address)
        raise SignInRefused("this passkey is not known here")

    async def begin_openid(self, *, address: str) -> Redirect:
        """As `OpenID.begin`. Raises `QuotaExceeded`, and `NotFound` where the node has no provider."""
        self._throttle.knock(address)
        if self._openid is None:
            raise NotFound("the bureau has no OpenID Connect provider", field="openid")
        return await self._openid.begin()

    async def by_openid(self, *, code: str, state: str, binding: str, address: str) -> SignedIn:
        """Sign in with what the provider sent the browser back with; `binding` is from the browser's cookie.

        Raises `SignInRefused` for what is not in order, `Unavailable` where the provider does not answer, `Forbidden`
        for a subject whom no administrator linked to anybody, and `QuotaExceeded`. What was not begun here leaves
        nothing in the trail.
        """
        self._throttle.knock(address)
        if self._openid is None:
            raise SignInRefused("the node has no OpenID Connect provider")
        try:
            account = await self._openid.recognise(code=code, state=state, binding=binding)
        except NotBegun as error:
            raise SignInRefused(error.detail) from None
        except Unauthenticated as error:
            async with self._database.transaction() as t:
                await self._refused(t, None, f"openid: {error.detail}", address)
            raise SignInRefused(error.detail) from None
        async with self._database.transaction() as t:
            person = await people.find_openid(t, account)
            if person and person.active:
                return await self._enter(t, person, "openid", address)
            await self._refused(t, person, f"openid: {account}", address)
        raise Forbidden(
            "nobody here is linked to your account",
            remedy="Ask your bureau's administrator to link it; the node's trail has its name.",
        )

    async def tidy(self) -> None:
        """Forget what nobody finished in time, and failures of long ago."""
        async with self._database.transaction() as t:
            await ways_in.tidy(t)
            await failures.tidy(t)

    async def change_password(
        self, person: Person, *, password: str, code: str, new: str, address: str
    ) -> SignedIn:
        """Replace somebody's password, as the old one and a code prove; their other sessions end.

        Raises `InvalidValue` for a weak new one, and what `by_password` raises.
        """
        passwords.checked_password(new, person.name)
        attempt = await self._attempt(person.name, address)
        _, secrets = await self._known(person.name)
        right = await self._passwords.verify(password, secrets.password_hash if secrets else None)
        new_hash = await self._passwords.hash(new)
        async with self._database.transaction() as t:
            if right and secrets and await self._proof(t, person, secrets, code):
                await self._throttle.succeeded(t, attempt)
                await people.set_password(t, person.id, new_hash)
                await sessions.end_all_of(t, person.id)
                await trail.add(t, Done.PASSWORD_CHANGED, person=person.id, address=address)
                return await self._sessions.begin(t, person)
            await self._refused(t, person, "change of password", address)
        raise SignInRefused("password or code is not right")

    async def _attempt(self, name: str, address: str) -> Attempt:
        try:
            self._throttle.check(name, address)
            async with self._database.transaction() as t:
                return await self._throttle.begin(t, name, address)
        except TooManyFailures:
            _log.warning("sign-in.kept-waiting")
            raise

    async def _known(self, name: str) -> tuple[Person | None, Secrets | None]:
        async with self._database.transaction() as t:
            person = await people.find_named(t, name)
            return person, await people.secrets_of(t, person.id) if person else None

    async def _proof(self, t: Transaction, person: Person, secrets: Secrets, code: str) -> str:
        """What the code is, for the trail; nothing where it is not right."""
        if secrets.code_secret is None:
            return ""
        step = codes.step_of(self._people.code_secret(person.id, secrets.code_secret), code)
        if step is not None:
            return "code" if await people.use_code_step(t, person.id, step) else ""
        used = await people.use_recovery_code(t, person.id, self._people.recovery_hash(code))
        return "recovery code" if used else ""

    async def _enter(self, t: Transaction, person: Person, how: str, address: str) -> SignedIn:
        await trail.add(t, Done.SIGNED_IN, person=person.id, address=address, detail=how)
        return await self._sessions.begin(t, person)

    async def _refused(self, t: Transaction, person: Person | None, how: str, address: str) -> None:
        _log.warning("sign-in.refused")
        subject = person.name if person else ""
        await trail.add(t, Done.SIGN_IN_REFUSED, subject=subject, address=address, detail=how)
