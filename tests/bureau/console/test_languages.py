"""Every word of the console is there in every language."""

import re
from typing import Any

import pytest
from babel.messages import Catalog
from tests.bureau.console.messages import Message, all_messages

from allpoints.bureau.console.languages import LANGUAGES, SOURCE, catalogues, preferred, translations

OTHERS = [language.code for language in LANGUAGES if language.code != SOURCE]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|#")
LETTERS = re.compile(r"[^\W\d_]")


@pytest.fixture(scope="module")
def messages() -> dict[tuple[str | None, str], Message]:
    return all_messages()


def translated(code: str) -> dict[tuple[str | None, str], tuple[str, Any]]:
    """What a language's files say, with the file that says it."""
    return {
        (message.context, message.id[0] if isinstance(message.id, tuple) else message.id): (name, message)
        for name, catalogue in catalogues(code)
        for message in catalogue
        if message.id
    }


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_untranslated(code: str, messages: dict[tuple[str | None, str], Message]) -> None:
    known = translated(code)
    missing = [
        message for key, message in messages.items() if key not in known or not all(_texts(known[key][1]))
    ]
    assert not missing, f"add to languages/{code}/:\n\n" + "\n".join(map(_entry, missing))


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_translated_that_is_not_there(
    code: str, messages: dict[tuple[str | None, str], Message]
) -> None:
    assert {key: name for key, (name, _) in translated(code).items() if key not in messages} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_translations_are_certain_and_fill_in_what_the_english_fills_in(
    code: str, messages: dict[tuple[str | None, str], Message]
) -> None:
    for (_, english), (name, message) in translated(code).items():
        assert not message.fuzzy, (name, english)
        plural = message.id[1] if isinstance(message.id, tuple) else english
        for text in _texts(message):
            filled = set(PLACEHOLDER.findall(text))
            assert filled <= set(PLACEHOLDER.findall(plural)), (name, text)
            if not isinstance(message.id, tuple):
                assert filled == set(PLACEHOLDER.findall(english)), (name, text)


@pytest.mark.parametrize("code", OTHERS)
def test_no_two_files_of_a_language_disagree(code: str) -> None:
    said: dict[tuple[str | None, str], tuple[str, object]] = {}
    for name, catalogue in catalogues(code):
        for message in catalogue:
            if message.id:
                english = message.id[0] if isinstance(message.id, tuple) else message.id
                before = said.setdefault((message.context, english), (name, message.string))
                assert before[1] == message.string, (english, before[0], name)


def test_arabic_is_written_in_arabic() -> None:
    for (_, english), (name, message) in translated("ar").items():
        for text in _texts(message):
            assert re.search(r"[\u0600-\u06ff]", text) or not LETTERS.search(english), (name, text)


@pytest.mark.parametrize("code", OTHERS)
def test_every_file_counts_as_its_language_counts(code: str) -> None:
    expected = Catalog(locale=code).num_plurals if code == "ar" else 2
    assert {name: c.num_plurals for name, c in catalogues(code) if c.num_plurals != expected} == {}


def test_numbers_choose_the_form() -> None:
    arabic = translations("ar")
    forms = {arabic.ngettext("%(num)s row", "%(num)s rows", n) for n in (0, 1, 2, 3, 11, 100)}
    assert forms == {"%(num)s row", "%(num)s rows"}, "what nobody translated stays English"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de,ar;q=0.5,es;q=0.7", "es"),
        ("xx;q=abc,,;;,ar", "ar"),
        ("*", "en"),
        ("fr;q=²,ar;q=0.1", "ar"),
        ("fr;q=nan,es;q=9,ar", "ar"),
        ("fr;q=0", "en"),
    ],
)
def test_the_browsers_language_is_taken(header: str, code: str) -> None:
    assert preferred(header).code == code


def _texts(message: Any) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _entry(message: Message) -> str:
    lines = [f"#: {message.place}"]
    if message.context:
        lines.append(f'msgctxt "{message.context}"')
    lines.append(f'msgid "{message.english}"')
    lines += [f'msgid_plural "{message.plural}"', 'msgstr[0] ""'] if message.plural else ['msgstr ""']
    return "\n".join(lines) + "\n"
