"""Comparing one identifier with another, or with a pattern: the oracle for the index."""

from math import log10

from allpoints.errors import InvalidValue
from allpoints.modalities.base import (
    Comparison,
    Explanation,
    Finding,
    Outcome,
    Population,
)
from allpoints.records.identifiers import (
    Agreement,
    Difference,
    Identifier,
    Pattern,
    agreements,
    contradicts,
    key_text,
    matches,
    scheme_named,
)

_OUTCOMES = {
    Agreement.EQUAL: Outcome.EQUAL,
    Agreement.COMPATIBLE: Outcome.COMPATIBLE,
    Agreement.MISSING: Outcome.NOT_STATED,
    Agreement.CONTRADICTING: Outcome.DIFFERENT,
}
_CONFUSABLE_LIKENESS = 0.5
_NO_SUPPORT = Comparison(0.0, 0.0)
"""How often one item comes under two identifiers, nobody has counted: a difference supports neither side."""


def likeness(pattern: Pattern, value: str) -> float | None:
    """Return the share of the value's last part that the pattern states, None where it does not match.

    A character counts 1 where both are equal, a half where they are taken for each other, 0 where one of them
    is a wildcard.
    """
    differences = matches(pattern, value)
    if differences is None:
        return None
    text = value.rpartition(":")[2]
    return 1.0 - sum(_cost(difference) for difference in differences) / len(text)


def compared(
    probe: Identifier | Pattern, reference: Identifier | Pattern, population: Population
) -> Comparison:
    """Return score and LLR. See `docs/modalities.md` for what they mean; raises as `checked_reference`."""
    known = checked_reference(reference)
    if probe.scheme != known.scheme or contradicts(_stated(probe), known):
        return _NO_SUPPORT
    if isinstance(probe, Pattern):
        score = likeness(probe, known.value)
        return _NO_SUPPORT if score is None else Comparison(score, population.llr())
    return Comparison(1.0, population.llr()) if key_text(probe) == key_text(known) else _NO_SUPPORT


def explained(
    probe: Identifier | Pattern, reference: Identifier | Pattern, population: Population
) -> Explanation:
    """Return the comparison with what led to it, part by part. Raises as `checked_reference`."""
    known = checked_reference(reference)
    comparison = compared(probe, known, population)
    return Explanation(
        comparison=comparison,
        same="The probe and the reference name the same item.",
        different=_other_item(known.scheme, population),
        findings=_findings(probe, known),
        remarks=(*_reservations(probe, known), *_strength(comparison, population)),
    )


def checked_reference(reference: Identifier | Pattern) -> Identifier:
    """Return the reference. Raises `InvalidValue` for a pattern."""
    if isinstance(reference, Identifier):
        return reference
    raise InvalidValue("a pattern is a question, no record holds one", field="reference")


def _stated(probe: Identifier | Pattern) -> Identifier:
    return probe if isinstance(probe, Identifier) else Identifier(probe.scheme, probe.value, verified=False)


def _findings(probe: Identifier | Pattern, reference: Identifier) -> tuple[Finding, ...]:
    if probe.scheme != reference.scheme:
        return (Finding("scheme", probe.scheme, reference.scheme, Outcome.DIFFERENT),)
    parts = agreements(_stated(probe), reference)
    several = len(parts) > 1
    ones, others = (value.split(":") if several else [value] for value in (probe.value, reference.value))
    outcomes = [_OUTCOMES[agreement] for agreement in parts.values()]
    if isinstance(probe, Pattern) and (differences := matches(probe, reference.value)) is not None:
        outcomes[-1] = Outcome.COMPATIBLE if differences else Outcome.EQUAL
    return tuple(
        Finding(part.replace("_", " "), one, other, outcome)
        for part, one, other, outcome in zip(parts, ones, others, outcomes, strict=True)
    )


def _reservations(probe: Identifier | Pattern, reference: Identifier) -> tuple[str, ...]:
    remarks = []
    if isinstance(probe, Pattern):
        same_scheme = probe.scheme == reference.scheme
        remarks += [_told(d) for d in (matches(probe, reference.value) or () if same_scheme else ())]
    elif not probe.verified:
        remarks.append(f"the probe's {probe.scheme} is not verified")
    if not reference.verified:
        remarks.append(f"the reference's {reference.scheme} is not verified")
    return tuple(remarks)


def _strength(comparison: Comparison, population: Population) -> tuple[str, ...]:
    if not comparison.score:
        return (
            "a difference supports neither proposition: how often one item has two identifiers is not known",
        )
    if not population.size:
        return ("no population is known, so the agreement's strength is not either",)
    bound = log10(population.size + 1)
    return (
        f"{max(population.agreeing, 1)} of {population.size} holdings agree: LLR {comparison.llr:.1f},"
        f" at most {bound:.1f}",
    )


def _other_item(scheme: str, population: Population) -> str:
    holdings = f"the {population.size} holdings" if population.size else "holdings"
    return f"The probe names another item, drawn from {holdings} of the scheme {scheme_named(scheme).name}."


def _told(difference: Difference) -> str:
    if not difference.value:
        return f"{difference.pattern} stands for nothing"
    return f"{difference.pattern} stands for {difference.value} ({difference.reason})"


def _cost(difference: Difference) -> float:
    wildcard = difference.pattern in "?*" or difference.value == "?"
    return float(len(difference.value)) if wildcard else 1.0 - _CONFUSABLE_LIKENESS
