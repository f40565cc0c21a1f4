"""Duplicates: all records against all, for the records that describe one person."""

from allpoints.modalities.names.duplicates.finding import Duplicates, Link, Progress, find_duplicates

__all__ = ["Duplicates", "Link", "Progress", "find_duplicates"]
