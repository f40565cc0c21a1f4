"""All SQL of a program stands in `sql/*.sql`, each query under a line `-- name: its_name` and a comment."""

import re
from functools import cache
from importlib.resources import files

_HEADER = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def query(name: str, package: str = "allpoints.store") -> str:
    """Return the text of the named query. Raises `KeyError` for a name that no file of the package has."""
    return _all_queries(package)[name]


@cache
def _all_queries(package: str) -> dict[str, str]:
    queries: dict[str, str] = {}
    for file in sorted(files(package).joinpath("sql").iterdir(), key=lambda f: f.name):
        pieces = _HEADER.split(file.read_text(encoding="utf-8"))
        for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
            if name in queries:
                raise KeyError(f"two queries are named {name}")
            queries[name] = text.strip()
    return queries
