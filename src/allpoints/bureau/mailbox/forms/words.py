"""What forms, fields and codes are called in each language: tables that people wrote, never a machine translation."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from allpoints.errors import NotFound

LANGUAGES = ("en", "fr", "es", "ar")


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of one language."""

    forms: Mapping[str, str]
    fields: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


@cache
def words(language: str) -> Words:
    """The words of a language. Raises `NotFound` for one that has no table."""
    if language not in LANGUAGES:
        raise NotFound(
            f"there is no table for {language!r:.20}",
            field="language",
            remedy=f"Choose one of {', '.join(LANGUAGES)}.",
        )
    table = files(__package__).joinpath("languages", f"{language}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(table), Words)
