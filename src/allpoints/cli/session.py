"""Who asks which hub: the options that all commands share, and the client that they make."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey, Client, Signer
from allpoints.cli import screen
from allpoints.cli.passphrases import asked_passphrase, new_passphrase
from allpoints.cli.profile import Profile, load_profile, profile_path, save_profile
from allpoints.errors import InvalidValue, TamperingFound
from allpoints.records import (
    SECRETARIAT,
    AgencyKind,
    Asker,
    Bureau,
    Confidentiality,
    Purpose,
    Role,
    bureau_code,
    user_id,
)
from allpoints.wire.corridor import About

_PANEL = "Who asks (by default as in the profile)"

Command = Callable[..., None]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a command: the profile with the options over it, and how the answer is to be written."""

    profile: Profile
    path: Path
    """The profile's file."""
    saved: Profile
    """What stands in it."""
    json: bool

    @property
    def bureau(self) -> str:
        """The asker's bureau. Raises `InvalidValue` where nobody said it."""
        code = self._said("bureau")
        return code if code == SECRETARIAT else bureau_code(code)

    @property
    def key_file(self) -> Path:
        """The file with the bureau's key."""
        return Path(self.profile.key or self.path.with_name(f"{self.bureau}.pem")).expanduser()

    def asker(self) -> Asker:
        """Who asks. Raises `InvalidValue` naming the option that nobody gave."""
        return Asker(
            bureau=self.bureau,
            user=user_id(self._said("user")),
            agency=self._said("agency"),
            role=self._said("role"),
            purpose=self._said("purpose"),
            clearance=self.profile.clearance or Confidentiality.OFFICIAL,
        )

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client of the hub, whose own key was compared with the pinned one.

        Raises `InvalidValue` for what is missing, `TamperingFound` for a hub with another key.
        """
        asker, hub = self.asker(), self._said("hub")
        key = load_key(self.key_file, self.bureau)
        pinned = VerifierKey.parse(self.profile.hub_key) if self.profile.hub_key else None
        with Client(hub, Signer(asker.bureau, key), asker, hub_key=pinned) as client:
            about = client.about()
            if pinned is None:
                self._meet(hub, about)
            elif about.vkey != str(pinned):
                raise TamperingFound(
                    f"{hub} shows another key than the pinned one: {about.vkey}",
                    field="hub_key",
                    remedy="Ask the hub's secretariat. If it published a new key, pin that one with "
                    "`allpoints bureau profile --hub-key`; if not, somebody else answers.",
                )
            if about.synthetic:
                screen.synthetic_banner()
            yield client

    def _meet(self, hub: str, about: About) -> None:
        """First contact: pin the key that the hub shows, where the profile is about this hub."""
        VerifierKey.parse(about.vkey)
        key = screen.printable(about.vkey)
        if self.saved.hub != hub:
            screen.note(
                f"The key of {hub} is not pinned, so its receipts prove nothing. It says it is\n  {key}\n"
                "Compare it with what its secretariat published, and give it as --hub-key."
            )
            return
        save_profile(self.path, msgspec.structs.replace(self.saved, hub_key=about.vkey))
        screen.note(
            f"First contact with {hub}. Its key is now pinned in {self.path}:\n  {key}\n"
            "Compare it with what its secretariat published: whoever answers in the hub's place now could\n"
            "show you a log of their own. From here on checkpoints and receipts must be signed with it."
        )

    def _said(self, name: str) -> Any:
        value = getattr(self.profile, name)
        if value is None:
            option = "--as" if name == "role" else f"--{name.replace('_', '-')}"
            raise InvalidValue(
                "is missing",
                field=option,
                remedy=f"Give {option}, or write it into your profile: allpoints bureau profile {option} …",
            )
        return value


def _options(  # noqa: PLR0917 - called by name
    hub: Annotated[
        str | None,
        typer.Option(help="The hub's address, such as https://hub.example.", rich_help_panel=_PANEL),
    ] = None,
    hub_key: Annotated[
        str | None,
        typer.Option(help="The hub's verifier key, as its secretariat published it.", rich_help_panel=_PANEL),
    ] = None,
    bureau: Annotated[
        str | None, typer.Option(help="Your bureau's code, such as ALB.", rich_help_panel=_PANEL)
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The file with your bureau's key.", rich_help_panel=_PANEL)
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="Your pseudonym, never your name.", rich_help_panel=_PANEL)
    ] = None,
    agency: Annotated[AgencyKind | None, typer.Option(help="Your agency.", rich_help_panel=_PANEL)] = None,
    role: Annotated[
        Role | None, typer.Option("--as", help="The role in which you ask.", rich_help_panel=_PANEL)
    ] = None,
    purpose: Annotated[Purpose | None, typer.Option(help="Why you ask.", rich_help_panel=_PANEL)] = None,
    clearance: Annotated[
        Confidentiality | None, typer.Option(help="Your clearance.", rich_help_panel=_PANEL)
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Another profile than the usual one.", rich_help_panel=_PANEL)
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Write JSON, one object a line, and nothing else, to stdout.")
    ] = False,
) -> Session:
    path = profile or profile_path()
    saved = load_profile(path)
    if hub is not None:
        hub = hub.rstrip("/")
    given = {
        "hub": hub,
        "hub_key": hub_key,
        "bureau": bureau and bureau.strip().upper(),
        "key": str(key.absolute()) if key else None,
        "user": user,
        "agency": agency,
        "role": role,
        "purpose": purpose,
        "clearance": clearance,
    }
    said: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if hub is not None and hub != saved.hub:
        # A key pinned for one hub says nothing of another.
        said.setdefault("hub_key", None)
    if "bureau" in said and said["bureau"] != saved.bureau:
        said.setdefault("key", None)
    return Session(profile=msgspec.structs.replace(saved, **said), path=path, saved=saved, json=json)


def asking(command: Command) -> Command:
    """Give a command the shared options: it gets a `Session` in their place, as its first argument."""
    return _with_session(command, {})


def administering(command: Command) -> Command:
    """As `asking`, for what only a bureau's administrator may do: that role, unless another is given."""
    return _with_session(command, {"role": Role.ADMINISTRATOR, "purpose": Purpose.ADMINISTRATION})


def overseeing(command: Command) -> Command:
    """As `asking`; where a data protection officer asks, the purpose is oversight unless another is given."""
    return _with_session(command, {"purpose": Purpose.OVERSIGHT}, only_for=Role.DATA_PROTECTION_OFFICER)


def _with_session(command: Command, usual: dict[str, Any], only_for: Role | None = None) -> Command:
    shared = inspect.signature(_options).parameters
    _, *own = inspect.signature(command).parameters.values()

    @wraps(command)
    def run(**given: Any) -> None:
        options = {name: given.pop(name) for name in shared}
        session = _options(**options)
        if only_for is None or session.profile.role is only_for:
            unsaid = {name: value for name, value in usual.items() if options[name] is None}
            session = msgspec.structs.replace(
                session, profile=msgspec.structs.replace(session.profile, **unsaid)
            )
        command(session, **given)

    parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in (*own, *shared.values())]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    return run


def load_key(file: Path, bureau: str) -> BureauKey:
    """Read a key, or take the current one from the vault of a node on this machine.

    For an encrypted one its passphrase is taken from `ALLPOINTS_PASSPHRASE` or asked for.
    """
    if file.is_dir():
        from allpoints.cli.node import settings_of, unlocked

        return unlocked(settings_of(file.parent)).signing
    try:
        return BureauKey.load(file, bureau=bureau)
    except InvalidValue as error:
        if error.field != "passphrase":
            raise
    return BureauKey.load(file, bureau=bureau, passphrase=asked_passphrase(f"Passphrase of {file}: "))


def save_key(key: BureauKey, file: Path, *, unencrypted: bool) -> None:
    """Write a new key, encrypted with a passphrase unless it was said that it must not be."""
    if unencrypted:
        screen.warn(f"{file} is not encrypted: whoever reads the file can sign as {key.bureau}.")
    passphrase = None if unencrypted else new_passphrase("A passphrase for the new key: ")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key.save(file, passphrase, unencrypted=unencrypted)


def member(session: Session, name: str, contact: str) -> Bureau:
    """The session's bureau as a member of the hub."""
    return Bureau(code=session.bureau, name=name, contact=contact)
