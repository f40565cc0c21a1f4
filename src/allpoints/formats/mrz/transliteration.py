"""Names in Latin, Cyrillic and Arabic script as they stand in a zone (Doc 9303-3, sections 4.6 and 6)."""

import unicodedata
from typing import Final

from allpoints.errors import InvalidValue
from allpoints.formats.mrz.transliteration_tables import (
    CYRILLIC_OF,
    LETTERS,
    SHADDA,
    TEH_MARBUTA,
    TEH_MARBUTA_AT_END,
    UKRAINIAN_FIRST,
    Language,
)

_COMMAS: Final = ",\u060c"
MAX_CHARACTERS: Final = 512


def transliterate(name: str, *, language: Language | None = None) -> str:
    """A name in A-Z, its components separated by one filler: "Van der Müllen" becomes VAN<DER<MUELLEN.

    Hyphens, commas and spaces separate components, apostrophes and other punctuation vanish. `language` picks
    the exceptions of Doc 9303-3, section 6 B, for names in Cyrillic. A Latin letter with a diacritic outside
    the tables loses it. Raises InvalidValue for digits and for letters of other scripts.
    """
    if len(name) > MAX_CHARACTERS:
        raise InvalidValue(f"{len(name)} characters; {MAX_CHARACTERS} at most", field="mrz.name")
    # NFC brings accents and letters together, so that a decomposed Ü is found in the table.
    letters = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).upper())
    spaced = "".join(" " if _separates(character) else character for character in letters)
    components = (_component(component, language) for component in spaced.split())
    return "<".join(component for component in components if component)


def _separates(character: str) -> bool:
    return character in _COMMAS or character.isspace() or unicodedata.category(character) == "Pd"


def _component(component: str, language: Language | None) -> str:
    parts: list[str] = []
    of_language = CYRILLIC_OF.get(language, {}) if language else {}
    written = [c for c in component if c == SHADDA or not _vanishes(c)]
    for i, character in enumerate(written):
        if character == SHADDA:
            # Doubling repeats the whole sequence: dad with shadda is XDZXDZ.
            parts += parts[-1:]
        elif character == TEH_MARBUTA and i == len(written) - 1:
            parts.append(TEH_MARBUTA_AT_END)
        elif language == "uk" and i == 0 and character in UKRAINIAN_FIRST:
            parts.append(UKRAINIAN_FIRST[character])
        else:
            parts.append(of_language.get(character) or _letter(character))
    return "".join(parts)


def _vanishes(character: str) -> bool:
    """Punctuation, signs like the modifier apostrophe, vowel marks, joiners."""
    category = unicodedata.category(character)
    return category[0] in "PM" or category in ("Lm", "Sk", "Cf")


def _letter(character: str) -> str:
    if "A" <= character <= "Z":
        return character
    if character in LETTERS:
        return LETTERS[character]
    plain = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if plain != character and all("A" <= c <= "Z" or c in LETTERS for c in plain):
        return "".join(map(_letter, plain))
    raise InvalidValue(
        f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')} has no place in a name of Doc 9303",
        field="mrz.name",
        remedy="Give the name in Latin, Cyrillic or Arabic letters, without digits.",
    )
