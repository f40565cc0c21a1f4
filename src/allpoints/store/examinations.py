"""Candidate lists, their probes, and what examiners decide, as the asker's bureau sees them.

Each call is one statement within the asker's transaction; row-level security shows a bureau its own lists only.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from allpoints.records import AgencyKind, Asker, Confidentiality, Piece, Purpose, Role
from allpoints.store.acts import Act
from allpoints.wire.corridor import ExaminationState, ExaminerDecision

_piece = msgspec.msgpack.Decoder(Piece)
_CLEARANCES = {clearance.rank: clearance for clearance in Confidentiality}


class StoredExamination(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate list, and how far its examination is."""

    id: int
    asked_by: str
    agency: str
    purpose: str
    clearance: int
    verify: bool
    round: int
    state: ExaminationState
    examiner: str | None
    verifier: str | None
    created_at: datetime
    concluded_at: datetime | None

    def eyes(self, bureau: str) -> Asker:
        """What the check's asker is shown; the role counts for nothing there."""
        return Asker(
            bureau=bureau,
            user=self.asked_by,
            agency=AgencyKind(self.agency),
            role=Role.OFFICER,
            purpose=Purpose(self.purpose),
            clearance=_CLEARANCES[self.clearance],
        )


class StoredCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate as the check disclosed it to its asker; a contact has neither score nor LLR."""

    record: int
    rank: int
    owner: str
    level: str
    modality: str
    agreement: str
    score: float | None
    llr: float | None
    strength: str


class StoredDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What one examiner decided of one candidate. Nothing changes it."""

    record: int
    round: int
    verification: bool
    examiner: str
    decision: ExaminerDecision
    reason: str
    name: str
    """The examiner's own, random."""
    decided_at: datetime


class StoredProbe(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of the check and its template, as the modality wrote it. The database has both sealed."""

    number: int
    modality: str
    piece: Piece
    template: bytes


async def open_examination(
    act: Act, asker: Asker, candidates: Sequence[StoredCandidate], *, verify: bool
) -> int:
    """Keep the candidate list of the asker's check; return its number (two statements)."""
    [(number,)] = await act._rows(
        "open_examination",
        asker.bureau,
        asker.user,
        asker.agency.value,
        asker.purpose.value,
        asker.clearance.rank,
        verify,
    )
    await act._rows("propose_candidates", number, *_columns(candidates))
    return int(number)


async def keep_probes(act: Act, number: int, probes: Sequence[StoredProbe]) -> None:
    """Keep the check's pictures and templates, sealed, for the examiners."""
    seal = act.seals.sealer.seal
    rows = [
        (
            probe.number,
            probe.modality,
            seal(msgspec.msgpack.encode(probe.piece), _context(number, probe.number, "picture")),
            seal(probe.template, _context(number, probe.number, "template")),
        )
        for probe in probes
    ]
    await act._rows("keep_probes", number, *(list(column) for column in zip(*rows, strict=True)))


async def examinations(
    act: Act, *, after: int, limit: int, state: ExaminationState | None, mine: str | None
) -> list[StoredExamination]:
    """A page of the bureau's lists; `mine` is the user to whom they are assigned."""
    named = {"after": after, "limit": limit, "state": state and state.value, "mine": mine}
    return [_examination(row) for row in await act._rows("examinations", **named)]


async def examination(act: Act, number: int, *, for_change: bool = False) -> StoredExamination | None:
    """One of the bureau's lists, locked until the transaction ends where it is to be changed."""
    rows = await act._rows("examination_for_change" if for_change else "examination", number)
    return _examination(rows[0]) if rows else None


async def candidates(act: Act, number: int) -> list[StoredCandidate]:
    """The candidates of a list by rank."""
    rows = await act._rows("examination_candidates", number)
    return [_struct(StoredCandidate, row) for row in rows]


async def decisions(act: Act, number: int) -> list[StoredDecision]:
    """All decisions on a list, the blind ones too."""
    return [
        _struct(StoredDecision, (*row[:4], ExaminerDecision(row[4]), *row[5:]))
        for row in await act._rows("examination_decisions", number)
    ]


async def probe_kinds(act: Act, number: int) -> list[tuple[int, str]]:
    """Number and modality of each picture of the probe; nothing once the list is concluded."""
    return [(place, modality) for place, modality in await act._rows("examination_probe_kinds", number)]


async def probes(act: Act, number: int) -> list[StoredProbe]:
    """The probe of a list; nothing once it is concluded. Raises `Unavailable` where another key sealed it."""
    unseal = act.seals.sealer.open
    return [
        StoredProbe(
            number=place,
            modality=modality,
            piece=_piece.decode(unseal(bytes(picture), _context(number, place, "picture"))),
            template=unseal(bytes(template), _context(number, place, "template")),
        )
        for place, modality, picture, template in await act._rows("examination_probes", number)
    ]


async def change(act: Act, changed: StoredExamination) -> None:
    """Keep what came of a list that was locked before."""
    state = changed.state.value
    await act._rows(
        "change_examination", state, changed.round, changed.examiner, changed.verifier, state, changed.id
    )


async def decide(act: Act, number: int, decided: StoredDecision) -> datetime | None:
    """Keep a decision and return its time; None where that examiner's part has one already."""
    rows = await act._rows(
        "decide_candidate",
        number,
        decided.record,
        decided.round,
        decided.verification,
        decided.examiner,
        decided.decision.value,
        decided.reason,
        decided.name,
    )
    return rows[0][0] if rows else None


async def delete_probes(act: Act, number: int) -> None:
    """Delete the probe of a concluded list; row-level security lets no other go."""
    await act._rows("delete_probes", number)


def _examination(row: tuple[Any, ...]) -> StoredExamination:
    names = StoredExamination.__struct_fields__
    fields = dict(zip(names, row, strict=True))
    return StoredExamination(**{**fields, "state": ExaminationState(fields["state"])})


def _struct(kind: type[Any], row: tuple[Any, ...]) -> Any:
    return kind(**dict(zip(kind.__struct_fields__, row, strict=True)))


def _context(number: int, place: int, what: str) -> bytes:
    """What is sealed opens only as what it is of its own list."""
    return f"examination {number} probe {place} {what}".encode()


def _columns(rows: Sequence[msgspec.Struct]) -> list[list[Any]]:
    return [list(column) for column in zip(*map(msgspec.structs.astuple, rows), strict=True)]
