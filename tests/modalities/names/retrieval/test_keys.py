import ast
import sys
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from allpoints.modalities.names.retrieval import keys
from allpoints.modalities.names.retrieval.keys import fingerprint, keys_of, keys_to, symbol_keys
from allpoints.modalities.names.slots import written_words


def led(probe: str, held: str) -> bool:
    return bool(frozenset().union(*keys_to(probe)) & frozenset().union(*keys_of(held)))


@pytest.mark.parametrize(
    ("probe", "held"),
    [
        ("Muhammad", "Mohammed"),
        ("محمد", "mohammed"),
        ("Мұхаммед", "muhammad"),
        ("Katherine", "Catherine"),
        ("Schmidt", "Schmitt"),
        ("Smith", "Smyth"),
        ("Smiht", "Smith"),
        ("Jonson", "Johnson"),
        ("习", "xi"),
        ("近平", "jinping"),
        ("רחל", "rachel"),
        ("Ali", "Aly"),
        ("Khaled", "Halid"),
    ],
)
def test_words_that_sound_or_are_written_alike_meet(probe: str, held: str) -> None:
    assert led(*(next(iter(written_words(word))) for word in (probe, held)))


def test_unlike_words_do_not_meet() -> None:
    assert not led("merkel", "putin")
    assert not led("rodriguez", "fernandez")


def test_forms_of_one_name_share_a_key() -> None:
    assert symbol_keys("william") & symbol_keys("bill")
    assert not symbol_keys("william") & symbol_keys("robert")


def test_the_fingerprint_stays_the_same() -> None:
    assert fingerprint() == fingerprint.__wrapped__()


def _modules_behind(module: str, found: set[str]) -> set[str]:
    """The modules of the room that this one draws on, itself among them."""
    found.add(module)
    tree = ast.parse(Path(str(sys.modules[module].__file__)).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_ROOM):
            for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                if name in sys.modules and name not in found and name != _ROOM:
                    _modules_behind(name, found)
    return found


_ROOM = "allpoints.modalities.names"


def test_the_fingerprint_is_of_all_that_words_and_their_keys_come_from() -> None:
    hashed = {source.name for source in keys._sources()}
    behind = _modules_behind(f"{_ROOM}.retrieval.keys", set()) | _modules_behind(
        f"{_ROOM}.retrieval.entries", set()
    )
    assert {Path(str(sys.modules[module].__file__)).name for module in behind} <= hashed
    assert {"births.py", "common.txt.xz", "forms.txt", "han.txt.xz"} <= hashed


def test_the_fingerprint_changes_with_any_rule_table_and_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = {fingerprint()}
    sources = list(keys._sources())
    for i, source in enumerate(sources):
        changed = tmp_path / source.name
        changed.write_bytes(source.read_bytes() + b"\n")

        def with_change(i: int = i, changed: Path = changed) -> Iterator[Traversable]:
            yield from (*sources[:i], changed, *sources[i + 1 :])

        with monkeypatch.context() as patched:
            patched.setattr(keys, "_sources", with_change)
            known.add(fingerprint.__wrapped__())
    monkeypatch.setattr(keys, "version", lambda package: "another")
    known.add(fingerprint.__wrapped__())
    assert len(known) == 2 + len(sources)
