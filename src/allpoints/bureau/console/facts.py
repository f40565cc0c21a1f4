"""What a notification says, as lines that people read: each field by its name, codes by their words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from allpoints.bureau.console.words import P_


class Fact(NamedTuple):
    """One line: its name, the value, and how the value is shown."""

    name: tuple[str, str]
    value: object
    shown: str
    """`moment`, `code`, or what it is a word for in `words.WORDS`."""


FIELDS: Mapping[str, tuple[tuple[str, str], str]] = {
    "reference": (P_("fact", "Our reference"), "code"),
    "record": (P_("fact", "Record"), "code"),
    "outcome": (P_("fact", "Shown to the asker"), "release"),
    "level": (P_("fact", "Shown to the asker"), "release"),
    "bureau": (P_("fact", "Bureau"), "code"),
    "sender": (P_("fact", "Sender"), "code"),
    "agency": (P_("fact", "Agency"), "agency"),
    "role": (P_("fact", "Role"), "role"),
    "user": (P_("fact", "Person (pseudonym)"), "code"),
    "purpose": (P_("fact", "Purpose"), "purpose"),
    "scheme": (P_("fact", "What they share"), "code"),
    "modality": (P_("fact", "Compared by"), "code"),
    "decision": (P_("fact", "Decision"), "decision"),
    "urgency": (P_("fact", "Urgency"), "urgency"),
    "state": (P_("fact", "State"), "confirmation-state"),
    "priority": (P_("fact", "Priority"), "priority"),
    "due_at": (P_("fact", "Answer due"), "moment"),
    "deadline": (P_("fact", "Deadline"), "moment"),
    "at": (P_("fact", "When it happened"), "moment"),
    "entry": (P_("fact", "Log entry that proves it"), "code"),
}


def facts(kind: str, detail: Mapping[str, Any]) -> Iterator[Fact]:
    """The lines of one notification; what this program does not know is left out, the log entry never."""
    for field, (name, shown) in FIELDS.items():
        value = detail.get(field)
        if not isinstance(value, (str, int)) or value == "":
            continue
        if shown == "moment":
            try:
                yield Fact(name, msgspec.convert(value, datetime), shown)
            except msgspec.ValidationError:
                continue
        elif field == "outcome" and kind == "examined":
            yield Fact(P_("fact", "Decided by examiners"), value, "outcome")
        else:
            yield Fact(name, value, shown)
