"""What owners do with their records: contribute, correct, withdraw. Each runs inside the request's transaction."""

import asyncio
import hashlib
from datetime import UTC, date, datetime

import msgspec

from allpoints.access import Action
from allpoints.errors import AllpointsError, Conflict, InvalidValue, NotFound, Problem, TooLarge, Unavailable
from allpoints.modalities import BIOMETRIC, TEMPLATED
from allpoints.modalities.identifiers import Keyring, signed
from allpoints.records import MAX_PIECES, Contribution, HeldRecord, Record, RecordState, checked_record
from allpoints.records.record import OF_A_BODY
from allpoints.steps.authorise import Admitted, Authoriser
from allpoints.steps.biometrics import Pictured, pictures_of
from allpoints.steps.commit import Work
from allpoints.steps.decode import MAX_PICTURES_BODY, decode_lines, decoded
from allpoints.steps.prepare import COST_OF_A_PICTURE
from allpoints.steps.templates import templates_of, templates_of_pictures
from allpoints.store.acts import Act, StoredPicture, StoredTemplate
from allpoints.store.database import Database

MAX_KEY = 200
REPEATED = "repeated request"
CONTRIBUTE_ONE = "contribute one"
CONTRIBUTE = "contribute"
"""What is done with a body: the Idempotency-Key of one act does not answer for another."""

_contribution = msgspec.json.Decoder(Contribution)


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one contributed line: its id and version, or why it was refused."""

    line: int
    id: int | None = None
    version: int | None = None
    error: Problem | None = None


class Upload(msgspec.Struct, frozen=True):
    """What a request brings to be stored, encoded before its transaction begins: a line each, in order."""

    lines: list["Encoded | AllpointsError"] = []
    error: AllpointsError | None = None
    """What refuses the whole."""


_REPEATED = Upload(
    error=Unavailable("the reply to the first request of this Idempotency-Key has just expired")
)


class Encoded(msgspec.Struct, frozen=True):
    """A contribution and what its pictures are found by."""

    contribution: Contribution
    pictures: tuple[Pictured, ...] = ()
    templates: tuple[StoredTemplate, ...] = ()

    def stored_pictures(self) -> tuple[StoredPicture, ...]:
        """The pictures, under the numbers of their templates."""
        return tuple(StoredPicture(n, p.modality, p.piece) for n, p in enumerate(self.pictures))


async def read_upload(
    admitted: Admitted, what: str, database: Database, authoriser: Authoriser, *, many: bool
) -> Upload:
    """Decode the contributions of an admitted request, one JSON object or one a line, and encode their pictures.

    Both take their time, so they happen in a thread and before anything is locked. Between them the policies say who
    may contribute pictures, and the quota how many. The pictures of a retry are not looked at again.
    """
    if admitted.refusal is not None:
        return Upload()
    try:
        lines = await asyncio.to_thread(_read, admitted.body, many=many)
        if any(isinstance(line, Encoded) and line.contribution.biometrics for line in lines):
            authoriser.permit(admitted.asker, Action.CONTRIBUTE_BIOMETRICS)
        if pictures := _pictures(lines):
            if await _answered_before(database, admitted, what):
                return _REPEATED
            authoriser.charge(admitted.asker, pictures * COST_OF_A_PICTURE)
            lines = await asyncio.to_thread(_with_templates, lines)
        return Upload(lines)
    except AllpointsError as error:
        return Upload(error=error)


async def _answered_before(database: Database, admitted: Admitted, what: str) -> bool:
    async with database.act(admitted.asker) as act:
        return await act.has_reply(admitted.asker.bureau, _idempotency_key(admitted), _digest(admitted, what))


def _read(body: bytes, *, many: bool) -> list[Encoded | AllpointsError]:
    """The contributions and the pictures in them, none of which is decoded yet."""
    if not many and len(body) > MAX_PICTURES_BODY:
        raise TooLarge(f"a contribution has at most {MAX_PICTURES_BODY} bytes", field="body")
    lines = decode_lines(_contribution, body) if many else [decoded(_contribution, body)]
    # Files are opened to count what they hold, so there may be no more of them either.
    _check_count(sum(len(line.biometrics) for line in lines if isinstance(line, Contribution)))
    opened = [line if isinstance(line, AllpointsError) else _opened(line) for line in lines]
    _check_count(_pictures(opened))
    return opened


def _check_count(pictures: int) -> None:
    if pictures > MAX_PIECES:
        raise TooLarge(
            f"more than {MAX_PIECES} pictures at once",
            field="biometrics",
            remedy="Send a record with many pictures alone.",
        )


def _opened(contribution: Contribution) -> Encoded | AllpointsError:
    try:
        pictures = pictures_of(
            (f"biometrics[{number}]", one) for number, one in enumerate(contribution.biometrics)
        ).pictured
        if contribution.biometrics and not pictures:
            raise InvalidValue("there is no single fingerprint and no face in it", field="biometrics")
        return Encoded(contribution, pictures)
    except AllpointsError as error:
        return error


def _pictures(lines: list[Encoded | AllpointsError]) -> int:
    return sum(len(line.pictures) for line in lines if isinstance(line, Encoded))


def _with_templates(lines: list[Encoded | AllpointsError]) -> list[Encoded | AllpointsError]:
    return [line if isinstance(line, AllpointsError) else _encoded(line) for line in lines]


def _encoded(line: Encoded) -> Encoded | AllpointsError:
    try:
        return msgspec.structs.replace(line, templates=templates_of_pictures(line.pictures))
    except AllpointsError as error:
        return error


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


async def correct_record(
    act: Act, admitted: Admitted, record_id: int, keyring: Keyring, upload: Upload
) -> Work:
    """Replace an own record by the contribution of the upload; the old version is kept, without its pictures.

    Pictures that it brings take the place of those that the record has; where it brings none, those stay.
    `If-Match` names the version that the owner has seen: a correction of something else raises `Conflict`.
    """
    if (kept := await _first_reply(act, admitted, correction(record_id))) is not None:
        return Work(result=kept[0], records=(record_id,), subject=REPEATED)
    held = await _own_record(act, record_id, admitted)
    _check_version(held, admitted, required=True)
    if held.state is not RecordState.ACTIVE:
        raise Conflict(
            "the record is withdrawn", field="id", remedy="Contribute it anew under another reference."
        )
    if upload.error is not None:
        raise upload.error
    [given] = upload.lines
    if isinstance(given, AllpointsError):
        raise given
    contribution = given.contribution
    if contribution.reference != held.reference:
        raise InvalidValue(f"the record's reference is {held.reference}", field="reference")
    keep = not given.pictures and contribution.kind in OF_A_BODY and await act.has_pictures(record_id)
    record = _sealed(
        checked_record(contribution, owner=admitted.asker.bureau, today=_today(), pictured=keep), keyring
    )
    templates = (*given.templates, *await asyncio.to_thread(templates_of, record))
    version = await act.correct_record(held, record, _keys(record, keyring))
    replaced = [m.name for m in TEMPLATED if not (keep and m in BIOMETRIC)]
    await act.replace_templates(record_id, templates, modalities=replaced)
    if not keep:
        await act.replace_pictures(record_id, given.stored_pictures())
    stored = Stored(line=1, id=record_id, version=version)
    await _keep_reply(act, admitted, [stored])
    return Work(result=stored, records=(record_id,))


def correction(record_id: int) -> str:
    """What is done with the body of a correction."""
    return f"correct {record_id}"


async def withdraw_record(act: Act, admitted: Admitted, record_id: int) -> Work:
    """Take an own record back: no check finds it from now on. What is withdrawn already stays so."""
    held = await _own_record(act, record_id, admitted)
    _check_version(held, admitted, required=False)
    if held.state is RecordState.ACTIVE:
        await act.withdraw_record(held.id)
    return Work(result=Stored(line=1, id=record_id, version=held.version), records=(record_id,))


async def _first_reply(act: Act, admitted: Admitted, what: str) -> list[Stored] | None:
    """What was answered to the first request with this Idempotency-Key; None where this is the first."""
    key = _idempotency_key(admitted)
    kept = await act.claim_idempotency_key(admitted.asker.bureau, key, _digest(admitted, what))
    return None if kept is None else msgspec.json.decode(kept, type=list[Stored])


def _digest(admitted: Admitted, what: str) -> bytes:
    return hashlib.sha256(f"{what}\n".encode() + admitted.body).digest()


async def _keep_reply(act: Act, admitted: Admitted, stored: list[Stored]) -> None:
    await act.keep_reply(admitted.asker.bureau, _idempotency_key(admitted), msgspec.json.encode(stored))


async def _store(act: Act, admitted: Admitted, upload: Upload, keyring: Keyring) -> list[Stored]:
    if upload.error is not None:
        raise upload.error
    owner, today = admitted.asker.bureau, _today()
    checked = [_checked(line, owner, today, keyring) for line in upload.lines]
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
    ids = await act.add_records(records, keys, contributed_for=admitted.asker.purpose)
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
    line: Encoded | AllpointsError, owner: str, today: date, keyring: Keyring
) -> Record | AllpointsError:
    if isinstance(line, AllpointsError):
        return line
    try:
        return _sealed(checked_record(line.contribution, owner=owner, today=today), keyring)
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


async def _own_record(act: Act, record_id: int, admitted: Admitted) -> HeldRecord:
    held = await act.own_record_for_change(record_id, admitted.asker.bureau)
    if held is None:
        raise NotFound(f"your bureau has no record {record_id}", field="id")
    return held


def _check_version(held: HeldRecord, admitted: Admitted, *, required: bool) -> None:
    seen = (admitted.request.if_match or "").strip('"')
    if required and not seen:
        raise InvalidValue("name the version you have seen", field="If-Match", remedy='Send If-Match: "1".')
    if seen and seen != str(held.version):
        raise Conflict(f"the record is at version {held.version} now", field="If-Match")


def _idempotency_key(admitted: Admitted) -> str:
    key = admitted.request.idempotency_key or ""
    if not 1 <= len(key) <= MAX_KEY:
        raise InvalidValue(
            f"an upload carries a key of 1 to {MAX_KEY} characters",
            field="Idempotency-Key",
            remedy="Draw a random one for each upload and keep it for retries.",
        )
    return key


def _today() -> date:
    return datetime.now(UTC).date()
