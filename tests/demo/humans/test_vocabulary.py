"""The names of each language."""

import unicodedata

import pytest

from allpoints.demo.humans.languages import LANGUAGES, Language
from allpoints.demo.humans.vocabulary import TABLE, Word, feminine, nicknames, patronymic, vocabulary
from allpoints.records.states import STATES

UNICODE_NAMES = {"japanese": {"CJK", "HIRAGANA", "KATAKANA"}, "han": {"CJK"}}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_name_is_in_its_script_and_has_a_latin_spelling(language: Language) -> None:
    spoken = vocabulary(language.name)
    scripts = UNICODE_NAMES.get(language.script, {language.script.upper()})
    tables = [*spoken.given.values(), *spoken.family.values()]
    assert {len(table) for table in tables} == {TABLE}
    for word in {word for table in tables for word in table}:
        assert all((form and form.replace("ü", "u").isascii()) or "ʼ" in form for form in word.latin), word
        assert unicodedata.name(word.native[0]).split()[0] in scripts, word


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_there_are_sixty_given_and_sixty_family_names_or_more(language: Language) -> None:
    spoken = vocabulary(language.name)
    assert len({word for table in spoken.given.values() for word in table}) >= 55
    assert len(set(spoken.family["M"])) >= 60


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_towns_lie_in_states(language: Language) -> None:
    towns = vocabulary(language.name).towns
    assert len(towns) >= 4
    assert all(name and state in STATES for name, state in towns)


def test_rare_family_names_are_many() -> None:
    spoken = vocabulary("russian")
    rare = {spoken.rare_family(number * 2_654_435_761 % 2**32, "M").native for number in range(20_000)}
    assert len(rare) > 10_000


@pytest.mark.parametrize(
    ("language", "man", "woman"),
    [
        ("russian", "Достоевский", "Достоевская"),
        ("russian", "Толстых", "Толстых"),
        ("ukrainian", "Зеленський", "Зеленська"),
        ("bulgarian", "Живков", "Живкова"),
        ("polish", "Kowalski", "Kowalska"),
        ("greek", "Παπαδόπουλος", "Παπαδοπούλου"),
        ("english", "Smith", "Smith"),
    ],
)
def test_women_bear_the_feminine_form(language: str, man: str, woman: str) -> None:
    assert feminine(Word("family", man, (man,)), language).native == woman


def test_listed_latin_spellings_become_feminine_too() -> None:
    assert feminine(Word("family", "Ахметов", ("Akhmetov", "Ahmetov")), "kazakh").latin == (
        "Akhmetova",
        "Ahmetova",
    )


@pytest.mark.parametrize(
    ("language", "father", "son", "daughter"),
    [
        ("russian", "Иван", "Иванович", "Ивановна"),
        ("russian", "Сергей", "Сергеевич", "Сергеевна"),
        ("russian", "Василий", "Васильевич", "Васильевна"),
        ("russian", "Игорь", "Игоревич", "Игоревна"),
        ("russian", "Никита", "Никитич", "Никитична"),
        ("russian", "Илья", "Ильич", "Ильинична"),
        ("ukrainian", "Андрій", "Андрійович", "Андріївна"),
        ("ukrainian", "Петро", "Петрович", "Петрівна"),
        ("ukrainian", "Микола", "Миколайович", "Миколаївна"),
        ("kazakh", "Ерлан", "Ерланұлы", "Ерланқызы"),
    ],
)
def test_patronymics(language: str, father: str, son: str, daughter: str) -> None:
    word = Word("given", father, ("X",))
    assert patronymic(word, "M", language).native == son
    assert patronymic(word, "F", language).native == daughter


def test_nicknames_have_latin_spellings() -> None:
    assert nicknames()["Robert"].latin[:2] == ("Bob", "Rob")
    assert nicknames()["Дмитрий"].native == "Дима"
    assert nicknames()["Дмитрий"].latin[0] == "Dima"
