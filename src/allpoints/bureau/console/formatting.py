"""How dates, numbers and durations are written in the reader's language, and kept apart from the text around them.

In a text from right to left a browser would turn `-0.4` into `0.4-` and the parts of a date around. `<bdi>` and
`<time>` isolate: the style sheet gives both `unicode-bidi: isolate`.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

from allpoints.bureau.console.languages import Language, translations
from allpoints.bureau.console.words import N_


class Formatting:
    """The filters of one language's templates."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self._locale = language.locale
        self._zone = zone
        self._overdue = translations(language.code).gettext(N_("overdue"))

    def number(self, value: float, digits: int | None = None) -> Markup:
        """A number, rounded to `digits` after the point where given."""
        pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
        return bdi(format_decimal(value, format=pattern, locale=self._locale))

    def percent(self, value: float) -> Markup:
        """A share of 1."""
        return bdi(format_percent(value, format="#,##0.#%", locale=self._locale))

    def day(self, value: date) -> Markup:
        """A day."""
        return _time(value.isoformat(), format_date(value, "medium", locale=self._locale))

    def moment(self, value: datetime) -> Markup:
        """A time of a day, at the bureau's clock."""
        return _time(_stamp(value), self._written(value))

    def since(self, value: datetime, now: datetime | None = None) -> Markup:
        """How long ago or how far ahead, such as "3 hours ago"."""
        ago = value - (now or datetime.now(UTC))
        text = format_timedelta(ago, add_direction=True, locale=self._locale)
        return _time(_stamp(value), text)

    def due(self, value: datetime, now: datetime | None = None) -> Markup:
        """How long until a deadline; the browser counts it down, in silence also where what stands around it is read
        out. Past it, it says so in a word."""
        left = value - (now or datetime.now(UTC))
        text = format_timedelta(left, add_direction=True, locale=self._locale)
        late = left < timedelta(0)
        near = "overdue" if late else "soon" if left < timedelta(hours=1) else ""
        hidden = Markup("") if late else Markup(" hidden")
        clock = Markup(
            '<time class="due {}" data-due aria-live="off" datetime="{}" title="{}">'
            "<bdi>{}</bdi><span{}> {}</span></time>"
        )
        return clock.format(near, _stamp(value), self._written(value), text, hidden, self._overdue)

    def duration(self, value: timedelta | float) -> Markup:
        """A span of time; a number is in seconds."""
        span = value if isinstance(value, timedelta) else timedelta(seconds=value)
        return bdi(format_timedelta(span, locale=self._locale))

    def _written(self, value: datetime) -> str:
        return format_datetime(_at(self._zone, value), "d MMM y HH:mm", locale=self._locale)


def bdi(value: object) -> Markup:
    """Something written that keeps its own direction: a name, a code, a number."""
    return Markup("<bdi>{}</bdi>").format(str(value))


def _time(stamp: str, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(stamp, text)


def _stamp(value: datetime) -> str:
    return _at(UTC, value).isoformat(timespec="seconds").replace("+00:00", "Z")


def _at(zone: tzinfo, value: datetime) -> datetime:
    """A moment by a clock; by its own where that clock would leave the calendar."""
    try:
        return value.astimezone(zone)
    except OverflowError:
        return value
