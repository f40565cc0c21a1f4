"""What every process of a hub works with: loaded by one of them, which starts the others as copies of itself.

It keeps nothing open and leaves no thread behind, so each copy begins as if it had loaded everything itself: sooner,
and in less memory. What is compiled or tabulated at its first use is used here once.
"""

import signal
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
import uvloop
from litestar import Litestar

from allpoints.hub import app, connections, housekeeping
from allpoints.steps.indexes import Indexes, Place
from allpoints.store.seals import Seals

__all__ = ["app", "connections", "housekeeping", "uvicorn", "uvloop"]

# A supervisor tells every process of a hub to end: the copies do, and the hub watches them until they have.
signal.signal(signal.SIGTERM, signal.SIG_IGN)

# Where that fails, as on a full disk, each process does it by itself, and says what is wrong.
with suppress(Exception), TemporaryDirectory() as folder:
    # Litestar loads the larger part of itself with the first application.
    Litestar(openapi_config=None, logging_config=None)
    Indexes.open(Place(Path(folder), bytes(32), Seals(bytes(32)))).warm_up()
