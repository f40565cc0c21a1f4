"""The letters of a reading become the sounds that they may stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.hearing import CODE, CODES, LONGEST, sounds
from allpoints.modalities.names.romanise import Reading


def named(text: str, system: str = "bare") -> str:
    return " ".join(CODES[code - 1] for code in sounds(Reading(text, system)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("schmidt", "sh m i t"),
        ("mohammed", "m o h a m double e d"),
        ("ahmad", "a h2 m a d"),
        ("anne", "a n double e2"),
        ("alexander", "a l e x s a n d e r2"),
        ("nguyen", "ng u y e n"),
        ("giuseppe", "g2 i u2 s e p double e2"),
        ("matthias", "m a th double i a2 s"),
        ("tchekov", "ch e k o v"),
        ("ouattara", "w a2 t double a r a"),
        ("hsi", "xi i"),
    ],
)
def test_latin_spelling(text: str, expected: str) -> None:
    assert named(text) == expected


def test_an_abjad_has_letters_of_its_own() -> None:
    assert named("yhya", "arabic") == "ya h ya alif"
    assert named("mwsh", "hebrew") == "m waw ssh"
    assert named("fatmh", "arabic").endswith("h2")


def test_systems_hear_letters_in_their_own_way() -> None:
    assert named("gim", "korean") == "kg i m"
    assert named("jeong", "korean") == "chj eo ng"
    assert named("kurisuto", "kana") == "k weak lr i s weak t weak"
    assert named("xi", "mandarin") == "xi i"


def test_every_sound_has_a_code_that_fits() -> None:
    assert len(CODES) == len(set(CODES)) <= 63
    assert set(CODE.values()) == set(range(1, len(CODES) + 1))


@given(
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=1, max_size=200),
    st.sampled_from(
        ["bare", "arabic", "hebrew", "kana", "mandarin", "mandarin-loan", "korean", "korean-loan", "thai"]
    ),
)
def test_any_reading_has_sounds(text: str, system: str) -> None:
    heard = sounds(Reading(text, system))
    assert 0 < len(heard) <= LONGEST
    assert all(1 <= code <= len(CODES) for code in heard)
