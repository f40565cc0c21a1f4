"""A name taken into its parts: the words that tell people apart, each with its role.

Small words go: titles carry no weight, particles join the word after them, marks of descent say that the word
beside them is the father's name. What one language writes as one name in several words (`Abd al-Rahman`,
`Abu Bakr`, `Nur al-Din`) becomes one part, and names that are written without spaces are cut in two.
"""

import re
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

import msgspec

from allpoints.modalities.names import vocabulary as v
from allpoints.modalities.names.scripts import Script, script_of, words
from allpoints.records.people import Name, NameKind

MAX_PARTS = 12
"""Parts of a name that are compared; more are left aside."""


class PartRole(StrEnum):
    """What a part does in its name, as far as the writing tells."""

    GIVEN = "given name"
    FAMILY = "family name"
    PATRONYMIC = "patronymic"
    KUNYA = "kunya"
    """`Abu` or `Umm` with the name of a child: often left out."""
    OTHER = "name"
    """Nothing tells."""


class Part(msgspec.Struct, frozen=True):
    """One word of a name, folded."""

    word: str
    role: PartRole
    prefix: str = ""
    """Its particles, such as `al` or `vander`."""

    def __str__(self) -> str:
        word = self.word.capitalize()
        return f"{word[:-1]}ς" if word.endswith("σ") else word


class ParsedName(msgspec.Struct, frozen=True):
    """A name's parts in the order in which they are written."""

    parts: tuple[Part, ...]
    kind: NameKind
    truncated: bool
    stated: bool
    """Whether the writing says which part is the family name."""


def parse(name: Name) -> ParsedName:
    """Take a name apart. Never fails; a name without a word has no parts."""
    return parses(name)[0]


@lru_cache(maxsize=16_384)
def parses(name: Name) -> tuple[ParsedName, ...]:
    """Return every way to take the name apart, the likeliest first: one, but for some.

    Names written unspaced may be cut in several places, and a foreigner's name may bear Baltic endings.
    """
    found = _taken_apart(name)
    bare = [_without_ending(part) for part in found[0].parts]
    if len(bare) > 1 and None not in bare:
        return (*found, msgspec.structs.replace(found[0], parts=tuple(filter(None, bare))))
    return found


def _without_ending(part: Part) -> Part | None:
    """The part without the nominative ending that Latvian and Lithuanian add to men's names, foreign ones too.

    None where it has neither that ending nor an o, which takes none: `Sergejs Lavrovs`, `Putinas`, `Lukašenko`.
    """
    if part.word.endswith("o"):
        return part
    stem = _BALTIC_ENDING.sub("", part.word)
    return msgspec.structs.replace(part, word=stem) if len(stem) > 2 and stem != part.word else None


_BALTIC_ENDING = re.compile("(?<=sk)s$|(?<=ski)s$|(?:iu|ia|[aiuy])?s$")


def _taken_apart(name: Name) -> tuple[ParsedName, ...]:
    if not name.text:
        stated = (
            (name.given, PartRole.GIVEN),
            (name.patronymic, PartRole.PATRONYMIC),
            (name.family, PartRole.FAMILY),
        )
        parts = [part for text, role in stated for part in _parts(_without(_known(text), v.TITLES), role)]
        return (_parsed(name, parts, stated=True),)
    family, rest = _at_comma(name.text)
    if family and rest:
        parts = _parts(rest, PartRole.GIVEN) + _parts(family, PartRole.FAMILY)
        return (_parsed(name, parts, stated=True),)
    written = _untitled(_without(_without(family + rest, v.TITLES), v.COMPANY_FORMS))
    if len(written) == 1 and (cuts := _cuts(written[0])):
        return tuple(_parsed(name, _cut(written[0], cut), stated=True) for cut in cuts)
    return (_parsed(name, _guessed(_parts(written, PartRole.OTHER)), stated=False),)


def _parsed(name: Name, parts: list[Part], *, stated: bool) -> ParsedName:
    return ParsedName(tuple(parts[:MAX_PARTS]), name.kind, name.truncated, stated)


_COMMA = re.compile(r"<<|[,،、，]")


def _at_comma(text: str) -> tuple[list[str], list[str]]:
    """The words before and after the comma, the latter empty where it parts no family name from the rest."""
    before, *after = _COMMA.split(text, maxsplit=1)
    family, rest = _known(before), [word for piece in after for word in _known(piece)]
    if after and not all(word in v.TITLES for word in rest):
        return _without(family, v.TITLES), _without(rest, v.TITLES)
    return family, []


def _known(text: str) -> list[str]:
    """The words but those that stand where no name is known."""
    found = words(text)
    pairs = [at for at, pair in enumerate(pairwise(found)) if pair in v.PLACEHOLDER_PAIRS]
    gone = {at + step for at in pairs for step in (0, 1)}
    return [word for at, word in enumerate(found) if at not in gone and word not in v.PLACEHOLDERS]


def _without(found: list[str], weightless: frozenset[str]) -> list[str]:
    """The words but the weightless ones, all where nothing would be left."""
    kept = [word for word in found if word not in weightless and not word[0].isdigit()] or found
    kept = [word.translate(_LETTERS_FOR_DIGITS) if not word.isalpha() else word for word in kept]
    return [piece for word in kept for piece in (word if _is_initials(word) else (word,))]


_LETTERS_FOR_DIGITS = str.maketrans("01345", "oieas")
"""What is read or typed for a letter: `J0hn`."""


@lru_cache(maxsize=65_536)
def _is_initials(word: str) -> bool:
    """Whether the word is two initials, as in `JC Juncker`."""
    return len(word) == 2 and word.isascii() and not set(word) & set("aeiouyh") and word not in ("ng", "md")


def _untitled(found: list[str]) -> list[str]:
    """The words without one in front that may be a title, where a whole name is left."""
    return (
        found[1:]
        if len(found) > 2 and found[0] in v.TITLES_OR_NAMES and found[1] not in v.PARTICLES
        else found
    )


def _parts(found: list[str], role: PartRole) -> list[Part]:
    """Group the words: particles to the word after them, compounds into one."""
    parts: list[Part] = []
    prefix = ""
    of_father = False
    i, end = 0, len(found)
    while i < end:
        word = found[i]
        last = i + 1 >= end
        if (
            not last
            and word in v.PARTICLES
            and (parts or prefix or word in v.LEADING_PARTICLES or role is PartRole.FAMILY)
        ):
            prefix += word
            of_father = of_father or (word in v.OF_FATHER_BEFORE and bool(parts))
            i += 1
            continue
        if parts and word in v.OF_FATHER_AFTER:
            parts[-1] = msgspec.structs.replace(parts[-1], role=PartRole.PATRONYMIC)
            i += 1
            continue
        taken = _compound(found, i)
        joined = "".join(found[i : i + taken])
        kunya = taken > 1 and word in v.FATHER_OF
        own = (
            PartRole.PATRONYMIC
            if of_father
            else PartRole.KUNYA
            if kunya and not parts and i + taken < end
            else role
        )
        parts.append(_part(joined, own, prefix))
        prefix, of_father = "", False
        i += taken
    return parts


def _compound(found: list[str], i: int) -> int:
    """How many words from the i-th on are one name."""
    word, rest = found[i], len(found) - i - 1
    if word in v.SERVANT or word in v.FATHER_OF:
        articles = 1 if rest > 1 and found[i + 1] in v.ARTICLES else 0
        return 2 + articles if rest > articles and len(found[i + 1 + articles]) > 1 else 1
    if word in v.CLAN_PREFIXES and rest and len(found[i + 1]) > 2:
        return 2
    if rest and found[i + 1] in v.OF_FAITH:
        return 2
    if rest > 1 and found[i + 1] in v.ARTICLES and (found[i + 2] in v.OF_FAITH or found[i + 1] in v.LINKS):
        return 3
    return 1


@lru_cache(maxsize=65_536)
def _part(word: str, role: PartRole, prefix: str = "") -> Part:
    if script_of(word) is Script.ARABIC and word.startswith("ال") and len(word) > 4:
        word, prefix = word[2:], prefix + "ال"
    return Part(word, role, prefix)


def fathers_name(part: Part) -> str:
    """Return the father's given name that a patronymic is made of: `petr` of `Petrovich`; else the word."""
    endings = [each for each in v.PATRONYMIC_ENDINGS if part.word.endswith(each)]
    return part.word.removesuffix(max(endings, key=len, default="")) or part.word


def is_written_as_a_chain(name: ParsedName) -> bool:
    """Return whether the writing is one of peoples who put the father's name after their own."""
    return any(
        script_of(part.word) in _OF_CHAINS or part.prefix.startswith(_BEFORE_CHAINED) for part in name.parts
    )


_OF_CHAINS = frozenset({Script.ARABIC, Script.ETHIOPIC})
_BEFORE_CHAINED = tuple(v.OF_FATHER_BEFORE | (v.ARTICLES - {"el", "il"}))


@lru_cache(maxsize=65_536)
def is_initial(word: str) -> bool:
    """Whether the word is one letter of a script in which no name is one letter."""
    return len(word) == 1 and script_of(word) not in _SYLLABIC


_SYLLABIC = frozenset({Script.HAN, Script.KANA, Script.HANGUL})


def _guessed(parts: list[Part]) -> list[Part]:
    """The parts with the roles that their order and endings make likely."""
    if len(parts) < 2:
        return parts
    roles = [part.role for part in parts]
    if len(parts) > 2:
        for i in range(1, len(parts)):
            if roles[i] is PartRole.OTHER and parts[i].word.endswith(v.PATRONYMIC_ENDINGS):
                roles[i] = PartRole.PATRONYMIC
                break
    free = [i for i, role in enumerate(roles) if role is PartRole.OTHER]
    if free:
        first = _family_first(parts, roles)
        family = free[0] if first else free[-1]
        for i in free:
            roles[i] = PartRole.FAMILY if i == family and len(free) > 1 else PartRole.GIVEN
    return [
        part if part.role is role else _part_as(part, role) for part, role in zip(parts, roles, strict=True)
    ]


def _part_as(part: Part, role: PartRole) -> Part:
    return msgspec.structs.replace(part, role=role)


def _family_first(parts: list[Part], roles: list[PartRole]) -> bool:
    """Whether the family name leads: before a patronymic that ends the name, or as East Asians write."""
    suffixed = parts[-1].word.endswith(v.PATRONYMIC_ENDINGS)
    if roles[-1] is PartRole.PATRONYMIC and suffixed:
        return True
    return script_of(parts[0].word) in _SYLLABIC or parts[0].word in v.EAST_ASIAN_FAMILIES


def _cuts(word: str) -> tuple[int, ...]:
    """Where a Han or Hangul name without spaces may part family from given name, the likeliest first."""
    script, length = script_of(word), len(word)
    if not 2 <= length <= 5 or any(script_of(character) is not script for character in word):
        return ()
    if word[:2] in v.COMPOUND_FAMILIES and length > 2:
        return (2,) if script is Script.HANGUL else (2, 1)
    if script is Script.HANGUL:
        return (1,) if length <= 4 else ()
    if script is Script.HAN:
        return {2: (1,), 3: (1, 2), 4: (2, 1, 3), 5: (2, 3)}[length]
    return ()


def _cut(word: str, at: int) -> list[Part]:
    return [_part(word[:at], PartRole.FAMILY), _part(word[at:], PartRole.GIVEN)]
