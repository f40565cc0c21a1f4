"""Hits and their confirmation for tests, through the corridor."""

from datetime import UTC, date, datetime
from typing import Any

from tests.corridors import Corridor, contribution, evidence, operator, plate
from tests.examining import acted

from allpoints.access import Action
from allpoints.bureau.call import random_name
from allpoints.hits import confirmations
from allpoints.hits.confirmations import Answered, Asked
from allpoints.records import Asker, Conditions
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Done, Work
from allpoints.store.acts import Act
from allpoints.wire.confirmations import (
    Confirmation,
    ConfirmationState,
    OwnersAnswer,
    Side,
    Statistics,
    Urgency,
)


async def hit(
    corridor: Corridor, who: Asker, owner: str, *, conditions: Conditions | None = None
) -> tuple[int, str]:
    """A new record of the owner's, and the entry of the asker's check that looked for it."""
    identifier = plate()
    [kept] = await corridor.contribute(operator(owner), contribution(identifier, conditions=conditions))
    await corridor.catch_up()
    done = await corridor.check(who, evidence(identifier))
    assert kept.id
    return kept.id, done.entry


async def ask(
    corridor: Corridor,
    who: Asker,
    record: int,
    entry: str,
    urgency: Urgency = Urgency.ROUTINE,
    *,
    name: str | None = None,
    now: datetime | None = None,
) -> Done:
    """As `POST /v1/confirmations`."""
    asked = Asked(record=record, entry=entry, urgency=urgency, id=name or random_name())
    group, _, position = entry.partition(".")

    async def task(act: Act, admitted: Admitted) -> Work:
        place = int(group), int(position)
        return await confirmations.ask(act, admitted.asker, asked, place, now=now or _now())

    return await acted(corridor, who, Action.ASK_CONFIRMATION, task)


async def asked(
    corridor: Corridor, who: Asker, owner: str, urgency: Urgency = Urgency.ROUTINE, **how: Any
) -> Confirmation:
    """The confirmation of a new hit."""
    record, entry = await hit(corridor, who, owner)
    return (await ask(corridor, who, record, entry, urgency, **how)).result


async def answer(
    corridor: Corridor,
    who: Asker,
    number: int,
    outcome: OwnersAnswer = OwnersAnswer.CONFIRMED,
    *,
    name: str | None = None,
    now: datetime | None = None,
) -> Done:
    """As `POST /v1/confirmations/{number}/answer`."""
    said = Answered(outcome=outcome, id=name or random_name())

    async def task(act: Act, admitted: Admitted) -> Work:
        return await confirmations.answer(act, admitted.asker, number, said, now=now or _now())

    return await acted(corridor, who, Action.ANSWER_CONFIRMATION, task)


async def one(corridor: Corridor, who: Asker, number: int) -> Confirmation:
    """As `GET /v1/confirmations/{number}`."""

    async def task(act: Act, admitted: Admitted) -> Work:
        return Work(result=await confirmations.one(act, admitted.asker, number, now=_now()))

    return (await acted(corridor, who, Action.READ_CONFIRMATIONS, task)).result


async def listed(
    corridor: Corridor,
    who: Asker,
    *,
    after: int = 0,
    limit: int = 500,
    state: ConfirmationState | None = None,
    side: Side | None = None,
) -> list[int]:
    """The numbers of a page, as `GET /v1/confirmations`."""

    async def task(act: Act, admitted: Admitted) -> Work:
        found = await confirmations.listed(
            act, admitted.asker, after=after, limit=limit, state=state, side=side, now=_now()
        )
        return Work(result=[each.id for each in found])

    return (await acted(corridor, who, Action.READ_CONFIRMATIONS, task)).result


async def statistics(
    corridor: Corridor, who: Asker, *, since: date | None = None, now: datetime | None = None
) -> Statistics:
    """As `GET /v1/statistics`."""

    async def task(act: Act, _: Admitted) -> Work:
        return Work(result=await confirmations.statistics(act, since, now=now or _now()))

    return (await acted(corridor, who, Action.READ_STATISTICS, task)).result


def told(corridor: Corridor, bureau: str, number: int) -> list[str]:
    """What a bureau was told of a confirmation, in order."""
    return [str(body["kind"]) for body in bodies(corridor, bureau, number)]


def bodies(corridor: Corridor, bureau: str, number: int) -> list[dict[str, Any]]:
    """The same as it was told."""
    return [body for body in corridor.told(bureau) if body.get("confirmation") == number]


def _now() -> datetime:
    return datetime.now(UTC)
