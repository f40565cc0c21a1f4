"""Words that may mean that a notice has a political, military, religious or racial character.

They are hints for the reviewer, in the console's four languages and Russian; a word alone says nothing, and nothing is
decided by it.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from allpoints.records.review import Item

STEMS: dict[Item, tuple[str, ...]] = {
    Item.POLITICAL: (
        *(
            "political",
            "politician",
            "dissident",
            "opposition",
            "protest",
            "demonstrat",
            "sedition",
            "treason",
        ),
        *("espionage", "activis", "journalis", "election", "coup d", "separatis", "insult of the president"),
        *(
            "politique",
            "dissiden",
            "manifestation",
            "trahison",
            "espionnage",
            "militant",
            "élection",
            "séparatis",
        ),
        *(
            "político",
            "política",
            "disidente",
            "oposición",
            "manifestación",
            "traición",
            "espionaje",
            "golpe",
        ),
        *("سياس", "معارض", "تظاهر", "مظاهر", "خيانة", "تجسس", "ناشط", "صحفي", "انقلاب", "انتخاب"),
        *("политич", "оппозиц", "митинг", "шпион", "активист", "журналист", "сепарат", "переворот"),
    ),
    Item.MILITARY: (
        *(
            "desert",
            "conscript",
            "draft evasion",
            "military service",
            "absent without leave",
            "mutiny",
            "soldier",
        ),
        *("désert", "insoumission", "service militaire", "mutinerie", "conscrit"),
        *("deserción", "desertor", "servicio militar", "motín"),
        *("فرار من الخدمة", "تجنيد", "خدمة عسكرية", "الخدمة العسكرية", "تمرد"),
        *("дезерт", "призыв", "воинск", "уклонение от службы"),
    ),
    Item.RELIGIOUS: (
        *("blasphem", "apostas", "heresy", "heretic", "religio", "proselyt", "sorcery", "witchcraft"),
        *("blasphèm", "apostasie", "hérésie", "prosélyt", "sorcellerie"),
        *("blasfemia", "apostasía", "herejía", "secta", "brujería"),
        *("كفر", "ردة", "تجديف", "ازدراء الأديان", "دين", "طائف", "سحر"),
        *("богохуль", "религи", "секта", "колдов"),
    ),
    Item.RACIAL: (
        *("racial", "racis", "ethnic", "tribe", "tribal", "descent", "skin colour", "gypsy"),
        *("ethnique", "ethnie", "couleur de peau", "tsigane"),
        *("raza", "étnic", "etnia", "color de piel", "gitan"),
        *("عرق", "قبيل", "لون البشرة"),
        *("расов", "этнич", "национальность по происхождению", "цыган"),
    ),
}
"""By the item of the checklist: how the words begin."""

_ARABIC_PREFIXES = "(?:[وفبكل]?ال|[وفبكل])?"


class Found(NamedTuple):
    """A word that a reviewer should look at."""

    item: Item
    word: str
    field: str


def hints(texts: Iterable[tuple[str, str]]) -> list[Found]:
    """The words in texts, each given with its field, that a reviewer should look at: each word once a field."""
    return [
        Found(item, word, field)
        for field, text in texts
        for item, pattern in _PATTERNS.items()
        for word in dict.fromkeys(found.group().strip() for found in pattern.finditer(_folded(text)))
    ]


def _folded(text: str) -> str:
    """Without case, accents and the vowel signs of Arabic, so that a word is found however it is written."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _pattern(stems: Iterable[str]) -> re.Pattern[str]:
    folded = "|".join(re.escape(_folded(stem)) for stem in stems)
    return re.compile(rf"(?<!\w){_ARABIC_PREFIXES}(?:{folded})\w*")


_PATTERNS = {item: _pattern(stems) for item, stems in STEMS.items()}
