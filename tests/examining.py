"""Candidate lists for tests of what people do with them, as a check leaves them; what a modality makes of pictures is
tested elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace
from tests.corridors import Corridor, contribution, evidence, operator, plate

from allpoints.access import Action, Disclosure, Match
from allpoints.bureau.call import random_name
from allpoints.hits import examinations
from allpoints.hits.examinations import Said
from allpoints.pipeline import Task
from allpoints.records import Asker, Conditions, Fingerprint
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Done, Work
from allpoints.steps.examine import open_examination
from allpoints.store.acts import Act, StoredTemplate
from allpoints.wire.corridor import ExaminerDecision

PICTURE = Fingerprint(image=b"the picture of a finger", finger=2)
TEMPLATE = StoredTemplate("fingerprints", b"the template of a finger")
_FOUND = Match(modality="fingerprints", agreement="fingerprint", score=0.9, llr=5.0, strength="very strong")


async def records(
    corridor: Corridor, *owners: str, conditions: Conditions | None = None
) -> tuple[list[int], tuple[str, str]]:
    """A record of each owner, and the identifier by which a check finds them all."""
    identifier = plate()
    found = []
    for owner in owners:
        one = contribution(identifier, conditions=conditions)
        [kept] = await corridor.contribute(operator(owner), one)
        assert kept.id
        found.append(kept.id)
    await corridor.catch_up()
    return found, identifier


async def found_by(corridor: Corridor, who: Asker, identifier: tuple[str, str]) -> list[Disclosure]:
    """What a check discloses, as if a fingerprint had found it."""
    done = await corridor.check(who, evidence(identifier))
    return [replace(hit, match=_as_found(hit)) for hit in done.result[0].hits]


def _as_found(hit: Disclosure) -> Match:
    return _FOUND if hit.level == "full" else replace(_FOUND, score=None, llr=None)


async def candidate_list(
    corridor: Corridor,
    who: Asker,
    *owners: str,
    verify: bool = False,
    conditions: Conditions | None = None,
) -> tuple[int, list[int]]:
    """A list of the asker's with a record of each owner, and those records."""
    ids, identifier = await records(corridor, *owners, conditions=conditions)
    found = await found_by(corridor, who, identifier)
    assert [hit.record for hit in found] == sorted(ids)
    return await opened(corridor, who, found, verify=verify), ids


async def opened(
    corridor: Corridor, who: Asker, found: Sequence[Disclosure], *, verify: bool = False
) -> int | None:
    """What a check does with what it found."""

    async def task(act: Act, admitted: Admitted) -> Work:
        number = await open_examination(
            act, admitted, evidence=[PICTURE], templates=[TEMPLATE], found=found, verify=verify
        )
        return Work(result=number)

    return (await acted(corridor, who, Action.LIST_BUREAUS, task)).result


async def acted(corridor: Corridor, who: Asker, action: Action, task: Task) -> Done:
    """Do something as the asker, through the policies."""
    return await corridor.pipeline.act(corridor.message(who), action, task)


async def assign(corridor: Corridor, who: Asker, number: int, examiner: str) -> Done:
    """As `POST /v1/examinations/{number}/assignment`."""

    async def task(act: Act, admitted: Admitted) -> Work:
        return await examinations.assign(act, admitted.asker, number, examiner, now=_now())

    return await acted(corridor, who, Action.ASSIGN_EXAMINATION, task)


async def decide(
    corridor: Corridor,
    who: Asker,
    number: int,
    record: int,
    decision: ExaminerDecision = ExaminerDecision.IDENTIFICATION,
    reason: str = "core, delta and fourteen minutiae agree",
    *,
    name: str | None = None,
) -> Done:
    """As `POST /v1/examinations/{number}/candidates/{record}/decision`."""
    said = Said(decision=decision, reason=reason, id=name or random_name())

    async def task(act: Act, admitted: Admitted) -> Work:
        return await examinations.decide(act, admitted.asker, number, record, said, now=_now())

    return await acted(corridor, who, Action.EXAMINE, task)


async def withdraw(corridor: Corridor, owner: str, record: int) -> None:
    """As `DELETE /v1/records/{record}`."""
    message = corridor.message(operator(owner), method="DELETE", path=f"/v1/records/{record}")
    await corridor.pipeline.withdraw(message, record)


def probes_left(corridor: Corridor, number: int) -> int:
    """How many pictures of a list's probe are kept."""
    with corridor.connection() as connection:
        [(left,)] = connection.execute(
            "SELECT count(*) FROM examination_probes WHERE examination_id = %s", [number]
        )
    return int(left)


async def shown(corridor: Corridor, who: Asker, number: int) -> examinations.ShownList:
    """As `GET /v1/examinations/{number}`."""

    async def task(act: Act, admitted: Admitted) -> Work:
        return await examinations.shown_list(act, admitted.asker, number, _now())

    return (await acted(corridor, who, Action.READ_EXAMINATIONS, task)).result


def _now() -> datetime:
    return datetime.now(UTC)
