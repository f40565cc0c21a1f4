"""The colours of notices, and the mark that a notice leaves on its record."""

from datetime import date
from enum import StrEnum

import msgspec


class Colour(StrEnum):
    """What a notice asks of those who read it. Its colour is never shown without this word."""

    RED = "red"
    """Wanted: find the person and hold them, with a view to extradition."""
    YELLOW = "yellow"
    """Missing: find the person, or find out who somebody is who cannot say it."""
    BLUE = "blue"
    """Information: whoever matters to an investigation, where they are and what they do."""
    BLACK = "black"
    """Unidentified body."""
    GREEN = "green"
    """Warning: a person who is likely to commit crimes again, and elsewhere."""
    ORANGE = "orange"
    """Threat: a person, thing or event that is an imminent danger."""
    PURPLE = "purple"
    """Modus operandi: how something is done, hidden or made."""
    SILVER = "silver"
    """Assets: find what was got by crime."""
    SPECIAL = "special"
    """Sanctions of the United Nations' Security Council."""


class NoticeKind(StrEnum):
    """Who sees to it that it may be sent."""

    NOTICE = "notice"
    """Published by the secretariat after review."""
    DIFFUSION = "diffusion"
    """Sent by a bureau to bureaus of its choice, without review and number."""


class NoticeMark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The sign on a record that a notice or diffusion is about it. Only the hub sets it, only a full disclosure
    carries it."""

    id: int
    kind: NoticeKind
    colour: Colour
    number: str = ""
    """Such as `2026/17-R`; empty where nothing was published."""
    since: date | None = None
    """When it was published or sent."""
