from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from allpoints.cli.paging import pages
from allpoints.wire.corridor import Page


@given(st.integers(0, 350), st.integers(0, 400))
def test_a_list_is_given_whole_or_up_to_the_limit(held: int, limit: int) -> None:
    asked: list[int] = []

    def ask(after: Any, size: int) -> Page[int]:
        asked.append(size)
        items = tuple(range(held))[after or 0 :][:size]
        return Page(items=items, next=items[-1] + 1 if len(items) == size else None)

    assert list(pages(ask, limit)) == list(range(min(held, limit or held)))
    assert max(asked) <= 100


def test_an_empty_page_in_between_does_not_end_the_list() -> None:
    """What others' conditions hide leaves a page short; there may be more behind it."""
    given_pages = {None: Page(items=(1,), next=5), 5: Page(items=(), next=9), 9: Page(items=(2,), next=None)}
    assert list(pages(lambda after, _: given_pages[after], 0)) == [1, 2]
