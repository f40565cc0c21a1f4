"""Readings: how a word of any script is read in the letters a to z. One file for each family of scripts.

`systems` lists which script is read by which function.
"""

from allpoints.modalities.names.romanise.systems import Reading, readings

__all__ = ["Reading", "readings"]
