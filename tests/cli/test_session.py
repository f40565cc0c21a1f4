import tomllib
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.hubs import RunningHub

from allpoints.bureau import BureauKey
from allpoints.cli.profile import load_profile
from allpoints.cli.session import load_key, save_key
from allpoints.errors import InvalidValue

OTHER_KEY = "hub.test+e9421aab+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
PLATE = ("--plate", "ALB:ZZ000000")


def me(hub: RunningHub, folder: Path) -> list[str]:
    file = folder / "key.pem"
    if not file.exists():
        hub.keys["ALB"].save(file, unencrypted=True)
    who = ["--bureau", "alb", "--user", "u-7", "--agency", "police", "--as", "officer"]
    return [*who, "--purpose", "criminal-investigation", "--key", str(file)]


@pytest.mark.parametrize("missing", ["--hub", "--bureau", "--user", "--agency", "--as", "--purpose"])
def test_what_nobody_said_is_named_with_its_option(missing: str, run: Run, tmp_path: Path) -> None:
    who = {
        "--hub": "http://127.0.0.1:1",
        "--bureau": "ALB",
        "--user": "u-7",
        "--agency": "police",
        "--as": "officer",
        "--purpose": "criminal-investigation",
    }
    del who[missing]
    ended = run("check", *PLATE, *(word for pair in who.items() for word in pair))
    assert ended.status == 2
    assert ended.err.startswith(f"{missing}: is missing")
    assert "allpoints bureau profile" in ended.err


def test_the_first_contact_pins_the_hubs_key_and_says_so(run: Run, hub: RunningHub, tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    who = [*me(hub, tmp_path), "--profile", str(profile)]
    run("bureau", "profile", "--hub", hub.url + "/", *who)
    assert load_profile(profile).hub_key is None
    first = run("check", *PLATE, "--profile", profile)
    assert first.status == 0
    vkey = hub.client("ALB").about().vkey
    assert vkey in first.err
    assert "Compare it" in first.err
    assert tomllib.loads(profile.read_text())["hub_key"] == vkey
    assert run("check", *PLATE, "--profile", profile).err == ""


def test_a_hub_with_another_key_than_the_pinned_is_not_asked(
    run: Run, hub: RunningHub, tmp_path: Path
) -> None:
    key = f"hub.test+{_id(OTHER_KEY)}+{OTHER_KEY.rpartition('+')[2]}"
    ended = run("check", *PLATE, *me(hub, tmp_path), "--hub", hub.url, "--hub-key", key)
    assert (ended.status, ended.out) == (5, "")
    assert "another key than the pinned one" in ended.err


def _id(vkey: str) -> str:
    from base64 import b64decode

    from allpoints.audit import VerifierKey

    return VerifierKey("hub.test", b64decode(vkey.rpartition("+")[2])[1:]).key_id.hex()


def test_a_key_pinned_for_one_hub_says_nothing_of_another(run: Run, hub: RunningHub, tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    vkey = hub.client("ALB").about().vkey
    who = [*me(hub, tmp_path), "--profile", str(profile)]
    run("bureau", "profile", "--hub", "http://elsewhere.example", "--hub-key", vkey, *who)
    before = profile.read_text()
    ended = run("check", *PLATE, "--hub", hub.url, "--profile", profile)
    assert ended.status == 0
    assert "is not pinned" in ended.err
    assert profile.read_text() == before


def test_a_synthetic_hub_says_so_on_every_screen(
    run: Run, hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    from allpoints.bureau import Client

    about = hub.client("ALB").about()
    monkeypatch.setattr(Client, "about", lambda _: msgspec.structs.replace(about, synthetic=True))
    ended = run("check", *PLATE, *me(hub, tmp_path), "--hub", hub.url, "--hub-key", about.vkey, "--json")
    assert "SYNTHETIC" in ended.err
    assert len(ended.lines) == 1


def test_a_hub_that_does_not_answer_is_unavailable(run: Run, hub: RunningHub, tmp_path: Path) -> None:
    ended = run("check", *PLATE, *me(hub, tmp_path), "--hub", "http://127.0.0.1:1")
    assert ended.status == 4
    assert "does not answer" in ended.err


def test_an_encrypted_key_opens_with_the_passphrase_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = BureauKey.generate("ALB")
    monkeypatch.setenv("ALLPOINTS_PASSPHRASE", "correct horse")
    save_key(key, tmp_path / "new" / "key.pem", unencrypted=False)
    assert b"ENCRYPTED" in (tmp_path / "new" / "key.pem").read_bytes()
    assert load_key(tmp_path / "new" / "key.pem", "ALB").key_id == key.key_id
    monkeypatch.setenv("ALLPOINTS_PASSPHRASE", "wrong")
    with pytest.raises(InvalidValue, match="does not open"):
        load_key(tmp_path / "new" / "key.pem", "ALB")


def test_a_passphrase_in_the_environment_does_not_spoil_an_unencrypted_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = BureauKey.generate("ALB")
    save_key(key, tmp_path / "key.pem", unencrypted=True)
    monkeypatch.setenv("ALLPOINTS_PASSPHRASE", "whatever")
    assert load_key(tmp_path / "key.pem", "ALB").key_id == key.key_id


def test_without_a_terminal_a_missing_passphrase_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.ctermid", lambda: str(tmp_path / "no-terminal"))
    with pytest.raises(InvalidValue) as refusal:
        save_key(BureauKey.generate("ALB"), tmp_path / "key.pem", unencrypted=False)
    assert refusal.value.field == "passphrase"
    assert "ALLPOINTS_PASSPHRASE" in refusal.value.remedy
    assert not (tmp_path / "key.pem").exists()
