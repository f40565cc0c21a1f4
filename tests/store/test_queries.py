"""All SQL stands in commented files, each query once, used, and understood by PostgreSQL."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from tests.corridors import Corridor

import allpoints
from allpoints.store.queries import query

FILES = sorted(
    (file for file in files("allpoints.store").joinpath("sql").iterdir() if file.name.endswith(".sql")),
    key=lambda file: file.name,
)
NAMES = [name for file in FILES for name in re.findall(r"^-- name: (\w+)$", file.read_text(), re.MULTILINE)]
SOURCES = [path.read_text() for path in Path(allpoints.__file__).parent.rglob("*.py")]


def test_every_name_is_used_once() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        query("no_such_query")


@pytest.mark.parametrize("name", NAMES)
def test_a_query_is_asked_for_somewhere(name: str) -> None:
    assert any(f'"{name}"' in source for source in SOURCES) or name.startswith("tidy_")


def test_only_the_store_speaks_sql() -> None:
    speaks = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|COPY) [a-zA-Z(*%]')
    house = Path(allpoints.__file__).parent
    for path in house.rglob("*.py"):
        if "store" not in path.relative_to(house).parts:
            assert not speaks.search(path.read_text()), path


async def test_postgresql_understands_every_query(corridor: Corridor) -> None:
    """Parsed and planned as the schema stands; a column that is gone would be found here."""
    with corridor.connection() as connection:
        for name in NAMES:
            text = re.sub(r"--[^\n]*", "", query(name)).strip().rstrip(";")
            can_be_planned = text.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
            if (
                not can_be_planned or "allpoints_set_aside" in text
            ):  # a table that is there while loading only
                continue
            places: dict[str, str] = {}

            def numbered(match: re.Match[str], places: dict[str, str] = places) -> str:
                key = match[1] or f"#{len(places)}"
                return places.setdefault(key, f"${len(places) + 1}")

            statement = re.sub(r"%(?:\((\w+)\))?[sb]", numbered, text).replace("%%", "%")
            connection.execute(f"PREPARE of_{name} AS {statement}".encode())
