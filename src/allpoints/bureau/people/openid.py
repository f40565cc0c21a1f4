"""Signing in at the bureau's OpenID Connect provider: authorization code flow with PKCE, state and nonce.

OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9700. Who the subject is to the bureau, an administrator says.
"""

import asyncio
import base64
import hashlib
import secrets
import ssl
import time
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from allpoints.bureau.people.people import openid_account
from allpoints.bureau.people.tokens import hash_of, new_token
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.store import ways_in
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.vault import Vault
from allpoints.errors import InvalidValue, Unauthenticated, Unavailable

CALLBACK = "/sign-in/openid/back"
"""The path at the node to which the provider sends the browser back."""
PATIENCE_S = 600
TIMEOUT_S = 10.0
LARGEST_ANSWER = 1 << 20
LEEWAY_S = 60
KEYS_AT_MOST_EVERY_S = 30.0
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
_KIND = "openid"

Answer = TypeVar("Answer")


class _Provider(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct, frozen=True, kw_only=True):
    id_token: str


class _Begun(msgspec.Struct, frozen=True, kw_only=True):
    nonce: str
    verifier: str
    binding: bytes


class NotBegun(Unauthenticated):
    """Begin again."""


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send the browser, and what its cookie is to hold until it comes back."""

    url: str
    binding: str


class OpenID:
    """One provider."""

    def __init__(self, database: NodeDatabase, vault: Vault, settings: BureauSettings) -> None:
        """Raises `InvalidValue` where the client's secret cannot be read."""
        self._database = database
        self._vault = vault
        self._issuer = settings.openid_issuer
        self._client = settings.openid_client
        self._secret = _secret(settings)
        self._back = settings.url + CALLBACK
        self._http = httpx.AsyncClient(
            timeout=TIMEOUT_S, verify=ssl.create_default_context(cafile=settings.openid_ca)
        )
        self._provider: _Provider | None = None
        self._keys: KeySet | None = None
        self._keys_read_at = -KEYS_AT_MOST_EVERY_S
        self._one_at_a_time = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def begin(self) -> Redirect:
        """Send somebody to the provider. Raises `Unavailable` where it does not answer."""
        provider = await self._discover()
        state, binding, nonce, verifier = (new_token() for _ in range(4))
        begun = msgspec.json.encode(_Begun(nonce=nonce, verifier=verifier, binding=hash_of(binding)))
        async with self._database.transaction() as t:
            await ways_in.ask(
                t, key=hash_of(state), kind=_KIND, content=self._vault.seal(begun, _KIND), seconds=PATIENCE_S
            )
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._client,
            "redirect_uri": self._back,
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
            .rstrip(b"=")
            .decode(),
            "code_challenge_method": "S256",
        }
        join = "&" if "?" in provider.authorization_endpoint else "?"
        return Redirect(url=f"{provider.authorization_endpoint}{join}{urlencode(query)}", binding=binding)

    async def recognise(self, *, code: str, state: str, binding: str) -> str:
        """The account that the provider vouches for, as an administrator links it.

        Raises `NotBegun` for what was not begun here and now, `Unauthenticated` for what another browser began or does
        not verify, and `Unavailable` where the provider does not answer.
        """
        async with self._database.transaction() as t:
            asked = await ways_in.take_answer(t, key=hash_of(state), kind=_KIND)
        if asked is None:
            raise NotBegun("this sign-in was not begun here, or is over")
        begun = msgspec.json.decode(self._vault.open(asked.content, _KIND), type=_Begun)
        if not secrets.compare_digest(hash_of(binding), begun.binding):
            raise Unauthenticated("this sign-in was begun in another browser")
        provider = await self._discover()
        token = await self._exchange(provider, code, begun.verifier)
        return openid_account(self._issuer, await self._verified(provider, token, begun.nonce))

    async def _discover(self) -> _Provider:
        if self._provider is None:
            address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            provider = _decoded(await self._fetch("GET", address), _Provider)
            if provider.issuer != self._issuer:
                raise Unavailable("the provider says it is another one", field="openid_issuer")
            self._provider = provider
        return self._provider

    async def _exchange(self, provider: _Provider, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        answer = await self._fetch(
            "POST", provider.token_endpoint, data=form, auth=httpx.BasicAuth(self._client, self._secret)
        )
        return _decoded(answer, _Tokens).id_token

    async def _verified(self, provider: _Provider, token: str, nonce: str) -> str:
        """The subject of an id token that is the provider's, for this node, in time, and asked for with this nonce."""
        keys = await self._provider_keys(provider)
        try:
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                # The provider may have new keys.
                decoded = jwt.decode(
                    token, await self._provider_keys(provider, anew=True), algorithms=ALGORITHMS
                )
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_S,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._client},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise Unauthenticated("the provider's token does not verify") from None
        claims = decoded.claims
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._client:
            raise Unauthenticated("the provider's token is meant for another party")
        return str(claims["sub"])

    async def _provider_keys(self, provider: _Provider, *, anew: bool = False) -> KeySet:
        async with self._one_at_a_time:
            rested = time.monotonic() - self._keys_read_at > KEYS_AT_MOST_EVERY_S
            if self._keys is None or (anew and rested):
                self._keys_read_at = time.monotonic()
                answer: Any = _decoded(await self._fetch("GET", provider.jwks_uri), dict[str, Any])
                try:
                    self._keys = KeySet.import_key_set(answer)
                except (JoseError, ValueError, TypeError, KeyError):
                    raise Unavailable("the provider's keys are not understood") from None
            return self._keys

    async def _fetch(self, method: str, url: str, **request: Any) -> bytes:
        body = bytearray()
        try:
            async with self._http.stream(method, url, **request) as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LARGEST_ANSWER:
                        raise Unavailable("the OpenID Connect provider answers too much")
        except httpx.HTTPError as error:
            raise Unavailable(
                f"the OpenID Connect provider does not answer ({type(error).__name__})"
            ) from None
        if response.is_client_error:
            raise Unauthenticated("the provider refuses it")
        if not response.is_success:
            raise Unavailable(f"the OpenID Connect provider answers with status {response.status_code}")
        return bytes(body)


def _decoded(body: bytes, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unavailable("the OpenID Connect provider's answer is not understood") from None


def _secret(settings: BureauSettings) -> str:
    file = settings.openid_secret_file
    try:
        return file.read_text("utf-8").strip() if file else ""
    except (OSError, UnicodeDecodeError):
        raise InvalidValue(f"{file} cannot be read", field="openid_secret_file") from None
