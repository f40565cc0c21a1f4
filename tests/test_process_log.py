"""The process log tells what happened and where, and never what somebody sent."""

import json
import subprocess
import sys


def test_what_libraries_log_of_an_exception_is_its_type_and_place() -> None:
    """In a process of its own: it sets up logging for the whole process."""
    program = """
import asyncio, logging
from allpoints.process_log import configure_logging

async def fail():
    raise ValueError("planted")

async def main():
    task = asyncio.ensure_future(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task

configure_logging("info")
try:
    raise ValueError("planted")
except ValueError as error:
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\\n", exc_info=error)
asyncio.run(main())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    events = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [event["event"] for event in events] == [
        "Exception in ASGI application",
        "Task exception was never retrieved",
    ]
    assert all(event["error"] == "ValueError" and event["where"] for event in events)
    assert "planted" not in ran.stderr
