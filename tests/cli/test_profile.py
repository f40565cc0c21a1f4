from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.cli.profile import Profile, load_profile, profile_path, save_profile
from allpoints.errors import InvalidValue, MalformedInput
from allpoints.records import AgencyKind, Purpose, Role

texts = st.none() | st.text().filter(str.isprintable)


@given(hub=texts, key=texts, user=texts, role=st.none() | st.sampled_from(Role))
def test_what_is_saved_is_what_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, hub: str, key: str, user: str, role: Role
) -> None:
    path = tmp_path_factory.getbasetemp() / "profiles" / "profile.toml"
    profile = Profile(hub=hub, key=key, user=user, role=role, agency=AgencyKind.POLICE)
    save_profile(path, profile)
    assert load_profile(path) == profile


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    assert load_profile(tmp_path / "none.toml") == Profile()


def test_a_line_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text('purpos = "border-control"\n')
    with pytest.raises(InvalidValue, match="purpos"):
        load_profile(path)
    path.write_text('purpose = "curiosity"\n')
    with pytest.raises(InvalidValue, match="purpose: Invalid enum value 'curiosity'"):
        load_profile(path)


def test_what_is_no_toml_is_refused_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(MalformedInput, match=r"profile\.toml"):
        load_profile(path)


def test_a_value_with_a_line_break_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue) as refusal:
        save_profile(tmp_path / "profile.toml", Profile(user="a\nrole = 'x'"))
    assert refusal.value.field == "user"


def test_a_profile_written_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text('# ours\nbureau = "ALB"\npurpose = "border-control"  # at the gate\n')
    assert load_profile(path) == Profile(bureau="ALB", purpose=Purpose.BORDER_CONTROL)


def test_the_profile_lies_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALLPOINTS_PROFILE", str(tmp_path / "x.toml"))
    assert profile_path() == tmp_path / "x.toml"
    monkeypatch.delenv("ALLPOINTS_PROFILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert profile_path() == tmp_path / "allpoints" / "profile.toml"
