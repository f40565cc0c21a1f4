"""Which processes are the server of one cluster: a number in a file proves nothing after a crash."""

import contextlib
import hashlib
import itertools
import signal
import time
from pathlib import Path
from typing import Literal

import psutil

Mode = Literal["smart", "fast", "immediate"]

STOPPING: dict[Mode, tuple[tuple[signal.Signals, float], ...]] = {
    "smart": ((signal.SIGTERM, 60), (signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)),
    "fast": ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)),
    "immediate": ((signal.SIGQUIT, 10), (signal.SIGKILL, 10)),
}
"""For each mode the signals in turn and the seconds each has: a server that does not heed one gets the next.
None of them loses a committed write; after SIGQUIT and SIGKILL the next start recovers from the WAL."""


def mark(cluster: Path) -> str:
    """The cluster's name on the command line of its server and in the title of each of its processes.

    It is made from the directory's device and inode: a moved cluster keeps it, a copied one gets another. The
    command line is the one thing that root in a container may always read of another account's process.
    """
    found = cluster.stat()
    identity = f"{found.st_dev}:{found.st_ino}".encode()
    return f"allpoints-{hashlib.blake2b(identity, digest_size=8).hexdigest()}"


def postmaster(cluster: Path) -> psutil.Process | None:
    """The cluster's living server, or None, whatever a stale postmaster.pid says."""
    try:
        with (cluster / "postmaster.pid").open("rb") as file:
            process = psutil.Process(int(file.readline(32)))
    except (OSError, ValueError, OverflowError, psutil.Error):
        return None
    return process if _serves(process, cluster) else None


def members(cluster: Path) -> list[psutil.Process]:
    """All living processes of the cluster's server, also those that outlived it."""
    return [process for process in psutil.process_iter() if _serves(process, cluster)]


def alive(process: psutil.Process) -> bool:
    """Whether a process still runs; one that only waits to be buried does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def end(cluster: Path, mode: Mode) -> bool:
    """End the cluster's server and what outlived it; whether no process of it is left."""
    server = postmaster(cluster)
    if server is not None:
        _signal_in_turn([server], STOPPING[mode])
    # after a kill -9 of the server alone, a busy backend goes on writing until its query ends
    _signal_in_turn(members(cluster), STOPPING["immediate"])
    return not members(cluster)


def _signal_in_turn(processes: list[psutil.Process], turns: tuple[tuple[signal.Signals, float], ...]) -> None:
    for how, patience in turns:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(how)
        give_up = time.monotonic() + patience
        while processes and time.monotonic() < give_up:
            time.sleep(0.02)
            # not psutil.wait_procs: it waits for the burial, which a container's first process may never do
            processes = [process for process in processes if alive(process)]


def _serves(process: psutil.Process, cluster: Path) -> bool:
    try:
        if process.name() != "postgres" or process.uids().real != cluster.stat().st_uid:
            return False
        arguments = process.cmdline()
    except (OSError, psutil.Error):
        return False
    return mark(cluster) in " ".join(arguments) or _started_by_hand(arguments, cluster)


def _started_by_hand(arguments: list[str], cluster: Path) -> bool:
    """Whether an administrator's own `postgres -D cluster` (or pg_ctl's) has the data."""
    data = dict(itertools.pairwise(arguments)).get("-D", "")
    try:
        return data.startswith("/") and not data.startswith("/proc/") and cluster.samefile(data)
    except OSError:
        return False
