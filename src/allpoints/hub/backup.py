"""A backup: the database as of one moment, and the hub's identity, without which it proves nothing."""

import shutil
from pathlib import Path

import msgspec

from allpoints.errors import Conflict, NotFound
from allpoints.hub.environment import Environment
from allpoints.settings import HubSettings
from allpoints.store import backup
from allpoints.store.server import Server

SECRETARIAT_KEY = "secretariat.pem"
_IDENTITY = "identity.json"
_DATABASE = "database.dump"


def back_up(environment: Environment, owner: str, folder: Path) -> None:
    """Write a backup into a new folder, while the hub runs or not. `owner` is the schema owner's address.

    The folder holds the hub's secrets and all records. Raises `Conflict` for a folder with something in it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Conflict(f"there is something in {folder}", field="folder", remedy="Choose a new one.")
    folder.chmod(0o700)
    backup.dump(owner, folder / _DATABASE)
    (folder / _DATABASE).chmod(0o600)
    for name in (_IDENTITY, SECRETARIAT_KEY):
        _copy(environment.settings.data / name, folder / name)


def restore(settings: HubSettings, folder: Path) -> None:
    """Make a hub from a backup, in a new data folder and a database in which nothing was done.

    It is the hub that it was: its log goes on where the backup ends, and its index is built anew. The data
    folder is there whole or not at all. Raises `NotFound` for what is no backup, `Conflict` where there is
    a hub, `Unavailable`.
    """
    for name in (_IDENTITY, _DATABASE):
        if not (folder / name).is_file():
            raise NotFound(
                f"there is no {name} in {folder}", field="folder", remedy="Name a backup's folder."
            )
    if settings.data.exists() and any(settings.data.iterdir()):
        raise Conflict(
            f"there is something in {settings.data}",
            field="ALLPOINTS_DATA",
            remedy="Restore into a new data folder.",
        )
    draft = settings.data.with_name(f"{settings.data.name}.restoring")
    _discard(draft)
    draft.mkdir(mode=0o700, parents=True)
    for name in (_IDENTITY, SECRETARIAT_KEY):
        _copy(folder / name, draft / name)
    environment = Environment(msgspec.structs.replace(settings, data=draft))
    try:
        owner = environment.start()
        _refuse_what_is_used(owner)
        backup.restore(owner, folder / _DATABASE)
        environment.start()
    except BaseException:
        _discard(draft)
        raise
    environment.stop()
    if settings.data.exists():
        settings.data.rmdir()
    draft.rename(settings.data)


def _refuse_what_is_used(owner: str) -> None:
    if not backup.is_unused(owner):
        raise Conflict(
            "the database holds a hub's records",
            field="ALLPOINTS_DATABASE_URL",
            remedy="Name an empty database.",
        )


def _discard(draft: Path) -> None:
    """Remove what an interrupted restore left behind, its server included."""
    if draft.exists():
        Server(draft / "postgresql").stop("immediate")
        shutil.rmtree(draft)


def _copy(file: Path, target: Path) -> None:
    if file.exists():
        shutil.copyfile(file, target)
        target.chmod(0o600)
