"""Whose request it is: a signature that verifies, made just now, by a key the hub knows."""

import hashlib

import msgspec

from allpoints.errors import Unauthenticated
from allpoints.formats import http_signature
from allpoints.records import Asker

WINDOW_S = 120
"""How old a signature may be: longer than a slow line takes, shorter than it is worth keeping signatures."""
SKEW_S = 30
"""How far ahead of the hub's a bureau's clock may be."""


class HttpMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came over the line; nothing in it is trusted yet."""

    method: str
    authority: str
    path: str
    query: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


class SignedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes that a bureau signed and its signature: enough for anyone to verify who asked."""

    base: str
    signature: bytes
    key_id: str
    created: int
    nonce_digest: bytes
    """What identifies the request: 16 bytes; a second request with the same ones is a replay."""
    idempotency_key: str | None
    if_match: str | None


class Unverified(msgspec.Struct, frozen=True, kw_only=True):
    """A request whose signature has been read but not verified: it names the key to verify it with."""

    message: HttpMessage
    parameters: http_signature.SignatureParameters

    @property
    def key_id(self) -> str:
        """Which key the request claims to be signed with."""
        return self.parameters.key_id


def read_signature(message: HttpMessage, *, authorities: frozenset[str], now: float) -> Unverified:
    """Read the signature and refuse what no key could make good.

    `authorities` are the hub's own names: a request signed for another hub is refused here. Raises
    `Unauthenticated` or `MalformedInput`.
    """
    if message.authority not in authorities:
        raise Unauthenticated(
            "the request is addressed to another host", field="Host", remedy="Use the hub's own address."
        )
    parameters = http_signature.parse(message.headers)
    if not now - WINDOW_S <= parameters.created <= now + SKEW_S:
        raise Unauthenticated(
            f"signed at {parameters.created}, which is not now ({now:.0f})",
            field="Signature-Input.created",
            remedy="Set the clock, and sign each request when you send it.",
        )
    return Unverified(message=message, parameters=parameters)


def verify_signature(unverified: Unverified, public_key: bytes) -> bytes:
    """Verify the signature and return what was signed, which is not yet the content. Raises `Unauthenticated`."""
    message, parameters = unverified.message, unverified.parameters
    base = http_signature.signature_base(
        parameters,
        method=message.method,
        authority=message.authority,
        path=message.path,
        query=message.query,
    )
    http_signature.verify(parameters, base, public_key)
    return base


def authenticate(unverified: Unverified, *, public_key: bytes, bureau: str) -> tuple[Asker, SignedRequest]:
    """Verify signature and content and return who asks. Raises `Unauthenticated` or `InvalidValue`."""
    message, parameters = unverified.message, unverified.parameters
    base = verify_signature(unverified, public_key)
    http_signature.check_content(parameters, message.body)
    fields = parameters.fields
    asker = http_signature.parse_asker(fields["allpoints-asker"], bureau=bureau)
    request = SignedRequest(
        base=base.decode(),
        signature=parameters.signature,
        key_id=parameters.key_id,
        created=parameters.created,
        nonce_digest=hashlib.blake2b(
            f"{parameters.key_id} {parameters.nonce}".encode(), digest_size=16
        ).digest(),
        idempotency_key=fields.get("idempotency-key"),
        if_match=fields.get("if-match"),
    )
    return asker, request
