import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from allpoints import parts
from allpoints.errors import Unavailable

BODY = b"weights"
LICENCES = {"0BSD", "MIT", "Apache-2.0", "public domain"}


def part(name: str, package: str, path: str, body: bytes = BODY) -> parts.Part:
    return parts.Part(
        name=name,
        what=name,
        version="1",
        licence="MIT",
        package=package,
        path=path,
        size=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
    )


WHEEL = parts.Package(name="a-wheel", version="1.0", kind="wheel", sha256="0" * 64)
SDIST = parts.Package(
    name="an-sdist", version="2.0", kind="sdist", sha256="1" * 64, backend="setuptools.build_meta"
)
ONE, TWO = part("one", "a-wheel", "a_wheel/one.onnx"), part("two", "an-sdist", "an-sdist-2.0/two.onnx")


class Pip:
    """Stands for pip: puts a package's file where it was asked to."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.bodies = {"a_wheel/one.onnx": BODY, "an-sdist-2.0/two.onnx": BODY}
        self.error = ""

    def __call__(
        self, command: list[str], *, env: dict[str, str], **_: Any
    ) -> subprocess.CompletedProcess[str]:
        self.asked.append(command)
        if self.error:
            return subprocess.CompletedProcess(command, 1, "", self.error)
        target = Path(command[command.index("--dest") + 1])
        target.mkdir()
        wanted = Path(command[command.index("--requirement") + 1]).read_text()
        assert " --hash=sha256:" in wanted
        if "a-wheel" in wanted:
            with zipfile.ZipFile(target / "a_wheel-1.0-py3-none-any.whl", "w") as wheel:
                wheel.writestr("a_wheel/one.onnx", self.bodies["a_wheel/one.onnx"])
                wheel.writestr("a_wheel/portrait.jpg", b"somebody")
        else:
            assert (Path(env["PYTHONPATH"]) / "setuptools" / "build_meta.py").exists()
            with tarfile.open(target / "an-sdist-2.0.tar.gz", "w:gz") as sdist:
                member = tarfile.TarInfo("an-sdist-2.0/two.onnx")
                member.size = len(self.bodies[member.name])
                sdist.addfile(member, io.BytesIO(self.bodies[member.name]))
        return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pip:
    """A registry with two packages, and an environment without any part."""
    monkeypatch.delenv(parts.OWN_COPIES, raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(parts, "manifest", lambda: parts.Manifest((WHEEL, SDIST), (ONE, TWO)))
    pip = Pip()
    monkeypatch.setattr(subprocess, "run", pip)
    return pip


def test_every_part_names_its_licence_its_package_and_a_file_of_its_own() -> None:
    named = parts.manifest()
    carriers = {package.name for package in named.packages}
    assert {each.package for each in named.parts} == carriers
    assert {each.licence for each in named.parts} <= LICENCES
    assert (
        len({each.file for each in named.parts})
        == len({each.name for each in named.parts})
        == len(named.parts)
    )
    assert all(len(each.sha256) == 64 for each in (*named.parts, *named.packages))


def test_an_sdist_names_the_backend_that_must_not_run() -> None:
    assert all((each.backend is not None) == (each.kind == "sdist") for each in parts.manifest().packages)


@pytest.mark.parametrize("name", [each.name for each in parts.manifest().parts])
def test_the_set_up_fetched_every_part(name: str) -> None:
    assert parts.path(name).stat().st_size > 0


def test_only_the_one_file_of_a_package_is_kept(pip: Pip) -> None:
    said: list[str] = []
    assert parts.fetch(said.append) == (ONE, TWO)
    assert sorted(file.name for file in parts.folder().iterdir()) == ["one.onnx", "two.onnx"]
    assert parts.path("one").read_bytes() == BODY
    assert len(said) == 2


def test_what_is_here_is_not_fetched_again(pip: Pip) -> None:
    parts.fetch(lambda _: None)
    assert parts.fetch(lambda _: None) == ()
    assert len(pip.asked) == 2


def test_a_file_that_was_changed_is_refused_and_fetched_again(pip: Pip) -> None:
    parts.fetch(lambda _: None)
    parts.path("one").write_bytes(b"other weights")
    with pytest.raises(Unavailable, match="hash differs") as refused:
        parts.path("one")
    assert "allpoints parts fetch" in refused.value.remedy
    assert parts.fetch(lambda _: None) == (ONE,)
    assert parts.path("one").read_bytes() == BODY


@pytest.mark.parametrize("body", [b"WEIGHTS", BODY + b"!", b""])
def test_another_file_in_the_package_is_not_kept(pip: Pip, body: bytes) -> None:
    pip.bodies["a_wheel/one.onnx"] = body
    with pytest.raises(Unavailable, match=r"not the one that parts\.toml names"):
        parts.fetch(lambda _: None)
    assert not parts.folder().exists()


def test_without_a_registry_it_says_what_to_do(pip: Pip) -> None:
    pip.error = "WARNING: Retrying\nERROR: No matching distribution found for a-wheel==1.0\n"
    with pytest.raises(Unavailable, match="No matching distribution") as refused:
        parts.fetch(lambda _: None)
    assert parts.OWN_COPIES in refused.value.remedy


def test_ones_own_copies_are_checked_and_nothing_is_fetched(
    pip: Pip, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "one.onnx").write_bytes(BODY)
    (own / "two.onnx").write_bytes(b"something else")
    monkeypatch.setenv(parts.OWN_COPIES, str(own))
    assert parts.path("one") == own / "one.onnx"
    with pytest.raises(Unavailable, match="hash differs") as refused:
        parts.fetch(lambda _: None)
    assert TWO.sha256 in refused.value.remedy
    assert pip.asked == []


def test_the_stand_in_states_name_and_version_and_builds_nothing(tmp_path: Path) -> None:
    place = parts._stand_in(SDIST, tmp_path / "backend")
    code = (
        "from setuptools import build_meta; import sys; "
        "print(open(sys.argv[1] + '/' + build_meta.prepare_metadata_for_build_wheel(sys.argv[1]) + '/METADATA').read())"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    told = subprocess.run(command, env={"PYTHONPATH": str(place)}, capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[1:3] == ["Name: an-sdist", "Version: 2.0"]
