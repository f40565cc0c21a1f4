"""Every message of the console's templates and modules, as Babel extracts them."""

from pathlib import Path
from typing import NamedTuple

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

import allpoints.bureau.console

CONSOLE = Path(allpoints.bureau.console.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")]
KEYWORDS = {**DEFAULT_KEYWORDS, "P_": ((1, "c"), 2)}


class Message(NamedTuple):
    """A message by its context and its English; with a plural where it counts something."""

    context: str | None
    english: str
    plural: str | None
    place: str


def all_messages() -> dict[tuple[str | None, str], Message]:
    """All of them, once each."""
    found: dict[tuple[str | None, str], Message] = {}
    for file, line, message, _, context in extract_from_dir(CONSOLE, METHODS, keywords=KEYWORDS):
        english, plural = message if isinstance(message, tuple) else (message, None)
        place = f"{file}:{line}"
        found.setdefault((context, english), Message(context, english, plural, place))
    return found
