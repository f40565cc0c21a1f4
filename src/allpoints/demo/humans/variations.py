"""The same person told differently, as other bureaus would hold them: what a search must find."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from random import Random

import msgspec

from allpoints.demo.humans.drawing import Human
from allpoints.demo.humans.vocabulary import Word, nicknames, vocabulary
from allpoints.formats.mrz import transliterate
from allpoints.records.calendars import LUNAR_HIJRI, SOLAR_HIJRI
from allpoints.records.people import Name, NameKind, Person

MRZ_ROOM = (39, 30)
"""Characters for a name in the machine-readable zone of a passport, and of a card (Doc 9303-4 and 9303-5)."""


class Variation(StrEnum):
    """In what a description differs from `Human.text` and the person's true particulars."""

    OTHER_SCRIPT = "other script"
    OTHER_ROMANISATION = "other romanisation"
    DIACRITICS = "diacritics left out or put in"
    MISSPELT = "misspelt"
    REORDERED = "reordered"
    DROPPED = "a middle name, patronymic or second family name dropped"
    INITIAL = "a given name as its initial"
    MAIDEN_NAME = "maiden name"
    NICKNAME = "nickname"
    JOINED = "two words joined"
    MRZ = "as in a machine-readable zone"
    MRZ_TRUNCATED = "cut off in a machine-readable zone"
    BIRTH_SWAPPED = "day and month swapped"
    BIRTH_DIGIT = "one digit of the birth wrong"
    BIRTH_YEAR_BESIDE = "year of birth off by one"
    BIRTH_STAND_IN = "1 January for the birth"
    BIRTH_PARTIAL = "only the year or month of birth"
    BIRTH_ABOUT = "about the year of birth"
    BIRTH_CALENDAR = "year of another calendar taken for a Gregorian one"
    BIRTH_MISSING = "birth not stated"
    FIELDS_MISSING = "sex, nationality or birthplace not stated"


class Variant(msgspec.Struct, frozen=True):
    """Another description of a person, and how it differs."""

    person: Person
    kinds: tuple[Variation, ...]


def variant(human: Human, chance: Random) -> Variant:
    """Return a realistic other description of the same person, as another bureau would hold it."""
    kinds: list[Variation] = []
    words, latin = _retold(human, chance, kinds)
    roman = latin or human.script == "latin"
    from_zone = roman and chance.random() < 0.15
    if not from_zone and (latin or human.spaced):
        words = _reordered(words, chance, kinds)
    texts = [_spelt(human, word, latin, chance, kinds) for word in words]
    if from_zone:
        name: Name | str = _zone(words, texts, chance.choice(MRZ_ROOM), kinds)
    else:
        apart = latin or human.spaced
        name = _written(_joined(words, texts, chance, kinds) if apart else texts, chance, apart=apart)
    birth = _birth(human, chance, kinds)
    complete = chance.random() < 0.5
    if not complete:
        kinds.append(Variation.FIELDS_MISSING)
    person = Person(
        names=(name,),
        birth=birth,
        sex=human.sex if complete or chance.random() < 0.6 else "",
        nationalities=(human.nationality,) if complete or chance.random() < 0.6 else (),
        birthplace=human.birthplace if complete else "",
    )
    return Variant(person, tuple(dict.fromkeys(kinds)))


def _retold(human: Human, chance: Random, kinds: list[Variation]) -> tuple[list[Word], bool]:
    """The parts that are told, and whether in Latin letters."""
    words = list(human.words)
    latin = human.latin_first
    if chance.random() < 0.5 and human.latin != human.native:
        latin = not latin
        kinds.append(Variation.DIACRITICS if human.script == "latin" else Variation.OTHER_SCRIPT)
    extra = [i for i, word in enumerate(words) if word.role in {"middle", "patronymic"}]
    families = [i for i, word in enumerate(words) if word.role == "family"]
    extra += families[1:]
    if extra and len(words) > 2 and chance.random() < 0.3:
        dropped = chance.choice(extra)
        particle = dropped > 0 and words[dropped - 1].role == "particle"
        del words[dropped - particle : dropped + 1]
        kinds.append(Variation.DROPPED)
    if human.sex == "F" and families and human.language in _MARRIED_NAMES and chance.random() < 0.05:
        family = chance.choice(vocabulary(human.language).family["F"])
        words = [family if word.role == "family" else word for word in words]
        kinds.append(Variation.MAIDEN_NAME)
    return words, latin


def _reordered(words: list[Word], chance: Random, kinds: list[Variation]) -> list[Word]:
    """The last part first or the first part last, as forms and files demand."""
    if len(words) == 1 or chance.random() > 0.15:
        return words
    kinds.append(Variation.REORDERED)
    return [*words[1:], words[0]] if chance.random() < 0.7 else [words[-1], *words[:-1]]


def _spelt(human: Human, word: Word, latin: bool, chance: Random, kinds: list[Variation]) -> str:
    if word.role == "given" and chance.random() < 0.06 and (short := nicknames().get(word.native)):
        kinds.append(Variation.NICKNAME)
        return chance.choice(short.latin) if latin else short.native
    text = word.latin[0] if latin else word.native
    if latin and len(word.latin) > 1 and chance.random() < 0.45:
        text = chance.choice(word.latin[1:])
        kinds.append(Variation.OTHER_ROMANISATION)
    elif latin and human.script != "latin" and chance.random() < 0.1:
        text = _respelt(text, chance, kinds)
    only = len(human.words) == 1 or Variation.MAIDEN_NAME in kinds
    if (
        word.role in {"given", "middle"}
        and not only
        and text[0] < _FIRST_BEYOND_LATIN
        and chance.random() < 0.04
    ):
        kinds.append(Variation.INITIAL)
        return f"{text[0]}."
    if len(text) > 3 and chance.random() < 0.08:
        kinds.append(Variation.MISSPELT)
        return _misspelt(text, chance)
    return text


def _respelt(text: str, chance: Random, kinds: list[Variation]) -> str:
    """One sound written in another usual way."""
    usual = [(old, new) for old, new in _SOUNDS if old in text.lower()]
    if not usual:
        return text
    old, new = chance.choice(usual)
    kinds.append(Variation.OTHER_ROMANISATION)
    changed = text.lower().replace(old, new, 1)
    return changed.capitalize() if text[:1].isupper() and " " not in text and "-" not in text else changed


def _misspelt(text: str, chance: Random) -> str:
    """One slip of the pen; in Arabic script often a letter for its lookalike."""
    lookalikes = [i for i, letter in enumerate(text) if letter in _LOOKALIKES]
    if lookalikes and chance.random() < 0.7:
        i = chance.choice(lookalikes)
        return text[:i] + _LOOKALIKES[text[i]] + text[i + 1 :]
    letters = [i for i in range(1, len(text) - 1) if text[i : i + 2].isalpha()]
    if not letters:
        return text + text[-1]
    i = chance.choice(letters)
    slip = chance.randrange(4)
    if slip == 0:
        return text[:i] + text[i + 1 :]
    if slip == 1:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if slip == 2:
        return text[:i] + text[i] + text[i:]
    return text[:i] + chance.choice(text).lower() + text[i + 1 :]


def _joined(words: list[Word], texts: list[str], chance: Random, kinds: list[Variation]) -> list[str]:
    """Two given or fathers' names run together, as forms with little room make them."""
    within = [i for i in range(len(words) - 1) if "family" not in {words[i].role, words[i + 1].role}]
    if not within or len(texts) < 3 or chance.random() > 0.05:
        return texts
    i = chance.choice(within)
    kinds.append(Variation.JOINED)
    return [*texts[:i], texts[i] + texts[i + 1].lower(), *texts[i + 2 :]]


def _written(texts: list[str], chance: Random, *, apart: bool) -> str:
    text = (" " if apart else "").join(texts)
    return text.upper() if text[0] < _FIRST_BEYOND_LATIN and chance.random() < 0.2 else text


def _zone(words: list[Word], texts: list[str], room: int, kinds: list[Variation]) -> Name:
    """The name as a machine-readable zone has room for it."""
    families = [text for word, text in zip(words, texts, strict=True) if word.role == "family"]
    others = [text for word, text in zip(words, texts, strict=True) if word.role != "family"]
    primary, secondary = (
        transliterate(_ascii(" ".join(part))) for part in (families or others, others if families else [])
    )
    zone = f"{primary}<<{secondary}" if secondary else primary
    cut = len(zone) > room
    kinds.append(Variation.MRZ_TRUNCATED if cut else Variation.MRZ)
    text = zone[:room].strip("<").replace("<<", ", ").replace("<", " ")
    return Name(text=text, kind=NameKind.DOCUMENT, truncated=cut)


def _ascii(text: str) -> str:
    return "".join(letter for letter in text if letter.isalpha() or letter in " -")


def _birth(human: Human, chance: Random, kinds: list[Variation]) -> str:
    for kind, share, change in _BIRTHS:
        if chance.random() < share and (changed := change(human, chance)) not in {
            None,
            human.birth.isoformat(),
        }:
            kinds.append(kind)
            return str(changed)
    return human.birth.isoformat()


def _day_and_month_swapped(human: Human, _: Random) -> str | None:
    born = human.birth
    return born.replace(day=born.month, month=born.day).isoformat() if born.day <= 12 else None


def _digit_wrong(human: Human, chance: Random) -> str | None:
    text = human.birth.isoformat()
    i = chance.choice((2, 3, 6, 8, 9))
    changed = text[:i] + chance.choice("0123456789") + text[i + 1 :]
    try:
        return changed if date.fromisoformat(changed) <= _LATEST else None
    except ValueError:
        return None


def _year_beside(human: Human, chance: Random) -> str | None:
    try:
        return human.birth.replace(year=human.birth.year + chance.choice((-1, 1))).isoformat()
    except ValueError:
        return None


def _calendar(human: Human, _: Random) -> str | None:
    """The last two digits of the year in the other calendar, in the Gregorian century."""
    calendar = {"persian": SOLAR_HIJRI, "pashto": SOLAR_HIJRI, "arabic": LUNAR_HIJRI}.get(human.language)
    if calendar:
        year, month, day = calendar.of(human.birth)
        written = f"{1900 + year % 100}-{month:02}-{day:02}"
    elif human.language == "thai":
        written = f"{1900 + (human.birth.year + 543) % 100}{human.birth.isoformat()[4:]}"
    else:
        return None
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return None


_BIRTHS: tuple[tuple[Variation, float, Callable[[Human, Random], str | None]], ...] = (
    (Variation.BIRTH_MISSING, 0.12, lambda human, _: ""),
    (
        Variation.BIRTH_PARTIAL,
        0.08,
        lambda human, chance: human.birth.isoformat()[: chance.choice((4, 4, 7))],
    ),
    (Variation.BIRTH_STAND_IN, 0.03, lambda human, _: f"{human.birth.year}-01-01"),
    (
        Variation.BIRTH_ABOUT,
        0.02,
        lambda human, chance: f"{human.birth.year + chance.choice((-2, -1, 0, 1, 2))}~",
    ),
    (Variation.BIRTH_SWAPPED, 0.03, _day_and_month_swapped),
    (Variation.BIRTH_DIGIT, 0.04, _digit_wrong),
    (Variation.BIRTH_YEAR_BESIDE, 0.02, _year_beside),
    (Variation.BIRTH_CALENDAR, 0.03, _calendar),
)
"""How often each is tried, in this order, until one changes the date."""


_MARRIED_NAMES = frozenset(
    {
        *("russian", "ukrainian", "bulgarian", "kazakh", "armenian", "hebrew", "hindi", "thai", "japanese"),
        *("turkish", "french", "german", "polish", "english"),
    }
)
"""Languages whose women often take another family name when they marry."""
_LATEST = date(2010, 12, 31)

_FIRST_BEYOND_LATIN = "\u0370"

_SOUNDS = (
    ("ou", "u"), ("oo", "ou"), ("ee", "i"), ("iya", "ia"), ("sh", "ch"), ("ch", "sh"), ("kh", "h"), ("q", "k"),
    ("k", "q"), ("j", "dj"), ("ph", "f"), ("f", "ph"), ("y", "i"), ("v", "w"), ("w", "v"), ("z", "s"), ("c", "k"),
    ("th", "t"),
    ("aa", "a"), ("oo", "u"), ("dh", "d"), ("gh", "g"), ("ei", "ey"), ("ai", "ay"), ("ts", "tz"), ("x", "ks"),
)  # fmt: skip
"""Ways to write one sound that clerks of different countries choose."""

_LOOKALIKES = dict(zip("أإآةىیکؤئёїґيهاе", "اااهييكوىеігىةأё", strict=True))
"""Letters for which another is typed."""
