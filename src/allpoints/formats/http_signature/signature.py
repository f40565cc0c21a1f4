"""HTTP Message Signatures (RFC 9421) in Allpoints' profile: one Ed25519 signature over a closed set.

A request covers at least `REQUIRED`; the header fields of `CONDITIONAL` are covered whenever they are sent,
so that nothing which changes a request's meaning can be altered on the way. Only the canonical serialisation
of RFC 9651 is accepted: what was signed is then what was sent, and nothing needs to be serialised again.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec
from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from allpoints.errors import MalformedInput, TooLarge, Unauthenticated

DERIVED = ("@method", "@authority", "@path", "@query")
REQUIRED = (*DERIVED, "content-digest", "allpoints-asker")
CONDITIONAL = ("content-type", "idempotency-key", "if-match")
"""Header fields that change what a request does: covered where they are sent."""

HEADER_FIELDS = ("content-digest", "allpoints-asker", *CONDITIONAL)
"""Every header field that a signature can cover."""

MAX_BASE = 8_192
"""Characters in a signature base; a request's path, query and covered fields fit in it together."""

LABEL = "sig"

_ALLOWED = frozenset((*DERIVED, *HEADER_FIELDS))
_NEVER_REPEATED = frozenset(
    name.encode() for name in (*HEADER_FIELDS, "signature", "signature-input", "host")
)

_LABEL = rb"[a-z*][a-z0-9_.*-]{0,31}"
_INPUT = re.compile(
    rb"(?P<label>" + _LABEL + rb")="
    rb'(?P<text>(?P<components>\((?:"[a-z@-]{1,32}" ?){1,16}\))'
    rb"(?:;created=(?P<created>[1-9][0-9]{0,11})"
    rb'|;nonce="(?P<nonce>[A-Za-z0-9_-]{16,128})"'
    rb'|;keyid="(?P<keyid>[A-Za-z0-9_-]{1,64})"'
    rb'|;alg="(?P<alg>ed25519)"){4})'
)
_SIGNATURE = re.compile(rb"(?P<label>" + _LABEL + rb")=:(?P<signature>[A-Za-z0-9+/]{85}[AQgw]==):")
_AUTHORITY = re.compile(r"(?P<host>[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class SignatureParameters(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One signature: what it covers, when and with which key it was made."""

    components: str
    """The covered components as written: `("@method" "@authority" …)`."""
    created: int
    """Seconds since 1970."""
    nonce: str
    key_id: str
    text: str
    """The value of `@signature-params`: the components with all parameters, as it was sent."""
    fields: dict[str, str]
    """The covered header fields by lower-case name. Read them only here: others are not signed."""
    signature: bytes = b""
    """64 bytes; empty until the request is signed."""


class _Coverage(msgspec.Struct, frozen=True):
    fields: tuple[tuple[str, bytes], ...]
    omitted: tuple[bytes, ...]
    form: str
    lines: int


def parse(headers: Sequence[tuple[bytes, bytes]]) -> SignatureParameters:
    """Read a request's signature and the header fields it covers; names are lower case as ASGI has them.

    Raises `Unauthenticated` where the signature is missing, not in the profile or covers too little, and
    `MalformedInput` for a header field that may stand only once.
    """
    sent = dict(headers)
    if len(sent) != len(headers):
        _refuse_repeated(name for name, _ in headers)
    match = _INPUT.fullmatch(_required(sent, b"signature-input"))
    if match is None:
        raise Unauthenticated("the signature's input is not in the profile", field="Signature-Input")
    label, text, components, created, nonce, key, algorithm = match.groups()
    if not (created and nonce and key and algorithm):
        raise Unauthenticated("created, nonce, keyid and alg each stand once", field="Signature-Input")
    signed = _SIGNATURE.fullmatch(_required(sent, b"signature"))
    if signed is None or signed["label"] != label:
        raise Unauthenticated("not one Ed25519 signature under the input's label", field="Signature")
    coverage = _coverage(components)
    for name in coverage.omitted:
        if name in sent:
            raise Unauthenticated(f"{name.decode()} was sent but is not covered", field="Signature-Input")
    try:
        fields = {name: sent[raw].strip(b" \t").decode("ascii") for name, raw in coverage.fields}
    except KeyError as error:
        name = error.args[0].decode()
        raise Unauthenticated(f"{name} is covered but was not sent", field="Signature-Input") from None
    except UnicodeDecodeError:
        raise MalformedInput("a covered header field is not ASCII", field="Signature-Input") from None
    return SignatureParameters(
        components=components.decode(),
        created=int(created),
        nonce=nonce.decode(),
        key_id=key.decode(),
        text=text.decode(),
        fields=fields,
        signature=binascii.a2b_base64(signed["signature"]),
    )


def signature_base(
    parameters: SignatureParameters, *, method: str, authority: str, path: str, query: str
) -> bytes:
    """Return the bytes that are signed (RFC 9421, section 2.5).

    `authority` comes from `normal_authority`; `path` and `query` are percent-encoded as sent, the query
    without its question mark. Raises `MalformedInput` for characters that no component can have, and
    `TooLarge`.
    """
    coverage = _coverage(parameters.components.encode())
    base = coverage.form % {
        "@method": method,
        "@authority": authority,
        "@path": path or "/",
        "@query": f"?{query}",
        "@signature-params": parameters.text,
        **parameters.fields,
    }
    if len(base) > MAX_BASE:
        raise TooLarge(f"what is signed has more than {MAX_BASE} characters", field="Signature-Input")
    # A line break inside a value could pose as another component.
    lines = base.split("\n")
    if len(lines) != coverage.lines or not (base.isascii() and "".join(lines).isprintable()):
        raise MalformedInput("the request has characters that cannot be signed", field="Signature-Input")
    return base.encode("ascii")


def verify(parameters: SignatureParameters, base: bytes, public_key: bytes) -> None:
    """Check the Ed25519 signature of `base`. Raises `Unauthenticated` where it does not verify."""
    try:
        crypto_sign_open(parameters.signature + base, public_key)
    except CryptoError:
        raise Unauthenticated(
            "the signature does not belong to this request and key", field="Signature"
        ) from None


def check_content(parameters: SignatureParameters, body: bytes) -> None:
    """Check that `body` is what was signed for. Raises `Unauthenticated` where its digest differs."""
    if parameters.fields["content-digest"] != content_digest(body):
        raise Unauthenticated("the body does not have the signed digest", field="Content-Digest")


def content_digest(body: bytes) -> str:
    """Return the `Content-Digest` (RFC 9530, sha-256) of a body; an empty body has one too."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


@lru_cache(maxsize=1024)
def normal_authority(authority: str, scheme: str) -> str:
    """Return the value of `@authority`: lower case, no default port (RFC 9421, section 2.2.3).

    Raises `MalformedInput` for what is no host, or host and port.
    """
    match = _AUTHORITY.fullmatch(authority.lower())
    if match is None:
        raise MalformedInput("not a host, or host and port", field="Host")
    host, port = match.groups()
    return host if port in (None, _DEFAULT_PORTS.get(scheme)) else f"{host}:{port}"


def cover(fields: Mapping[str, str], *, created: int, nonce: str, key_id: str) -> SignatureParameters:
    """Return the parameters of a signature yet to be made, covering all of `fields` (lower-case names)."""
    components = _written((*DERIVED, *fields))
    return SignatureParameters(
        components=components,
        created=created,
        nonce=nonce,
        key_id=key_id,
        text=f'{components};created={created};nonce="{nonce}";keyid="{key_id}";alg="ed25519"',
        fields=dict(fields),
    )


def write_signature_input(parameters: SignatureParameters) -> str:
    """Return the value of the header `Signature-Input`."""
    return f"{LABEL}={parameters.text}"


def write_signature(signature: bytes) -> str:
    """Return the value of the header `Signature`."""
    return f"{LABEL}=:{base64.b64encode(signature).decode()}:"


@lru_cache(maxsize=256)
def _coverage(components: bytes) -> _Coverage:
    names = components.decode()[1:-1].split(" ")
    names = [name[1:-1] for name in names]
    if _written(names) != components.decode() or len(set(names)) != len(names):
        raise Unauthenticated("the covered components are not in the profile", field="Signature-Input")
    if unknown := set(names) - _ALLOWED:
        raise Unauthenticated(f"{min(unknown)} cannot be covered", field="Signature-Input")
    if missing := set(REQUIRED) - set(names):
        raise Unauthenticated(f"{min(missing)} is not covered", field="Signature-Input")
    return _Coverage(
        fields=tuple((name, name.encode()) for name in names if name not in DERIVED),
        omitted=tuple(name.encode() for name in CONDITIONAL if name not in names),
        form="\n".join(f'"{name}": %({name})s' for name in (*names, "@signature-params")),
        lines=len(names) + 1,
    )


def _written(names: Iterable[str]) -> str:
    return "({})".format(" ".join(f'"{name}"' for name in names))


def _required(sent: Mapping[bytes, bytes], name: bytes) -> bytes:
    value = sent.get(name)
    if value is None:
        raise Unauthenticated("the request is not signed", field=name.decode().title())
    return value.strip(b" \t")


def _refuse_repeated(names: Iterable[bytes]) -> None:
    seen: set[bytes] = set()
    for name in names:
        if name in seen and name in _NEVER_REPEATED:
            raise MalformedInput("stands more than once", field=name.decode().title())
        seen.add(name)
