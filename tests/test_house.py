"""The house keeps its own rules: what README, CONTRIBUTING and DESIGN promise of the tree is true of the tree."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from allpoints.bureau import settings as of_the_bureau
from allpoints.settings import PREFIX, HubSettings

HOUSE = Path(__file__).parents[1]
SOURCE = HOUSE / "src" / "allpoints"
DOCS = HOUSE / "docs"

LONGEST = 350
LONGER = {
    "audit/merkle.py": "the tree's few algorithms are read side by side with RFC 9162",
    "bureau/client.py": "the same calls twice, sync and async, kept in one place so that they stay the same",
    "modalities/identifiers/index.py": "search, tail and building share the layers' one invariant",
    "modalities/identifiers/segments.py": "one file format, its writer and its reader",
    "store/acts.py": "everything one transaction can do for an asker: a list, one short method each",
}
"""Files that may be longer than `LONGEST` lines, and why."""

TESTED_ELSEWHERE = {
    "bureau/api/answers": "tests/bureau/api/test_messages.py",
    "bureau/api/bodies": "tests/bureau/api/test_problems.py",
    "bureau/api/quarantine": "tests/bureau/api/test_app.py",
    "bureau/call": "tests/bureau/test_client.py",
    "bureau/calls": "tests/bureau/test_client.py",
    "bureau/console/admission": "tests/bureau/console/test_app.py",
    "bureau/console/compression": "tests/bureau/console/test_assets.py",
    "bureau/console/sections": "tests/bureau/console/test_app.py",
    "bureau/console/visit": "tests/bureau/console/test_problems.py",
    "bureau/desk/kinds": "tests/bureau/desk/test_news.py",
    "bureau/console/asking": "tests/bureau/console/pages/test_dossiers.py",
    "bureau/console/gathering": "tests/bureau/console/pages/test_dossiers.py",
    "bureau/event_stream": "tests/bureau/test_client.py",
    "bureau/mailbox/matters": "tests/bureau/mailbox/test_keeping_up.py",
    "bureau/people/codes": "tests/bureau/people/test_sign_in.py",
    "bureau/people/passwords": "tests/bureau/people/test_sign_in.py",
    "bureau/people/throttle": "tests/bureau/people/test_sign_in.py",
    "bureau/people/tokens": "tests/bureau/people/test_sessions.py",
    "bureau/serve": "tests/cli/test_bureau_node.py",
    "bureau/store/desk": "tests/bureau/desk/test_desk.py",
    "bureau/store/attachments": "tests/bureau/mailbox/test_attachments.py",
    "bureau/store/correspondents": "tests/bureau/mailbox/test_trust.py",
    "bureau/store/database": "tests/bureau/store/test_store.py",
    "bureau/store/errands": "tests/bureau/mailbox/test_outbox.py",
    "bureau/store/failures": "tests/bureau/people/test_sign_in.py",
    "bureau/store/mailbox": "tests/bureau/mailbox/test_mailbox.py",
    "bureau/store/migrate": "tests/cli/test_bureau_node.py",
    "bureau/store/people": "tests/bureau/people/test_people.py",
    "bureau/store/programs": "tests/bureau/people/test_programs.py",
    "bureau/store/proposals": "tests/bureau/people/test_four_eyes.py",
    "bureau/store/sessions": "tests/bureau/people/test_sessions.py",
    "bureau/store/threads": "tests/bureau/mailbox/test_writing.py",
    "bureau/store/trail": "tests/bureau/people/test_trail.py",
    "bureau/store/ways_in": "tests/bureau/people/test_passkeys.py",
    "bureau/vault": "tests/bureau/vault/test_vault.py",
    "cli/bureau_keys": "tests/cli/test_bureau_node.py",
    "cli/bureau_people": "tests/cli/test_bureau_node.py",
    "cli/message_view": "tests/cli/test_messages.py",
    "cli/node": "tests/cli/test_bureau_node.py",
    "cli/node_init": "tests/cli/test_bureau_node.py",
    "cli/passphrases": "tests/cli/test_session.py",
    "cli/announcements": "tests/cli/test_notices.py",
    "demo/accounts": "tests/demo/test_running.py",
    "demo/background": "tests/demo/test_running.py",
    "demo/consoles": "tests/demo/test_running.py",
    "demo/gate_scene": "tests/demo/test_story.py",
    "demo/nodes": "tests/demo/test_story.py",
    "formats/mrz/layouts": "tests/formats/mrz/test_parse.py",
    "formats/mrz/transliteration_tables": "tests/formats/mrz/test_transliteration.py",
    "formats/mrz/zone": "tests/formats/mrz/test_parse.py",
    "hub/app": "tests/hub/test_openapi.py",
    "hub/connections": "tests/scenarios/test_slow_and_broken_lines.py",
    "hub/environment": "tests/scenarios/test_a_hub_is_restored.py",
    "hub/group_commit": "tests/hub/test_checks.py",
    "hub/health": "tests/hub/test_every_route_refuses.py",
    "hub/housekeeping": "tests/scenarios/test_kill_nine.py",
    "hub/messages": "tests/hub/test_limits.py",
    "hub/operations": "tests/hub/test_openapi.py",
    "hub/problems": "tests/hub/test_raw_http.py",
    "hub/routes": "tests/hub/test_every_route_refuses.py",
    "hub/serve": "tests/scenarios/test_kill_nine.py",
    "hub/worker": "tests/hub/test_checks.py",
    "modalities/base": "tests/contract/test_modalities.py",
    "modalities/identifiers/modality": "tests/contract/test_modalities.py",
    "modalities/identifiers/segments": "tests/modalities/identifiers/test_index.py",
    "notices/acting": "tests/notices/test_announcing.py",
    "records/colours": "tests/records/test_notice_requirements.py",
    "records/evidence": "tests/test_pipeline.py",
    "records/identifiers/characters": "tests/records/identifiers/test_parsing.py",
    "records/identifiers/scheme": "tests/records/identifiers/test_parsing.py",
    "records/identifiers/schemes/hosts": "tests/records/identifiers/schemes/test_digital.py",
    "records/notices": "tests/records/test_notice_requirements.py",
    "records/states": "tests/records/test_bureaus.py",
    "steps": "tests/test_pipeline.py",
    "store/attachments": "tests/store/test_messages.py",
    "store/database": "tests/scenarios/test_kill_nine.py",
    "store/notifications": "tests/hub/test_streams.py",
    "store/public_keys": "tests/store/test_messages.py",
    "store/pool": "tests/scenarios/test_kill_nine.py",
    "store/server": "tests/store/test_server.py",
    "wire": "tests/bureau/test_client.py",
}
"""Modules without a test file of their own name, or whole rooms, and the tests that hold them."""

FOREIGN = re.compile(
    "|".join(
        [
            "file:" + "//",
            "pypi" + r"\.org",
            "python" + "hosted",
            "/wo" + "rk/",
            "/ro" + r"ot/\S",
            "/ho" + "me/(?!linuxbrew)",
        ]
    )
)
"""What names one machine or one registry."""

SQL = re.compile(
    r"\s*(SELECT |INSERT INTO |UPDATE \w+ SET |DELETE FROM |CREATE |ALTER |DROP |WITH \w+ AS|COPY )"
)


def modules() -> list[Path]:
    """All of the program's modules."""
    return sorted(SOURCE.rglob("*.py"))


def room_path(file: Path) -> str:
    """A module's place in the house, such as `store/feed.py`."""
    return file.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("room", sorted({file.parent for file in modules()}), ids=lambda room: room.name)
def test_every_room_says_what_it_is_for(room: Path) -> None:
    door = room / "__init__.py"
    assert door.exists(), f"{room_path(door)} is missing"
    assert ast.get_docstring(ast.parse(door.read_text())), f"{room_path(door)} says nothing"


def test_every_module_says_what_it_is_for() -> None:
    assert [room_path(f) for f in modules() if not ast.get_docstring(ast.parse(f.read_text()))] == []


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    drawers = {"common", "helpers", "misc", "shared", "tools", "util", "utils"}
    assert [
        room_path(f) for f in modules() if drawers & set(f.relative_to(SOURCE).with_suffix("").parts)
    ] == []


def test_files_stay_short_and_exceptions_say_why() -> None:
    lengths = {room_path(file): len(file.read_text().splitlines()) for file in modules()}
    assert {name: n for name, n in lengths.items() if n > LONGEST and name not in LONGER} == {}
    assert [name for name in LONGER if lengths.get(name, 0) <= LONGEST] == [], (
        "no longer long: take it off the list"
    )


def test_the_corridor_is_told_in_under_200_lines() -> None:
    assert len((SOURCE / "pipeline.py").read_text().splitlines()) < 200


def test_every_module_is_tested() -> None:
    untested = [
        name
        for file in modules()
        if file.name != "__init__.py" and not _has_tests(name := room_path(file).removesuffix(".py"))
    ]
    assert untested == []


def test_the_list_of_what_is_tested_elsewhere_is_true() -> None:
    for name, tests in TESTED_ELSEWHERE.items():
        assert (SOURCE / name).is_dir() or (SOURCE / f"{name}.py").exists(), name
        assert (HOUSE / tests).exists(), tests


def _has_tests(name: str) -> bool:
    place = Path("tests", name)
    if (HOUSE / place.with_name(f"test_{place.name}.py")).exists() or any((HOUSE / place).glob("test_*.py")):
        return True
    return any(known == name or name.startswith(f"{known}/") for known in TESTED_ELSEWHERE)


def test_sql_stands_only_in_the_store() -> None:
    assert [
        f"{room_path(file)}:{text.lineno}"
        for file in modules()
        if "store" not in file.parts
        for text in _strings(file)
        if SQL.match(text.value)
    ] == []


class Text(NamedTuple):
    """A string literal."""

    value: str
    lineno: int


def _strings(file: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(node.value, node.lineno)


QUERIES = re.findall(
    r"^-- name: (\w+)\n(.*)$",
    "\n".join(file.read_text() for file in sorted(SOURCE.rglob("store/sql/*.sql"))),
    re.MULTILINE,
)


def test_every_query_is_used() -> None:
    used = {text.value for file in modules() for text in _strings(file)}
    assert [name for name, _ in QUERIES if name not in used] == []


def test_every_query_says_what_it_is_for() -> None:
    assert [name for name, line in QUERIES if not line.startswith("-- ")] == []


def test_every_page_stands_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    pages = sorted(page.name for page in DOCS.glob("*.md") if page.name != "README.md")
    assert [page for page in pages if f"]({page})" not in index] == []


def pages() -> list[Path]:
    """Everything that people read."""
    return [*sorted(HOUSE.glob("*.md")), *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(HOUSE).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"(?:\]\(|src=\"|srcset=\")([^)#\"]+)", page.read_text())
    assert [link for link in links if ":" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(HOUSE).as_posix())
def test_what_a_page_names_in_the_code_exists(page: Path) -> None:
    named = re.findall(r"`([\w/]+\.py)::([\w.]+)`", page.read_text())
    assert [f"{file}::{name}" for file, name in named if not _defines(SOURCE / file, name)] == []


def _defines(file: Path, name: str) -> bool:
    if not file.exists():
        return False
    body = ast.parse(file.read_text()).body
    for part in name.split("."):
        found = next((n for n in body if part in _names(n)), None)
        if found is None:
            return False
        body = getattr(found, "body", [])
    return True


def _names(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def test_the_readme_names_every_benchmark() -> None:
    readme = (HOUSE / "README.md").read_text()
    commands = [
        f"bench.{file.stem}"
        for file in (HOUSE / "bench").glob("*.py")
        if 'if __name__ == "__main__"' in file.read_text()
    ]
    assert commands
    assert [command for command in commands if f"python -m {command}" not in readme] == []


@pytest.mark.parametrize(
    ("settings", "prefix", "page"),
    [
        (HubSettings, PREFIX, "operating.md"),
        (of_the_bureau.BureauSettings, of_the_bureau.PREFIX, "bureau.md"),
    ],
)
def test_every_setting_is_documented_with_its_default(
    settings: type[msgspec.Struct], prefix: str, page: str
) -> None:
    rows = dict(re.findall(rf"^\| `({prefix}\w+)` \| (.*?) \|", (DOCS / page).read_text(), re.MULTILINE))
    expected = {
        prefix + field.name.upper(): _shown(field.default) for field in msgspec.structs.fields(settings)
    }
    assert rows == expected


def _shown(default: object) -> str:
    match default:
        case None | "":
            return ""
        case bool():
            return f"`{str(default).lower()}`"
        case tuple():
            return f"`{json.dumps(default)}`"
        case _:
            return f"`{default}`"


def test_every_environment_variable_is_documented() -> None:
    docs = "\n".join(page.read_text() for page in pages())
    named = {
        variable
        for file in modules()
        for variable in re.findall(rf"\b{PREFIX}[A-Z][A-Z_]*[A-Z]\b", file.read_text())
    }
    assert sorted(variable for variable in named if variable not in docs) == []


def test_every_event_that_means_trouble_is_documented() -> None:
    docs = (DOCS / "operating.md").read_text() + (DOCS / "bureau.md").read_text()
    events = {
        event
        for file in modules()
        for event in re.findall(r"_log\.(?:warning|error|exception)\(\s*\"([\w.]+)\"", file.read_text())
    }
    assert events
    assert sorted(event for event in events if f"`{event}`" not in docs) == []


def tracked() -> Iterator[Path]:
    """Every file of the project that people write."""
    yield from (p for p in HOUSE.iterdir() if p.is_file() and p.suffix != ".pyc")
    for folder in ("src", "tests", "bench", "docs", "requirements", ".ci"):
        yield from (p for p in (HOUSE / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def test_no_file_names_one_machine_or_registry() -> None:
    found = [
        f"{file.relative_to(HOUSE)}:{number}"
        for file in tracked()
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1)
        if FOREIGN.search(line)
    ]
    assert found == []


def test_the_changelog_tells_of_this_version() -> None:
    version = re.search(r'^version = "(.+)"$', (HOUSE / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"## [{version[1]}]" in (HOUSE / "CHANGELOG.md").read_text()
