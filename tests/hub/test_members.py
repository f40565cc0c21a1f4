"""The life of a member and its keys: ask, be approved, rotate, revoke, be suspended."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
import pytest
from tests.hub.signed import JSON, NDJSON, Request, get, problem, send, signature
from tests.hubs import RunningHub, asker, running_hub

from allpoints.bureau import BureauKey
from allpoints.errors import AllpointsError, Conflict, Forbidden, InvalidValue, NotFound, Unauthenticated
from allpoints.formats.http_signature import rotation_statement, write_public_key
from allpoints.hub.routes.members import MAX_KEYS, MAX_PENDING
from allpoints.records import Bureau

QUESTION = b'{"evidence":[{"kind":"identifier","scheme":"phone","value":"+355672345678"}]}'


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub of our own: bureaus come and go at it, and one is suspended."""
    with running_hub(tmp_path_factory.mktemp("members"), "ALB", "FRA", "ITA", "UTO") as running:
        yield running


def enrolment(key: BureauKey, **fields: object) -> Request:
    """A newcomer's request, signed by the very key that it brings."""
    body = {
        "bureau": key.bureau,
        "name": f"Bureau {key.bureau}",
        "contact": "desk@example.org",
        "public_key": key.public_text,
    }
    return Request(
        method="POST",
        target="/v1/enrolments",
        asker=asker(key.bureau, "administrator", "administration", "bureau"),
        body=msgspec.json.encode({**body, **fields}),
        headers=JSON,
        key=key,
    )


def check(bureau: str, key: BureauKey, lines: int = 1) -> Request:
    """A question, or many."""
    return Request(
        method="POST",
        target="/v1/checks" if lines == 1 else "/v1/checks/bulk",
        asker=asker(bureau, "operator", "criminal-investigation", "police"),
        body=b"\n".join([QUESTION] * lines),
        headers=JSON if lines == 1 else NDJSON,
        key=key,
    )


def add_key(hub: RunningHub, code: str) -> BureauKey:
    """A further key of a member."""
    key = BureauKey.generate(code)
    hub.client(code, "administrator", "administration", "bureau").rotate_key(key)
    return key


@contextlib.contextmanager
def status_of(hub: RunningHub, code: str, status: str) -> Iterator[None]:
    """The bureau has this status meanwhile."""
    with hub.superuser() as connection:
        connection.execute("UPDATE bureaus SET status = %s WHERE code = %s", [status, code])
        try:
            yield
        finally:
            connection.execute("UPDATE bureaus SET status = 'active' WHERE code = %s", [code])


def test_a_bureau_lives_from_its_first_request_to_its_last_key(hub: RunningHub) -> None:
    code = "NOR"
    old = hub.keys[code] = BureauKey.generate(code)
    me = hub.client(code, "administrator", "administration", "bureau")
    assert problem(send(hub, check(code, old)), 401)["field"] == "Signature-Input.keyid"
    assert me.enrol(Bureau(code=code, name="Norway"), old.public_text).status == "pending"
    assert problem(send(hub, check(code, old)), 401)
    assert problem(send(hub, enrolment(old)), 409)["field"] == "public_key"

    secretariat = hub.secretariat()
    assert old.key_id in {waiting.key_id for waiting in secretariat.enrolments().items}
    assert secretariat.approve(old.key_id).status == "active"
    assert send(hub, check(code, old)).status_code == 200
    with pytest.raises(NotFound):
        secretariat.approve(old.key_id)

    new = BureauKey.generate(code)
    assert me.rotate_key(new).status == "active"
    assert [send(hub, check(code, key)).status_code for key in (old, new)] == [200, 200]
    assert me.revoke_key(code, old.key_id).status == "revoked"
    assert [send(hub, check(code, key)).status_code for key in (old, new)] == [401, 200]
    with pytest.raises(Unauthenticated):
        me.rotate_key(BureauKey.generate(code))

    hub.keys[code] = new
    me = hub.client(code, "administrator", "administration", "bureau")
    with pytest.raises(NotFound):
        me.revoke_key(code, old.key_id)
    known = [(key.key_id, key.introduced_by, key.revoked_at is None) for key in me.public_keys(code).signing]
    assert known == [(old.key_id, None, False), (new.key_id, old.key_id, True)]
    keys = get(hub, me._asker, f"/v1/bureaus/{code}/keys").json()["items"]
    assert {key["key_id"]: key["status"] for key in keys} == {old.key_id: "revoked", new.key_id: "active"}
    with pytest.raises(Conflict):
        me.rotate_key(old)
    assert problem(send(hub, enrolment(old)), 409)
    assert secretariat.revoke_key(code, new.key_id).status == "revoked"
    assert problem(send(hub, check(code, new)), 401)


def test_an_enrolment_is_refused_where_it_says_something_wrong(hub: RunningHub) -> None:
    def field(request: Request) -> object:
        return problem(send(hub, request), 400, 401, 422)["field"]

    key = BureauKey.generate("SWE")
    other = BureauKey.generate("SWE")
    assert field(enrolment(key, public_key=other.public_text)) == "Signature"
    assert field(enrolment(key, public_key="a key")) == "public_key"
    assert field(enrolment(key, public_key=write_public_key(bytes(32)))) == "public_key"
    assert field(enrolment(key, bureau="HUB")) == "bureau"
    assert field(enrolment(key, bureau="ZZZ")) == "bureau"
    assert field(enrolment(key, name="")) == "name"
    assert field(enrolment(key, name="x\x00")) == "name"
    assert field(enrolment(key, name="x" * 201)) == "name"
    assert field(enrolment(key, contact="\x1b[2J")) == "contact"
    assert field(msgspec.structs.replace(enrolment(key), body=b"[" * 9_999)) == "body"
    who = asker("SWE", "officer", "administration", "bureau")
    assert problem(send(hub, msgspec.structs.replace(enrolment(key), asker=who)), 403)
    with hub.superuser() as connection:
        assert connection.execute("SELECT 1 FROM keys WHERE bureau = 'SWE'").fetchall() == []


def test_a_new_key_has_to_prove_that_its_bureau_holds_it(hub: RunningHub) -> None:
    new, other = BureauKey.generate("ALB"), BureauKey.generate("ALB")
    right = rotation_statement("ALB", new.public_key)
    wrong = {
        "another key's": other.sign(right),
        "for another bureau": new.sign(rotation_statement("FRA", new.public_key)),
        "of another key": new.sign(rotation_statement("ALB", other.public_key)),
        "the current key's": hub.keys["ALB"].sign(right),
        "too short": b"x",
        "none": b"",
    }
    for proof in wrong.values():
        request = Request(
            method="POST",
            target="/v1/bureaus/ALB/keys",
            asker=asker("ALB", "administrator", "administration", "bureau"),
            body=msgspec.json.encode({"public_key": new.public_text, "proof": proof}),
            headers=JSON,
        )
        assert problem(send(hub, request), 422)["field"] == "proof"
    assert problem(send(hub, check("ALB", new)), 401)


def test_a_bureau_has_a_limited_number_of_keys(hub: RunningHub) -> None:
    me = hub.client("ITA", "administrator", "administration", "bureau")
    with hub.superuser() as connection:
        connection.execute(
            "INSERT INTO keys (key_id, bureau, public_key, status)"
            " SELECT 'ITA-many-' || n, 'ITA', decode(repeat('00', 32), 'hex'), 'revoked' FROM generate_series(1, %s) n",
            [MAX_KEYS],
        )
        try:
            with pytest.raises(Conflict):
                me.rotate_key(BureauKey.generate("ITA"))
        finally:
            connection.execute("DELETE FROM keys WHERE key_id LIKE 'ITA-many-%'")


def test_strangers_cannot_fill_the_hub_with_enrolments(hub: RunningHub) -> None:
    with hub.superuser() as connection:
        connection.execute(
            "INSERT INTO keys (key_id, bureau, public_key, status)"
            " SELECT 'FIN-spam-' || n, 'FIN', decode(repeat('00', 32), 'hex'), 'pending'"
            " FROM generate_series(1, %s - (SELECT count(*) FROM keys WHERE status = 'pending')) n",
            [MAX_PENDING],
        )
        try:
            assert problem(send(hub, enrolment(BureauKey.generate("FIN"))), 409)["remedy"]
            spam = "FIN-spam-1"
            assert hub.secretariat().revoke_key("FIN", spam).status == "revoked", (
                "the secretariat clears them away"
            )
            assert send(hub, enrolment(BureauKey.generate("FIN"))).status_code == 202
        finally:
            connection.execute("DELETE FROM keys WHERE bureau = 'FIN'")


def test_a_revoked_key_is_refused_at_once_by_every_worker(hub: RunningHub) -> None:
    key = add_key(hub, "FRA")
    lines = [httpx.Client(base_url=hub.url) for _ in range(16)]

    def ask(line: httpx.Client) -> int:
        request = check("FRA", key)
        return line.post(request.target, content=request.body, headers=signature(hub, request)).status_code

    assert {ask(line) for line in lines} == {200}
    hub.client("FRA", "administrator", "administration", "bureau").revoke_key("FRA", key.key_id)
    assert {ask(line) for line in lines} == {401}
    for line in lines:
        line.close()


@pytest.mark.parametrize("lines", [1, 200])
def test_no_request_that_begins_after_its_key_was_revoked_is_answered(hub: RunningHub, lines: int) -> None:
    key = add_key(hub, "FRA")
    stop = threading.Event()

    def go_on_asking(_: int) -> list[float]:
        started = []
        with httpx.Client(base_url=hub.url) as line:
            while not stop.is_set():
                request = check("FRA", key, lines)
                begun = time.monotonic()
                answer = line.post(request.target, content=request.body, headers=signature(hub, request))
                if answer.status_code == 200:
                    started.append(begun)
                else:
                    assert problem(answer, 401)
        return started

    with ThreadPoolExecutor(6) as askers:
        futures = [askers.submit(go_on_asking, n) for n in range(6)]
        time.sleep(0.3)
        hub.client("FRA", "administrator", "administration", "bureau").revoke_key("FRA", key.key_id)
        revoked_at = time.monotonic()
        time.sleep(0.3)
        stop.set()
        answered = [begun for future in futures for begun in future.result()]
    assert answered
    assert max(answered) < revoked_at


ACTS: dict[str, Callable[[RunningHub], object]] = {
    "check": lambda hub: hub.client("ITA").check([]),
    "list its records": lambda hub: hub.operator("ITA").records(),
    "read the log": lambda hub: hub.client("ITA").checkpoint(),
    "add a key": lambda hub: add_key(hub, "ITA"),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_suspended_bureau_can_do_nothing_until_it_is_active_again(hub: RunningHub, act: str) -> None:
    assert hub.operator("ITA").records()
    with status_of(hub, "ITA", "suspended"), pytest.raises((Unauthenticated, Forbidden)):
        ACTS[act](hub)
    assert hub.operator("ITA").records()


def test_a_suspended_bureau_is_not_freed_by_a_new_key(hub: RunningHub) -> None:
    with status_of(hub, "ITA", "suspended"):
        key = BureauKey.generate("ITA")
        assert send(hub, enrolment(key)).status_code in (202, 403)
        with contextlib.suppress(AllpointsError):
            hub.secretariat().approve(key.key_id)
        assert problem(send(hub, check("ITA", key)), 401, 403)


def test_an_approval_does_not_rename_a_member(hub: RunningHub) -> None:
    key = BureauKey.generate("ALB")
    assert send(hub, enrolment(key, name="Somebody else", contact="elsewhere@example.org")).status_code == 202
    hub.secretariat().approve(key.key_id)
    [member] = [member for member in hub.client("ALB").bureaus().items if member.code == "ALB"]
    assert (member.name, member.contact) == ("Bureau ALB", "desk@alb.example")
    hub.client("ALB", "administrator", "administration", "bureau").revoke_key("ALB", key.key_id)


def test_keys_of_another_bureau_stay_in_place(hub: RunningHub) -> None:
    me = hub.client("ALB", "administrator", "administration", "bureau")
    with pytest.raises((Forbidden, NotFound)):
        me.revoke_key("FRA", hub.keys["FRA"].key_id)
    with pytest.raises(NotFound):
        me.revoke_key("ALB", hub.keys["FRA"].key_id)
    with pytest.raises((Forbidden, InvalidValue)):
        me.rotate_key(BureauKey.generate("FRA"))
    assert send(hub, check("FRA", hub.keys["FRA"])).status_code == 200
