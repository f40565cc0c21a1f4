"""The names of a language, each with its Latin spellings, in tables that common names fill as they fill a country."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from random import Random
from typing import Any, NamedTuple

from allpoints.demo.humans.languages import LANGUAGES, Language
from allpoints.demo.humans.spellings import latin_forms

TABLE = 4096
"""Entries of a table: a power of two, so that the low bits of a number choose one."""
_LONGEST_TAIL = 700


class Word(NamedTuple):
    """One part of a name."""

    role: str
    """given, middle, patronymic, family or particle."""
    native: str
    latin: tuple[str, ...]
    """The usual Latin spellings, the passport's first."""


class Vocabulary(NamedTuple):
    """The tables of a language, by sex F and M where it matters."""

    language: Language
    given: dict[str, list[Word]]
    family: dict[str, list[Word]]
    middle: dict[str, list[Word]]
    """Vietnamese middle names."""
    patronymics: dict[str, list[Word]]
    """Beside the men's given names: entry i is made of entry i there."""
    pieces: tuple[list[Word], list[Word], list[Word]]
    """Beginnings, middles and ends, of which rare family names are made."""
    towns: list[tuple[str, str]]

    def rare_family(self, bits: int, sex: str) -> Word:
        """One of the many names that few bear: made of two to four pieces, chosen by the bits of a number."""
        firsts, middles, ends = self.pieces
        bits, first = divmod(bits, len(firsts))
        bits, end = divmod(bits, len(ends))
        parts = [firsts[first]]
        if middles:
            bits, kind = divmod(bits, 4)
            for _ in range((0, 1, 1, 2)[kind]):
                bits, middle = divmod(bits, len(middles))
                parts.append(middles[middle])
        parts.append(ends[end])
        word = joined("family", parts)
        return feminine(word, self.language.name) if sex == "F" else word


def joined(role: str, parts: Sequence[Word]) -> Word:
    """The word that the pieces make, in their first spellings, in their second, and so on."""
    native = "".join([part.native for part in parts])
    forms = max([len(part.latin) for part in parts])
    latin = [
        "".join([part.latin[i] if i < len(part.latin) else part.latin[0] for part in parts])
        for i in range(forms)
    ]
    return Word(role, native, tuple(dict.fromkeys(latin)))


def feminine(word: Word, language: str) -> Word:
    """The family name as a woman bears it."""
    for ending, native, latin in _FEMININE.get(language, ()):
        if word.native.endswith(ending):
            changed = word.native[: -len(ending)] + native
            if latin:
                return word._replace(native=changed, latin=tuple(form + latin for form in word.latin))
            return word._replace(native=changed, latin=latin_forms(changed, language))
    return word


def patronymic(father: Word, sex: str, language: str) -> Word:
    """What the father's given name makes: Сергей gives Сергеевич and Сергеевна."""
    name, woman = father.native, sex == "F"
    if language == "kazakh":
        native, latin = ("қызы", "kyzy") if woman else ("ұлы", "uly")
        return Word("patronymic", name + native, tuple(form + latin for form in father.latin))
    for ending, stem, sons, daughters in _PATRONYMICS[language]:
        if name.endswith(ending):
            changed = name.removesuffix(ending) + stem + (daughters if woman else sons)
            return Word("patronymic", changed, latin_forms(changed, language))
    raise AssertionError(name)  # the last ending is empty


@cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of a language in `LANGUAGES`."""
    [language] = (each for each in LANGUAGES if each.name == name)
    lists = _lists(name)
    tails = _tails(language)
    firsts, middles, ends = (
        _words(part, lists.get(part, ()), name) for part in ("first", "middle", "ending")
    )
    given = {sex: _words("given", lists[part], name) for sex, part in (("M", "male"), ("F", "female"))}
    if name in _HYPHENATED:
        given = {
            sex: _table(_of_syllables(firsts, last, _HYPHENATED[name]), 0.6) for sex, last in given.items()
        }
    else:
        given = {sex: _table([*own, *_words("given", tails[sex], name)], 0.8) for sex, own in given.items()}
    family = _words("family", [*lists["family"], *tails["family"]], name)
    slavic = language.custom == "family, given, patronymic"
    return Vocabulary(
        language=language,
        given=given,
        family={
            "M": _table(family, 0.9),
            "F": _table([feminine(word, name) for word in family], 0.9),
        },
        middle={"M": firsts, "F": middles},
        patronymics={
            sex: [patronymic(word, sex, name) for word in given["M"]] if slavic else [] for sex in ("F", "M")
        },
        pieces=(firsts, middles, ends),
        towns=[(town.rpartition(" ")[0], town[-3:]) for town in language.towns.split(", ")],
    )


def _of_syllables(firsts: list[Word], lasts: list[Word], joints: tuple[str, ...]) -> list[Word]:
    """Given names of one syllable, and of two as each spelling joins them: Jianwei, Chien-wei."""
    names = [word._replace(latin=tuple(form.capitalize() for form in word.latin)) for word in lasts]
    for first in firsts:
        for last in lasts:
            latin = [
                first.latin[min(i, len(first.latin) - 1)].capitalize()
                + joint
                + (str.capitalize if joint == " " else str.lower)(last.latin[min(i, len(last.latin) - 1)])
                for i, joint in enumerate(joints)
            ]
            names.append(Word("given", first.native + last.native, tuple(dict.fromkeys(latin))))
    Random(len(names)).shuffle(names)  # noqa: S311 - nothing here is secret
    return names


@cache
def nicknames() -> dict[str, Word]:
    """By given name in its own script: a nickname in it, and the usual ones in Latin letters."""
    found = {}
    for entry in _lists("nicknames")["short"]:
        name, _, short = entry.partition("=")
        latin = tuple(form for each in short.split("/") for form in latin_forms(each, _language_of(name))[:1])
        found[name] = Word("given", short.split("/")[0], latin)
    return found


def _language_of(name: str) -> str:
    script = unicodedata.name(name[0]).split()[0]
    return {"CYRILLIC": "russian", "GREEK": "greek", "HEBREW": "hebrew"}.get(script, "")


def _table(words: Sequence[Word], steepness: float) -> list[Word]:
    """A table in which the first word stands most often: frequency falls with a power of the rank (Zipf)."""
    weights = [(rank + 3) ** -steepness for rank in range(len(words))]
    scale = (TABLE - len(words)) / sum(weights)
    table = [
        word for word, weight in zip(words, weights, strict=True) for _ in range(1 + int(weight * scale))
    ]
    return table + list(words[:1]) * (TABLE - len(table))


def _lists(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    part = ""
    for line in (files("allpoints.demo.humans") / "lists" / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        else:
            found.setdefault(part, []).extend(line.split())
    return found


def _words(role: str, entries: Iterable[str], language: str) -> list[Word]:
    """From `محمد=Mohammed/Muhammad`, or a native spelling alone; `_` stands for a blank."""
    words: dict[str, Word] = {}
    for entry in entries:
        native, _, latin = entry.replace("_", " ").partition("=")
        forms = tuple(latin.split("/")) if latin else latin_forms(native, language)
        if role in {"middle", "ending"}:
            forms = tuple(form.lower() for form in forms)
        words.setdefault(entry, Word(role, native, forms))
    return list(words.values())


def _tails(language: Language) -> dict[str, list[str]]:
    """Faker's names of the language, which are no longer in order of frequency."""
    tails: dict[str, list[str]] = {"M": [], "F": [], "family": []}
    for locale in language.faker.split():
        provider: Any = import_module(f"faker.providers.person.{locale}").Provider
        for part, attributes in _FAKER.items():
            found = next((getattr(provider, each) for each in attributes if hasattr(provider, each)), ())
            tails[part] += [_entry(each) for each in found if isinstance(each, str) and _usable(each)]
    for part, names in tails.items():
        Random(f"{language.name}/{part}").shuffle(names)  # noqa: S311 - nothing here is secret
        del names[_LONGEST_TAIL:]
    return tails


def _usable(name: str) -> bool:
    return (
        name[:1].isalpha() and all(letter.isalpha() or letter in " -'" for letter in name) and len(name) > 1
    )


def _entry(name: str) -> str:
    return name.strip().replace(" ", "_")


_HYPHENATED = {"korean": ("", "-", " "), "chinese": ("", "-"), "cantonese": (" ", "-")}
"""Languages whose given names are made of two syllables, and how each Latin spelling joins them."""

_FAKER = {
    "M": ("first_names_male",),
    "F": ("first_names_female",),
    "family": ("last_names_male", "unisex_last_names", "last_names_common", "last_names"),
}

_FEMININE: dict[str, tuple[tuple[str, str, str], ...]] = {
    "russian": (
        ("ский", "ская", ""), ("цкий", "цкая", ""), ("ов", "ова", ""), ("ев", "ева", ""), ("ёв", "ёва", ""),
        ("ин", "ина", ""), ("ын", "ына", ""),
    ),
    "ukrainian": (("ський", "ська", ""), ("цький", "цька", ""), ("ов", "ова", ""), ("єв", "єва", "")),
    "bulgarian": (("ов", "ова", ""), ("ев", "ева", ""), ("ски", "ска", ""), ("шки", "шка", "")),
    "kazakh": (("ов", "ова", "a"), ("ев", "ева", "a"), ("ин", "ина", "a")),
    "polish": (("ski", "ska", ""), ("cki", "cka", ""), ("dzki", "dzka", "")),
    "greek": (("όπουλος", "οπούλου", ""), ("ος", "ου", ""), ("ης", "η", ""), ("ας", "α", "")),
}  # fmt: skip
"""How a man's family name ends, how a woman's does, and what its Latin spellings gain where they stand in a list."""

_PATRONYMICS = {
    "russian": (
        ("ий", "ь", "евич", "евна"), ("й", "", "евич", "евна"), ("ь", "", "евич", "евна"), ("ья", "ь", "ич", "инична"),
        ("зьма", "зьм", "ич", "инична"), ("ука", "ук", "ич", "инична"), ("ома", "ом", "ич", "инична"),
        ("а", "", "ич", "ична"), ("я", "", "ич", "ична"), ("", "", "ович", "овна"),
    ),
    "ukrainian": (
        ("Микола", "Микола", "йович", "ївна"), ("й", "", "йович", "ївна"), ("о", "", "ович", "івна"),
        ("а", "", "ич", "івна"), ("я", "", "ич", "івна"), ("ь", "", "ьович", "івна"), ("", "", "ович", "івна"),
    ),
}  # fmt: skip
"""How the father's name ends, what it becomes, and what a son and a daughter add."""
