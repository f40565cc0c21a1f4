import sys

import pytest

from allpoints.errors import NotFound
from allpoints.likelihood.extra import extra


def test_a_module_that_is_there_is_imported() -> None:
    assert extra("sys") is sys


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.isotonic", None)
    with pytest.raises(NotFound) as refused:
        extra("sklearn.isotonic")
    assert "allpoints[calibrate]" in (refused.value.remedy or "")


def test_a_calibration_is_read_without_the_extra() -> None:
    import subprocess

    code = (
        "import sys, allpoints.likelihood\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('lir', 'sklearn', 'matplotlib', 'scipy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
