import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from allpoints.errors import Unavailable
from allpoints.modalities.faces import FaceTemplate, encode
from allpoints.modalities.faces import networks as room


def test_many_threads_at_once_get_what_one_gets(
    images: tuple[bytes, ...], templates: list[FaceTemplate]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(encode, images * 2)) == templates * 2
    assert len(room._idle) <= (os.cpu_count() or 1)


def test_networks_that_are_not_installed_are_named(
    images: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("ALLPOINTS_PARTS", str(tmp_path))
    monkeypatch.setattr(room, "_idle", [])
    with pytest.raises(Unavailable, match="missing"):
        encode(images[0])
