"""What a browser keeps: small, compressed, under an address that changes when any of it does."""

import gzip
import re
from pathlib import Path

import httpx
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.console import assets

STATIC = Path(assets.__file__).with_name("static")


def test_a_file_is_kept_forever_under_its_address(console: RunningConsole) -> None:
    answer = httpx.get(console.url + assets.load().url("console.css"))
    assert answer.headers["cache-control"] == assets.FOREVER
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/css")


def test_who_takes_no_gzip_gets_it_plain(console: RunningConsole) -> None:
    for offered in ("", "br", "gzip;q=0"):
        answer = httpx.get(console.url + assets.load().url("main.js"), headers={"accept-encoding": offered})
        assert "content-encoding" not in answer.headers
        assert answer.content == assets.load().by_name["main.js"].plain


def test_an_old_address_is_gone_and_no_path_leads_out(console: RunningConsole) -> None:
    version = assets.load().version
    for path in ("/static/0000/main.js", f"/static/{version}/../app.py", f"/static/{version}/nothing.js"):
        assert httpx.get(console.url + path).status_code in (303, 401, 404)


def test_what_travels_unpacks_to_what_it_is() -> None:
    for asset in assets.load().by_name.values():
        assert gzip.decompress(asset.gzipped) == asset.plain


def test_our_modules_travel_as_one_file_and_do_not_meet_in_it() -> None:
    scripts = {
        name: asset.plain.decode() for name, asset in assets.load().by_name.items() if name.endswith(".js")
    }
    assert scripts.keys() == {assets.HTMX, assets.MAIN}
    modules = [path for path in STATIC.glob("*.js") if path.name != assets.MAIN]
    assert len(modules) > 5
    for module in modules:
        text = module.read_text()
        assert "{\n" + text + "}\n" in scripts[assets.MAIN], "each in a block of its own"
        assert not re.search(r"^(import|export)\b|^(var|await) ", text, re.MULTILINE), (
            "what a block cannot hold"
        )


def test_what_is_written_here_is_short_and_asks_nobody_else() -> None:
    for file in STATIC.iterdir():
        name = file.name
        if name == "icon.svg":
            continue
        text = file.read_text()
        if name.endswith(".js"):
            assert len(text.splitlines()) < 100, name
            assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", text), name
        assert "//cdn" not in text
        assert "http" not in re.sub(r"http://www\.w3\.org\S*|HTTP/1\.1", "", text), name


def test_the_style_knows_no_left_and_no_right() -> None:
    css = assets.load().by_name["console.css"].plain.decode()
    assert not re.findall(
        r"[{;\s](?:margin|padding|border)-(?:left|right)|[{;\s](?:left|right|text-align:\s*(?:left|right))\s*:",
        css,
    )


def test_the_first_load_is_small(console: RunningConsole) -> None:
    """Everything that the inbox needs, as it travels."""
    page = console.client().get("/")
    files = re.findall(r'"(/static/[^"]+)"', page.text)
    sizes = [len(assets.load().by_name[file.rpartition("/")[2]].gzipped) for file in set(files)]
    total = int(page.headers["content-length"]) + sum(sizes)
    assert total <= 40_000, (total, dict(zip(set(files), sizes, strict=True)))
