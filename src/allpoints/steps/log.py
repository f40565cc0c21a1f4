"""Within the fourth step: what the log keeps of a request, and what owners are told of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from allpoints.access import Action, Disclosure, Outcome, Refusal, disclosed_log
from allpoints.audit.entries import Group, act_entry
from allpoints.errors import AllpointsError
from allpoints.records import Asker, HeldRecord
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Case, News
from allpoints.steps.disclose import Decided, hidden_by_identifier
from allpoints.steps.matching import View


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner reads when somebody's check found a record: who, why and when; never more of the asker."""

    kind: str = "hit"
    record: int
    reference: str
    outcome: str
    bureau: str
    agency: str
    user: str
    role: str
    purpose: str
    at: datetime


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one check: the outcomes of each question, and what the asker could not see at all."""

    asked: int
    decided: Mapping[int, list[Outcome]]
    withheld: set[int]
    """What an identifier found and row-level security did not show this asker, or is no longer in force."""
    held: Mapping[int, HeldRecord]


def findings(case: Case, decided: Decided, view: View) -> Findings:
    """What came of a case."""
    return Findings(
        asked=len(case.questions),
        decided=decided.outcomes,
        withheld=hidden_by_identifier(case.candidates, view.held),
        held=view.held,
    )


def log_refusal(group: Group, admitted: Admitted, error: AllpointsError, now: datetime) -> int:
    """Write a refused request into the group; return the position of its entry."""
    asker = admitted.asker
    return group.add(
        act_entry("refusal", asker, admitted.request, now, reader=asker.bureau, outcome=error.code)
    )


def log_check(group: Group, admitted: Admitted, findings: Findings, now: datetime) -> int:
    """Write one check into the group; return the position of the asker's own entry.

    The asker's entry holds what the asker was shown. Each owner has entries of its own for what was found.
    What the conditions withheld stands in an entry that only the oversight body reads.
    """
    asker, request = admitted.asker, admitted.request
    found = [outcome for of_question in findings.decided.values() for outcome in of_question]
    shown = tuple(disclosed_log(outcome) for outcome in found if isinstance(outcome, Disclosure))
    position = group.add(
        act_entry("check", asker, request, now, reader=asker.bureau, asked=findings.asked, hits=shown)
    )
    for owner, level, records, read in log_reads(group, admitted, found, now):
        if owner != asker.bureau:
            for record_id in records:
                group.tell(read, owner, _told(findings.held[record_id], level, asker, now))
    hidden = {*findings.withheld, *(outcome.record for outcome in found if isinstance(outcome, Refusal))}
    if hidden:
        group.add_aside(
            act_entry("withheld", asker, request, now, reader=None, records=tuple(sorted(hidden)))
        )
    return position


def log_reads(
    group: Group, admitted: Admitted, found: Iterable[Outcome], now: datetime
) -> list[tuple[str, str, tuple[int, ...], int]]:
    """Write for each owner what was found of its records; return owner, level, records and entry position."""
    written = []
    for (owner, level), records in _by_owner(found).items():
        entry = act_entry(
            "read", admitted.asker, admitted.request, now, reader=owner, records=records, outcome=level
        )
        written.append((owner, level, records, group.add_reads(entry, records, owner)))
    return written


def log_news(group: Group, admitted: Admitted, action: Action, told: Iterable[News], now: datetime) -> None:
    """Tell other bureaus of an act that concerns them, each with an entry of its own that proves it."""
    for news in told:
        entry = act_entry(
            action.value,
            admitted.asker,
            admitted.request,
            now,
            reader=news.bureau,
            records=news.records,
            outcome=news.outcome,
            subject=news.subject,
        )
        if news.unnamed:
            entry = msgspec.structs.replace(entry, user="", request=None)
        group.tell(group.add_aside(entry), news.bureau, news.body)


def _by_owner(found: Iterable[Outcome]) -> dict[tuple[str, str], tuple[int, ...]]:
    """The found records by owner and level: one entry serves all of a bulk check's hits on one owner."""
    records: dict[tuple[str, str], dict[int, None]] = {}
    for outcome in found:
        if not isinstance(outcome, Refusal):
            record_id, level = disclosed_log(outcome)
            records.setdefault((outcome.owner, level), {})[record_id] = None
    return {key: tuple(ids) for key, ids in records.items()}


def _told(held: HeldRecord, level: str, asker: Asker, now: datetime) -> bytes:
    return msgspec.json.encode(
        Told(
            record=held.id,
            reference=held.reference,
            outcome=level,
            bureau=asker.bureau,
            agency=asker.agency,
            user=asker.user,
            role=asker.role,
            purpose=asker.purpose,
            at=now,
        )
    )
