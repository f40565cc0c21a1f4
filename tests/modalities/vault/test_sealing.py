import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from allpoints.errors import InvalidValue, Unavailable
from allpoints.modalities.vault import Sealer

KEY = bytes(range(32))


def test_what_was_sealed_is_opened_with_the_same_key_and_context() -> None:
    assert Sealer(KEY).open(Sealer(KEY).seal(b"ridges", b"record 7"), b"record 7") == b"ridges"


def test_it_is_aes_256_gcm_with_the_nonce_before_it() -> None:
    sealed = Sealer(KEY).seal(b"ridges", b"record 7")
    assert AESGCM(KEY).decrypt(sealed[:12], sealed[12:], b"record 7") == b"ridges"


def test_no_two_seals_are_alike() -> None:
    assert Sealer(KEY).seal(b"ridges", b"") != Sealer(KEY).seal(b"ridges", b"")


def test_another_key_another_context_another_purpose_or_any_changed_byte_is_refused() -> None:
    sealed = Sealer(KEY).seal(b"ridges", b"record 7")
    with pytest.raises(Unavailable):
        Sealer(bytes(32)).open(sealed, b"record 7")
    with pytest.raises(Unavailable):
        Sealer.derived(KEY, b"this").open(Sealer.derived(KEY, b"that").seal(b"ridges", b""), b"")
    with pytest.raises(Unavailable):
        Sealer(KEY).open(sealed, b"record 8")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Unavailable):
            Sealer(KEY).open(bytes(changed), b"record 7")
    for length in (0, 5, 12, 27):
        with pytest.raises(Unavailable):
            Sealer(KEY).open(sealed[:length], b"record 7")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_has_256_bits(length: int) -> None:
    for make in (Sealer, lambda key: Sealer.derived(key, b"purpose")):
        with pytest.raises(InvalidValue) as refused:
            make(bytes(length))
        assert refused.value.field == "key"
