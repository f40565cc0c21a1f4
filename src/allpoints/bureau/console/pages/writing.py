"""Write to other bureaus: a new message or a reply, plain or by a form, with files. What is typed is kept."""

from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from allpoints.bureau.console.message_forms import draft_of, field_named, lines
from allpoints.bureau.console.record_forms import Typed, typed_of
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.mailbox import KeptAttachment, Message, forms
from allpoints.bureau.mailbox.composing import PLAIN, REQUESTS, check_form, replies_to
from allpoints.errors import AllpointsError, NotFound
from allpoints.records import CASEWORK
from allpoints.wire.envelopes import MAX_ATTACHMENT, MAX_ATTACHMENTS
from allpoints.wire.messages import Priority

MAX_FILES = MAX_ATTACHMENT + (1 << 20)
"""Of one request: a large file, or some small ones. More of them are attached one after another."""
PIECE = 1 << 20
ROLES = {"roles": CASEWORK}


@get("/messages/new", opt=ROLES)
async def new(visit: Visit, form: str = PLAIN, to: str = "", about: str = "") -> Response[bytes]:
    """A message that begins a thread; a link may say to whom, and what it is about."""
    given = {"recipients": [to], "references": [about]} if to or about else {}
    typed = {**(await _draft(visit, _name(form, None)) or {}), **given}
    return await _form(visit, form, None, typed)


@post("/messages/new", request_max_body_size=MAX_FILES, opt=ROLES)
async def send(visit: Visit, form: str = PLAIN) -> Response[bytes]:
    """Send it, or attach the chosen files and show the form again."""
    return await _take(visit, form, None)


@get("/messages/{message:str}/reply", opt=ROLES)
async def reply(visit: Visit, message: str, form: str = "") -> Response[bytes]:
    """The reply to a message, by the form that answers it where there is one."""
    answered = await visit.node.mailbox.message(message)
    form = form or replies_to(answered.content.kind)[0]
    typed = await _draft(visit, _name(form, answered)) or {}
    return await _form(visit, form, answered, typed)


@post("/messages/{message:str}/reply", request_max_body_size=MAX_FILES, opt=ROLES)
async def send_reply(visit: Visit, message: str, form: str = PLAIN) -> Response[bytes]:
    """Send it, in the same thread."""
    return await _take(visit, form, await visit.node.mailbox.message(message))


async def _take(visit: Visit, form: str, answered: Message | None) -> Response[bytes]:
    check_form(form, answered.content.kind if answered else None)
    mailbox, asker = visit.node.mailbox, visit.session.asker(visit.node.vault.bureau)
    sent = await visit.request.form()
    typed = typed_of(sent)
    attaching = typed.pop("more", None) is not None
    earlier = [each for each in typed.get("attachments", []) if each][:MAX_ATTACHMENTS]
    attached: list[str] = []
    try:
        for file in sent.getall("file", []):
            if isinstance(file, UploadFile) and file.filename:
                kept = await mailbox.attach(asker, _pieces(file), name=file.filename)
                attached.append(kept.id)
        typed["attachments"] = [*earlier, *attached]
        if attaching:
            await visit.node.desk.save_draft(visit.session, _name(form, answered), typed)
            return await _form(visit, form, answered, typed, part="files")
        zone = ZoneInfo(visit.node.settings.time_zone)
        answers, hub = (answered.id, None) if answered else (None, visit.hub)
        draft = draft_of(typed, form, zone, answers=answers, hub=hub)
        message_id = await mailbox.send(asker, draft)
    except AllpointsError as problem:
        problem.field = field_named(problem.field)
        if not visit.is_part:
            typed["attachments"] = [*earlier, *attached]
            return await _form(visit, form, answered, typed, refused=problem)
        # The browser still has the files, and sends them again.
        for each in attached:
            await mailbox.detach(each)
        raise
    await visit.node.desk.drop_draft(visit.session, _name(form, answered))
    return visit.go_to(f"/messages/{message_id}")


async def _form(
    visit: Visit,
    form: str,
    answered: Message | None,
    typed: Typed,
    *,
    part: str | None = None,
    refused: AllpointsError | None = None,
) -> Response[bytes]:
    check_form(form, answered.content.kind if answered else None)
    language = visit.language.code
    correspondents = await visit.node.mailbox.correspondents()
    path = f"/messages/{answered.id}/reply" if answered else "/messages/new"
    return await visit.page(
        "message-form.html",
        part=part,
        status=refused.status if refused else 200,
        form=form,
        choices=replies_to(answered.content.kind) if answered else REQUESTS,
        fields=forms.form(form).fields if form != PLAIN else (),
        codes=forms.CODES,
        words=forms.words(language),
        answered=answered,
        quoted=lines(answered.content, language) if answered else (),
        page_of=lambda each: visit.at(f"{path}?form={each}"),
        typed=typed,
        value=lambda field, otherwise="": next(iter(typed.get(field, ())), otherwise),
        usual_recipients=", ".join(_usual_recipients(answered)),
        known_bureaus=sorted({key.bureau for key in correspondents}),
        priorities=tuple(Priority),
        files=await _kept_files(visit, typed.get("attachments", [])),
        form_name=_name(form, answered),
        refused=refused,
    )


async def _kept_files(visit: Visit, ids: list[str]) -> list[KeptAttachment]:
    """The files that are attached already; one that was given up meanwhile is left out."""
    found = []
    for each in ids[:MAX_ATTACHMENTS]:
        try:
            kept = await visit.node.mailbox.attachments.find(each)
        except NotFound:
            continue
        if kept.message is None:
            found.append(kept)
    return found


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece


def _usual_recipients(answered: Message | None) -> tuple[str, ...]:
    if answered is None:
        return ()
    return answered.recipients if answered.outgoing else (answered.sender,)


async def _draft(visit: Visit, name: str) -> dict[str, Any] | None:
    return await visit.node.desk.draft(visit.session, name)


def _name(form: str, answered: Message | None) -> str:
    """Of the draft."""
    return f"reply-{answered.id}-{form}" if answered else f"message-new-{form}"


ROUTES = (new, send, reply, send_reply)
