"""Whether two identifiers with the same key can belong to the same thing."""

from enum import StrEnum

from allpoints.records.identifiers.parsing import scheme_named
from allpoints.records.identifiers.scheme import Identifier, Scheme


class Agreement(StrEnum):
    """How one part of a probe stands to the same part of a reference."""

    EQUAL = "equal"
    COMPATIBLE = "compatible"
    """Different, but both can be true: passports of type P and PD, Beretta and Pietro Beretta."""
    MISSING = "missing"
    """At least one side does not state it."""
    CONTRADICTING = "contradicting"


def agreements(probe: Identifier, reference: Identifier) -> dict[str, Agreement]:
    """Compare two canonical identifiers of one scheme part by part."""
    scheme = scheme_named(probe.scheme)
    several = len(scheme.parts) > 1
    one, other = (i.value.split(":") if several else [i.value] for i in (probe, reference))
    return {
        part: _agreement(scheme, part, one_part, other_part)
        for part, one_part, other_part in zip(scheme.parts, one, other, strict=True)
    }


def contradicts(probe: Identifier, reference: Identifier) -> tuple[str, ...]:
    """Name the qualifiers that both state and that cannot both be true; none, and equal keys are a match."""
    qualifiers = scheme_named(probe.scheme).qualifiers
    if probe.value == reference.value or not qualifiers:
        return ()
    compared = agreements(probe, reference)
    return tuple(part for part in qualifiers if compared[part] is Agreement.CONTRADICTING)


def _agreement(scheme: Scheme, part: str, one: str, other: str) -> Agreement:
    if not one or not other:
        return Agreement.MISSING
    if one == other:
        return Agreement.EQUAL
    compatible = scheme.qualifiers.get(part)
    return Agreement.COMPATIBLE if compatible and compatible(one, other) else Agreement.CONTRADICTING
