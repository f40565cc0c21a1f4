"""Uploading a file of records: progress, refused lines, the report."""

import re
import secrets
import time

import pytest
from playwright.async_api import Browser, expect
from tests.bureau.console.cases import HOSTILE, HTMX
from tests.bureau.consoles import RunningConsole

HEADER = "Ref,kind,Grund,plate\n"
COLUMNS = {"columns": "Ref=reference\nGrund=reason"}


def table(*references: str) -> bytes:
    rows = "".join(f'"{each}",vehicle,stolen,ITA:{secrets.token_hex(4).upper()}\n' for each in references)
    return (HEADER + rows).encode()


def test_a_file_is_contributed_and_its_refused_lines_are_said(console: RunningConsole) -> None:
    client = console.client()
    good = f"UP-{secrets.token_hex(4)}"
    content = table(good) + b'"<script>alert(1)</script>",vehicle,bored,ITA:1\n'
    begun = client.post(
        "/uploads", data=COLUMNS, files={"file": ("cars.csv", content, "text/csv")}, headers=HTMX
    )
    path = begun.headers["hx-redirect"]
    deadline = time.monotonic() + 120
    while "every 1s" in (page := client.get(path, headers=HTMX).text):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "2 of 2 lines" in page
    assert '<p id="upload-state" hx-swap-oob="innerHTML">' in page, "its end is said, and not each line"
    assert page.count('role="status"') == 0
    assert "Grund" in page
    assert "<script" not in page
    report = client.get(f"{path}/report.csv")
    assert report.headers["content-disposition"].startswith("attachment")
    assert good in report.text
    assert console.client("supervisor").get(path).status_code == 404, "it is somebody else's"


@pytest.mark.parametrize(
    ("typed", "name", "field"),
    [
        ({}, "", "file"),
        ({"columns": "nonsense"}, "a.csv", "columns"),
        ({"constants": "x"}, "a.csv", "constants"),
    ],
)
def test_what_cannot_begin_is_refused_at_its_field(
    console: RunningConsole, typed: dict[str, str], name: str, field: str
) -> None:
    files = {"file": (name, b"x", "text/csv")} if name else {"other": ("a", b"", "text/csv")}
    refused = console.client().post("/uploads", data=typed, files=files, headers=HTMX)
    assert refused.status_code == 422
    assert f'data-field="{field}"' in refused.text


def test_a_file_name_is_only_text(console: RunningConsole) -> None:
    client = console.client()
    name = HOSTILE.replace('"', "'")
    begun = client.post("/uploads", files={"file": (name, b"nothing", "text/csv")}, headers=HTMX)
    for path in (begun.headers["hx-redirect"], "/uploads"):
        assert "<script>alert" not in client.get(path).text


def test_only_who_answers_for_records_uploads_them(console: RunningConsole) -> None:
    assert console.client("analyst").get("/uploads").status_code == 403


async def test_a_file_is_uploaded_in_a_browser(console: RunningConsole, browser: Browser) -> None:
    async with console.page(browser, "/uploads") as page:
        content = f"reference,kind,reason,plate\nB-{secrets.token_hex(4)},vehicle,lost,ITA:AB123".encode()
        await page.set_input_files(
            "input[type=file]", [{"name": "a.csv", "mimeType": "text/csv", "buffer": content}]
        )
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile(r"/uploads/[\w-]+$"))
        await expect(page.locator("#progress a[href$='report.csv']")).to_be_visible()
        await expect(page.locator("#progress[hx-trigger]")).to_have_count(0)
