"""What an owner demands of whoever learns of a record."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from allpoints.errors import InvalidValue
from allpoints.records.bureaus import (
    OPERATIONAL_PURPOSES,
    AgencyKind,
    Confidentiality,
    Purpose,
    bureau_code,
)

_EVALUATION = re.compile("[ABCX][1-4]")

MAX_MEMBERS = 250
"""Members that one selection may name: all bureaus there are, with room."""


class Release(StrEnum):
    """How much of a record an admitted asker learns."""

    FULL = "full"
    """The record."""
    CONTACT = "contact"
    """That there is one, who owns it and how to ask."""
    SILENT = "silent"
    """Nothing; the owner is told who asked."""


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everyone, only these, or all but these."""

    mode: Literal["everyone", "only", "except"] = "everyone"
    members: tuple[str, ...] = ()

    def admits(self, member: str) -> bool:
        """Whether `member` is selected. An empty *only* selects nobody."""
        if self.mode == "everyone":
            return True
        return (member in self.members) == (self.mode == "only")


EVERYONE = Selection()


class Conditions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may learn of a record, for what, how much, and until when.

    An asker is admitted where the bureau *and* the kind of agency are selected, the purpose is listed, the
    clearance suffices and the record is still valid. Conditions without purposes admit nobody. An unknown
    field is refused: a misspelt condition must not fall back to an open default.
    """

    bureaus: Selection = EVERYONE
    agencies: Selection = EVERYONE
    purposes: tuple[Purpose, ...] = OPERATIONAL_PURPOSES
    disclosure: Release = Release.FULL
    confidentiality: Confidentiality = Confidentiality.OFFICIAL


class Evaluation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The 4 x 4 system: the source's reliability A, B, C or X; the information's accuracy 1 to 4."""

    source: Literal["A", "B", "C", "X"]
    information: Literal[1, 2, 3, 4]

    def __str__(self) -> str:
        return f"{self.source}{self.information}"


def parse_evaluation(text: str, *, field: str = "evaluation") -> Evaluation:
    """Read an evaluation such as `B2`. Raises `InvalidValue`."""
    written = text.strip().upper()
    if not _EVALUATION.fullmatch(written):
        raise InvalidValue(
            f"{text!r:.20} is not an evaluation",
            field=field,
            remedy="Write the source A, B, C or X and the information 1 to 4, such as B2.",
        )
    return msgspec.convert({"source": written[0], "information": int(written[1])}, Evaluation)


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a record may be used, and when its owner must look at it again."""

    valid_until: date
    review_by: date


def checked_conditions(conditions: Conditions, *, field: str = "conditions") -> Conditions:
    """Return the conditions in canonical form (members upper case, sorted, without repeats).

    Raises `InvalidValue` for an unknown bureau or kind of agency, for selections that name nobody or too
    many, and for conditions without a purpose.
    """
    if not conditions.purposes:
        raise InvalidValue(
            "no purpose is listed, so nobody could ever use the record", field=f"{field}.purposes"
        )
    if stray := set(conditions.purposes) - set(OPERATIONAL_PURPOSES):
        raise InvalidValue(f"{min(stray)} is not a purpose to ask for", field=f"{field}.purposes")
    bureaus = _checked(
        conditions.bureaus,
        f"{field}.bureaus",
        lambda member: bureau_code(member, field=f"{field}.bureaus"),
    )
    agencies = _checked(
        conditions.agencies, f"{field}.agencies", lambda member: _agency(member, f"{field}.agencies")
    )
    return msgspec.structs.replace(
        conditions, bureaus=bureaus, agencies=agencies, purposes=tuple(sorted(set(conditions.purposes)))
    )


def _checked(selection: Selection, field: str, check: Callable[[str], str]) -> Selection:
    if (selection.mode == "everyone") != (not selection.members):
        raise InvalidValue("'everyone' names no members, 'only' and 'except' name at least one", field=field)
    if len(selection.members) > MAX_MEMBERS:
        raise InvalidValue(f"more than {MAX_MEMBERS} members", field=field)
    return Selection(selection.mode, tuple(sorted({check(member) for member in selection.members})))


def _agency(text: str, field: str) -> str:
    try:
        return AgencyKind(text).value
    except ValueError:
        raise InvalidValue(
            f"{text!r:.40} is not a kind of agency",
            field=field,
            remedy=f"Use one of: {', '.join(AgencyKind)}.",
        ) from None
