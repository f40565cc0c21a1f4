"""What a program of ours says while it runs: one JSON object a line on standard error, and nothing personal in it."""

import json
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType

import structlog


def configure_logging(level: str) -> None:
    """Structured logs on standard error, one JSON object a line; nothing in them is personal."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_local_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_lines_to_standard_error,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OfLibraries())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])


class _OfLibraries(logging.Formatter):
    """What libraries log, in the same form: one line, and of an exception its type and place alone."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one JSON object; the lines after a message's first may quote what somebody sent."""
        event = {
            "logger": record.name,
            "event": record.getMessage().partition("\n")[0],
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[0]:
            event |= {"error": record.exc_info[0].__name__, "where": place(record.exc_info[2])}
        return json.dumps(event)


def _lines_to_standard_error(*_: object) -> structlog.WriteLogger:
    return _PatientLogger(sys.stderr)


class _PatientLogger(structlog.WriteLogger):
    """Loses a line that cannot be written: a hub must not fall because the disk of its process log is full."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = error = critical = fatal = failure = err = exception = msg


def _without_local_values(
    _: object, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep where an exception happened and drop its message, which may quote what somebody sent."""
    if event.pop("exc_info", None):
        event["where"] = place(sys.exc_info()[2])
    return event


def place(trace: TracebackType | None) -> str:
    """The innermost file and line."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
