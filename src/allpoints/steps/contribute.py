"""What owners do with their records: contribute, correct, withdraw. Each runs inside the request's transaction."""

import asyncio
from datetime import UTC, date, datetime

import msgspec

from allpoints.errors import AllpointsError, Conflict, InvalidValue, NotFound, Problem
from allpoints.modalities import BIOMETRIC, TEMPLATED
from allpoints.modalities.identifiers import Keyring, signed
from allpoints.records import HeldRecord, Record, RecordState, checked_record
from allpoints.records.record import OF_A_BODY
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.repeating import REPEATED, first_reply, keep_reply
from allpoints.steps.templates import templates_of
from allpoints.steps.uploads import Encoded, Upload
from allpoints.store.acts import Act, StoredPicture, StoredTemplate

CONTRIBUTE_ONE = "contribute one"
CONTRIBUTE = "contribute"
"""What is done with a body: the Idempotency-Key of one act does not answer for another."""


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one contributed line: its id and version, or why it was refused."""

    line: int
    id: int | None = None
    version: int | None = None
    error: Problem | None = None


async def store_contribution(act: Act, admitted: Admitted, keyring: Keyring, upload: Upload) -> Work:
    """Store the one contribution of the upload; the result is its `Stored`. Raises what refuses it.

    A retry under the same Idempotency-Key stores nothing and gets the first reply.
    """
    kept = await _first_reply(act, admitted, CONTRIBUTE_ONE)
    [stored] = kept or await _store(act, admitted, upload, keyring)
    if stored.error is not None:
        raise stored.error.as_error()
    if kept is not None:
        return Work(result=stored, subject=REPEATED)
    await _keep_reply(act, admitted, [stored])
    return Work(result=stored, records=(stored.id,) if stored.id else (), asked=1)


async def store_contributions(act: Act, admitted: Admitted, keyring: Keyring, upload: Upload) -> Work:
    """Store the contributions of the upload; the result is a `Stored` for each.

    Good lines are stored, bad ones are named. A retry under the same Idempotency-Key stores nothing and gets
    the first reply. Raises what refuses the whole.
    """
    if (kept := await _first_reply(act, admitted, CONTRIBUTE)) is not None:
        return Work(result=kept, subject=REPEATED)
    stored = await _store(act, admitted, upload, keyring)
    await _keep_reply(act, admitted, stored)
    return Work(result=stored, records=tuple(s.id for s in stored if s.id), asked=len(stored))


async def store_for_notice(
    act: Act, admitted: Admitted, keyring: Keyring, given: Encoded, *, state: RecordState, unsearched: bool
) -> int:
    """Store the record of a notice, held back until it is published or active at once; return its id.

    `unsearched` says that it may be one that no check can find. Raises what refuses it.
    """
    [stored] = await _store(act, admitted, Upload([given]), keyring, state=state, unsearched=unsearched)
    if stored.error is not None:
        raise stored.error.as_error()
    assert stored.id is not None  # noqa: S101 - what has no error has an id
    return stored.id


async def correct_record(
    act: Act, admitted: Admitted, record_id: int, keyring: Keyring, upload: Upload
) -> Work:
    """Replace an own record by the contribution of the upload; the old version is kept, without its pictures.

    Pictures that it brings take the place of those that the record has; where it brings none, those stay.
    `If-Match` names the version that the owner has seen: a correction of something else raises `Conflict`.
    """
    if (kept := await _first_reply(act, admitted, correction(record_id))) is not None:
        return Work(result=kept[0], records=(record_id,), subject=REPEATED)
    held = await own_record(act, record_id, admitted)
    _check_alone(held)
    if upload.error is not None:
        raise upload.error
    [given] = upload.lines
    if isinstance(given, AllpointsError):
        raise given
    stored = Stored(line=1, id=record_id, version=await replace_record(act, admitted, held, keyring, given))
    await _keep_reply(act, admitted, [stored])
    return Work(result=stored, records=(record_id,))


async def replace_record(
    act: Act,
    admitted: Admitted,
    held: HeldRecord,
    keyring: Keyring,
    given: Encoded,
    *,
    unsearched: bool = False,
) -> int:
    """Replace an own record that is locked, as `correct_record` says; return its new version.

    Raises `Conflict` where it is withdrawn or `If-Match` names another version, and what refuses the contribution.
    """
    _check_version(held, admitted, required=True)
    if held.state is RecordState.WITHDRAWN:
        raise Conflict(
            "the record is withdrawn", field="id", remedy="Contribute it anew under another reference."
        )
    contribution = given.contribution
    if contribution.reference != held.reference:
        raise InvalidValue(f"the record's reference is {held.reference}", field="reference")
    keep = not given.pictures and contribution.kind in OF_A_BODY and await act.has_pictures(held.id)
    checked = checked_record(
        contribution, owner=admitted.asker.bureau, today=_today(), unsearched=keep or unsearched
    )
    record = _sealed(checked, keyring)
    templates = (*given.templates, *await asyncio.to_thread(templates_of, record))
    version = await act.correct_record(held, record, _keys(record, keyring))
    replaced = [m.name for m in TEMPLATED if not (keep and m in BIOMETRIC)]
    await act.replace_templates(held.id, templates, modalities=replaced)
    if not keep:
        await act.replace_pictures(held.id, given.stored_pictures())
    return version


def correction(record_id: int) -> str:
    """What is done with the body of a correction."""
    return f"correct {record_id}"


async def withdraw_record(act: Act, admitted: Admitted, record_id: int) -> Work:
    """Take an own record back: no check finds it from now on. What is withdrawn already stays so."""
    held = await own_record(act, record_id, admitted)
    _check_alone(held)
    _check_version(held, admitted, required=False)
    if held.state is RecordState.ACTIVE:
        await act.withdraw_record(held.id)
    return Work(result=Stored(line=1, id=record_id, version=held.version), records=(record_id,))


async def _first_reply(act: Act, admitted: Admitted, what: str) -> list[Stored] | None:
    kept = await first_reply(act, admitted, what)
    return None if kept is None else msgspec.json.decode(kept, type=list[Stored])


async def _keep_reply(act: Act, admitted: Admitted, stored: list[Stored]) -> None:
    await keep_reply(act, admitted, msgspec.json.encode(stored))


async def _store(
    act: Act,
    admitted: Admitted,
    upload: Upload,
    keyring: Keyring,
    *,
    state: RecordState = RecordState.ACTIVE,
    unsearched: bool = False,
) -> list[Stored]:
    if upload.error is not None:
        raise upload.error
    owner, today = admitted.asker.bureau, _today()
    checked = [_checked(line, owner, today, keyring, unsearched=unsearched) for line in upload.lines]
    # Names are read in all their scripts and sounds: a large upload of people must not hold up the checks.
    templates = await asyncio.to_thread(_encode, checked)
    good: dict[str, Record] = {}
    pictures: dict[str, tuple[StoredPicture, ...]] = {}
    for number, (record, line) in enumerate(zip(checked, upload.lines, strict=True)):
        if isinstance(record, AllpointsError) or isinstance(line, AllpointsError):
            continue
        if good.setdefault(record.reference, record) is not record:
            checked[number] = Conflict("the reference stands twice in the upload", field="reference")
        elif line.pictures:
            templates[record.reference] = (*line.templates, *templates[record.reference])
            pictures[record.reference] = line.stored_pictures()
    records = list(good.values())
    keys = [_keys(record, keyring) for record in records]
    ids = await act.add_records(records, keys, contributed_for=admitted.asker.purpose, state=state)
    await act.add_templates({ids[reference]: templates[reference] for reference in ids})
    await act.add_pictures(
        {ids[reference]: several for reference, several in pictures.items() if reference in ids}
    )
    return [_stored(number, record, ids) for number, record in enumerate(checked, start=1)]


def _encode(checked: list[Record | AllpointsError]) -> dict[str, tuple[StoredTemplate, ...]]:
    """The templates by reference; a record of which none can be made becomes its error."""
    templates: dict[str, tuple[StoredTemplate, ...]] = {}
    for number, record in enumerate(checked):
        if isinstance(record, Record) and record.reference not in templates:
            try:
                templates[record.reference] = templates_of(record)
            except AllpointsError as error:
                checked[number] = error
    return templates


def _checked(
    line: Encoded | AllpointsError, owner: str, today: date, keyring: Keyring, *, unsearched: bool
) -> Record | AllpointsError:
    if isinstance(line, AllpointsError):
        return line
    try:
        record = checked_record(line.contribution, owner=owner, today=today, unsearched=unsearched)
        return _sealed(record, keyring)
    except AllpointsError as error:
        return error


def _sealed(record: Record, keyring: Keyring) -> Record:
    """What may be stored: identifiers of hashed schemes only as their hash."""
    sealed = tuple(keyring.sealed(identifier) for identifier in record.identifiers)
    return msgspec.structs.replace(record, identifiers=sealed)


def _keys(record: Record, keyring: Keyring) -> list[int]:
    return [signed(keyring.key(identifier)) for identifier in record.identifiers]


def _stored(line: int, record: Record | AllpointsError, ids: dict[str, int]) -> Stored:
    if isinstance(record, AllpointsError):
        return Stored(line=line, error=Problem.of(record))
    if record.reference not in ids:
        taken = Conflict(
            "a record with this reference exists already",
            field="reference",
            remedy="Correct that record, or choose another reference.",
        )
        return Stored(line=line, error=Problem.of(taken))
    return Stored(line=line, id=ids[record.reference], version=1)


async def own_record(act: Act, record_id: int, admitted: Admitted) -> HeldRecord:
    """An own record, locked until the transaction ends. Raises `NotFound`."""
    held = await act.own_record_for_change(record_id, admitted.asker.bureau)
    if held is None:
        raise NotFound(f"your bureau has no record {record_id}", field="id")
    return held


def _check_alone(held: HeldRecord) -> None:
    """What a notice is about changes with the notice: the two must not say different things."""
    if held.notice is not None and held.state is not RecordState.WITHDRAWN:
        raise Conflict(
            f"the record belongs to {held.notice.kind} {held.notice.id}",
            field="id",
            remedy=f"Correct or cancel the {held.notice.kind}: it takes effect at once as well.",
        )


def _check_version(held: HeldRecord, admitted: Admitted, *, required: bool) -> None:
    seen = (admitted.request.if_match or "").strip('"')
    if required and not seen:
        raise InvalidValue("name the version you have seen", field="If-Match", remedy='Send If-Match: "1".')
    if seen and seen != str(held.version):
        raise Conflict(f"the record is at version {held.version} now", field="If-Match")


def _today() -> date:
    return datetime.now(UTC).date()
