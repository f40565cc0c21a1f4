"""Waiting for what takes effect within a second, without saying how fast it must be."""

import time
from collections.abc import Callable
from typing import TypeVar

from allpoints.records.evidence import IdentifierEvidence

Found = TypeVar("Found")
PATIENCE_S = 120.0


def eventually(look: Callable[[], Found]) -> Found:
    """Look again and again until there is something; return it."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return found


def evidence(scheme: str, value: str) -> list[IdentifierEvidence]:
    """Evidence of one exact identifier."""
    return [IdentifierEvidence(scheme, value)]
