"""Lists that a hub gives page by page."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

import typer

from allpoints.wire.corridor import Page

PAGE = 100

Item = TypeVar("Item")

Limit = Annotated[int, typer.Option(help="How many at most; 0 for all.", min=0)]


def pages(ask: Callable[[Any, int], Page[Item]], limit: int) -> Iterator[Item]:
    """Yield up to `limit` items, all where it is 0, asking for a page when it is needed."""
    after: Any = None
    given = 0
    while True:
        page = ask(after, min(PAGE, limit - given) if limit else PAGE)
        yield from page.items
        given += len(page.items)
        after = page.next
        if after is None or (limit and given >= limit):
            return
