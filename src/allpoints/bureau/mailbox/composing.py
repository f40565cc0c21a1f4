"""From what somebody has typed to a content, and what of a message is searched."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import asdict

from allpoints.bureau.call import random_name
from allpoints.bureau.mailbox import forms
from allpoints.bureau.mailbox.search_words import indexed, plain
from allpoints.bureau.sealed import Attachment, Content
from allpoints.bureau.sealed.content import write_content
from allpoints.bureau.store.mailbox import Message
from allpoints.errors import InvalidValue, NotFound
from allpoints.records import bureau_code
from allpoints.wire.envelopes import MAX_RECIPIENTS, whole_seconds
from allpoints.wire.messages import Priority

PLAIN = "message"
"""The kind of a message without a form."""
CLOCKED = ("confirmation-request", "confirmation-reply")
"""The forms that go with the hit clock, and never without it."""
REQUESTS = (PLAIN, *(name for name, form in forms.FORMS.items() if form.answer and name not in CLOCKED))
"""What a message may be that answers none."""
MAX_NAMES = 4_000
_LINE = 300


class Draft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message as somebody writes it."""

    recipients: tuple[str, ...] = ()
    """By the codes of their bureaus. Of a reply: its sender, unless others are named."""
    subject: str = ""
    text: str = ""
    form: str = PLAIN
    """The name of a structured form, or `message`."""
    fields: Mapping[str, Any] = {}
    references: tuple[str, ...] = ()
    """What it is about: `record:17`, `notice:…`, `confirmation:3`, `message:…`, or anybody's case number."""
    attachments: tuple[str, ...] = ()
    """Their ids, as `attach` gave them."""
    priority: Priority = Priority.ROUTINE
    deadline: datetime | None = None
    in_reply_to: str | None = None
    """The id of the message that it answers, in the same thread."""
    hub: str | None = None
    """By which hub it goes; by default the one by which the answered message came, or the first."""


_EMPTY = Draft()


def replies_to(kind: str) -> tuple[str, ...]:
    """What a reply to a message of this kind may be, the likeliest first."""
    answer = forms.FORMS[kind].answer if kind in forms.FORMS else None
    return (answer, PLAIN) if answer and answer not in CLOCKED else (PLAIN,)


def check_form(form: str, answers: str | None) -> None:
    """Raises `NotFound` for a form that no message may be, or no reply to a message of the kind `answers`."""
    choices = REQUESTS if answers is None else replies_to(answers)
    if form not in choices:
        raise NotFound("there is no such form here", field="form", remedy=f"Use {' or '.join(choices)}.")


def digest_of(draft: Draft) -> bytes:
    """What names a draft: the same for the same, and for nothing else; also once drafts have more fields than now."""
    said = {name: value for name, value in asdict(draft).items() if value != getattr(_EMPTY, name)}
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).digest()


def compose(
    draft: Draft, author: str, answered: Message | None, attachments: tuple[Attachment, ...]
) -> Content:
    """The content of a draft. Raises `InvalidValue` or `TooLarge` naming the field, `NotFound` for an unknown form."""
    if not draft.text.strip() and not draft.fields and not attachments:
        raise InvalidValue(
            "says nothing", field="text", remedy="Write something, fill in a form or attach a file."
        )
    for field, lines in (("subject", (draft.subject,)), ("references", draft.references)):
        if any(len(line) > _LINE or not line.isprintable() for line in lines):
            raise InvalidValue(f"has up to {_LINE} characters on one line", field=field)
    fields = _checked_fields(draft) if draft.form != PLAIN else {}
    if draft.fields and draft.form == PLAIN:
        raise InvalidValue("a plain message has no fields", field="fields", remedy="Name the form.")
    content = Content(
        kind=draft.form,
        thread=answered.thread if answered else random_name(),
        in_reply_to=answered.id if answered else None,
        author=author,
        subject=draft.subject.strip() or (answered.content.subject if answered else ""),
        text=draft.text,
        fields=fields,
        references=tuple(dict.fromkeys(each.strip() for each in draft.references if each.strip())),
        attachments=attachments,
    )
    write_content(content)
    return content


def recipients_of(draft: Draft, own: str, answered: Message | None) -> tuple[str, ...]:
    """To whom it goes, in alphabetical order. Raises `InvalidValue`."""
    named = {bureau_code(code, field="recipients") for code in draft.recipients}
    if not named and answered is not None:
        named = set(answered.recipients) if answered.outgoing else {answered.sender}
    if own in named:
        raise InvalidValue("a bureau does not write to itself", field="recipients")
    if not 0 < len(named) <= MAX_RECIPIENTS:
        raise InvalidValue(f"a message has 1 to {MAX_RECIPIENTS} recipients", field="recipients")
    return tuple(sorted(named))


def check_deadline(draft: Draft, now: datetime) -> datetime | None:
    """The deadline in UTC and whole seconds. Raises `InvalidValue` for one that is over or has no time zone."""
    if draft.deadline is None:
        return None
    if draft.deadline.tzinfo is not None and draft.deadline > now:
        # At the end of the calendar a time zone leads out of it.
        with suppress(OverflowError):
            return whole_seconds(draft.deadline)
    raise InvalidValue("is a moment to come, with its time zone", field="deadline")


def names_of(content: Content, message_id: str, bureaus: tuple[str, ...]) -> str:
    """What of a message is found by any part of it: ids, bureaus, subject, references, files, short fields."""
    short = (value for value in _texts(content.fields) if len(value) <= _LINE)
    files = (attachment.name for attachment in content.attachments)
    names = " ".join(
        (
            message_id,
            content.thread,
            *bureaus,
            content.author,
            content.subject,
            *content.references,
            *files,
            *short,
        )
    )
    return plain(names)[:MAX_NAMES]


def words_of(content: Content) -> str:
    """The words of a message that are searched."""
    files = (attachment.name for attachment in content.attachments)
    return indexed(
        " ".join((content.subject, content.text, *content.references, *files, *_texts(content.fields)))
    )


def _checked_fields(draft: Draft) -> dict[str, Any]:
    try:
        return forms.check(draft.form, draft.fields)
    except InvalidValue as error:
        # A form may have a field of the same name as the draft's own.
        error.field = f"fields.{error.field}"
        raise


def _texts(value: object) -> Iterator[str]:
    """Every text within the fields, whatever version wrote them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
