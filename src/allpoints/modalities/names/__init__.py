"""Names: the same person in any script and spelling.

`person` describes somebody, `compare` says how strongly two descriptions speak for one person, `explain` why.
`scripts`, `romanise` and `sounds` make words comparable, `parts` takes names apart, `alignment` lays two side
by side, `model` is the recipe, `comparing` the oracle for the index.
"""

from allpoints.modalities.names.comparing import compare, explain
from allpoints.modalities.names.modality import Names
from allpoints.modalities.names.people import PersonTemplate, person, prepared

__all__ = ["Names", "PersonTemplate", "compare", "explain", "person", "prepared"]
