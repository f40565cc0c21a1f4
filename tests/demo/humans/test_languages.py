"""The table of languages."""

from allpoints.demo.humans.languages import LANGUAGES


def test_there_are_more_than_thirty_languages_in_more_than_fifteen_scripts() -> None:
    assert len({language.name for language in LANGUAGES}) == len(LANGUAGES) > 30
    assert len({language.script for language in LANGUAGES}) >= 15
