"""Finding the people whom a name may mean, among ten million: the index, and what it is made of."""

from allpoints.modalities.names.retrieval.index import NameIndex

__all__ = ["NameIndex"]
