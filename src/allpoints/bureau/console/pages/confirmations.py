"""Confirmations: hits that their owners are asked to confirm, by when, and what they answer.

The clock is the hub's and keeps no text. What people write about a hit goes beside it, as a sealed message.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from msgspec import Meta, Struct

from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import N_, P_
from allpoints.bureau.desk import BegunAct
from allpoints.bureau.mailbox import Draft, Message, forms
from allpoints.bureau.node import Node
from allpoints.errors import AllpointsError
from allpoints.records import CASEWORK, Asker, HeldRecord, RecordKind, Role
from allpoints.wire.confirmations import Confirmation, ConfirmationState, OwnersAnswer, Side, Urgency
from allpoints.wire.messages import Priority

SECTION = Section(
    "/confirmations",
    P_("section", "Confirmations"),
    roles=(Role.OFFICER, Role.OPERATOR, Role.EXAMINER, Role.ANALYST, Role.SUPERVISOR),
)
ROWS = 50
REQUEST, REPLY = "confirmation-request", "confirmation-reply"
_FOUND = {RecordKind.TRAVEL_DOCUMENT: "document", RecordKind.TRACE: "person"}
_PRIORITIES = {
    Urgency.GATE: Priority.URGENT,
    Urgency.URGENT: Priority.PRIORITY,
    Urgency.ROUTINE: Priority.ROUTINE,
}
_LABELS = {
    OwnersAnswer.CONFIRMED: N_("Confirming %(bureau)s's hit on %(record)s"),
    OwnersAnswer.REFUTED: N_("Refuting %(bureau)s's hit on %(record)s"),
}


class Asked(Struct, frozen=True):
    """The form beside a hit."""

    record: int
    entry: Annotated[str, Meta(max_length=40)]
    owner: Annotated[str, Meta(max_length=3)]
    found: RecordKind
    urgency: Urgency = Urgency.ROUTINE
    held: Literal["", "yes"] = ""
    """Whether the person is held."""
    name: Annotated[str, Meta(max_length=64)] = ""
    """Random: sent twice, it asks once."""


class Answered(Struct, frozen=True):
    """The owner's form."""

    outcome: OwnersAnswer
    sought: Annotated[str, Meta(max_length=20)] = ""
    action: tuple[str, ...] = ()
    contact: Annotated[str, Meta(max_length=300)] = ""
    remarks: Annotated[str, Meta(max_length=4_000)] = ""

    @property
    def fields(self) -> dict[str, Any]:
        """As the structured reply has them. Raises `InvalidValue` naming the field."""
        said = {
            "still-sought": self.sought,
            "action": list(self.action),
            "contact": self.contact,
            "remarks": self.remarks,
        }
        return forms.check(REPLY, {**said, "hit-outcome": self.outcome.value})


@get("/confirmations")
async def listed(
    visit: Visit, side: Side | None = None, show: ConfirmationState | None = None, after: int = 0
) -> Response[bytes]:
    """What the bureau asked, and what it owes."""
    page = await visit.client().confirmations(after=after, limit=ROWS, side=side, state=show)
    return await visit.page(
        "confirmations.html",
        part="rows",
        confirmations=page.items,
        next=page.next,
        side=side or "",
        show=show or "",
    )


@post("/confirmations")
async def ask(visit: Visit) -> Response[bytes]:
    """Have the owner of a hit confirm it: the clock starts at once."""
    form = await visit.form(Asked)
    asked = await visit.client().ask_confirmation(
        form.record, form.entry, urgency=form.urgency, name=form.name or None
    )
    if visit.session.role in CASEWORK:
        await _write_request(visit, form, asked)
    if visit.is_part:
        return await _page(visit, asked, part="clock", beside_hit=True)
    return visit.go_to(visit.at(f"/confirmations/{asked.id}"))


@get("/confirmations/{number:int}")
async def one(visit: Visit, number: int, beside_hit: bool = False) -> Response[bytes]:
    """One confirmation: to the asker, who waits, and to the owner, who answers."""
    found = await visit.client().confirmation(number)
    return await _page(visit, found, part="clock", beside_hit=beside_hit)


@post("/confirmations/{number:int}/answer", status_code=200, opt={"roles": CASEWORK})
async def answer(visit: Visit, number: int) -> Response[bytes]:
    """Confirm or refute for the owner; until it is done it can be taken back."""
    form = await visit.form(Answered)
    fields = form.fields
    found = await visit.client().confirmation(number)
    label = visit.say(_LABELS[form.outcome]) % {
        "bureau": found.bureau,
        "record": found.reference or found.record,
    }
    content = {
        "hub": visit.hub,
        "confirmation": number,
        "outcome": form.outcome.value,
        "bureau": found.bureau,
        "fields": fields,
    }
    await visit.hold("answer-confirmation", content, label)
    if visit.is_part:
        return await _page(visit, found, part="answering", answering=label)
    return visit.go_to(visit.at(f"/confirmations/{number}"))


async def do_answer(node: Node, act: BegunAct) -> None:
    """Stop the clock, and write to the bureau that asked."""
    number = act.content["confirmation"]
    requests = [message for message in await _messages(node, number) if not message.outgoing]
    draft = Draft(
        recipients=(act.content["bureau"],),
        form=REPLY,
        fields=act.content["fields"],
        in_reply_to=requests[0].id if requests else None,
        hub=act.content["hub"],
    )
    outcome = OwnersAnswer(act.content["outcome"])
    await node.mailbox.answer_confirmation(
        act.asker, draft, confirmation=number, outcome=outcome, name=act.name
    )


async def _write_request(visit: Visit, form: Asked, asked: Confirmation) -> None:
    """The structured message beside the clock; once, however often the form is sent."""
    if await _messages(visit.node, asked.id):
        return
    fields: Mapping[str, Any] = {
        "record": str(form.record),
        "urgency": form.urgency.value,
        "found": _FOUND.get(form.found, form.found.value),
        **({"person-held": form.held} if form.held else {}),
    }
    draft = Draft(
        recipients=(asked.owner,),
        form=REQUEST,
        fields=fields,
        references=(f"record:{form.record}", _reference(asked.id)),
        priority=_PRIORITIES[form.urgency],
        deadline=asked.due_at,
        hub=visit.hub,
    )
    # Sent twice at once, neither sees the other's message.
    name = visit.node.vault.name_for(f"{visit.hub}\n{asked.id}", "request to confirm")
    await visit.node.mailbox.send(_asker(visit), draft, name=name, clock_runs=True)


async def _page(
    visit: Visit, found: Confirmation, *, part: str, answering: str | None = None, beside_hit: bool = False
) -> Response[bytes]:
    """`answering` is what is held for a few seconds; `beside_hit` says that the clock stands on another page."""
    ours = found.owner == visit.node.vault.bureau
    role = visit.session.role
    language = visit.language.code
    return await visit.page(
        "confirmation.html",
        part=part,
        confirmation=found,
        ours=ours,
        record=await _own_record(visit, found) if ours else None,
        answers=ours and role in CASEWORK and found.answered_at is None and found.state != "withdrawn",
        words=forms.words(language),
        messages=[
            (message, forms.show(message.content.kind, message.content.fields, language))
            for message in (await _messages(visit.node, found.id) if role in CASEWORK else [])
        ],
        codes=forms.CODES,
        answering=answering,
        beside_hit=beside_hit,
    )


async def _own_record(visit: Visit, found: Confirmation) -> HeldRecord | None:
    """The record, where the one who looks may read it."""
    if visit.session.role is Role.OFFICER:
        return None
    try:
        return await visit.client().record(found.record)
    except AllpointsError:
        return None


async def _messages(node: Node, number: int) -> list[Message]:
    return await node.mailbox.about(_reference(number))


def _reference(number: int) -> str:
    return f"confirmation:{number}"


def _asker(visit: Visit) -> Asker:
    return visit.session.asker(visit.node.vault.bureau)


ROUTES = (listed, ask, one, answer)
ACTS = {"answer-confirmation": do_answer}
