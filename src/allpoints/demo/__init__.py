"""A synthetic world of bureaus and records.

To see a hub work (`run`), to try it oneself (`serve`), and to measure it (`bulk`).
"""

from allpoints.demo.story import run, serve
from allpoints.demo.world import World

__all__ = ["World", "run", "serve"]
