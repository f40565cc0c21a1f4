"""Checkpoints against C2SP: published keys and signatures, and a second Ed25519 implementation."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from allpoints.audit import Checkpoint, VerifierKey, sign_checkpoint
from allpoints.errors import InvalidValue, MalformedInput, TamperingFound

NOON = datetime(2026, 11, 22, 12, 0, 0, 123_000, tzinfo=UTC)
ROOT = sha256(b"root").digest()

# golang.org/x/mod/sumdb/note: the package's tests and its documentation of the Go checksum database's key.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NEUMANN_LINE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
GOSUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GOSUMDB_TEXT = "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
GOSUMDB_LINE = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="


@pytest.fixture(scope="module")
def checkpoint(signing_key):
    return sign_checkpoint("hub.example/log", 20_852_163, ROOT, NOON, signing_key)


@pytest.mark.parametrize(
    ("vkey", "text", "line"), [(NEUMANN, NEUMANN_TEXT, NEUMANN_LINE), (GOSUMDB, GOSUMDB_TEXT, GOSUMDB_LINE)]
)
def test_published_keys_and_notes_are_understood(vkey, text, line):
    key = VerifierKey.parse(vkey)
    raw = b64decode(line)
    assert str(key) == vkey
    assert raw[:4] == key.key_id
    assert key.accepts(text.encode(), raw[4:])
    assert not key.accepts(text.encode() + b"\n", raw[4:])


def test_no_piece_and_no_mangling_of_a_published_key_is_a_key():
    for start in range(len(NEUMANN) + 1):
        for end in range(start + 1, len(NEUMANN) + 1):
            if (start, end) != (0, len(NEUMANN)):
                with pytest.raises(MalformedInput):
                    VerifierKey.parse(NEUMANN[start:end])
    for at, character in enumerate(NEUMANN):
        with pytest.raises(MalformedInput):
            VerifierKey.parse(NEUMANN[:at] + chr(ord(character) + 1) + NEUMANN[at + 1 :])


@pytest.mark.parametrize(
    "vkey",
    [
        # From the same tests: a key of the wrong length, and an unknown algorithm, with fitting ids.
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        NEUMANN.replace("c74f20a3", "C74F20A3"),
        NEUMANN + "\n",
        NEUMANN[:-1] + "=",
        "Peter\u00a0Neumann" + NEUMANN[12:],
        "",
    ],
)
def test_a_key_of_another_form_is_refused(vkey):
    with pytest.raises(MalformedInput):
        VerifierKey.parse(vkey)


def test_the_note_is_written_as_c2sp_says(checkpoint):
    body = (
        "hub.example/log\n"
        "20852163\n"
        f"{b64encode(ROOT).decode()}\n"
        "time 2026-11-22T12:00:00.123Z\n"
    )  # fmt: skip
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = private.public_key().public_bytes_raw()
    key_id = sha256(b"hub.example/log\n\x01" + public).digest()[:4]
    line = b64encode(key_id + private.sign(body.encode())).decode()
    assert checkpoint.text == f"{body}\n— hub.example/log {line}\n"


def test_another_implementation_accepts_the_signature(checkpoint, key):
    body, _, line = checkpoint.text.partition("\n\n")
    signature = b64decode(line.split(" ")[2])[4:]
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, f"{body}\n".encode())


@given(
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    time=st.datetimes(timezones=st.just(UTC)),
    origin=st.text(
        st.characters(exclude_categories=["Z", "C"], exclude_characters="+"), min_size=1, max_size=255
    ),
)
def test_what_is_signed_is_read_back_and_verified(signing_key, size, root, time, origin):
    signed = sign_checkpoint(origin, size, root, time, signing_key)
    parsed = Checkpoint.parse(signed.text)
    assert parsed == signed
    assert timedelta(0) <= time - parsed.time < timedelta(milliseconds=1)
    parsed.verify(VerifierKey.of(origin, signing_key))


@given(st.data())
def test_any_changed_character_is_refused(checkpoint, key, data):
    at = data.draw(st.integers(0, len(checkpoint.text) - 1))
    other = data.draw(st.characters().filter(lambda character: character != checkpoint.text[at]))
    with pytest.raises((MalformedInput, TamperingFound)):
        Checkpoint.parse(checkpoint.text[:at] + other + checkpoint.text[at + 1 :]).verify(key)


@given(st.text())
def test_no_text_breaks_the_parser(text):
    with pytest.raises(MalformedInput):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("20852163", "020852163"),
        ("20852163", "+20852163"),
        ("20852163", "-1"),
        ("20852163", "20_852_163"),
        ("20852163", "٢٠"),
        ("20852163", str(2**63)),
        ("20852163", "9" * 5000),
        ("20852163", "20852163 "),
        ("20852163", ""),
        (b64encode(ROOT).decode(), b64encode(ROOT).decode().rstrip("=")),
        (b64encode(ROOT).decode(), b64encode(ROOT[:31]).decode()),
        (b64encode(ROOT).decode(), b64encode(ROOT + b"x").decode()),
        (b64encode(ROOT).decode(), " " + b64encode(ROOT).decode()),
        ("12:00:00.123Z", "12:00:00Z"),
        ("12:00:00.123Z", "12:00:00.123456Z"),
        ("12:00:00.123Z", "12:00:00.123+00:00"),
        ("12:00:00.123Z", "25:00:00.123Z"),
        ("2026-11-22T", "2026-02-30T"),
        ("2026-11-22T", "2026-11-22 "),
        ("time ", "time  "),
        ("time ", "Time "),
        ("Z\n\n", "Z\nanother extension\n\n"),
        ("Z\n\n", "Z\n\n\n"),
        ("Z\n\n", "Z\n"),
        ("\n", "\r\n"),
        ("hub.example/log\n", "hub.example/ log\n"),
        ("hub.example/log\n", "\n"),
        ("hub.example/log\n", "hub.example/log\u200b\n"),
        ("hub.example/log\n", "h" * 256 + "\n"),
        ("— ", "- "),
        ("— ", "—  "),
        ("— hub.example/log ", "— hub+log "),
        ("— hub.example/log ", "— hub\u00a0log "),
        ("— hub.example/log ", "—  "),
        ("— hub.example/log ", "— "),
    ],
)
def test_another_way_to_write_it_is_refused(checkpoint, good, bad):
    changed = checkpoint.text.replace(good, bad, 1)
    assert changed != checkpoint.text
    with pytest.raises(MalformedInput) as caught:
        Checkpoint.parse(changed)
    assert caught.value.field == "checkpoint"


def test_a_note_without_its_last_newline_or_with_more_is_refused(checkpoint):
    for changed in (checkpoint.text[:-1], checkpoint.text + "\n", checkpoint.text + "x", checkpoint.body, ""):
        with pytest.raises(MalformedInput):
            Checkpoint.parse(changed)


def test_non_canonical_base64_in_a_signature_is_refused(checkpoint):
    # 68 bytes end in two padding-free bits that a lax decoder ignores.
    assert checkpoint.text.endswith("=\n")
    last = checkpoint.text[-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = alphabet[alphabet.index(last) ^ 1]
    with pytest.raises(MalformedInput):
        Checkpoint.parse(f"{checkpoint.text[:-3]}{twin}=\n")


def test_one_key_may_not_sign_twice(checkpoint):
    line = checkpoint.text.split("\n\n")[1]
    with pytest.raises(MalformedInput, match="twice"):
        Checkpoint.parse(checkpoint.text + line)


def test_a_witness_may_sign_too(checkpoint, key):
    witnesses = [
        msgspec.structs.replace(line, name=f"witness{number}.example", signature=bytes(5000))
        for line in checkpoint.signatures
        for number in range(15)
    ]
    cosigned = msgspec.structs.replace(checkpoint, signatures=(*witnesses, *checkpoint.signatures))
    Checkpoint.parse(cosigned.text).verify(key)


def test_too_many_signatures_are_refused(checkpoint):
    (line,) = checkpoint.signatures
    crowd = tuple(msgspec.structs.replace(line, name=f"witness{number}.example") for number in range(17))
    with pytest.raises(MalformedInput, match="16 signatures"):
        Checkpoint.parse(msgspec.structs.replace(checkpoint, signatures=crowd).text)


def test_a_huge_text_is_refused_before_it_is_read():
    with pytest.raises(MalformedInput, match="longer"):
        Checkpoint.parse("x" * (128 * 1024 + 1))


def test_another_key_of_the_same_name_does_not_verify(checkpoint):
    stranger = VerifierKey.of("hub.example/log", SigningKey(bytes(32)))
    with pytest.raises(TamperingFound, match="not signed"):
        checkpoint.verify(stranger)


def test_the_same_key_under_another_name_does_not_verify(checkpoint, signing_key):
    with pytest.raises(TamperingFound, match=r"other\.example"):
        checkpoint.verify(VerifierKey.of("other.example", signing_key))


def test_a_hub_cannot_speak_for_the_log_of_another(checkpoint, signing_key, key):
    foreign = msgspec.structs.replace(checkpoint, origin="other.example", signatures=())
    (line,) = checkpoint.signatures
    signature = signing_key.sign(foreign.body.encode()).signature
    foreign = msgspec.structs.replace(
        foreign, signatures=(msgspec.structs.replace(line, signature=signature),)
    )
    with pytest.raises(TamperingFound, match=r"the log is other\.example"):
        Checkpoint.parse(foreign.text).verify(key)


def test_a_signature_for_another_size_is_found_out(checkpoint, key):
    with pytest.raises(TamperingFound, match=r"signature of hub\.example/log is wrong"):
        msgspec.structs.replace(checkpoint, size=checkpoint.size + 1).verify(key)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("origin", {"origin": "hub example"}),
        ("origin", {"origin": "hub\nexample"}),
        ("origin", {"origin": ""}),
        ("size", {"size": -1}),
        ("size", {"size": 2**63}),
        ("root", {"root": bytes(31)}),
        ("time", {"time": NOON.replace(tzinfo=None)}),
        ("time", {"time": NOON.replace(tzinfo=timezone(timedelta(hours=1)))}),
    ],
)
def test_a_hub_cannot_sign_what_cannot_be_read(signing_key, field, change):
    good = {"origin": "hub.example/log", "size": 1, "root": ROOT, "time": NOON}
    with pytest.raises(InvalidValue) as caught:
        sign_checkpoint(**(good | change), signing_key=signing_key)
    assert caught.value.field == field


def test_a_key_needs_a_name_and_32_bytes():
    for name, public_key in [("a b", bytes(32)), ("a+b", bytes(32)), ("", bytes(32)), ("hub", bytes(31))]:
        with pytest.raises(InvalidValue):
            VerifierKey(name, public_key)
