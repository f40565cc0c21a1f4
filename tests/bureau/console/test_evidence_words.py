"""Every code of what is compared has its word."""

import pytest

from allpoints.bureau.console.evidence_words import EVIDENCE_WORDS
from allpoints.bureau.console.words import WORDS
from allpoints.bureau.uploads import UploadState
from allpoints.likelihood.verbal import THRESHOLDS, in_words
from allpoints.modalities import BIOMETRIC_BY_NAME, TEMPLATED_BY_NAME
from allpoints.modalities.base import Outcome
from allpoints.modalities.faces.detection import LANDMARKS
from allpoints.modalities.names.alike import Agreement
from allpoints.modalities.names.births import BirthKind
from allpoints.modalities.names.parts import PartRole
from allpoints.modalities.names.places import NationalityKind, PlaceKind, SexKind
from allpoints.records import FINGERS, SCHEMES, Release
from allpoints.records.colours import Colour
from allpoints.steps.matching import RULES
from allpoints.wire.confirmations import Side

MODALITIES = {*BIOMETRIC_BY_NAME, *TEMPLATED_BY_NAME}
HOW = (Agreement, BirthKind, PlaceKind, NationalityKind, SexKind)


@pytest.mark.parametrize(
    ("what", "codes"),
    [
        ("scheme", {scheme.name for scheme in SCHEMES} | MODALITIES),
        ("part", {part for scheme in SCHEMES for part in scheme.parts}),
        ("modality", MODALITIES | {"identifiers"}),
        ("agreement", {rule.agreement for rule in RULES.values()} | {"exact", "pattern"}),
        ("strength", {in_words(sign * llr) for llr in (0, *THRESHOLDS) for sign in (1, -1)}),
        ("finding", set(PartRole) | {part.replace("_", " ") for s in SCHEMES for part in s.parts}),
        ("standing", set(Outcome)),
        ("how", {kind for kinds in HOW for kind in kinds}),
        ("place", {*LANDMARKS, "ridge ending", "bifurcation", "minutia"}),
        ("finger", {str(number) for number in FINGERS}),
        ("colour", set(Colour)),
        ("saw", set(Release)),
        ("side", set(Side)),
        ("upload-state", set(UploadState)),
    ],
)
def test_no_code_is_without_a_word(what: str, codes: set[str]) -> None:
    assert codes - EVIDENCE_WORDS[what].keys() == set()


def test_no_two_tables_have_one_name() -> None:
    assert EVIDENCE_WORDS.keys() & WORDS.keys() == set()
