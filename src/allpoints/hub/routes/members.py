"""Members and their keys: enrol, approve, rotate, revoke."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.types import ControllerRouterHandler
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from allpoints.access import Action
from allpoints.errors import Conflict, InvalidValue, NotFound
from allpoints.formats.http_signature import key_id, parse_public_key, rotation_statement, write_public_key
from allpoints.hub.messages import message_of
from allpoints.hub.routes.replies import page, written
from allpoints.hub.worker import Worker
from allpoints.records import SECRETARIAT, Bureau, bureau_code
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.store.acts import Act, StoredKey

MAX_PENDING = 1_000
MAX_KEYS = 100


class Enrolment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request to enrol, signed by the very key it brings."""

    bureau: str
    name: str
    public_key: str
    contact: str = ""


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new key, and the proof that the bureau holds it: its signature of the rotation statement."""

    public_key: str
    proof: bytes


_enrolment = msgspec.json.Decoder(Enrolment)
_rotation = msgspec.json.Decoder(Rotation)


def routes(worker: Worker) -> list[ControllerRouterHandler]:  # noqa: PLR0915 - seven short routes
    """The routes for members."""
    pipeline = worker.pipeline

    @get("/v1/bureaus")
    async def bureaus(request: Request[Any, Any, Any]) -> Response[bytes]:
        """All members."""

        async def task(act: Act, _: Admitted) -> Work:
            members = await act.bureaus()
            return Work(
                result=[
                    {"code": b.code, "name": b.name, "contact": b.contact, "status": status}
                    for b, status in members
                ]
            )

        done = await pipeline.act(await message_of(request), Action.LIST_BUREAUS, task)
        return page(done.result)

    @post("/v1/enrolments", status_code=202)
    async def enrol(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Ask to become a member; an administrator of the secretariat approves it."""
        message = await message_of(request)
        # Decoded before it is authenticated: the key that verifies the request is in it.
        enrolment = decoded(_enrolment, message.body[:16_384])
        bureau = Bureau(
            code=bureau_code(enrolment.bureau),
            name=_text(enrolment.name, "name", least=1),
            contact=_text(enrolment.contact, "contact", least=0),
        )
        public_key = parse_public_key(enrolment.public_key)
        name = key_id(bureau.code, public_key)

        async def task(act: Act, _: Admitted) -> Work:
            if len(await act.pending_keys()) >= MAX_PENDING:
                raise Conflict("too many enrolments wait for approval", remedy="Try again tomorrow.")
            if not await act.add_key(name, bureau, public_key, status="pending"):
                raise Conflict("this key was enrolled before", field="public_key")
            return Work(result={"key_id": name, "bureau": bureau.code, "status": "pending"}, subject=name)

        done = await pipeline.enrol(message, task, public_key=public_key, bureau=bureau.code)
        response = written(done.result)
        response.status_code = 202
        return response

    @get("/v1/enrolments")
    async def enrolments(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Keys that wait for approval."""

        async def task(act: Act, _: Admitted) -> Work:
            return Work(result=[_shown(key) for key in await act.pending_keys()])

        done = await pipeline.act(
            await message_of(request), Action.APPROVE_ENROLMENT, task, owner=SECRETARIAT
        )
        return page(done.result)

    @post("/v1/enrolments/{key:str}/approval", status_code=200)
    async def approve(request: Request[Any, Any, Any], key: str) -> Response[bytes]:
        """Approve an enrolment: from now on the key's bureau is a member."""

        async def task(act: Act, _: Admitted) -> Work:
            bureau = await act.approve_key(key)
            if bureau is None:
                raise NotFound("no such enrolment waits for approval", field="key_id")
            return Work(result={"key_id": key, "bureau": bureau, "status": "active"}, subject=key)

        done = await pipeline.act(
            await message_of(request), Action.APPROVE_ENROLMENT, task, owner=SECRETARIAT
        )
        return written(done.result)

    @get("/v1/bureaus/{bureau:str}/keys")
    async def keys(request: Request[Any, Any, Any], bureau: str) -> Response[bytes]:
        """All keys of the asker's own bureau, in whatever state."""

        async def task(act: Act, _: Admitted) -> Work:
            return Work(result=[_shown(key) for key in await act.bureau_keys(bureau)], subject=bureau)

        done = await pipeline.act(await message_of(request), Action.ROTATE_KEY, task, owner=bureau)
        return page(done.result)

    @post("/v1/bureaus/{bureau:str}/keys", status_code=201)
    async def rotate(request: Request[Any, Any, Any], bureau: str) -> Response[bytes]:
        """Add a key to one's own bureau, signed by a current one; revoke the old one when all have the new."""

        async def task(act: Act, admitted: Admitted) -> Work:
            rotation = decoded(_rotation, admitted.body)
            public_key = parse_public_key(rotation.public_key)
            _check_proof(bureau, public_key, rotation.proof)
            if len(await act.bureau_keys(bureau)) >= MAX_KEYS:
                raise Conflict(f"a bureau has at most {MAX_KEYS} keys", field="public_key")
            name = key_id(bureau, public_key)
            known = Bureau(code=bureau, name="", contact="")
            signed_by = admitted.request.key_id
            if not await act.add_key(name, known, public_key, status="active", introduced_by=signed_by):
                raise Conflict("this key was enrolled before", field="public_key")
            return Work(result={"key_id": name, "bureau": bureau, "status": "active"}, subject=name)

        done = await pipeline.act(await message_of(request), Action.ROTATE_KEY, task, owner=bureau)
        response = written(done.result)
        response.status_code = 201
        return response

    @delete("/v1/bureaus/{bureau:str}/keys/{key:str}", status_code=200)
    async def revoke(request: Request[Any, Any, Any], bureau: str, key: str) -> Response[bytes]:
        """End a key at once: whatever it signs is refused from this moment."""

        async def task(act: Act, _: Admitted) -> Work:
            if not await act.revoke_key(key, bureau):
                raise NotFound("no such key, or it is revoked already", field="key_id")
            return Work(result={"key_id": key, "bureau": bureau, "status": "revoked"}, subject=key)

        done = await pipeline.act(await message_of(request), Action.REVOKE_KEY, task, owner=bureau)
        return written(done.result)

    return [bureaus, enrol, enrolments, approve, keys, rotate, revoke]


def _check_proof(bureau: str, public_key: bytes, proof: bytes) -> None:
    try:
        VerifyKey(public_key).verify(rotation_statement(bureau, public_key), proof)
    except (BadSignatureError, ValueError):
        raise InvalidValue(
            "the new key did not sign the rotation statement",
            field="proof",
            remedy="Sign it with the new key: it proves that the bureau holds it.",
        ) from None


def _shown(key: StoredKey) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "bureau": key.bureau,
        "status": key.status,
        "bureau_name": key.bureau_name,
        "contact": key.contact,
        "public_key": write_public_key(key.public_key),
        "created_at": key.created_at,
    }


def _text(text: str, field: str, *, least: int) -> str:
    if least <= len(text) <= 200 and text.isprintable():
        return text
    raise InvalidValue(f"has {least} to 200 printable characters", field=field)
