"""Within the fourth step: what the candidates of all modalities, re-read, say of each record.

A record is one match, whatever found it. Every modality that can say something of it does: that a document's number
agrees and its holder's name does not is one answer and no two.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import copysign

import msgspec

from allpoints.access import Compared, Match
from allpoints.likelihood.fusion import Part, fused
from allpoints.likelihood.verbal import THRESHOLDS, Strength, in_words, strength
from allpoints.modalities import IDENTIFIERS, TEMPLATED, Explanation, Modality, Population
from allpoints.records import HeldRecord, Identifier
from allpoints.records.identifiers import Pattern
from allpoints.steps.search import Candidate
from allpoints.steps.templates import Probe, loaded
from allpoints.store.acts import StoredTemplate

LEAST_LLR = THRESHOLDS[0]
"""From here on a comparison supports the same source in words, too; what is below is no hit unless an identifier
agrees."""
AGREEMENTS = {"names": "name"}
"""What a match of a modality says of itself; it tells nothing of the reference."""
_LEAST = dict(zip(Strength, (0.0, *THRESHOLDS), strict=True))
_MODALITIES = {modality.name: modality for modality in TEMPLATED}


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
    probes: Iterable[Probe], stored: Sequence[StoredTemplate], *, least: float = LEAST_LLR
) -> list[Match]:
    """Compare a question's probes with a record's templates: for each modality that has both, its best match.

    What does not reach the `least` LLR is not explained, for explaining takes as long as comparing, and left out.
    """
    best: dict[str, tuple[float, Probe, StoredTemplate]] = {}
    for probe in probes:
        for template in stored:
            reference = loaded(template.modality, template.body)
            if template.modality == probe.modality and reference is not None:
                llr = _MODALITIES[probe.modality].compare(probe.template, reference).llr
                if probe.modality not in best or llr > best[probe.modality][0]:
                    best[probe.modality] = (llr, probe, template)
    return [
        _match(name, AGREEMENTS[name], explained(_MODALITIES[name], probe, template))
        for name, (llr, probe, template) in best.items()
        if llr >= least
    ]


def explained(modality: Modality[object, object], probe: Probe, template: StoredTemplate) -> Explanation:
    """Explain one comparison."""
    return modality.explain(probe.template, loaded(template.modality, template.body))


def one_match(parts: Sequence[Match]) -> Match | None:
    """What all modalities say of one record, or None where nothing supports it.

    A record that an identifier found stays, however much its other particulars contradict: a stolen passport is
    stolen whoever shows it. So the strength is that of what agrees, an identifier first, and what contradicts is
    named beside it.
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
    llr = fused([Part(part.modality, part.llr or 0.0, abs(part.llr or 0.0)) for part in agreeing]).llr
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
    return [part for part in parts if part.modality == IDENTIFIERS.name or (part.llr or 0.0) >= LEAST_LLR]


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
