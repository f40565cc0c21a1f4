import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.modalities.identifiers import Keyring, signed, unsigned
from allpoints.records.identifiers import SCHEMES, Identifier, RawIdentifier, parse_identifier

SECRET = b"s" * 32
CARD = Identifier("payment-card", "4242424242424242")


def parsed(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="identifier")


def test_a_key_is_the_schemes_number_over_58_bits_of_keyed_blake2b() -> None:
    key = Keyring(SECRET).key(parsed("plate", "ALB:AA123BB"))
    digest = hashlib.blake2b(b"ALB:AA123BB", digest_size=8, key=SECRET, person=b"key").digest()
    assert key >> 58 == 3
    assert key % 2**58 == int.from_bytes(digest, "little") % 2**58


def test_qualifiers_do_not_enter_the_key() -> None:
    keyring = Keyring(SECRET)
    assert keyring.key(parsed("travel-document", "ALB:P:BA1234567")) == keyring.key(
        parsed("travel-document", "ALB:BA1234567")
    )
    assert keyring.key(parsed("firearm", "Glock:17:9x19:ABC123")) == keyring.key(parsed("firearm", "ABC123"))


def test_another_secret_gives_other_keys_and_another_fingerprint() -> None:
    one, other = Keyring(SECRET), Keyring(b"t" * 32)
    identifier = parsed("vin", "1M8GDM9AXKP042788")
    assert one.key(identifier) != other.key(identifier)
    assert one.fingerprint != other.fingerprint
    assert one.fingerprint == Keyring(SECRET).fingerprint


def test_bulk_keys_are_the_single_ones() -> None:
    keyring = Keyring(SECRET)
    identifiers = [parsed(scheme.name, example) for scheme in SCHEMES for example in scheme.examples]
    keys = keyring.keys(identifiers)
    assert keys.dtype == np.uint64
    assert keys.tolist() == [keyring.key(identifier) for identifier in identifiers]


@pytest.mark.parametrize("secret", [b"", b"x" * 31, b"x" * 33])
def test_a_secret_of_another_length_is_refused(secret: bytes) -> None:
    with pytest.raises(InvalidValue, match="secret"):
        Keyring(secret)


def test_a_scheme_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidValue, match="scheme"):
        Keyring(SECRET).key(Identifier("shoe-size", "42"))


def test_a_sealed_card_does_not_hold_its_number_and_has_the_same_key() -> None:
    keyring = Keyring(SECRET)
    sealed = keyring.sealed(CARD)
    assert CARD.value not in sealed.value
    assert len(bytes.fromhex(sealed.value.removeprefix("#"))) == 16
    assert keyring.sealed(sealed) == sealed
    assert keyring.key(sealed) == keyring.key(CARD)
    assert sealed != Keyring(b"t" * 32).sealed(CARD)


def test_only_hashed_schemes_are_sealed() -> None:
    for scheme in SCHEMES:
        identifier = parsed(scheme.name, scheme.examples[0])
        assert (Keyring(SECRET).sealed(identifier) != identifier) == scheme.hashed


@given(st.integers(0, 2**64 - 1))
def test_a_key_survives_postgresqls_bigint(key: int) -> None:
    number = signed(key)
    assert -(2**63) <= number < 2**63
    assert unsigned(number) == key
    assert np.array([key], np.uint64).view(np.int64)[0] == number
