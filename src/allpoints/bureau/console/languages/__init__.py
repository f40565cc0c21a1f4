"""The console's languages. English is the source; the others are gettext catalogues, one file for each page's words."""

import gettext
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po
from msgspec import Struct

SOURCE = "en"
Plural = Callable[[int], int]


class Language(Struct, frozen=True):
    """A language: its code, what it calls itself, and the way it is written."""

    code: str
    name: str
    direction: str = "ltr"

    @property
    def locale(self) -> Locale:
        """How it writes dates and numbers. English as it is written outside the United States."""
        return _locale("en_GB" if self.code == "en" else self.code)


LANGUAGES = (
    Language("en", "English"),
    Language("fr", "Français"),
    Language("es", "Español"),
    Language("ar", "العربية", "rtl"),
)
BY_CODE = {language.code: language for language in LANGUAGES}


class Translations(gettext.NullTranslations):
    """The words of one language; what has none stays English."""

    def __init__(self, catalogues: Iterable[Catalog]) -> None:
        super().__init__()
        self._said: dict[tuple[str | None, str], str] = {}
        self._counted: dict[tuple[str | None, str], tuple[Plural, tuple[str, ...]]] = {}
        for catalogue in catalogues:
            plural = gettext.c2py(catalogue.plural_expr)
            for message in catalogue:
                match message.id, message.string:
                    case (one, _), (*forms,):
                        self._counted[message.context, one] = plural, tuple(forms)
                    case str(english), str(said) if english and said:
                        self._said[message.context, english] = said

    def gettext(self, message: str) -> str:
        """A sentence."""
        return self._said.get((None, message), message)

    def pgettext(self, context: str, message: str) -> str:
        """A word that means something else elsewhere."""
        return self._said.get((context, message), message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """A sentence with a number."""
        return self._of(None, msgid1, msgid2, n)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """A sentence with a number that means something else elsewhere."""
        return self._of(context, msgid1, msgid2, n)

    def _of(self, context: str | None, one: str, many: str, number: int) -> str:
        if (context, one) not in self._counted:
            return one if number == 1 else many
        plural, forms = self._counted[context, one]
        return forms[plural(number)]


def catalogues(code: str) -> list[tuple[str, Catalog]]:
    """The files of one language, by name."""
    folder = files("allpoints.bureau.console").joinpath("languages", code)
    found = (file for file in folder.iterdir() if file.name.endswith(".po"))
    return [(file.name, _read(file, code)) for file in sorted(found, key=lambda file: file.name)]


@cache
def translations(code: str) -> Translations:
    """The words of a language."""
    read = [] if code == SOURCE else [catalogue for _, catalogue in catalogues(code)]
    return Translations(read)


def preferred(wanted: str) -> Language:
    """The best of our languages for an `Accept-Language` header."""
    ranked = []
    for place, each in enumerate(wanted.split(",")[:20]):
        tag, _, rest = each.strip().partition(";")
        weight = _weight(rest.strip().removeprefix("q=") or "1")
        code = tag.partition("-")[0].lower()
        if code in BY_CODE and weight:
            ranked.append((-weight, place, code))
    return BY_CODE[min(ranked)[2] if ranked else SOURCE]


def _weight(said: str) -> float:
    """How much a language is wanted; 0 for not at all, and for what is no weight."""
    try:
        weight = float(said)
    except ValueError:
        return 0.0
    return weight if 0 < weight <= 1 else 0.0


def _read(file: Traversable, code: str) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=code, abort_invalid=True)


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)
