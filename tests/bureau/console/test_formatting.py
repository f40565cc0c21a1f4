"""Numbers, dates and spans of time are written as the reader's language does, and keep their direction."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from allpoints.bureau.console.formatting import Formatting, bdi
from allpoints.bureau.console.languages import BY_CODE

NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


def written(code: str, zone: str = "UTC") -> Formatting:
    return Formatting(BY_CODE[code], ZoneInfo(zone))


@pytest.mark.parametrize("code", BY_CODE)
def test_a_number_is_isolated_with_its_sign(code: str) -> None:
    text = written(code).number(-0.4, 1)
    assert text.startswith("<bdi>")
    assert text.index("0") > text.index("-") if "-" in text else "−" in text


@pytest.mark.parametrize(
    ("code", "text"), [("en", "1,234.5"), ("fr", "1\u202f234,5"), ("es", "1.234,5"), ("ar", "1,234.5")]
)
def test_a_number_is_grouped_as_the_language_groups(code: str, text: str) -> None:
    assert written(code).number(1234.5, 1) == f"<bdi>{text}</bdi>"


def test_a_time_is_shown_on_the_bureaus_clock_and_kept_exact() -> None:
    shown = written("en", "Europe/Tirane").moment(NOW)
    assert shown == '<time datetime="2026-03-29T12:00:00Z">29 Mar 2026 14:00</time>'


@pytest.mark.parametrize("code", BY_CODE)
def test_a_day_is_written_in_the_language(code: str) -> None:
    assert "2026" in written(code).day(date(2026, 3, 29))


def test_a_deadline_says_how_long_and_past_it_says_so_in_a_word() -> None:
    soon = written("en").due(NOW + timedelta(minutes=43), NOW)
    late = written("en").due(NOW - timedelta(minutes=3), NOW)
    assert 'class="due soon"' in soon
    assert 'aria-live="off"' in soon, "nobody wants each second read out"
    assert "<span hidden> overdue</span>" in soon
    assert 'class="due overdue"' in late
    assert "<span> overdue</span>" in late


def test_how_long_ago_and_how_long() -> None:
    assert "3 hours ago" in written("en").since(NOW - timedelta(hours=3), NOW)
    assert written("fr").duration(90) == "<bdi>2 minutes</bdi>"
    assert written("es").duration(timedelta(days=2)) == "<bdi>2 días</bdi>"


def test_what_is_typed_is_escaped_in_what_isolates_it() -> None:
    assert bdi("<script>") == "<bdi>&lt;script&gt;</bdi>"


def test_a_share_is_in_percent() -> None:
    assert written("en").percent(0.125) == "<bdi>12.5%</bdi>"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_clock_here_can_show_is_written_by_its_own(text: str) -> None:
    moment = datetime.fromisoformat(text)
    clock = written("en", "Pacific/Kiritimati" if moment.year == 9999 else "Pacific/Honolulu")
    for shown in (clock.moment(moment), clock.due(moment, NOW), clock.since(moment, NOW)):
        assert text in shown
