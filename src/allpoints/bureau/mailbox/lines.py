"""When it is worth trying a hub again."""

import random
import time

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


class Line:
    """Whether it is worth trying a hub: after each failure later, after a success at once."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0

    @property
    def is_down(self) -> bool:
        return time.monotonic() < self._until

    @property
    def pause_s(self) -> float:
        """Seconds until it is tried again; long where it is not down."""
        return self._until - time.monotonic() if self.is_down else LONGEST_PAUSE_S

    def works(self) -> None:
        """It was reached."""
        self._failures, self._until = 0, 0.0

    def fails(self, wanted_s: float) -> None:
        """It was not reached, or wants to be left alone for a while."""
        if self.is_down:
            return
        self._failures += 1
        pause = min(FIRST_PAUSE_S * 2.0 ** min(self._failures, 10), LONGEST_PAUSE_S)
        # By chance, so that bureaus cut off together do not come back together.
        self._until = time.monotonic() + max(pause * (1 - random.random() / 2), wanted_s)  # noqa: S311
