"""The process of which all others of a hub are copies: nothing in it stands in a copy's way."""

import subprocess
import sys

COPIED = """
import os, threading
import cv2, numpy, psutil
from allpoints.hub import loaded_once

assert threading.enumerate() == [threading.main_thread()]
assert psutil.Process().open_files() == []
child = os.fork()
if child == 0:
    wide = numpy.ones((700, 700))
    blurred = cv2.GaussianBlur(numpy.dot(wide, wide), (9, 9), 2.0)
    os._exit(0 if blurred.shape == (700, 700) and round(blurred[350, 350]) == 700 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


def test_it_has_no_threads_and_no_open_files_and_a_copy_of_it_can_calculate() -> None:
    """The libraries that calculate have threads of their own; a copy has to get new ones, or would wait for ever."""
    subprocess.run([sys.executable, "-c", COPIED], check=True, timeout=300)
