"""The process of which all others of a hub are copies: nothing in it stands in a copy's way."""

import os
import subprocess
import sys
from pathlib import Path

COPIED = """
import os, threading
import numpy, psutil
from allpoints.hub import loaded_once
from allpoints.modalities import FACES, FINGERPRINTS, NAMES

assert threading.enumerate() == [threading.main_thread()]
assert psutil.Process().open_files() == []
child = os.fork()
if child == 0:
    wide = numpy.ones((700, 700))
    assert numpy.dot(wide, wide)[350, 350] == 700
    for modality in (NAMES, FINGERPRINTS, FACES):
        example = modality.examples()[0]
        assert modality.compare(modality.encode(example), modality.encode(example)) is not None
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


def test_no_thread_of_ours_and_no_file_is_open_and_a_copy_can_encode_and_compare(tmp_path: Path) -> None:
    """The libraries that calculate have threads of their own; a copy has to get new ones, or would wait for ever."""
    counted = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", COPIED], check=True, timeout=300, env=counted)
