"""Within the fourth step: what a fingerprint or a face found becomes a candidate list, for people to examine.

Only then is the probe kept, sealed, and only until the list is concluded; of a probe that finds nothing nothing is.
"""

from collections.abc import Sequence

from allpoints.access import Disclosure, Match
from allpoints.modalities import BIOMETRIC_BY_NAME
from allpoints.records import Piece
from allpoints.steps.authorise import Admitted
from allpoints.steps.matching import RULES
from allpoints.store import examinations
from allpoints.store.acts import Act, StoredTemplate
from allpoints.store.examinations import StoredCandidate, StoredProbe


async def open_examination(
    act: Act,
    admitted: Admitted,
    *,
    evidence: Sequence[Piece],
    templates: Sequence[StoredTemplate],
    found: Sequence[Disclosure],
    verify: bool,
) -> int | None:
    """Keep the candidates that a fingerprint or a face found, and the sealed probe; return the list's number.

    `templates` holds the template of each piece of evidence, in its order; `found` is what one question's asker is
    shown, in the order of the answer. Where a biometric modality found nothing of it nothing is kept, and the answer
    is None.
    """
    candidates = [
        _candidate(rank, disclosure, match)
        for rank, (disclosure, match) in enumerate(_proposed(found), start=1)
    ]
    if not candidates:
        return None
    await act.name_asker(admitted.asker)
    number = await examinations.open_examination(act, admitted.asker, candidates, verify=verify)
    probes = [
        StoredProbe(number=place, modality=template.modality, piece=piece, template=template.body)
        for place, (piece, template) in enumerate(zip(evidence, templates, strict=True))
    ]
    await examinations.keep_probes(act, number, probes)
    return number


def _proposed(found: Sequence[Disclosure]) -> list[tuple[Disclosure, Match]]:
    """What a biometric modality found, each with what that modality says of it."""
    return [
        (disclosure, match)
        for disclosure in found
        if (match := next(filter(_found, _parts(disclosure.match)), None))
    ]


def _found(match: Match) -> bool:
    """Whether a biometric modality found the record, and was not merely compared because something else did."""
    # Words alone, of a contact, are of what found it.
    return match.modality in BIOMETRIC_BY_NAME and (
        match.llr is None or match.llr >= RULES[match.modality].least_llr
    )


def _parts(match: Match) -> tuple[Match, ...]:
    return match.parts or (match,)


def _candidate(rank: int, disclosure: Disclosure, match: Match) -> StoredCandidate:
    return StoredCandidate(
        record=disclosure.record,
        rank=rank,
        owner=disclosure.owner,
        level=disclosure.level,
        modality=match.modality,
        agreement=match.agreement,
        score=match.score,
        llr=match.llr,
        strength=match.strength,
    )
