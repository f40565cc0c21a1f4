"""Allpoints: independent police bodies share what they know without giving it up."""
