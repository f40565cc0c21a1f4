"""Minutiae from a picture, by the network LEADER.

LEADER (Raffaele Cappelli, in his package `pyfing`) takes grey pixels at 500 dpi and gives four numbers a pixel:
position, direction, kind, and the quality of a minutia there, with all but local maxima suppressed. How it is fed and
read follows `afis` 1.2.7 (Ashok Pant, MIT).
"""

from functools import cache
from math import pi
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from allpoints import parts
from allpoints.errors import Unavailable
from allpoints.modalities.fingerprints.minutiae import Minutia, MinutiaKind

LEAST_QUALITY = 0.5
"""From which quality on a place counts as a minutia."""
_RUNTIME: Any = onnxruntime
"""Its annotations do not say what it exports."""
_MULTIPLE = 32
_BLOCK = 16
_MARGIN = 2
"""Blocks of background that are left about the print."""


def minutiae(pixels: NDArray[np.uint8]) -> list[Minutia]:
    """Find the minutiae in a print's grey pixels (height × width, at 500 dpi, ridges dark).

    Raises `Unavailable` where the network is not installed.
    """
    top, bottom, left, right = _print_within(pixels)
    found = _run(pixels[top:bottom, left:right])
    rows, columns = np.nonzero(found[..., 3] >= LEAST_QUALITY)
    return [
        Minutia(
            x=left + int(x),
            y=top + int(y),
            angle=float(found[y, x, 1]) % (2 * pi),
            quality=min(float(found[y, x, 3]), 1.0),
            kind=MinutiaKind.ENDING if found[y, x, 2] >= 0.5 else MinutiaKind.BIFURCATION,
        )
        for y, x in zip(rows, columns, strict=True)
    ]


def _run(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Run the network on pixels of any size: it takes multiples of 32, so the outer rows and columns are repeated."""
    height, width = pixels.shape
    above, before = (-height % _MULTIPLE) // 2, (-width % _MULTIPLE) // 2
    padding = ((above, -height % _MULTIPLE - above), (before, -width % _MULTIPLE - before))
    padded = np.pad(pixels, padding, mode="edge").astype(np.float32)
    [answer] = _session().run(None, {"input": padded[np.newaxis, ..., np.newaxis]})
    return np.asarray(answer, np.float32)[0, above : above + height, before : before + width]


def _print_within(pixels: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """The rows and columns that hold the print, so that no time goes into empty background.

    Blocks count in which the grey varies by at least a fifth of what it does in the liveliest ones.
    """
    height, width = pixels.shape
    blocks = pixels[: height // _BLOCK * _BLOCK, : width // _BLOCK * _BLOCK].astype(np.float32)
    blocks = blocks.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    spread = blocks.std(axis=(1, 3))
    if spread.size == 0 or spread.max() == 0:
        return 0, height, 0, width
    lively = spread >= 0.2 * np.quantile(spread, 0.95)
    rows, columns = np.flatnonzero(lively.any(axis=1)), np.flatnonzero(lively.any(axis=0))
    return (
        max(int(rows[0]) - _MARGIN, 0) * _BLOCK,
        min((int(rows[-1]) + 1 + _MARGIN) * _BLOCK, height),
        max(int(columns[0]) - _MARGIN, 0) * _BLOCK,
        min((int(columns[-1]) + 1 + _MARGIN) * _BLOCK, width),
    )


@cache
def _session() -> Any:
    """The network, loaded once a process. One thread a print: a hub works on many prints at a time."""
    options = _RUNTIME.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    network = _with_scalar_constant(parts.path("leader").read_bytes())
    try:
        return _RUNTIME.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Unavailable("the network LEADER cannot be loaded", field="leader") from error


def _with_scalar_constant(network: bytes) -> bytes:
    """Make the 1 in the network's GELUs a scalar; it was exported as a tensor of 1 × 1 × 1 × 1.

    ONNX Runtime fuses GELUs of scalars only, and unfused they cost a third of the time. The dimensions (field 1 of
    the tensor, four times) give way to a remark of the same length (field 12).
    """
    constant = b"\x10\x01B\x14const_fold_opt__6483"
    return network.replace(b"\x08\x01" * 4 + constant, b"\x62\x06scalar" + constant)
