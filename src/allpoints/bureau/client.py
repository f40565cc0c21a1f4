"""The client of a hub's HTTP API, blocking and asynchronous.

Both clients have the same calls, listed once in `_Calls`. What is sent, when it is tried again and how an
answer is read stands in `_Core`; the two differ only in how they wait.
"""

import asyncio
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing, closing
from functools import cache
from http import HTTPStatus
from typing import Generic, ParamSpec, Self, TypeVar, cast, overload

import httpx
import msgspec

from allpoints.audit import VerifierKey
from allpoints.bureau.call import Call
from allpoints.bureau.calls import confirmations as hit_clock
from allpoints.bureau.calls import corridor, messages
from allpoints.bureau.calls import examinations as examining
from allpoints.bureau.calls import notices as announcing
from allpoints.bureau.event_stream import EventReader
from allpoints.bureau.signing import Signer
from allpoints.errors import (
    AllpointsError,
    InvalidValue,
    MalformedInput,
    NotFound,
    Problem,
    QuotaExceeded,
    TooLarge,
    Unavailable,
)
from allpoints.records import Asker
from allpoints.wire.corridor import Notification

TIMEOUT_S = 10.0
STREAM_SILENCE_S = 60.0
"""A stream that says nothing for this long is taken for broken; hubs send a sign of life more often."""
REMEMBERED = 10_000
ATTEMPTS = 4
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
"""Where the hub asks to wait longer than this, the caller decides."""
NOT_YET_PAUSE_S = 0.25
MAX_REPLY = 64 << 20

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOT_REACHED = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)

Answer = TypeVar("Answer")
P = ParamSpec("P")

Exchange = Generator["httpx.Request | float", "_Reply", Answer]
"""Yields a request, to be sent in the asked time and answered with the reply, or seconds to wait."""


class Endpoint(Generic[P, Answer]):
    """One call as a method of both clients: `Client` gives the answer, `AsyncClient` an awaitable."""

    def __init__(self, build: Callable[P, Call[Answer]]) -> None:
        self._build = build

    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Call[Answer]]: ...
    @overload
    def __get__(self, client: "Client", owner: type) -> Callable[P, Answer]: ...
    @overload
    def __get__(self, client: "AsyncClient", owner: type) -> Callable[P, Awaitable[Answer]]: ...

    def __get__(self, client: "Client | AsyncClient | None", owner: type) -> Callable[P, object]:
        build = self._build
        if client is None:
            return build

        def call(*args: P.args, **kwargs: P.kwargs) -> object:
            return client.send(build(*args, **kwargs))

        return call


class Slices(Generic[P, Answer]):
    """A call in slices as a method of both clients: it gives an iterator, or an asynchronous one."""

    def __init__(self, build: Callable[P, Iterator[Call[list[Answer]]]]) -> None:
        self._build = build

    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Iterator[Call[list[Answer]]]]: ...
    @overload
    def __get__(self, client: "Client", owner: type) -> Callable[P, Iterator[Answer]]: ...
    @overload
    def __get__(self, client: "AsyncClient", owner: type) -> Callable[P, AsyncIterator[Answer]]: ...

    def __get__(self, client: "Client | AsyncClient | None", owner: type) -> Callable[P, object]:
        build = self._build
        if client is None:
            return build

        def call(*args: P.args, **kwargs: P.kwargs) -> object:
            return client.send_all(build(*args, **kwargs))

        return call


class _Calls:
    """Every call of the hub's API; `allpoints.bureau.calls` says what each one means."""

    check = Endpoint(corridor.check)
    check_biometrics = Endpoint(corridor.check_biometrics)
    check_many = Slices(corridor.check_many)

    contribute = Endpoint(corridor.contribute)
    contribute_many = Slices(corridor.contribute_many)
    records = Endpoint(corridor.records)
    record = Endpoint(corridor.record)
    correct = Endpoint(corridor.correct)
    withdraw = Endpoint(corridor.withdraw)
    versions = Endpoint(corridor.versions)
    reads = Endpoint(corridor.reads)

    notifications = Endpoint(corridor.notifications)
    acknowledge = Endpoint(corridor.acknowledge)
    links = Endpoint(corridor.links)
    decide_link = Endpoint(corridor.decide_link)

    examinations = Endpoint(examining.examinations)
    examination = Endpoint(examining.examination)
    assign = Endpoint(examining.assign)
    decide = Endpoint(examining.decide)
    comparison = Endpoint(examining.comparison)
    comparison_picture = Endpoint(examining.comparison_picture)

    ask_confirmation = Endpoint(hit_clock.ask_confirmation)
    confirmations = Endpoint(hit_clock.confirmations)
    confirmation = Endpoint(hit_clock.confirmation)
    answer_confirmation = Endpoint(hit_clock.answer_confirmation)
    statistics = Endpoint(hit_clock.statistics)

    request_notice = Endpoint(announcing.request_notice)
    send_diffusion = Endpoint(announcing.send_diffusion)
    correct_notice = Endpoint(announcing.correct_notice)
    correct_diffusion = Endpoint(announcing.correct_diffusion)
    cancel_notice = Endpoint(announcing.cancel_notice)
    notices = Endpoint(announcing.notices)
    notice = Endpoint(announcing.notice)
    notice_picture = Endpoint(announcing.notice_picture)
    review_notice = Endpoint(announcing.review_notice)
    suspend_notice = Endpoint(announcing.suspend_notice)
    lift_suspension = Endpoint(announcing.lift_suspension)
    public_notices = Endpoint(announcing.public_notices)
    public_notice = Endpoint(announcing.public_notice)
    public_picture = Endpoint(announcing.public_picture)

    checkpoint = Endpoint(corridor.checkpoint)
    consistency = Endpoint(corridor.consistency)
    receipt = Endpoint(corridor.receipt)

    bureaus = Endpoint(corridor.bureaus)
    enrol = Endpoint(corridor.enrol)
    enrolments = Endpoint(corridor.enrolments)
    approve = Endpoint(corridor.approve)
    rotate_key = Endpoint(corridor.rotate_key)
    revoke_key = Endpoint(corridor.revoke_key)
    about = Endpoint(corridor.about)

    public_keys = Endpoint(messages.public_keys)
    publish_sealing_key = Endpoint(messages.publish_sealing_key)
    retire_sealing_key = Endpoint(messages.retire_sealing_key)

    send_message = Endpoint(messages.send_message)
    waiting_messages = Endpoint(messages.waiting_messages)
    collect_messages = Endpoint(messages.collect_messages)
    delivery = Endpoint(messages.delivery)
    recall_message = Endpoint(messages.recall_message)

    put_attachment_part = Endpoint(messages.put_attachment_part)
    attachment = Endpoint(messages.attachment)
    attachment_part = Endpoint(messages.attachment_part)
    drop_attachment = Endpoint(messages.drop_attachment)


class _Reply(msgspec.Struct, frozen=True):
    status: int
    headers: httpx.Headers
    body: bytes


class _Core(_Calls):
    def __init__(
        self,
        url: str,
        signer: Signer,
        asker: Asker,
        *,
        hub_key: VerifierKey | None = None,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare to ask the hub at `url` on behalf of `asker`; nothing is sent yet.

        With the `hub_key` that its secretariat published, checkpoints, proofs and receipts are verified.
        `tls` replaces the system's certificate authorities. Raises `InvalidValue` for what is no address.
        """
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise InvalidValue(
                f"not a hub's address: {error}", field="url", remedy="Write it as https://hub.example."
            ) from None
        self._signer = signer
        self._asker = asker
        self._hub_key = hub_key
        self._open(timeout_s, tls)

    def _open(self, timeout_s: float, tls: ssl.SSLContext | None) -> None:
        raise NotImplementedError

    def _request(self, call: Call[Answer]) -> httpx.Request:
        """Return the request, signed anew: a signature can be used once."""
        url = str(self._url.join(call.path))
        headers = {"accept-encoding": "identity", "user-agent": "allpoints", **call.headers}
        if call.signed:
            headers = self._signer.sign(call.method, url, asker=self._asker, body=call.body, headers=headers)
        request = httpx.Request(call.method, url, headers=headers, content=call.body)
        if call.timeout_s:
            request.extensions["timeout"] = httpx.Timeout(TIMEOUT_S, read=call.timeout_s).as_dict()
        return request

    def _exchange(self, call: Call[Answer]) -> Exchange[Answer]:
        """Send a call, again where that helps, and return its answer. Raises what the hub refused it for."""
        deadline = time.monotonic() + call.patience_s
        attempt = 1
        while True:
            undone = not call.once
            try:
                reply = yield self._request(call)
            except httpx.TransportError as error:
                refusal: AllpointsError = self._unreachable(error)
                pause = _backoff(attempt)
                undone |= isinstance(error, _NEVER_SENT)
            else:
                if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
                    return self._answer(call, reply.body)
                refusal, pause = _refusal(reply), _pause(reply, attempt)
            if isinstance(refusal, NotFound) and time.monotonic() < deadline:
                yield NOT_YET_PAUSE_S
                continue
            undone |= isinstance(refusal, QuotaExceeded)
            passing = undone and isinstance(refusal, (Unavailable, QuotaExceeded))
            if not passing or attempt >= ATTEMPTS or pause > LONGEST_PAUSE_S:
                raise refusal
            yield pause
            attempt += 1

    def _answer(self, call: Call[Answer], body: bytes) -> Answer:
        try:
            answer = call.read(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedInput(
                f"the hub's answer to {call.method} {call.path.partition('?')[0]} is not understood: {error}",
                remedy="See whether hub and client are of the same version.",
            ) from None
        if call.verify is not None and self._hub_key is not None:
            call.verify(answer, self._hub_key)
        return answer

    def _unreachable(self, error: httpx.TransportError) -> Unavailable:
        refusal = Unavailable(
            f"{self._url.netloc.decode()} does not answer ({type(error).__name__}: {error})",
            remedy="See whether the hub's address is right and the line is up, then try again.",
        )
        refusal.__cause__ = error
        return refusal


class _Following:
    """The state of a stream of notifications over its interruptions.

    Where to go on from is for the hub to say, with the id of each event: the numbers of notifications do not
    tell, since a later one may be committed before an earlier one.
    """

    def __init__(self, core: _Core, after: int) -> None:
        self._core = core
        self._position = str(after)
        self._seen: dict[int, None] = {}
        self._failures = 0
        self._ever_open = False
        self._events = EventReader()

    def request(self) -> httpx.Request:
        """Return the request that goes on after the last event seen."""
        self._events = EventReader()
        request = self._core._request(corridor.notification_stream(self._position))
        request.extensions["timeout"] = httpx.Timeout(TIMEOUT_S, read=STREAM_SILENCE_S).as_dict()
        return request

    def feed(self, chunk: bytes) -> Iterator[Notification]:
        """Yield the notifications that `chunk` completes, none of the last `REMEMBERED` ones again."""
        self._ever_open, self._failures = True, 0
        for event in self._events.feed(chunk):
            if event.kind != "notification":
                continue
            try:
                notification = msgspec.json.decode(event.data, type=Notification)
            except msgspec.MsgspecError as error:
                raise MalformedInput(f"a notification is not understood: {error}") from None
            if notification.id not in self._seen:
                self._seen[notification.id] = None
                if len(self._seen) > REMEMBERED:
                    del self._seen[next(iter(self._seen))]
                yield notification
            self._position = event.id or self._position

    def pause(self, interruption: httpx.TransportError | _Reply | None) -> float:
        """Return the seconds to wait before going on. Raises where going on is useless.

        A stream that was open once is taken up again for as long as it takes.
        """
        self._failures += 1
        if interruption is None:
            return _backoff(self._failures)
        if isinstance(interruption, _Reply):
            refusal, pause = _refusal(interruption), _pause(interruption, self._failures)
            if not isinstance(refusal, (Unavailable, QuotaExceeded)):
                raise refusal
        else:
            refusal, pause = self._core._unreachable(interruption), _backoff(self._failures)
        if not self._ever_open and self._failures >= ATTEMPTS:
            raise refusal
        return pause


class Client(_Core):
    """A hub, asked from ordinary code. Safe to share between threads; close it, or use it in a `with`."""

    def _open(self, timeout_s: float, tls: ssl.SSLContext | None) -> None:
        self._http = httpx.Client(timeout=timeout_s, verify=tls or _systems_authorities())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, call: Call[Answer]) -> Answer:
        """Send one call and return its answer. Raises the `AllpointsError` that the hub refused it with."""
        exchange = self._exchange(call)
        try:
            step = next(exchange)
            while True:
                if isinstance(step, float):
                    time.sleep(step)
                    step = next(exchange)
                    continue
                try:
                    reply = self._fetch(step)
                except httpx.TransportError as error:
                    step = exchange.throw(error)
                else:
                    step = exchange.send(reply)
        except StopIteration as done:
            return cast(Answer, done.value)

    def send_all(self, slices: Iterator[Call[list[Answer]]]) -> Iterator[Answer]:
        """Send calls one after the other, each when its answers are wanted, and yield all answers."""
        for call in slices:
            yield from self.send(call)

    def follow_notifications(self, *, after: int = 0) -> Iterator[Notification]:
        """Yield what the hub tells, as it tells it; a broken line is taken up again where it broke."""
        following = _Following(self, after)
        while True:
            interruption: httpx.TransportError | _Reply | None = None
            try:
                with closing(self._http.send(following.request(), stream=True)) as response:
                    if response.is_success:
                        for chunk in response.iter_raw():
                            yield from following.feed(chunk)
                    else:
                        interruption = self._read(response)
            except httpx.TransportError as error:
                interruption = error
            time.sleep(following.pause(interruption))

    def _fetch(self, request: httpx.Request) -> _Reply:
        with closing(self._http.send(request, stream=True)) as response:
            return self._read(response)

    def _read(self, response: httpx.Response) -> _Reply:
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            _check_size(body)
        return _Reply(response.status_code, response.headers, bytes(body))


class AsyncClient(_Core):
    """A hub, asked from asynchronous code. Close it, or use it in an `async with`."""

    def __init__(
        self,
        url: str,
        signer: Signer,
        asker: Asker,
        *,
        hub_key: VerifierKey | None = None,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
        connections: httpx.AsyncClient | None = None,
    ) -> None:
        """As `Client`. Given `connections` are shared with others, and closed by whoever opened them."""
        self._shared = connections
        super().__init__(url, signer, asker, hub_key=hub_key, timeout_s=timeout_s, tls=tls)

    def _open(self, timeout_s: float, tls: ssl.SSLContext | None) -> None:
        self._http = self._shared or httpx.AsyncClient(
            timeout=timeout_s, verify=tls or _systems_authorities()
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections, unless they are shared."""
        if self._shared is None:
            await self._http.aclose()

    async def send(self, call: Call[Answer]) -> Answer:
        """Send one call and return its answer. Raises the `AllpointsError` that the hub refused it with."""
        exchange = self._exchange(call)
        try:
            step = next(exchange)
            while True:
                if isinstance(step, float):
                    await asyncio.sleep(step)
                    step = next(exchange)
                    continue
                try:
                    reply = await self._fetch(step)
                except httpx.TransportError as error:
                    step = exchange.throw(error)
                else:
                    step = exchange.send(reply)
        except StopIteration as done:
            return cast(Answer, done.value)

    async def send_all(self, slices: Iterator[Call[list[Answer]]]) -> AsyncIterator[Answer]:
        """Send calls one after the other, each when its answers are wanted, and yield all answers."""
        for call in slices:
            for answer in await self.send(call):
                yield answer

    async def follow_notifications(self, *, after: int = 0) -> AsyncIterator[Notification]:
        """Yield what the hub tells, as it tells it; a broken line is taken up again where it broke."""
        following = _Following(self, after)
        while True:
            interruption: httpx.TransportError | _Reply | None = None
            try:
                async with aclosing(await self._http.send(following.request(), stream=True)) as response:
                    if response.is_success:
                        async for chunk in response.aiter_raw():
                            for notification in following.feed(chunk):
                                yield notification
                    else:
                        interruption = await self._read(response)
            except httpx.TransportError as error:
                interruption = error
            await asyncio.sleep(following.pause(interruption))

    async def _fetch(self, request: httpx.Request) -> _Reply:
        async with aclosing(await self._http.send(request, stream=True)) as response:
            return await self._read(response)

    async def _read(self, response: httpx.Response) -> _Reply:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            _check_size(body)
        return _Reply(response.status_code, response.headers, bytes(body))


def _check_size(body: bytearray) -> None:
    if len(body) > MAX_REPLY:
        raise TooLarge(f"the hub answered with more than {MAX_REPLY} bytes", remedy="Ask for less at once.")


def _refusal(reply: _Reply) -> AllpointsError:
    try:
        problem = msgspec.json.decode(reply.body, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # A proxy or a stranger answered, not a hub: a proxy that does not reach the hub may reach it soon.
        problem = Problem(
            code="unavailable" if reply.status in _NOT_REACHED else "",
            status=reply.status,
            detail=f"the answer was status {reply.status} without a reason",
        )
    return problem.as_error(retry_after_s=_retry_after(reply) or 1)


def _pause(reply: _Reply, attempt: int) -> float:
    wanted = _retry_after(reply)
    return _backoff(attempt) if wanted is None else float(wanted)


def _retry_after(reply: _Reply) -> int | None:
    text = reply.headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _backoff(attempt: int) -> float:
    # Half of it by chance, so that bureaus cut off together do not come back together.
    return min(FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 10), LONGEST_PAUSE_S) * (1 - random.random() / 2)  # noqa: S311


@cache
def _systems_authorities() -> ssl.SSLContext:
    """Whom the machine trusts: read once, since it takes 30 ms, and shared by all clients."""
    return ssl.create_default_context()
