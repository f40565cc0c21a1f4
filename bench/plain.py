"""What one would otherwise write: the same look-up behind the same framework, without any of the guarantees.

No signatures, no policies, no conditions, no log: a GET with the identifier, answered from one indexed column of
PostgreSQL through psycopg, or of SQLite. Two workers, as the hub has.
"""

import multiprocessing
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg_pool import AsyncConnectionPool

WORKERS = 2
_ONE = "SELECT record_id FROM plain WHERE identifier = %s"
_MANY = "SELECT identifier, record_id FROM plain WHERE identifier = ANY (%s)"


def load_postgresql(conninfo: str, identifiers: Iterable[tuple[str, int]]) -> None:
    """Make the table `plain` in the database, if it is not there, and fill it."""
    with psycopg.connect(conninfo) as connection:
        if connection.execute("SELECT to_regclass('public.plain')").fetchone() != (None,):
            return
        connection.execute("CREATE TABLE public.plain (identifier text NOT NULL, record_id bigint NOT NULL)")
        with connection.cursor().copy("COPY public.plain FROM STDIN") as copy:
            for identifier, record_id in identifiers:
                copy.write_row((identifier, record_id))
        connection.execute("CREATE INDEX ON public.plain (identifier)")
        connection.execute("ANALYZE public.plain")


def load_sqlite(path: Path, identifiers: Iterable[tuple[str, int]]) -> None:
    """Make the SQLite file, if it is not there."""
    if path.exists():
        return
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    connection = sqlite3.connect(new)
    connection.execute("CREATE TABLE plain (identifier TEXT NOT NULL, record_id INTEGER NOT NULL)")
    connection.executemany("INSERT INTO plain VALUES (?, ?)", identifiers)
    connection.execute("CREATE INDEX plain_identifier ON plain (identifier)")
    connection.commit()
    connection.close()
    new.rename(path)


@contextmanager
def serving(store: str, port: int) -> Iterator[None]:
    """Two workers that answer look-ups from `store`: a libpq address, or the path of a SQLite file."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_serve, args=(store, port), daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    try:
        _wait_for(port)
        yield
    finally:
        for worker in workers:
            os.kill(worker.pid or 0, signal.SIGKILL)
            worker.join()


def _serve(store: str, port: int) -> None:
    import uvicorn

    app = _postgresql_app(store) if "=" in store or "://" in store else _sqlite_app(Path(store))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(2048)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="error")
    import asyncio

    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[listener]))


def _postgresql_app(conninfo: str) -> Any:
    from litestar import Litestar, get, post

    pool = AsyncConnectionPool(conninfo, min_size=4, max_size=8, open=False, kwargs={"autocommit": True})

    @get("/one")
    async def one(identifier: str) -> dict[str, Any]:
        async with pool.connection() as connection:
            rows = await (await connection.execute(_ONE, [identifier])).fetchall()
        return {"hits": [row[0] for row in rows]}

    @post("/many", status_code=200)
    async def many(data: list[str]) -> dict[str, Any]:
        async with pool.connection() as connection:
            rows = await (await connection.execute(_MANY, [data])).fetchall()
        return {"hits": rows}

    return Litestar([one, many], on_startup=[pool.open], on_shutdown=[pool.close], openapi_config=None)


def _sqlite_app(path: Path) -> Any:
    from litestar import Litestar, get, post

    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.execute("PRAGMA mmap_size = 4000000000")

    @get("/one", sync_to_thread=False)
    def one(identifier: str) -> dict[str, Any]:
        rows = connection.execute("SELECT record_id FROM plain WHERE identifier = ?", [identifier]).fetchall()
        return {"hits": [row[0] for row in rows]}

    @post("/many", status_code=200, sync_to_thread=False)
    def many(data: list[str]) -> dict[str, Any]:
        marks = ",".join("?" * len(data))
        return {
            "hits": connection.execute(
                f"SELECT identifier, record_id FROM plain WHERE identifier IN ({marks})",  # noqa: S608
                data,
            ).fetchall()
        }

    return Litestar([one, many], openapi_config=None)


def one_request(identifier: str, port: int) -> bytes:
    """The bytes of a single look-up."""
    from urllib.parse import quote

    return f"GET /one?identifier={quote(identifier)} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()


def many_request(identifiers: list[str], port: int) -> bytes:
    """The bytes of a bulk look-up."""
    body = msgspec.json.encode(identifiers)
    head = (
        f"POST /many HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            time.sleep(1.0)  # for the second worker
            return
