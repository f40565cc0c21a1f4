"""What makes two records a link: a shared identifier, or a comparison strong enough with something beside the name."""

from collections.abc import Iterable, Sequence

import structlog
from msgspec.structs import replace

from allpoints.access import Match
from allpoints.likelihood.verbal import THRESHOLDS
from allpoints.modalities import IDENTIFIERS, Outcome
from allpoints.records import Identifier
from allpoints.steps.matching import template_matches
from allpoints.steps.templates import Probe, loaded
from allpoints.store.acts import StoredTemplate
from allpoints.store.linking import Link, Linkable

LINK_LLR = {"names": THRESHOLDS[2], "fingerprints": THRESHOLDS[3], "faces": THRESHOLDS[3]}
"""From which strength of evidence on two records are proposed as of one source. Names: moderately strong support, which
one in two thousand of those reaches who are other people and come up besides (error rates of their calibration). A
picture of the body: strong support, for every record is compared with everybody's. What lies below turns up in checks;
a link that nobody can use costs two owners their time."""
SUPPORT = {"names": frozenset({"born", "birthplace", "residence"})}
"""What has to agree beside, of modalities that never link alone: people share names."""
SUPPORT_WEIGHT = 0.5
"""How much an agreement must add for that, in log10 units: the same year or the same state is not enough."""
_AGREE = (Outcome.EQUAL, Outcome.COMPATIBLE)
_log = structlog.get_logger("allpoints.links")


def links_between(found: Iterable[tuple[int, int]], records: dict[int, Linkable]) -> list[Link]:
    """The links that the pairs of records make, as far as these are given and have different owners."""
    links = []
    for one, other in sorted({(min(pair), max(pair)) for pair in found}):
        if one not in records or other not in records:
            continue
        a, b = records[one], records[other]
        if a.owner == b.owner:
            continue
        try:
            links += _links_of(a, b)
        except Exception as error:
            # One pair must not keep the others from being linked.
            _log.error("link.failed", records=(one, other), error=type(error).__name__)
    return links


def _links_of(a: Linkable, b: Linkable) -> list[Link]:
    pair = Link(record_a=a.id, record_b=b.id, owner_a=a.owner, owner_b=b.owner, scheme="")
    links = [replace(pair, scheme=scheme) for scheme in shared(a.identifiers, b.identifiers)]
    return links + [
        replace(pair, scheme=modality, llr=match.llr, agreements=_agreeing(match, 0.0))
        for modality in a.templates.keys() & b.templates.keys()
        if (match := one_source(modality, _stored(a, modality), _stored(b, modality)))
    ]


def _stored(record: Linkable, modality: str) -> list[StoredTemplate]:
    return [StoredTemplate(modality, body) for body in record.templates[modality]]


def one_source(
    modality: str, ours: Sequence[StoredTemplate], theirs: Sequence[StoredTemplate]
) -> Match | None:
    """The comparison of two records where it is strong enough for a link."""
    templates = [loaded(modality, one.body) for one in ours if one.modality == modality]
    probes = [Probe(modality, template) for template in templates if template is not None]
    for match in template_matches(probes, theirs):
        agreeing = set(_agreeing(match, SUPPORT_WEIGHT))
        needed = SUPPORT.get(modality)
        if (match.llr or 0.0) >= LINK_LLR[modality] and (needed is None or agreeing & needed):
            return match
    return None


def _agreeing(match: Match, least: float) -> tuple[str, ...]:
    """What agrees and adds at least so much, in words; each once and in order."""
    agreeing = (f.what for f in match.findings if f.outcome in _AGREE and f.weight >= least)
    return tuple(dict.fromkeys(agreeing))


def shared(ours: tuple[Identifier, ...], theirs: tuple[Identifier, ...]) -> set[str]:
    """The schemes of which both records hold the same identifier."""
    return {
        one.scheme
        for one in ours
        for other in theirs
        if one.scheme == other.scheme and IDENTIFIERS.compare(one, other).score > 0
    }
