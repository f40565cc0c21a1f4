"""Random askers, conditions and records, drawn from few enough values that they often meet."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from allpoints.records.bureaus import OPERATIONAL_PURPOSES, AgencyKind, Asker, Confidentiality, Purpose, Role
from allpoints.records.colours import Colour, NoticeKind, NoticeMark
from allpoints.records.conditions import (
    Conditions,
    Evaluation,
    Release,
    Retention,
    Selection,
    checked_conditions,
)
from allpoints.records.identifiers import Identifier
from allpoints.records.record import HeldRecord, Particulars, RecordKind, RecordState

TODAY = date(2026, 11, 20)
"""The day on which the drawn records are asked for; their validity ends some days before, on or after it."""

BUREAUS = ("ALB", "FRA", "ITA", "XPO")


def selections(members: tuple[str, ...]) -> st.SearchStrategy[Selection]:
    """Draw everyone, only some, or all but some of `members`."""
    some = st.lists(st.sampled_from(members), min_size=1, unique=True).map(tuple)
    return st.just(Selection()) | st.builds(Selection, st.sampled_from(("only", "except")), some)


def askers(bureaus: tuple[str, ...] = BUREAUS) -> st.SearchStrategy[Asker]:
    """Draw anybody who may stand behind a request, also those whom the policies never let check."""
    return st.builds(
        Asker,
        bureau=st.sampled_from(bureaus),
        user=st.just("u-1"),
        agency=st.sampled_from(AgencyKind),
        role=st.sampled_from(Role),
        purpose=st.sampled_from(Purpose),
        clearance=st.sampled_from(Confidentiality),
    )


def conditions() -> st.SearchStrategy[Conditions]:
    """Draw conditions as `checked_conditions` lets them into the hub."""
    return st.builds(
        Conditions,
        bureaus=selections(BUREAUS),
        agencies=selections(tuple(AgencyKind)),
        purposes=st.lists(st.sampled_from(OPERATIONAL_PURPOSES), min_size=1, unique=True).map(tuple),
        disclosure=st.sampled_from(Release),
        confidentiality=st.sampled_from(Confidentiality),
    ).map(checked_conditions)


def held_records(
    under: st.SearchStrategy[Conditions] | None = None,
    states: tuple[RecordState, ...] = (RecordState.ACTIVE, *RecordState),
) -> st.SearchStrategy[HeldRecord]:
    """Draw records as the hub holds them, most in force on `TODAY`, `under` any conditions or those drawn."""
    valid_until = st.sampled_from((30, 1, 0, 365, -1, -30)).map(lambda days: TODAY + timedelta(days=days))
    return st.builds(
        HeldRecord,
        id=st.integers(1, 2**53),
        version=st.integers(1, 9),
        state=st.sampled_from(states),
        contributed_at=st.just(datetime(2026, 1, 2, tzinfo=UTC)),
        owner=st.sampled_from(BUREAUS),
        reference=st.from_regex(r"[A-Z]{2}-[0-9]{6}", fullmatch=True),
        kind=st.sampled_from(RecordKind),
        identifiers=st.lists(_identifiers(), min_size=1, max_size=3, unique=True).map(tuple),
        particulars=st.builds(
            Particulars,
            reason=st.sampled_from(("stolen", "wanted", "missing", "seen")),
            names=st.lists(st.sampled_from(("Eriksson Anna", "Ελένη", "عمر")), max_size=2).map(tuple),
            synthetic=st.booleans(),
        ),
        conditions=conditions() if under is None else under,
        evaluation=st.builds(Evaluation, st.sampled_from("ABCX"), st.sampled_from((1, 2, 3, 4))),
        retention=valid_until.map(lambda day: Retention(valid_until=day, review_by=day)),
        notice=st.none()
        | st.builds(
            NoticeMark,
            id=st.integers(1, 99),
            kind=st.sampled_from(NoticeKind),
            colour=st.sampled_from(Colour),
        ),
    )


def _identifiers() -> st.SearchStrategy[Identifier]:
    plates = st.from_regex(r"ALB:[A-Z]{2}[0-9]{3}[A-Z]{2}", fullmatch=True)
    return plates.map(lambda plate: Identifier("plate", plate))
