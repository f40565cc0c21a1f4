"""Sealing keys and the certificates that say whose they are."""

from datetime import timedelta

import msgspec
import pytest
from tests.sealing import NOW, bureau

from allpoints.bureau.sealed import SealingPrivateKey, check_certificate
from allpoints.bureau.sealed.keys import seal_for
from allpoints.errors import InvalidValue
from allpoints.wire.envelopes import SEALED_KEY, ForgedMessage

ALB, ARM = bureau("ALB"), bureau("ARM")


def test_what_is_sealed_for_a_key_opens_in_its_context_only() -> None:
    sealed = seal_for(ALB.certificate, b"s" * 32, b"here")
    assert len(sealed) == SEALED_KEY
    assert ALB.sealing.open(sealed, b"here") == b"s" * 32
    for key, context, what in (
        (ALB.sealing, b"there", sealed),
        (ARM.sealing, b"here", sealed),
        (ALB.sealing, b"here", sealed[:-1]),
        (ALB.sealing, b"here", b""),
    ):
        with pytest.raises(ForgedMessage):
            key.open(what, context)


def test_a_key_comes_back_from_its_secret() -> None:
    again = SealingPrivateKey("ALB", ALB.sealing.secret)
    assert (again.key_id, again.public_key) == (ALB.sealing.key_id, ALB.sealing.public_key)
    assert len(again.public_key) == 1216


def test_a_secret_has_its_length_and_does_not_show() -> None:
    with pytest.raises(InvalidValue):
        SealingPrivateKey("ALB", b"short")
    assert repr(ALB.sealing) == f"<SealingPrivateKey {ALB.sealing.key_id}>"


def test_a_certified_key_is_its_bureaus() -> None:
    check_certificate(ALB.certificate, "ALB", [ARM.signer, ALB.signer])


def test_a_certificate_that_proves_nothing_is_refused() -> None:
    good = ALB.certificate
    replace = msgspec.structs.replace
    revoked = replace(ALB.signer, revoked_at=NOW + timedelta(days=1))
    by_arm = ARM.sealing.certified(ARM.signing, NOW)
    for key, signers in (
        (good, []),
        (good, [ARM.signer]),
        (good, [revoked]),
        (replace(good, signature=bytes(64)), [ALB.signer]),
        (replace(good, created_at=NOW + timedelta(days=9)), [ALB.signer]),
        (replace(good, public_key=ARM.sealing.public_key), [ALB.signer]),
        (replace(good, key_id="ALB-other"), [ALB.signer]),
        (by_arm, [ARM.signer]),
        (replace(by_arm, bureau="ALB"), [ARM.signer]),
    ):
        with pytest.raises(ForgedMessage):
            check_certificate(key, "ALB", signers)


def test_a_signature_made_for_something_else_is_no_certificate() -> None:
    signed = ALB.signing.sign(b"allpoints key rotation v1\x00ALB\x00" + ALB.signing.public_key)
    with pytest.raises(ForgedMessage):
        check_certificate(msgspec.structs.replace(ALB.certificate, signature=signed), "ALB", [ALB.signer])


def test_what_is_no_key_is_not_sealed_to() -> None:
    for public_key in (b"", b"\xff" * 1216, ALB.sealing.public_key[:-1]):
        with pytest.raises(InvalidValue):
            seal_for(msgspec.structs.replace(ALB.certificate, public_key=public_key), b"s" * 32, b"here")
