"""Within the fourth step: what the candidates of all modalities, re-read, say of each record.

A record is one match, whatever found it. Every modality that can say something of it does: that a document's number
agrees and its holder's name does not is one answer and no two.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import copysign
from operator import itemgetter
from typing import NamedTuple

import msgspec

from allpoints.access import Compared, Match
from allpoints.likelihood.fusion import Part, fused
from allpoints.likelihood.verbal import THRESHOLDS, Strength, in_words, strength
from allpoints.modalities import BIOMETRIC_BY_NAME, IDENTIFIERS, TEMPLATED_BY_NAME, Explanation, Population
from allpoints.records import HeldRecord, Identifier
from allpoints.records.identifiers import Pattern
from allpoints.steps.search import Candidate
from allpoints.steps.templates import Probe, loaded
from allpoints.store.acts import StoredTemplate

LEAST_LLR = THRESHOLDS[0]
"""From here on a comparison supports the same source in words, too; what is below is no hit unless an identifier
agrees."""


class Rule(msgspec.Struct, frozen=True):
    """When a comparison of a modality makes a hit, and how many of them."""

    agreement: str
    """What a match says of itself; it tells nothing of the reference."""
    least_llr: float
    most: int
    """Candidates that a person can look through; owners of silent records are told of as many."""


RULES = {
    "names": Rule("name", LEAST_LLR, 20),
    # An examiner's time is scarce, and a stranger's print in a list is a stranger whom somebody looks into: what is
    # a hundred times more probable of one source is worth it.
    "fingerprints": Rule("fingerprint", 2.0, 20),
    "faces": Rule("face", 2.0, 20),
}
_LEAST = dict(zip(Strength, (0.0, *THRESHOLDS), strict=True))


class View(msgspec.Struct, frozen=True):
    """Candidates as one asker may see them, re-read in this transaction."""

    held: Mapping[int, HeldRecord]
    templates: Mapping[int, Sequence[StoredTemplate]] = {}


def agreeing_identifier(candidate: Candidate, held: HeldRecord) -> Identifier | None:
    """Confirm a candidate against what PostgreSQL holds; None where a stale index or a hash misled.

    Of several identifiers the one that agrees best counts.
    """
    template = candidate.template
    scored = [
        (IDENTIFIERS.compare(template, identifier).score, identifier)
        for identifier in held.identifiers
        if identifier.scheme == template.scheme
    ]
    score, identifier = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return identifier if score > 0 else None


def identifier_match(candidate: Candidate, held: HeldRecord, population: Population) -> Match | None:
    """What the identifier that agrees says; None as `agreeing_identifier`."""
    identifier = agreeing_identifier(candidate, held)
    if identifier is None:
        return None
    agreement = "pattern" if isinstance(candidate.template, Pattern) else "exact"
    return _match(
        IDENTIFIERS.name, agreement, IDENTIFIERS.explain(candidate.template, identifier, population)
    )


def template_matches(
    probes: Sequence[Probe], stored: Sequence[StoredTemplate], *, found: bool = False
) -> list[Match]:
    """Compare a question's probes with a record's templates: a match for each modality that has both.

    Empty where no modality reaches its `Rule`, unless the record was `found` by something else: explaining takes as
    long as comparing.
    """
    compared = [
        one
        for name in dict.fromkeys(probe.modality for probe in probes)
        if (one := _compared(name, probes, stored)) is not None
    ]
    if not found and not any(one.llr >= RULES[one.modality].least_llr for one in compared):
        return []
    return [_match(one.modality, RULES[one.modality].agreement, one.explain()) for one in compared]


class _Comparison(NamedTuple):
    modality: str
    llr: float
    explain: Callable[[], Explanation]


def _compared(name: str, probes: Sequence[Probe], stored: Sequence[StoredTemplate]) -> _Comparison | None:
    """What the modality says of the record; None where it has nothing to compare."""
    asked = [probe.template for probe in probes if probe.modality == name]
    held = [
        reference
        for template in stored
        if template.modality == name and (reference := loaded(name, template.body)) is not None
    ]
    if not asked or not held:
        return None
    if (biometric := BIOMETRIC_BY_NAME.get(name)) is not None:
        llr = biometric.compare_sets(asked, held).llr
        # Other fingers than those that are held, for one, say nothing.
        return _Comparison(name, llr, partial(biometric.explain_sets, asked, held)) if llr else None
    modality = TEMPLATED_BY_NAME[name]
    llr, probe, reference = max(
        ((modality.compare(probe, reference).llr, probe, reference) for probe in asked for reference in held),
        key=itemgetter(0),
    )
    return _Comparison(name, llr, partial(modality.explain, probe, reference))


def one_match(parts: Sequence[Match]) -> Match | None:
    """What all modalities say of one record, or None where nothing supports it.

    A record that an identifier found stays, however much its other particulars contradict: a stolen passport is
    stolen whoever shows it. So the strength is that of what agrees, an identifier first, and what contradicts is
    named beside it. Of a person whom no identifier found everything counts: a print that contradicts takes away
    what the name supports.
    """
    ordered = sorted(
        parts, key=lambda part: (part.modality == IDENTIFIERS.name, part.llr or 0.0), reverse=True
    )
    agreeing = _agreeing(ordered)
    if not agreeing:
        return None
    if len(parts) == 1:
        return parts[0]
    first = ordered[0]
    counted = agreeing if first.modality == IDENTIFIERS.name else ordered
    llr = fused([Part(part.modality, part.llr or 0.0, abs(part.llr or 0.0)) for part in counted]).llr
    if first.modality != IDENTIFIERS.name and llr < LEAST_LLR:
        return None
    against = [part for part in ordered if part not in agreeing and (part.llr or 0.0) <= -LEAST_LLR]
    return Match(
        modality=first.modality,
        agreement=" and ".join(part.agreement for part in agreeing),
        explanation=(
            *(f"the {part.agreement} contradicts" for part in against),
            *(line for part in ordered for line in part.explanation),
        ),
        findings=tuple(finding for part in ordered for finding in part.findings),
        score=first.score,
        llr=llr,
        strength=in_words(llr, modalities=[part.modality for part in agreeing]),
        parts=tuple(ordered),
    )


def told_llr(match: Match) -> float:
    """The LLR as far as a contact's words tell it, which are those of the first part: the least put in these words."""
    first = match.parts[0] if match.parts else match
    llr = first.llr or 0.0
    return copysign(_LEAST[strength(llr, modalities=(first.modality,))], llr)


def found_by_identifier(match: Match) -> bool:
    """Whether an identifier agrees, beside whatever else was compared."""
    return any(part.modality == IDENTIFIERS.name for part in (match, *match.parts))


def _agreeing(parts: Iterable[Match]) -> list[Match]:
    """Those that found the record, not those that were compared because another one did."""
    return [
        part
        for part in parts
        if part.modality == IDENTIFIERS.name or (part.llr or 0.0) >= RULES[part.modality].least_llr
    ]


def _match(modality: str, agreement: str, explanation: Explanation) -> Match:
    comparison = explanation.comparison
    return Match(
        modality=modality,
        agreement=agreement,
        explanation=(*map(str, explanation.findings), *explanation.remarks),
        findings=tuple(
            Compared(f.what, f.probe, f.reference, f.outcome.value, f.how, f.weight)
            for f in explanation.findings
        ),
        score=comparison.score,
        llr=comparison.llr,
        strength=in_words(comparison.llr, modalities=(modality,)),
    )
