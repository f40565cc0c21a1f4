"""Notices and diffusions: what they say, and what of it everybody may read."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

import msgspec

from allpoints.records.colours import Colour
from allpoints.records.record import Contribution

MAX_NOTICE_PICTURES = 6
MAX_CAPTION = 200


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The warrant for which somebody is to stand trial, or the judgement that somebody is to serve."""

    kind: Literal["warrant", "judgement"]
    number: str
    issued: date
    authority: str
    """Who issued it."""


class Penalty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Deprivation of liberty: with a warrant the most that the law provides for, with a judgement what remains."""

    months: int = 0
    life: bool = False


class Standing(StrEnum):
    """What a person is to the investigation that looks for information."""

    SUSPECT = "suspect"
    CHARGED = "charged"
    CONVICTED = "convicted"
    WITNESS = "witness"
    VICTIM = "victim"


class Grounds(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a notice rests on, beside the record of what it is about. Which of it a colour requires,
    `notice_requirements.REQUIREMENTS` says."""

    facts: str = ""
    """What happened, shortly, with place and time."""
    offence: str = ""
    """As the order or the file names it."""
    law: str = ""
    """The provisions that make it an offence."""
    order: Order | None = None
    penalty: Penalty | None = None
    standing: Standing | None = None
    sought: str = ""
    """What is to be found out, or done with what is found."""
    place: str = ""
    """Where a person was last seen or a body was found."""
    found: date | None = None
    """When a body was found."""
    assessment: str = ""
    """Why a national authority takes a person for dangerous, and which one."""
    danger: str = ""
    """What is imminent, and to whom."""
    method: str = ""
    """How it is done, hidden or made."""
    decision: str = ""
    """The decision on a sanction: resolution and place in the list."""


class PublicField(StrEnum):
    """What of a notice its owner may open to everybody: of the record's particulars, or of the grounds."""

    NAMES = "names"
    BIRTH = "birth"
    SEX = "sex"
    NATIONALITIES = "nationalities"
    DESCRIPTION = "description"
    SINCE = "since"
    FACTS = "facts"
    OFFENCE = "offence"
    PLACE = "place"
    FOUND = "found"


class NoticePicture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A picture for people to look at. Nothing is compared with it: that is what the record's biometrics are for."""

    image: bytes
    caption: str = ""
    public: bool = False
    """Whether everybody may see it, where the notice has a public extract at all."""


class Announcement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a notice and a diffusion say alike.

    A correction brings all of it anew; only of pictures, as of biometrics, one that brings none keeps those that
    are there.
    """

    colour: Colour
    contribution: Contribution
    """What it is about. Its conditions say who sees it."""
    grounds: Grounds = Grounds()
    pictures: tuple[NoticePicture, ...] = ()


class NoticeRequest(Announcement, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A notice as a bureau requests it."""

    public: tuple[PublicField, ...] = ()
    """What everybody may read once it is published: nothing by default."""


class DiffusionRequest(Announcement, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A diffusion as a bureau sends it, `to` these bureaus and to nobody else."""

    to: tuple[str, ...]


class PublicExtract(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What everybody may read of a published notice: what its owner opened and nothing else."""

    number: str
    colour: Colour
    owner: str
    published_at: datetime
    names: tuple[str, ...] = ()
    birth: str = ""
    sex: str = ""
    nationalities: tuple[str, ...] = ()
    description: str = ""
    since: date | None = None
    facts: str = ""
    offence: str = ""
    place: str = ""
    found: date | None = None
    pictures: tuple[int, ...] = ()
    """The numbers of those that everybody may see."""
