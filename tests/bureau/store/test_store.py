"""Every query of the node's store is understood by its PostgreSQL, as its own role."""

import re
from importlib.resources import files

import psycopg
import pytest

from allpoints.bureau.node import Node
from allpoints.bureau.store.database import PACKAGE
from allpoints.errors import Conflict
from allpoints.store.queries import query

NAMES = [
    name
    for file in files(PACKAGE).joinpath("sql").iterdir()
    for name in re.findall(r"^-- name: (\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
]


def test_every_name_is_used_once() -> None:
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_postgresql_understands_it_and_lets_the_node_do_it(node: Node, name: str) -> None:
    """Prepared as the node's role: a column that is gone or a grant that is missing would be found here."""
    places: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return places.setdefault(match[1] or f"#{len(places)}", f"${len(places) + 1}")

    text = re.sub(r"--[^\n]*", "", query(name, PACKAGE)).strip().rstrip(";")
    statement = re.sub(r"%(?:\((\w+)\))?[sb]", numbered, text).replace("%%", "%")
    with psycopg.connect(node.settings.database_url) as owner:
        owner.execute("SET ROLE allpoints_alb")
        owner.execute("SET search_path = bureau")
        owner.execute(f"PREPARE of_it AS {statement}".encode())


async def test_what_a_constraint_refuses_is_a_conflict_without_values(node: Node) -> None:
    async with node.database.transaction() as t:
        with pytest.raises(Conflict) as refused:
            await t.rows("set_code_secret", id=1, secret=None, step=None)
    assert "null" not in str(refused.value).lower()


async def test_what_fails_leaves_nothing(node: Node) -> None:
    async def fail() -> None:
        async with node.database.transaction() as t:
            await t.rows("remember_place", b"of a failed transaction")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with node.database.transaction() as t:
        assert await t.row("is_familiar", b"of a failed transaction") is None
