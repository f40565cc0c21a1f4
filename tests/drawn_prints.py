"""Fingerprint templates of drawn fingers, for tests and benchmarks."""

from math import cos, pi, sin

import numpy as np

from allpoints.demo.fingerprints.bulk import HEIGHT, WIDTH, drawn_minutiae
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate, Minutia, template


def drawn_prints(count: int, seed: int) -> list[FingerprintTemplate]:
    """One print each of so many fingers, which are 1 to 10 in turn."""
    drawn = drawn_minutiae(count, seed)
    return [_template(drawn.of(index).tolist(), int(drawn.finger[index])) for index in range(count)]


def another_impression(
    of: FingerprintTemplate, seed: int, *, finger: int = 0, share: float = 0.75, turn: float = 0.3
) -> FingerprintTemplate:
    """The finger once more: turned, shifted, each minutia a little elsewhere, and a share of them only."""
    chance = np.random.default_rng(seed)
    rows = of.geometry[chance.random(len(of)) < share].astype(np.float64)
    x, y = rows[:, 0] - WIDTH / 2, rows[:, 1] - HEIGHT / 2
    rows[:, 0] = WIDTH / 2 + cos(turn) * x + sin(turn) * y + chance.normal(0, 2, len(rows)) + 8
    rows[:, 1] = HEIGHT / 2 - sin(turn) * x + cos(turn) * y + chance.normal(0, 2, len(rows)) - 5
    rows[:, 2] = (rows[:, 2] + turn + chance.normal(0, 0.08, len(rows))) % (2 * pi)
    return _template(rows.tolist(), finger)


def _template(rows: list[list[float]], finger: int) -> FingerprintTemplate:
    minutiae = (
        Minutia(min(max(int(x), 0), WIDTH - 1), min(max(int(y), 0), HEIGHT - 1), angle, quality)
        for x, y, angle, quality in rows
    )
    return template(minutiae, width=WIDTH, height=HEIGHT, finger=finger)
