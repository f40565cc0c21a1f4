"""Faces: the same person in another picture.

`encode` makes a template of a picture, `compare` says how strongly two templates speak for one person. A picture goes
through `detection`, `alignment`, `quality` and `embedding`; `comparing` is the oracle for the `index`.
"""

from allpoints.modalities.faces.comparing import compare, compare_sets, explain, explain_sets
from allpoints.modalities.faces.modality import Faces
from allpoints.modalities.faces.quality import Quality
from allpoints.modalities.faces.side_by_side import side_by_side
from allpoints.modalities.faces.template import FaceTemplate, encode

__all__ = [
    "FaceTemplate",
    "Faces",
    "Quality",
    "compare",
    "compare_sets",
    "encode",
    "explain",
    "explain_sets",
    "side_by_side",
]
