from pathlib import Path

from tests.cli.conftest import Run
from tests.hubs import RunningHub

from allpoints.bureau import BureauKey
from allpoints.cli.profile import load_profile


def test_a_key_is_made_beside_the_profile_and_never_overwritten(run: Run, tmp_path: Path) -> None:
    ended = run("bureau", "keygen", "alb", "--unencrypted")
    file = tmp_path / "profile" / "ALB.pem"
    key = BureauKey.load(file, bureau="ALB")
    assert ended.status == 0
    assert ended.out == f"{key.key_id}\n{key.public_text}"
    assert "whoever reads the file can sign" in ended.err
    assert file.stat().st_mode & 0o777 == 0o600
    again = run("bureau", "keygen", "ALB", "--unencrypted")
    assert again.status == 2
    assert "never overwritten" in again.err
    assert BureauKey.load(file, bureau="ALB").key_id == key.key_id


def test_a_key_for_what_is_no_bureau_is_not_made(run: Run, tmp_path: Path) -> None:
    assert run("bureau", "keygen", "QQQ", "--unencrypted").status == 2
    assert not (tmp_path / "profile").exists()


def test_the_profile_is_written_piece_by_piece_and_shown(run: Run) -> None:
    run("bureau", "profile", "--hub", "https://hub.example/", "--bureau", "alb")
    ended = run("bureau", "profile", "--purpose", "border-control", "--json")
    assert ended.lines[0]["hub"] == "https://hub.example"
    assert ended.lines[0]["bureau"] == "ALB"
    assert ended.lines[0]["purpose"] == "border-control"
    assert "https://hub.example" in run("bureau", "profile").out


def test_a_profile_keeps_nothing_that_is_none(run: Run) -> None:
    for option, value in (
        ("--hub", "hub.example"),
        ("--bureau", "QQQ"),
        ("--hub-key", "hub+x"),
        ("--as", "boss"),
    ):
        assert run("bureau", "profile", option, value).status == 2
    from allpoints.cli.profile import Profile, profile_path

    assert load_profile(profile_path()) == Profile()


def test_a_bureau_enrols_rotates_and_revokes(run: Run, hub: RunningHub, tmp_path: Path) -> None:
    run("bureau", "keygen", "GRC", "--unencrypted")
    vkey = hub.client("ALB").about().vkey
    run("bureau", "profile", "--hub", hub.url, "--hub-key", vkey, "--bureau", "GRC", "--user", "g-1")
    run("bureau", "profile", "--agency", "police", "--as", "operator", "--purpose", "vehicle-crime")
    enrolled = run("bureau", "enrol", "--name", "NCB Athens", "--contact", "desk@grc.example", "--json")
    old = enrolled.lines[0]["key_id"]
    assert enrolled.lines[0]["status"] == "pending"
    assert run("records", "list").status == 3
    hub.secretariat().approve(old)
    assert run("records", "list").status == 0

    new_file = tmp_path / "new.pem"
    rotated = run("bureau", "rotate", "--new", new_file, "--unencrypted")
    assert rotated.status == 0
    assert f"allpoints bureau revoke {old}" in rotated.err
    assert run("bureau", "profile", "--key", new_file).status == 0
    assert run("bureau", "revoke", old).status == 0
    assert run("records", "list").status == 0
    assert run("records", "list", "--key", tmp_path / "profile" / "GRC.pem").status == 3


def test_a_new_key_that_the_hub_refuses_leaves_no_file(run: Run, hub: RunningHub, tmp_path: Path) -> None:
    hub.keys["FRA"].save(tmp_path / "FRA.pem", unencrypted=True)
    who = ["--hub", hub.url, "--bureau", "FRA", "--key", tmp_path / "FRA.pem", "--user", "f"]
    who += ["--agency", "police", "--as", "operator", "--purpose", "administration"]
    ended = run("bureau", "rotate", "--new", tmp_path / "new.pem", "--unencrypted", *who)
    assert ended.status == 3
    assert not (tmp_path / "new.pem").exists()
