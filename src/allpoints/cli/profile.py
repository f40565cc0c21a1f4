"""What a user says once instead of with every command: which hub, which key, who they are."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from allpoints.errors import InvalidValue, MalformedInput
from allpoints.records import AgencyKind, Confidentiality, Purpose, Role

MAX_BYTES = 64 << 10


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The values in the profile; each can be overridden by the option of the same name."""

    hub: str | None = None
    hub_key: str | None = None
    """The hub's verifier key: pinned at the first contact, or as the secretariat published it."""
    bureau: str | None = None
    key: str | None = None
    """The key's file; by default `ALB.pem` beside the profile, where ALB is the bureau."""
    user: str | None = None
    agency: AgencyKind | None = None
    role: Role | None = None
    purpose: Purpose | None = None
    clearance: Confidentiality | None = None


def profile_path() -> Path:
    """Where the profile is: `ALLPOINTS_PROFILE`, or `allpoints/profile.toml` among the user's settings."""
    if given := os.environ.get("ALLPOINTS_PROFILE"):
        return Path(given).expanduser()
    settings = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(settings).expanduser() / "allpoints" / "profile.toml"


def load_profile(path: Path) -> Profile:
    """Read a profile, an empty one where there is no file. Raises `MalformedInput` or `InvalidValue`."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES).decode()
        return msgspec.convert(tomllib.loads(text), Profile)
    except FileNotFoundError:
        return Profile()
    except msgspec.ValidationError as error:
        detail, _, where = str(error).partition(" - at `$.")
        raise InvalidValue(
            detail,
            field=f"{path}: {where.rstrip('`')}".rstrip(": "),
            remedy="Correct the line in the profile.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedInput(f"not TOML: {error}", field=str(path)) from None


def save_profile(path: Path, profile: Profile) -> None:
    """Write the profile whole or not at all. Raises `InvalidValue` for a value that no line can hold."""
    said: dict[str, Any] = {n: v for n, v in msgspec.to_builtins(profile).items() if v is not None}
    for name, value in said.items():
        if not value.isprintable():
            raise InvalidValue("holds characters that cannot be printed", field=name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    # A JSON string of printable characters is a TOML string as well.
    draft.write_text(
        "".join(f"{n} = {json.dumps(v, ensure_ascii=False)}\n" for n, v in said.items()), "utf-8"
    )
    draft.replace(path)
