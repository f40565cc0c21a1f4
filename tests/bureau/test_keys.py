"""Key files: encrypted unless asked otherwise, readable by nobody else, and openable by other programs."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from allpoints.bureau.keys import BureauKey
from allpoints.errors import Conflict, Forbidden, InvalidValue, MalformedInput, NotFound

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def key() -> BureauKey:
    return BureauKey.generate("ALB")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alb.pem"


def test_a_saved_key_is_loaded_again(key: BureauKey, path: Path) -> None:
    key.save(path, PASSPHRASE)
    loaded = BureauKey.load(path, bureau="ALB", passphrase=PASSPHRASE)
    assert (loaded.key_id, loaded.sign(b"x")) == (key.key_id, key.sign(b"x"))


def test_a_key_without_a_passphrase_is_saved_only_when_said_explicitly(key: BureauKey, path: Path) -> None:
    for passphrase in (None, ""):
        with pytest.raises(InvalidValue) as refusal:
            key.save(path, passphrase)
        assert refusal.value.field == "passphrase"
    assert not path.exists()
    key.save(path, unencrypted=True)
    assert BureauKey.load(path, bureau="ALB").key_id == key.key_id


def test_a_passphrase_is_never_ignored(key: BureauKey, path: Path) -> None:
    key.save(path, PASSPHRASE, unencrypted=True)
    assert b"ENCRYPTED" in path.read_bytes()


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_nobody_else_can_read_the_file(key: BureauKey, path: Path, passphrase: str | None) -> None:
    key.save(path, passphrase, unencrypted=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_read_is_refused(key: BureauKey, path: Path, mode: int) -> None:
    key.save(path, PASSPHRASE)
    path.chmod(mode)
    with pytest.raises(Forbidden, match="others"):
        BureauKey.load(path, bureau="ALB", passphrase=PASSPHRASE)


def test_a_key_is_never_overwritten(key: BureauKey, path: Path) -> None:
    key.save(path, PASSPHRASE)
    with pytest.raises(Conflict):
        BureauKey.generate("ALB").save(path, PASSPHRASE)
    assert BureauKey.load(path, bureau="ALB", passphrase=PASSPHRASE).key_id == key.key_id


@pytest.mark.parametrize("passphrase", [None, "", "wrong"])
def test_an_encrypted_key_opens_only_with_its_passphrase(
    key: BureauKey, path: Path, passphrase: str | None
) -> None:
    key.save(path, PASSPHRASE)
    with pytest.raises(InvalidValue) as refusal:
        BureauKey.load(path, bureau="ALB", passphrase=passphrase)
    assert refusal.value.field == "passphrase"


def test_a_passphrase_for_an_unencrypted_key_is_pointed_out(key: BureauKey, path: Path) -> None:
    key.save(path, unencrypted=True)
    with pytest.raises(InvalidValue, match="not encrypted"):
        BureauKey.load(path, bureau="ALB", passphrase=PASSPHRASE)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(NotFound, match=r"alb\.pem"):
        BureauKey.load(path, bureau="ALB")


def test_what_is_no_ed25519_key_is_refused(path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    for content in (b"", b"junk", other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(MalformedInput):
            BureauKey.load(path, bureau="ALB")


def test_other_programs_open_the_file_and_verify_the_signatures(key: BureauKey, path: Path) -> None:
    key.save(path, PASSPHRASE)
    private = load_pem_private_key(path.read_bytes(), PASSPHRASE.encode())
    public = load_pem_public_key(key.public_text.encode())
    assert isinstance(private, Ed25519PrivateKey)
    assert isinstance(public, Ed25519PublicKey)
    assert private.sign(b"x") == key.sign(b"x")
    public.verify(key.sign(b"x"), b"x")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_file_wrapped_anew_with_scrypt_is_loaded(key: BureauKey, path: Path, tmp_path: Path) -> None:
    key.save(path, PASSPHRASE)
    stronger = tmp_path / "stronger.pem"
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-scrypt", "-in", path, "-out", stronger,
         "-passin", f"pass:{PASSPHRASE}", "-passout", f"pass:{PASSPHRASE}"],
        check=True,
    )  # fmt: skip
    stronger.chmod(0o600)
    assert BureauKey.load(stronger, bureau="ALB", passphrase=PASSPHRASE).key_id == key.key_id


def test_a_key_does_not_show_its_private_half(key: BureauKey) -> None:
    assert repr(key) == f"<BureauKey {key.key_id}>"
    assert key.key_id.startswith("ALB-")
