"""The operations of the corridor: checks, records, links, examinations, members, the log."""

import msgspec

from allpoints.audit.receipt import Receipt
from allpoints.hits.examinations import Said
from allpoints.hub.operations.operation import PAGE, Gives, Header, Operation, Takes
from allpoints.hub.routes.examinations import PNG, Assignment
from allpoints.hub.routes.members import Enrolment, Rotation
from allpoints.hub.routes.notifications import Acknowledgement, SaidOfLink
from allpoints.hub.routes.replies import NDJSON
from allpoints.records import Contribution, HeldRecord
from allpoints.records.evidence import Check
from allpoints.wire import corridor as wire

_TEXT = "text/plain"
_EVENTS = "text/event-stream"
_PROBE = {"probe": {"type": "integer", "minimum": 0, "maximum": 1_000}}
_KEY = Header("Idempotency-Key", "^[!-~]{1,200}$")
_VERSION = r'^"[1-9][0-9]{0,9}"$'

CORRIDOR: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/v1/checks",
        summary="Ask one question",
        takes=Takes(Check),
        gives=Gives(wire.CheckReply),
    ),
    Operation(
        method="post",
        path="/v1/checks/bulk",
        summary="Ask up to 1,000 questions",
        takes=Takes(Check, NDJSON),
        gives=Gives(wire.CheckedLine, NDJSON),
    ),
    Operation(
        method="post",
        path="/v1/checks/biometric",
        summary="Ask one question that brings fingerprints or faces",
        takes=Takes(Check),
        gives=Gives(wire.CheckReply),
    ),
    Operation(
        method="post",
        path="/v1/records",
        summary="Contribute one record",
        takes=Takes(Contribution),
        gives=Gives(wire.Kept, status=201),
        headers=(_KEY,),
    ),
    Operation(
        method="post",
        path="/v1/records/bulk",
        summary="Contribute up to 1,000 records",
        takes=Takes(Contribution, NDJSON),
        gives=Gives(wire.KeptLine, NDJSON),
        headers=(_KEY,),
    ),
    Operation(
        method="get",
        path="/v1/records",
        summary="List one's own records",
        gives=Gives(wire.Page[HeldRecord]),
        query={
            **PAGE,
            "reference": {"type": "string"},
            "review_by": {"type": "string", "format": "date"},
        },
    ),
    Operation(
        method="get", path="/v1/records/{record_id}", summary="Read an own record", gives=Gives(HeldRecord)
    ),
    Operation(
        method="put",
        path="/v1/records/{record_id}",
        summary="Correct an own record",
        takes=Takes(Contribution),
        gives=Gives(wire.Kept),
        headers=(Header("If-Match", _VERSION), _KEY),
    ),
    Operation(
        method="delete",
        path="/v1/records/{record_id}",
        summary="Withdraw an own record",
        gives=Gives(wire.Kept),
        headers=(Header("If-Match", _VERSION, required=False),),
    ),
    Operation(
        method="get",
        path="/v1/records/{record_id}/versions",
        summary="What an own record said before",
        gives=Gives(wire.Page[wire.Version]),
    ),
    Operation(
        method="get",
        path="/v1/records/{record_id}/reads",
        summary="Who found an own record, when and why",
        gives=Gives(wire.Page[wire.Read]),
        query={"after": {"type": "string", "pattern": r"^\d+\.\d+$"}, "limit": PAGE["limit"]},
    ),
    Operation(
        method="get",
        path="/v1/notifications",
        summary="What one's bureau was told",
        gives=Gives(wire.Page[wire.Notification]),
        query={**PAGE, "unacknowledged": {"type": "boolean"}},
    ),
    Operation(
        method="get",
        path="/v1/notifications/stream",
        summary="Notifications as they happen",
        gives=Gives(str, _EVENTS),
    ),
    Operation(
        method="post",
        path="/v1/notifications/acknowledgements",
        summary="Mark notifications as seen",
        takes=Takes(Acknowledgement),
        gives=Gives(wire.Acknowledged),
    ),
    Operation(
        method="get",
        path="/v1/links",
        summary="Others' records that share an identifier with one's own or describe the same person",
        gives=Gives(wire.Page[wire.Link]),
        query=PAGE,
    ),
    Operation(
        method="put",
        path="/v1/links/{link_id}/decision",
        summary="Say whether the two records of a link have one source",
        takes=Takes(SaidOfLink),
        gives=Gives(wire.Link),
    ),
    Operation(
        method="get",
        path="/v1/examinations",
        summary="Candidate lists of one's own bureau's biometric checks",
        gives=Gives(wire.Page[wire.Examination]),
        query={
            **PAGE,
            "state": {"type": "string", "enum": [state.value for state in wire.ExaminationState]},
            "mine": {"type": "boolean"},
        },
    ),
    Operation(
        method="get",
        path="/v1/examinations/{examination_id}",
        summary="One candidate list, with what is disclosed of its candidates now",
        gives=Gives(wire.ExaminationList),
    ),
    Operation(
        method="post",
        path="/v1/examinations/{examination_id}/assignment",
        summary="Assign a list to an examiner, or to the second one",
        takes=Takes(Assignment),
        gives=Gives(wire.Examination),
    ),
    Operation(
        method="post",
        path="/v1/examinations/{examination_id}/candidates/{record_id}/decision",
        summary="Decide on a candidate, for good",
        takes=Takes(Said),
        gives=Gives(wire.Examination),
    ),
    Operation(
        method="get",
        path="/v1/examinations/{examination_id}/candidates/{record_id}/comparison",
        summary="What the machine compared of probe and candidate",
        gives=Gives(wire.CandidateComparison),
        query=_PROBE,
    ),
    Operation(
        method="get",
        path="/v1/examinations/{examination_id}/candidates/{record_id}/comparison.png",
        summary="Probe and candidate side by side",
        gives=Gives(msgspec.Raw, PNG),
        query=_PROBE,
    ),
    Operation(
        method="get", path="/v1/log/checkpoint", summary="The signed head of the log", gives=Gives(str, _TEXT)
    ),
    Operation(
        method="get",
        path="/v1/log/consistency",
        summary="Proof that a later log continues an earlier one",
        gives=Gives(wire.Consistency),
        query={"old": {"type": "integer", "minimum": 0}, "new": {"type": "integer", "minimum": 0}},
    ),
    Operation(
        method="get",
        path="/v1/log/receipts/{entry}",
        summary="The receipt of a log entry",
        gives=Gives(Receipt),
    ),
    Operation(
        method="get",
        path="/v1/log/entries",
        summary="The whole sealed log, for the oversight body",
        gives=Gives(wire.Page[wire.SealedGroup]),
        query={"after": PAGE["after"], "limit": {"type": "integer", "minimum": 1, "maximum": 100}},
    ),
    Operation(method="get", path="/v1/bureaus", summary="All members", gives=Gives(wire.Page[wire.Member])),
    Operation(
        method="post",
        path="/v1/enrolments",
        summary="Ask to become a member",
        takes=Takes(Enrolment),
        gives=Gives(wire.Enrolment, status=202),
    ),
    Operation(
        method="get",
        path="/v1/enrolments",
        summary="Keys that wait for approval",
        gives=Gives(wire.Page[wire.Enrolment]),
    ),
    Operation(
        method="post",
        path="/v1/enrolments/{key}/approval",
        summary="Approve a key",
        gives=Gives(wire.Enrolment),
    ),
    Operation(
        method="get",
        path="/v1/bureaus/{bureau}/keys",
        summary="The keys of one's own bureau",
        gives=Gives(wire.Page[wire.Enrolment]),
    ),
    Operation(
        method="post",
        path="/v1/bureaus/{bureau}/keys",
        summary="Add a key to one's own bureau",
        takes=Takes(Rotation),
        gives=Gives(wire.Enrolment, status=201),
    ),
    Operation(
        method="delete",
        path="/v1/bureaus/{bureau}/keys/{key}",
        summary="End a key at once",
        gives=Gives(wire.Enrolment),
    ),
)
