"""What runs in the peers' environment: JSON lines in, JSON lines out. Imports nothing of Allpoints.

    logic_v2             {"probe": {...}, "reference": {...}} -> the score of nomenklatura's LogicV2
    read_parquet FILE                                         -> one object a row

A person here is `{"names": [...], "birth": "1970-03-12", "nationalities": [...]}`.
"""

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import MagicMock

logging.disable(logging.WARNING)


def logic_v2(lines: Iterator[Any]) -> Iterator[float]:
    """Score pairs of people with OpenSanctions' best open matcher, as it comes."""
    # PyICU comes as no wheel. It is imported for a transliteration that LogicV2 never calls (rigour has its own).
    sys.modules["icu"] = MagicMock()
    from followthemoney import model
    from nomenklatura.matching import LogicV2

    config = LogicV2.default_config()

    def entity(number: int, person: dict[str, Any]) -> Any:
        properties = {"name": person["names"]}
        if person.get("birth"):
            properties["birthDate"] = [person["birth"]]
        data = {"id": f"p{number}", "schema": "Person", "properties": properties}
        return model.get_proxy(data, cleaned=False)

    for number, line in enumerate(lines):
        pair = entity(2 * number, line["probe"]), entity(2 * number + 1, line["reference"])
        yield float(LogicV2.compare(*pair, config).score)


def read_parquet(path: str) -> Iterator[dict[str, Any]]:
    """Read a table."""
    import duckdb

    table = duckdb.execute("SELECT * FROM read_parquet(?)", [path])
    columns = [column[0] for column in table.description]
    while rows := table.fetchmany(10_000):
        yield from (dict(zip(columns, row, strict=True)) for row in rows)


def main() -> None:
    """Run the named task."""
    task, *options = sys.argv[1:]
    answers = read_parquet(*options) if task == "read_parquet" else logic_v2(map(json.loads, sys.stdin))
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False, default=str))
