"""Exact keys: an identifier and its scheme.

An identifier is written as its parts joined by colons (`ALB:P:BA1234567`), parsed into canonical form by its
scheme, and found by its *key*: the parts that must be equal. The other parts are *qualifiers*: they may be
missing, but where both sides state them they must not contradict.
"""

from allpoints.records.identifiers.comparing import Agreement, agreements, contradicts
from allpoints.records.identifiers.parsing import key_text, parse_identifier, scheme_named
from allpoints.records.identifiers.patterns import (
    Difference,
    Pattern,
    fold_confusables,
    matches,
    parse_pattern,
)
from allpoints.records.identifiers.scheme import MAX_VALUE, Canonical, Identifier, RawIdentifier, Scheme
from allpoints.records.identifiers.schemes import SCHEMES

__all__ = [
    "MAX_VALUE",
    "SCHEMES",
    "Agreement",
    "Canonical",
    "Difference",
    "Identifier",
    "Pattern",
    "RawIdentifier",
    "Scheme",
    "agreements",
    "contradicts",
    "fold_confusables",
    "key_text",
    "matches",
    "parse_identifier",
    "parse_pattern",
    "scheme_named",
]
