"""One question to every hub that the bureau is a member of, in somebody's name, and what each answers."""

import asyncio

from msgspec import Struct

from allpoints.bureau.console.questions import Question
from allpoints.bureau.console.visit import Visit
from allpoints.errors import AllpointsError
from allpoints.wire.corridor import CheckReply


class Answer(Struct, frozen=True, kw_only=True):
    """What one hub answers, or why it does not."""

    hub: str
    reply: CheckReply | None = None
    problem: AllpointsError | None = None


async def ask(visit: Visit, asked: Question, *, verify: bool) -> list[Answer]:
    """Ask all hubs at once. Raises what the first one says where none answers."""
    answers = await asyncio.gather(
        *(_ask_one(visit, hub, asked, verify=verify) for hub in visit.node.hubs.names)
    )
    problems = [answer.problem for answer in answers if answer.problem]
    if len(problems) == len(answers):
        raise problems[0]
    return answers


async def _ask_one(visit: Visit, hub: str, asked: Question, *, verify: bool) -> Answer:
    client = visit.client(hub)
    try:
        if asked.pictured:
            reply = await client.check_biometrics(asked.evidence, verify=verify)
        else:
            reply = await client.check(asked.evidence)
    except AllpointsError as problem:
        return Answer(hub=hub, problem=asked.with_field(problem))
    return Answer(hub=hub, reply=reply)
