"""Server-sent events (WHATWG HTML, section 9.2), as a hub streams its notifications."""

import msgspec

from allpoints.errors import TooLarge

MAX_EVENT = 1 << 20


class Event(msgspec.Struct, frozen=True):
    """One event: its type, its data, and the id to go on from after an interruption."""

    kind: str
    data: str
    id: str


class EventReader:
    """Turns the bytes of a stream, in whatever pieces they come, into events."""

    def __init__(self) -> None:
        self._rest = b""
        self._kind = ""
        self._data: list[str] = []
        self._id = ""

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that `chunk` completes. Raises `TooLarge` for one of more than a mebibyte."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        texts = (line.rstrip(b"\r").decode(errors="replace") for line in lines)
        events = [event for text in texts if (event := self._line(text)) is not None]
        if len(self._rest) + sum(map(len, self._data)) > MAX_EVENT:
            raise TooLarge(f"an event has at most {MAX_EVENT} bytes", field="notifications")
        return events

    def _line(self, line: str) -> Event | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        return None

    def _dispatch(self) -> Event | None:
        event = Event(self._kind or "message", "\n".join(self._data), self._id) if self._data else None
        self._kind, self._data = "", []
        return event
