"""What is new for the streams."""

from typing import Any

import msgspec
import psycopg

from allpoints.store.acts import Notification
from allpoints.store.queries import query


async def fresh_notifications(
    connection: psycopg.AsyncConnection[tuple[Any, ...]], snapshot: str
) -> tuple[str, list[tuple[str, Notification]]]:
    """Notifications that the snapshot has not seen, with their bureaus, and the snapshot that has."""
    rows = await (await connection.execute(query("fresh_notifications"), {"since": snapshot})).fetchall()
    told = [
        (
            bureau,
            Notification(
                id=number,
                body=msgspec.Raw(body),
                entry=f"{group}.{position}" if group is not None else None,
                created_at=created_at,
            ),
        )
        for _, number, bureau, body, group, position, created_at in rows
        if number is not None
    ]
    return rows[0][0], told
