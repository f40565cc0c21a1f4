"""Receipts as files, and promises against the log's own Merkle tree."""

import json
from base64 import b64decode, b64encode
from hashlib import sha256

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from allpoints.audit import (
    MAX_BATCH,
    MAX_ENTRY_BYTES,
    Frontier,
    Promise,
    Receipt,
    append,
    inclusion_proof,
    leaf_hash,
    make_promises,
    verify_promise,
)
from allpoints.errors import InvalidValue, MalformedInput, TamperingFound, TooLarge

RECEIPT = Receipt(entry=b'{"act": "check"}', index=1, proof=(bytes(32), bytes(range(32))), checkpoint="text")
ENTRIES = [b'{"act": %d}' % number for number in range(1000)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


@given(
    entry=st.binary(max_size=300),
    index=st.integers(0, 2**63 - 2),
    proof=st.lists(st.binary(min_size=32, max_size=32), max_size=64).map(tuple),
    checkpoint=st.text(max_size=300),
)
def test_a_receipt_is_read_back_as_written(entry, index, proof, checkpoint):
    receipt = Receipt(entry=entry, index=index, proof=proof, checkpoint=checkpoint)
    assert Receipt.from_json(receipt.to_json()) == receipt


def test_a_receipt_is_plain_json():
    assert json.loads(RECEIPT.to_json()) == {
        "entry": b64encode(b'{"act": "check"}').decode(),
        "index": 1,
        "proof": [b64encode(bytes(32)).decode(), b64encode(bytes(range(32))).decode()],
        "checkpoint": "text",
    }


def test_a_receipt_may_be_laid_out_otherwise():
    assert Receipt.from_json(json.dumps(json.loads(RECEIPT.to_json()), indent=4).encode()) == RECEIPT


@pytest.mark.parametrize(
    "change",
    [
        {"index": -1},
        {"index": 2**63},
        {"index": "1"},
        {"index": 1.5},
        {"index": True},
        {"index": None},
        {"proof": [b64encode(bytes(31)).decode()]},
        {"proof": [b64encode(bytes(33)).decode()]},
        {"proof": [b64encode(bytes(32)).decode()] * 65},
        {"proof": [b64encode(bytes(32)).decode().replace("A=", "B=")]},
        {"proof": "x"},
        {"entry": "not base64!"},
        {"entry": b64encode(bytes(MAX_ENTRY_BYTES + 1)).decode()},
        {"checkpoint": "x" * (128 * 1024 + 1)},
        {"checkpoint": None},
        {"more": 1},
    ],
)
def test_a_receipt_of_another_form_is_refused(change):
    with pytest.raises(MalformedInput) as caught:
        Receipt.from_json(json.dumps(json.loads(RECEIPT.to_json()) | change).encode())
    assert caught.value.field == "receipt"


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(raw):
    with pytest.raises(MalformedInput):
        Receipt.from_json(raw)


def test_deep_nesting_and_bad_utf8_are_refused():
    for raw in (b"[" * 100_000, b'{"entry":' + b"[" * 100_000, RECEIPT.to_json().replace(b"text", b"\xff")):
        with pytest.raises(MalformedInput):
            Receipt.from_json(raw)


def test_a_huge_receipt_is_refused_before_it_is_read():
    with pytest.raises(TooLarge):
        Receipt.from_json(bytes(2 * 1024 * 1024 + 1))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 255, 256, 257, 1000])
def test_every_entry_of_a_batch_is_promised_by_the_logs_own_proof(signing_key, key, size):
    promises = make_promises(7, LEAVES[:size], signing_key)
    tiles = append(Frontier(), LEAVES[:size]).tiles
    for position, promise in enumerate(promises):
        assert (promise.batch, promise.position, promise.size) == (7, position, size)
        assert list(promise.path) == inclusion_proof(position, size, lambda _: tiles)
        verify_promise(promise, ENTRIES[position], key)


def test_the_statement_is_what_the_page_on_receipts_says(signing_key, key):
    (promise,) = make_promises(258, LEAVES[:1], signing_key)
    statement = (
        b"allpoints promise v1\x00"
        + bytes([0, 0, 0, 0, 0, 0, 1, 2])
        + bytes([0, 0, 0, 1])
        + sha256(b"\x00" + ENTRIES[0]).digest()
    )
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(promise.signature, statement)


def test_one_signature_serves_the_whole_batch(signing_key):
    assert len({promise.signature for promise in make_promises(0, LEAVES, signing_key)}) == 1


@given(st.integers(1, 60), st.data())
def test_a_promise_is_for_its_entry_in_its_batch_only(signing_key, key, size, data):
    position = data.draw(st.integers(0, size - 1))
    promise, entry = make_promises(7, LEAVES[:size], signing_key)[position], ENTRIES[position]
    bit = data.draw(st.integers(0, 511))
    signature = bytearray(promise.signature)
    signature[bit // 8] ^= 1 << bit % 8
    forgeries = [
        {"batch": 8},
        {"size": size + 1},
        {"position": position + 1},
        {"path": (*promise.path, bytes(32))},
        {"path": (*promise.path[:-1], bytes(32))},
        {"signature": bytes(signature)},
        {"signature": b""},
    ]
    for change in forgeries:
        with pytest.raises(TamperingFound):
            verify_promise(msgspec.structs.replace(promise, **change), entry, key)
    with pytest.raises(TamperingFound):
        verify_promise(promise, entry + b" ", key)


def test_a_promise_survives_the_answer(signing_key, key):
    promise = make_promises(7, LEAVES, signing_key)[999]
    raw = msgspec.json.encode(promise)
    assert b64decode(json.loads(raw)["path"][0]) == promise.path[0]
    verify_promise(msgspec.json.decode(raw, type=Promise), ENTRIES[999], key)


def test_the_largest_batch_fits_its_own_limits(signing_key):
    promises = make_promises(2**63 - 1, LEAVES * 4 + LEAVES[:96], signing_key)
    assert len(promises) == MAX_BATCH
    assert msgspec.json.decode(msgspec.json.encode(promises), type=list[Promise]) == promises


@pytest.mark.parametrize(
    ("batch", "leaves"),
    [(0, []), (0, LEAVES * 5), (-1, LEAVES), (2**63, LEAVES), (0, [bytes(31)])],
)
def test_a_batch_out_of_bounds_is_refused(signing_key, batch, leaves):
    with pytest.raises(InvalidValue):
        make_promises(batch, leaves, signing_key)
