"""What waits for people, what they have half typed, and what they may still take back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.errors import Problem
from allpoints.records import Asker, Role


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for somebody, as its source tells of it."""

    key: str
    """What it is about: the same thing waits once, and is changed where it is told of again."""
    kind: str
    what: str = ""
    """A few words from its source, such as a record's reference; the kind has words of its own."""
    hub: str = ""
    detail: Mapping[str, Any] = {}
    path: str
    """The page of the console that shows it."""
    priority: str = "routine"
    deadline: datetime | None = None
    roles: tuple[Role, ...]
    """For whom it waits."""


class MatterState(StrEnum):
    """Whether something still waits."""

    OPEN = "open"
    DONE = "done"


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for somebody, or that somebody has handled."""

    id: int
    key: str
    kind: str
    hub: str
    what: str
    detail: dict[str, Any]
    path: str
    priority: str
    deadline: datetime | None
    roles: tuple[Role, ...]
    state: MatterState
    created_at: datetime
    handled_at: datetime | None
    handled_by: str | None
    """The display name of who handled it; None where it settled by itself."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which matters: what the filter says, and after which one."""

    role: Role
    text: str = ""
    kind: str | None = None
    state: MatterState = MatterState.OPEN
    after: Matter | None = None
    limit: int = 50


class HeldAct(msgspec.Struct, frozen=True, kw_only=True):
    """An act that can still be taken back, that waits for the line, or that has failed."""

    id: int
    act: str
    label: str
    due_at: datetime
    state: Literal["held", "tried", "failed"]
    """`tried` where the line did not let it through: it is tried again."""
    problem: Problem | None


class BegunAct(msgspec.Struct, frozen=True, kw_only=True):
    """An act whose time has come."""

    id: int
    name: str
    """The idempotency key with which it is done, so that it is done once."""
    act: str
    content: dict[str, Any]
    label: str
    person: int
    asker: Asker


async def add(t: Transaction, waiting: Waiting) -> tuple[int, bool]:
    """Store a matter or what changed of it; return its number and whether it is new."""
    [(number, new)] = await t.rows(
        "add_matter",
        key=waiting.key,
        kind=waiting.kind,
        hub=waiting.hub,
        what=waiting.what,
        detail=_json(waiting.detail),
        path=waiting.path,
        priority=waiting.priority,
        deadline=waiting.deadline,
        roles=list(waiting.roles),
        searched=f"{waiting.kind} {waiting.what} {waiting.hub}".lower(),
    )
    return number, new


async def matters(t: Transaction, wanted: Wanted) -> list[Matter]:
    """A page of matters."""
    after = wanted.after
    common = {
        "role": wanted.role,
        "kind": wanted.kind,
        "text": _like(wanted.text),
        "after_id": after.id if after else None,
        "limit": wanted.limit,
    }
    if wanted.state is MatterState.DONE:
        rows = await t.rows("done_matters", **common)
    else:
        due = (after.deadline or "infinity") if after else None
        rows = await t.rows("waiting_matters", **common, after_due=due)
    return [_matter(row) for row in rows]


async def matter(t: Transaction, number: int, role: Role) -> Matter | None:
    """One matter, if it waits for the role."""
    row = await t.row("matter", id=number, role=role)
    return _matter(row) if row else None


async def count(t: Transaction, role: Role) -> int:
    """How many wait for a role."""
    [(waiting,)] = await t.rows("count_matters", role=role)
    return int(waiting)


async def recent(t: Transaction, role: Role, limit: int) -> list[int]:
    """The numbers of the newest matters that wait for a role, the newest first."""
    return [number for (number,) in await t.rows("recent_matters", role=role.value, limit=limit)]


async def newest(t: Transaction) -> int:
    """The number of the newest matter."""
    [(number,)] = await t.rows("newest_matter")
    return int(number)


async def handle(t: Transaction, number: int, person: int, role: Role) -> bool:
    """Mark a matter as handled; False where it is so already."""
    return bool(await t.rows("handle_matter", id=number, person=person, role=role))


async def reopen(t: Transaction, number: int, role: Role) -> bool:
    """Have a matter wait again."""
    return bool(await t.rows("reopen_matter", id=number, role=role))


async def settle(t: Transaction, key: str) -> bool:
    """What the matter is about has settled by itself."""
    return bool(await t.rows("settle_matter", key))


async def settle_lapsed(t: Transaction, kind: str) -> bool:
    """What of a kind is over its deadline waits for nobody any more."""
    return bool(await t.rows("settle_lapsed_matters", kind))


async def moment(t: Transaction) -> datetime:
    """What the database's clock says."""
    [(now,)] = await t.rows("moment")
    return msgspec.convert(now, datetime)


async def settle_others(
    t: Transaction, *, hub: str, kind: str, keys: Sequence[str], before: datetime
) -> bool:
    """What of a kind came from a hub `before`, and is not among `keys`, has settled there."""
    return bool(await t.rows("settle_matters", hub=hub, kind=kind, keys=list(keys), before=before))


async def save_draft(t: Transaction, person: int, form: str, fields: Mapping[str, Any]) -> None:
    """Keep what somebody has typed so far."""
    await t.rows("save_draft", person=person, form=form, fields=_json(fields))


async def count_drafts(t: Transaction, person: int) -> int:
    """How many forms somebody has half typed."""
    [(number,)] = await t.rows("count_drafts", person)
    return int(number)


async def draft(t: Transaction, person: int, form: str) -> dict[str, Any] | None:
    """What somebody had typed into a form."""
    row = await t.row("draft", person=person, form=form)
    return msgspec.json.decode(row[0], type=dict[str, Any]) if row else None


async def drop_draft(t: Transaction, person: int, form: str) -> None:
    """Forget what was typed into a form."""
    await t.rows("drop_draft", person=person, form=form)


async def drop_drafts(t: Transaction, person: int) -> None:
    """Forget what somebody has typed anywhere."""
    await t.rows("drop_drafts", person)


async def hold(
    t: Transaction,
    *,
    name: str,
    act: str,
    content: Mapping[str, Any],
    label: str,
    person: int,
    asker: Asker,
    wait: timedelta,
) -> HeldAct:
    """Keep an act until its time comes."""
    [(number, due_at)] = await t.rows(
        "hold_act",
        name=name,
        act=act,
        content=_json(content),
        label=label,
        person=person,
        asker=_json(asker),
        wait=wait,
    )
    return HeldAct(id=number, act=act, label=label, due_at=due_at, state="held", problem=None)


async def shown_acts(t: Transaction, person: int) -> list[HeldAct]:
    """What somebody may still take back, and what of theirs waits for the line or has failed."""
    return [
        HeldAct(
            id=number,
            act=act,
            label=label,
            due_at=due_at,
            state=state,
            problem=msgspec.json.decode(problem, type=Problem) if problem else None,
        )
        for number, act, label, due_at, state, problem in await t.rows("shown_acts", person)
    ]


async def undo(t: Transaction, number: int, person: int) -> tuple[str, dict[str, Any]] | None:
    """Take an act back; return which and what it was about, or None where it is too late."""
    row = await t.row("undo_act", id=number, person=person)
    return (row[0], msgspec.json.decode(row[1], type=dict[str, Any])) if row else None


async def dismiss(t: Transaction, number: int, person: int) -> bool:
    """Forget an act that failed, once its person has read so."""
    return bool(await t.rows("dismiss_act", id=number, person=person))


async def begin(t: Transaction, running: Sequence[int]) -> list[BegunAct]:
    """The acts whose time has come, and those begun before a restart; `running` are under way already."""
    return [
        BegunAct(
            id=number,
            name=name,
            act=act,
            content=msgspec.json.decode(content, type=dict[str, Any]),
            label=label,
            person=person,
            asker=msgspec.json.decode(asker, type=Asker),
        )
        for number, name, act, content, label, person, asker in await t.rows(
            "begin_acts", running=list(running)
        )
    ]


async def next_act_s(t: Transaction) -> float | None:
    """Seconds until the next act's time comes."""
    [(seconds,)] = await t.rows("next_act")
    return None if seconds is None else float(seconds)


async def end(t: Transaction, number: int, problem: Problem | None) -> None:
    """Note that an act is done, or why it failed."""
    state = "failed" if problem else "done"
    await t.rows("end_act", id=number, state=state, problem=_json(problem) if problem else None)


async def postpone(t: Transaction, number: int, wait: timedelta) -> None:
    """Have an act tried again later, whose answer did not come."""
    await t.rows("postpone_act", id=number, wait=wait)


async def forget(t: Transaction, after: timedelta, *, drafts: timedelta) -> None:
    """Delete what was handled and done long ago, and what nobody went on typing since `drafts` ago."""
    await t.rows("forget_drafts", drafts)
    await t.rows("forget_matters", after)
    await t.rows("forget_acts", after)


def _matter(row: tuple[Any, ...]) -> Matter:
    named = dict(zip(Matter.__struct_fields__, row, strict=True))
    return msgspec.convert({**named, "detail": msgspec.json.decode(named["detail"])}, Matter)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _like(text: str) -> str:
    escaped = text.strip().lower().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
