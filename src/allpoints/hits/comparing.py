"""Probe and candidate for an examiner's eyes: what the machine compared, as numbers, as data and as a picture.

What is shown is read, and logged as a read for the record's owner, in one transaction; only then is it compared, which
takes its time. Nothing here decides.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from allpoints.access import Compared
from allpoints.errors import Conflict, Forbidden, NotFound, Unavailable
from allpoints.hits.advancing import disclosed_candidates
from allpoints.hits.examinations import check_purpose, not_a_candidate, own_list
from allpoints.likelihood.calibration import Calibration, load
from allpoints.likelihood.verbal import in_words
from allpoints.modalities import BIOMETRIC_BY_NAME
from allpoints.modalities.base import Biometric, SideBySide
from allpoints.records import Asker, Piece
from allpoints.steps.commit import Work
from allpoints.steps.templates import loaded
from allpoints.store import examinations as store
from allpoints.store.acts import Act
from allpoints.wire.corridor import CandidateComparison, Correspondence, ModalityComparison, Pair

_MODALITIES = BIOMETRIC_BY_NAME


class Picture(msgspec.Struct, frozen=True):
    """One picture, of the probe or of the candidate, and its template."""

    number: int
    modality: str
    piece: Piece
    template: Any


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared."""

    examination: int
    record: int
    probes: tuple[Picture, ...]
    references: tuple[Picture, ...]


async def material(act: Act, asker: Asker, number: int, record: int, now: datetime) -> Work:
    """Read probe and candidate; the result is the `Material`.

    Raises `NotFound` for what is not in the list, or no longer disclosed; `Forbidden` for another purpose, and for a
    record of which only the contact is disclosed; `Conflict` where the probe is gone.
    """
    examination = await own_list(act, number)
    check_purpose(examination, asker)
    disclosed = (await disclosed_candidates(act, asker, number, now)).get(record)
    if disclosed is None:
        raise not_a_candidate(number, record)
    if disclosed.disclosure.level != "full":
        raise Forbidden(
            "only the contact of this record is disclosed",
            field="record_id",
            remedy=f"Ask its owner for the pictures: {disclosed.held.contact or disclosed.held.owner}.",
        )
    probes = await store.probes(act, number)
    if not probes:
        raise Conflict(
            f"the list is {examination.state}: its probe is deleted",
            field="id",
            remedy="Make the check again where there is anything left to examine.",
        )
    pictures = await act.pictures(record)
    templates = (await act.templates([record])).get(record, [])
    bodies = {m: [t.body for t in templates if t.modality == m] for m in _MODALITIES}
    found = Material(
        examination=number,
        record=record,
        probes=tuple(
            Picture(p.number, p.modality, p.piece, _template(p.modality, p.template)) for p in probes
        ),
        references=tuple(
            Picture(picture.number, modality, picture.piece, _template(modality, body))
            for modality, of_modality in bodies.items()
            for picture, body in _paired([p for p in pictures if p.modality == modality], of_modality)
        ),
    )
    return Work(result=found, records=(record,), subject=str(number), disclosed=(disclosed.disclosure,))


def comparison(found: Material, probe: int | None) -> CandidateComparison:
    """Compare the material; the correspondences are those of one picture of the probe, by default the likeliest pair.

    Raises `NotFound` for a `probe` that has no counterpart, and what the modality raises for a picture.
    """
    pairs = _pairs(found)
    chosen = _chosen(pairs, probe)
    side = _side_by_side(found, chosen)
    return CandidateComparison(
        examination=found.examination,
        record=found.record,
        modalities=tuple(
            _modality(modality, ours, theirs)
            for name, modality in _MODALITIES.items()
            if (ours := _templates(found.probes, name)) and (theirs := _templates(found.references, name))
        ),
        pairs=tuple(pairs),
        shown=chosen,
        size=side.size,
        reference_x=side.reference_x,
        correspondences=tuple(
            Correspondence(
                number=c.number, probe=c.probe, reference=c.reference, certainty=c.certainty, what=c.what
            )
            for c in side.correspondences
        ),
        remarks=side.remarks,
    )


def picture(found: Material, probe: int | None) -> bytes:
    """The PNG of one picture of the probe beside its counterpart. Raises as `comparison`."""
    return _side_by_side(found, _chosen(_pairs(found), probe)).picture


def _pairs(found: Material) -> list[Pair]:
    """Each picture of the probe with the one that fits it best, if any can; the likeliest first."""
    pairs = []
    for ours in found.probes:
        modality = _MODALITIES[ours.modality]
        compared = [
            (modality.compare_sets([ours.template], [theirs.template]), theirs)
            for theirs in found.references
            if theirs.modality == ours.modality
        ]
        # Of two pictures that cannot be of one place of the body nothing is compared.
        best = max((pair for pair in compared if pair[0].llr), key=lambda pair: pair[0].llr, default=None)
        if best:
            pairs.append(
                Pair(modality=modality.name, probe=ours.number, reference=best[1].number, llr=best[0].llr)
            )
    return sorted(pairs, key=lambda pair: -pair.llr)


def _chosen(pairs: Sequence[Pair], probe: int | None) -> Pair:
    for pair in pairs:
        if probe in (None, pair.probe):
            return pair
    raise NotFound(
        "the candidate has no picture to compare with this one",
        field="probe",
        remedy="Choose one of the pairs that the comparison names.",
    )


def _side_by_side(found: Material, pair: Pair) -> SideBySide:
    [ours] = [picture.piece for picture in found.probes if picture.number == pair.probe]
    [theirs] = [
        p.piece for p in found.references if (p.modality, p.number) == (pair.modality, pair.reference)
    ]
    return _MODALITIES[pair.modality].side_by_side(ours, theirs)


def _modality(
    modality: Biometric[Any, Any], ours: Sequence[Any], theirs: Sequence[Any]
) -> ModalityComparison:
    explanation = modality.explain_sets(ours, theirs)
    compared = explanation.comparison
    rates = _calibration(modality.name).error_rates_at(compared.llr)
    return ModalityComparison(
        modality=modality.name,
        score=compared.score,
        llr=compared.llr,
        strength=in_words(compared.llr, modalities=(modality.name,)),
        same=explanation.same,
        different=explanation.different,
        fmr=rates.fmr,
        fnmr=rates.fnmr,
        findings=tuple(
            Compared(f.what, f.probe, f.reference, f.outcome.value, f.how, f.weight)
            for f in explanation.findings
        ),
        remarks=explanation.remarks,
    )


@cache
def _calibration(modality: str) -> Calibration:
    return load(f"allpoints.modalities.{modality}")


def _templates(pictures: Sequence[Picture], modality: str) -> list[Any]:
    return [picture.template for picture in pictures if picture.modality == modality]


def _paired(pictures: Sequence[Any], bodies: Sequence[bytes]) -> list[tuple[Any, bytes]]:
    """Pictures and templates of one modality, both in the order in which one was made of the other."""
    if len(pictures) != len(bodies):
        raise _unreadable()
    return list(zip(pictures, bodies, strict=True))


def _template(modality: str, body: bytes) -> Any:
    template = loaded(modality, body)
    if template is None:
        raise _unreadable()
    return template


def _unreadable() -> Unavailable:
    return Unavailable("a template cannot be read", remedy="Tell the hub's operator.")
