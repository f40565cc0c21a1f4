"""The signature profile: interoperable with an independent implementation, and no byte can be altered."""

import hashlib
from base64 import b64decode
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, MalformedInput, TooLarge, Unauthenticated
from allpoints.formats.http_signature import (
    SignatureParameters,
    check_content,
    content_digest,
    cover,
    normal_authority,
    parse,
    signature_base,
    verify,
    write_signature,
    write_signature_input,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
NONCE = "AAECAwQFBgcICQoLDA0ODw"
CREATED = 1_795_365_350
ASKER = 'agency=border-police, user="u-93f2", role=officer, purpose=border-control, clearance=official'
BODY = b'{"id":"x"}'
FIELDS = {
    "content-digest": content_digest(BODY),
    "allpoints-asker": ASKER,
    "content-type": "application/json",
    "idempotency-key": "9f2c",
    "if-match": '"3"',
}
TARGET = {"method": "PUT", "authority": "hub.example", "path": "/v1/records/7", "query": "a=1&b=%C3%A9"}
COVERED = '("@method" "@authority" "@path" "@query" "content-digest" "allpoints-asker")'
PARAMETERS = f';created={CREATED};nonce="{NONCE}";keyid="ALB-k";alg="ed25519"'

Headers = list[tuple[bytes, bytes]]


class Message:
    """A request as the independent implementation wants it."""

    def __init__(self, method: str, url: str, headers: dict[str, str]) -> None:
        self.method, self.url, self.headers = method, url, headers


def raw(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def signed(fields: dict[str, str] = FIELDS, target: dict[str, str] = TARGET) -> Headers:
    parameters = cover(fields, created=CREATED, nonce=NONCE, key_id="ALB-k")
    signature = KEY.sign(signature_base(parameters, **target))
    return raw(
        {
            "host": "hub.example",
            **fields,
            "signature-input": write_signature_input(parameters),
            "signature": write_signature(signature),
        }
    )


def accept(headers: Headers, body: bytes = BODY, **altered: str) -> SignatureParameters:
    target = {**TARGET, **altered}
    target["authority"] = normal_authority(target["authority"], "https")
    parameters = parse(headers)
    verify(parameters, signature_base(parameters, **target), PUBLIC)
    check_content(parameters, body)
    return parameters


def with_input(signature_input: str) -> Headers:
    """The minimal fields under a handwritten input, with a well-formed signature."""
    fields = {name: FIELDS[name] for name in ("content-digest", "allpoints-asker")}
    return raw({**fields, "signature-input": signature_input, "signature": write_signature(bytes(64))})


def replaced(headers: Headers, name: bytes, value: bytes) -> Headers:
    return [(n, value if n == name else v) for n, v in headers]


# Interoperability -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://hub.example/v1/checks",
        "https://HUB.example:443/v1/records?after=5&limit=10",
        "http://127.0.0.1:8080/",
        "https://hub.example:8443/v1/records/7?q=%C3%A9+x&&=",
        "https://[::1]:8443/v1/log/receipts/1.2",
    ],
)
@pytest.mark.parametrize("body", [b"", BODY])
@pytest.mark.parametrize(
    "extra", [{}, {"Content-Type": "application/json", "Idempotency-Key": "k", "If-Match": '"3"'}]
)
def test_what_an_independent_implementation_signs_is_accepted(
    url: str, body: bytes, extra: dict[str, str]
) -> None:
    message = Message("POST", url, {"Allpoints-Asker": ASKER, **extra})
    signer = HTTPMessageSigner(
        signature_algorithm=ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={"ALB-k": KEY}),
    )
    signer.sign(
        message,
        key_id="ALB-k",
        created=datetime.fromtimestamp(CREATED, UTC),
        nonce=NONCE,
        covered_component_ids=(
            "allpoints-asker",
            *(name.lower() for name in extra),
            "@query",
            "@path",
            "@authority",
            "@method",
        ),
        body=body,
    )
    parts = urlsplit(url)
    parameters = parse(raw(message.headers))
    base = signature_base(
        parameters,
        method="POST",
        authority=normal_authority(parts.netloc, parts.scheme),
        path=parts.path,
        query=parts.query,
    )
    verify(parameters, base, PUBLIC)
    check_content(parameters, body)
    assert (parameters.key_id, parameters.nonce, parameters.created) == ("ALB-k", NONCE, CREATED)
    assert parameters.fields["allpoints-asker"] == ASKER


@pytest.mark.parametrize("query", ["", "after=5&limit=10", "q=%C3%A9+x&&="])
def test_an_independent_implementation_accepts_what_is_signed_here(query: str) -> None:
    target = {**TARGET, "query": query, "authority": "hub.example:8443"}
    headers = {name.decode(): value.decode() for name, value in signed(target=target)}
    url = f"https://hub.example:8443{TARGET['path']}{f'?{query}' if query else ''}"
    public: Ed25519PublicKey = KEY.public_key()
    verifier = HTTPMessageVerifier(
        signature_algorithm=ED25519,
        key_resolver=MappingKeyResolver(public_keys={"ALB-k": public}, private_keys={}),
    )
    [result] = verifier.verify(Message("PUT", url, headers), max_age=None, body=BODY)
    assert result.nonce == NONCE
    assert set(result.covered_components) == {
        f'"{name}"' for name in ("@method", "@authority", "@path", "@query", "@signature-params", *FIELDS)
    }


def test_the_signature_base_has_the_lines_of_rfc_9421_section_2_5() -> None:
    parameters = cover(FIELDS, created=CREATED, nonce=NONCE, key_id="ALB-k")
    lines = signature_base(parameters, **TARGET).decode().split("\n")
    assert lines[:4] == [
        '"@method": PUT',
        '"@authority": hub.example',
        '"@path": /v1/records/7',
        '"@query": ?a=1&b=%C3%A9',
    ]
    encoded = lines[4].removeprefix('"content-digest": sha-256=:').removesuffix(":")
    assert b64decode(encoded) == hashlib.sha256(BODY).digest()
    assert lines[5:-1] == [
        f'"allpoints-asker": {ASKER}',
        '"content-type": application/json',
        '"idempotency-key": 9f2c',
        '"if-match": "3"',
    ]
    assert lines[-1] == f'"@signature-params": {parameters.text}'


# No byte can be altered -------------------------------------------------------------------------------------


def test_an_untouched_request_is_accepted() -> None:
    assert accept(signed()).fields == FIELDS


@st.composite
def alterations(draw: st.DrawFn, text: bytes) -> bytes:
    """`text` with one byte replaced, inserted or removed."""
    at = draw(st.integers(0, len(text) - 1))
    how = draw(st.sampled_from(["replace", "insert", "remove"]))
    byte = bytes([draw(st.integers(0, 255))])
    if how == "remove":
        return text[:at] + text[at + 1 :]
    return text[:at] + byte + text[at + (how == "replace") :]


@given(name=st.sampled_from([*FIELDS, "signature-input", "signature"]), data=st.data())
def test_no_byte_of_a_signed_header_can_be_altered(name: str, data: st.DataObject) -> None:
    original = dict(signed())[name.encode()]
    altered = data.draw(alterations(original))
    if altered.strip(b" \t") == original:
        return
    with pytest.raises(AllpointsError):
        accept(replaced(signed(), name.encode(), altered))


@given(part=st.sampled_from(list(TARGET)), data=st.data())
def test_no_byte_of_the_target_can_be_altered(part: str, data: st.DataObject) -> None:
    altered = data.draw(alterations(TARGET[part].encode())).decode("latin-1")
    if part == "authority" and altered.lower() == TARGET[part]:
        return
    if altered == TARGET[part]:
        return
    with pytest.raises(AllpointsError):
        accept(signed(), **{part: altered})


@given(data=st.data())
def test_no_byte_of_the_body_can_be_altered(data: st.DataObject) -> None:
    altered = data.draw(alterations(BODY))
    if altered == BODY:
        return
    with pytest.raises(Unauthenticated, match="digest"):
        accept(signed(), altered)


def test_a_foreign_key_is_refused() -> None:
    parameters = parse(signed())
    foreign = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(Unauthenticated):
        verify(parameters, signature_base(parameters, **TARGET), foreign)


def test_a_request_signed_for_one_hub_is_refused_by_another() -> None:
    with pytest.raises(Unauthenticated):
        accept(signed(), authority="other.example")


# The closed set ---------------------------------------------------------------------------------------------


def test_components_and_parameters_may_come_in_any_order_and_under_any_label() -> None:
    covered = '("allpoints-asker" "@query" "content-digest" "@path" "@method" "@authority")'
    text = f'{covered};alg="ed25519";keyid="ALB-k";nonce="{NONCE}";created={CREATED}'
    parameters = parse(
        [
            *((n, v) for n, v in with_input(f"abc={text}") if n != b"signature"),
            (b"signature", write_signature(bytes(64)).replace("sig=", "abc=").encode()),
        ]
    )
    assert (parameters.created, parameters.nonce, parameters.key_id) == (CREATED, NONCE, "ALB-k")
    assert parameters.text == text


def test_what_is_not_covered_is_not_handed_out() -> None:
    assert set(parse([*signed(), (b"x-other", b"1")]).fields) == set(FIELDS)


@pytest.mark.parametrize(
    "missing", ["@method", "@authority", "@path", "@query", "content-digest", "allpoints-asker"]
)
def test_each_required_component_must_be_covered(missing: str) -> None:
    covered = COVERED.replace(f'"{missing}"', "").replace("  ", " ").replace("( ", "(").replace(" )", ")")
    with pytest.raises(Unauthenticated, match=missing):
        parse(with_input(f"sig={covered}{PARAMETERS}"))


@pytest.mark.parametrize("name", ["content-type", "idempotency-key", "if-match"])
def test_a_header_that_changes_the_meaning_must_be_covered_when_sent(name: str) -> None:
    headers = [*with_input(f"sig={COVERED}{PARAMETERS}"), (name.encode(), b"x")]
    with pytest.raises(Unauthenticated, match=name):
        parse(headers)


def test_a_covered_header_must_be_sent() -> None:
    covered = COVERED.replace(")", ' "if-match")')
    with pytest.raises(Unauthenticated, match="if-match is covered but was not sent"):
        parse(with_input(f"sig={covered}{PARAMETERS}"))


@pytest.mark.parametrize(
    "signature_input",
    [
        "",
        "sig",
        f"sig={COVERED}",
        f"sig={COVERED}{PARAMETERS};tag=\"x\"",
        f"sig={COVERED}{PARAMETERS};expires={CREATED + 1}",
        f"sig={COVERED}{PARAMETERS};created={CREATED}",
        f"sig={COVERED}{PARAMETERS}".replace(f"created={CREATED}", f'created="{CREATED}"'),
        f"sig={COVERED}{PARAMETERS}".replace(f"created={CREATED}", f"created=0{CREATED}"),
        f"sig={COVERED}{PARAMETERS}".replace(f"created={CREATED}", f"created=-{CREATED}"),
        f"sig={COVERED}{PARAMETERS}".replace(NONCE, NONCE[:15]),
        f"sig={COVERED}{PARAMETERS}".replace(NONCE, "n" * 129),
        f"sig={COVERED}{PARAMETERS}".replace(NONCE, NONCE[:-1] + "+"),
        f"sig={COVERED}{PARAMETERS}".replace('alg="ed25519"', 'alg="rsa-pss-sha512"'),
        f"sig={COVERED}{PARAMETERS}".replace(';alg="ed25519"', f';nonce="{NONCE}"'),
        f"sig={COVERED}{PARAMETERS}, b={COVERED}{PARAMETERS}",
        f"SIG={COVERED}{PARAMETERS}",
        f"sig={COVERED}{PARAMETERS}".replace('"@path"', '"@path";req'),
        f"sig={COVERED}{PARAMETERS}".replace('"content-digest"', '"content-digest";sf'),
        f"sig={COVERED}{PARAMETERS}".replace('"@path" ', '"@path"  '),
        f"sig={COVERED}{PARAMETERS}".replace('"@path"', '"@path" "@path"'),
        f"sig={COVERED}{PARAMETERS}".replace('"@path"', '"@path" "@target-uri"'),
        f"sig={COVERED}{PARAMETERS}".replace('"@path"', '"@path" "host"'),
        f"sig={COVERED}{PARAMETERS}".replace('asker")', 'asker" )'),
        f"sig={COVERED}{PARAMETERS}".replace("; ", ";").replace(";created", "; created"),
        f"sig={COVERED}{PARAMETERS}\n",
    ],
)  # fmt: skip
def test_an_input_outside_the_profile_is_refused(signature_input: str) -> None:
    with pytest.raises(Unauthenticated):
        parse(with_input(signature_input))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sig=::",
        write_signature(bytes(63)),
        write_signature(bytes(65)),
        write_signature(bytes(64)).replace("A==", "B=="),  # padding bits that are not zero
        write_signature(bytes(64)).replace("sig=", "other="),
        f"{write_signature(bytes(64))}, b=:{'A' * 86}==:",
    ],
)
def test_a_signature_outside_the_profile_is_refused(signature: str) -> None:
    headers = replaced(with_input(f"sig={COVERED}{PARAMETERS}"), b"signature", signature.encode())
    with pytest.raises(Unauthenticated):
        parse(headers)


@pytest.mark.parametrize("name", [b"signature", b"signature-input"])
def test_an_unsigned_request_is_refused_naming_the_header(name: bytes) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        parse([(n, v) for n, v in signed() if n != name])
    assert refusal.value.field == name.decode().title()


@pytest.mark.parametrize("name", ["allpoints-asker", "content-type", "host", "idempotency-key", "signature"])
def test_a_second_header_of_the_same_name_is_refused(name: str) -> None:
    with pytest.raises(MalformedInput, match="more than once"):
        parse([*signed(), (name.encode(), b"other")])


def test_unsigned_headers_may_be_repeated() -> None:
    assert parse([*signed(), (b"x-forwarded-for", b"a"), (b"x-forwarded-for", b"b")]).created == CREATED


@pytest.mark.parametrize("path", ["/a\n", '/a\n"@query": ?', "/a\r", "/\u00e9", "/\x7f", "/a\u2028"])
def test_a_character_that_could_pose_as_another_component_is_refused(path: str) -> None:
    with pytest.raises(MalformedInput):
        signature_base(parse(signed()), **{**TARGET, "path": path})


def test_what_is_signed_is_bounded() -> None:
    with pytest.raises(TooLarge):
        signature_base(parse(signed()), **{**TARGET, "query": "a" * 9000})


@given(
    st.lists(st.tuples(st.sampled_from([b"signature", b"signature-input", b"allpoints-asker"]), st.binary()))
)
def test_whatever_is_sent_is_parsed_or_refused(headers: Headers) -> None:
    with pytest.raises((Unauthenticated, MalformedInput)):
        parse(headers)


# Digest and authority ---------------------------------------------------------------------------------------


def test_the_digest_of_rfc_9530_appendix_d_is_reproduced() -> None:
    # RFC 9530, appendix D: `{"hello": "world"}` followed by a line feed.
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@pytest.mark.parametrize(
    ("authority", "scheme", "normal"),
    [
        ("Hub.Example", "https", "hub.example"),
        ("hub.example:443", "https", "hub.example"),
        ("hub.example:443", "http", "hub.example:443"),
        ("hub.example:80", "http", "hub.example"),
        ("hub.example:8443", "https", "hub.example:8443"),
        ("[::1]:80", "http", "[::1]"),
    ],
)
def test_an_authority_is_normalised(authority: str, scheme: str, normal: str) -> None:
    assert normal_authority(authority, scheme) == normal


@pytest.mark.parametrize(
    "authority", ["", "a b", "user@hub.example", "hub.example/", "hub.example:", "h:1:2", "\u00e9"]
)
def test_what_is_no_authority_is_refused(authority: str) -> None:
    with pytest.raises(MalformedInput):
        normal_authority(authority, "https")
