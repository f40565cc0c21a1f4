"""Spellings and transliterations of one name sound alike, and different names do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names import sounds as sounds_module
from allpoints.modalities.names.romanise import Reading
from allpoints.modalities.names.scripts import words
from allpoints.modalities.names.sounds import (
    _COST_OF_EXCHANGE,
    CODES,
    LONGEST,
    Spoken,
    beginnings,
    likeness,
    likeness_many,
    skeleton,
    sounds,
    spoken,
)


def heard(name: str) -> Spoken:
    return spoken("".join(words(name)))


SAME = [
    ("Mohammed", "Muhammad"),
    ("Mohammed", "محمد"),
    ("Mohammed", "Мұхаммед"),
    ("Aliyev", "Алиев"),
    ("Aliyev", "Əliyev"),
    ("Gaddafi", "القذافي"),
    ("Qaddafi", "Kadhafi"),
    ("Hussein", "Husayn"),
    ("Hussein", "حسین"),
    ("Khomeini", "خمینی"),
    ("Netanyahu", "נתניהו"),
    ("Cohen", "כהן"),
    ("Papandreou", "Παπανδρέου"),
    ("Bakoyanni", "Μπακογιάννη"),
    ("Pashinyan", "Փաշինյան"),
    ("Hagop", "Հակոբ"),
    ("Saakashvili", "სააკაშვილი"),
    ("Modi", "मोदी"),
    ("Manmohan", "ਮਨਮੋਹਨ"),
    ("Hasina", "হাসিনা"),
    ("Karunanidhi", "கருணாநிதி"),
    ("Naidu", "నాయుడు"),
    ("Vijayan", "വിജയൻ"),
    ("Mahinda", "මහින්ද"),
    ("Thaksin", "ทักษิณ"),
    ("Zenawi", "ዜናዊ"),
    ("Kim", "김"),
    ("Gim", "Kim"),
    ("Lee", "이"),
    ("Park", "박"),
    ("Choi", "최"),
    ("Chung", "정"),
    ("Xi Jinping", "习近平"),
    ("Hsi Chin-ping", "習近平"),
    ("Mao Tse-tung", "毛澤東"),
    ("Leung", "梁"),
    ("Tan", "陳"),
    ("Tanaka", "田中"),
    ("Obama", "オバマ"),
    ("Merkel", "メルケル"),
    ("Müller", "Mueller"),
    ("Müller", "Muller"),
    ("Erdoğan", "Erdogan"),
    ("Milošević", "Милошевић"),
    ("Tchaikovsky", "Чайковский"),
    ("Gorbatschow", "Gorbachev"),
    ("Maxamed", "Mohamed"),
    ("Müñoz", "MUXXNXXOZ"),
]

DIFFERENT = [
    ("Martin", "Martinez"),
    ("Mendeleev", "Medvedev"),
    ("Iordanova", "Iotova"),
    ("Kim", "Kin"),
    ("Mohammed", "Mahmoud"),
    ("محمد", "أحمد"),
    ("Ivanov", "Ivanenko"),
    ("Hassan", "Hussein"),
    ("정은", "정일"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert likeness(heard(one), heard(other)) > 0.72


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_similar_names_of_different_people_sound_less_alike(one: str, other: str) -> None:
    assert likeness(heard(one), heard(other)) < 0.72


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_name_share_a_skeleton_less_at_most_one_class(one: str, other: str) -> None:
    def left(name: str) -> set[bytes]:
        bones = {skeleton(codes) for codes, _ in heard(name)}
        return bones | {bone[:at] + bone[at + 1 :] for bone in bones for at in range(len(bone))}

    assert left(one) & left(other)


def test_one_slip_costs_a_short_word_more_than_a_long_one() -> None:
    assert likeness(heard("Kim"), heard("Kin")) < likeness(heard("Kimberley"), heard("Kinberley"))


def test_swapped_sounds_are_a_small_slip() -> None:
    assert likeness(heard("Markel"), heard("Makrel")) > likeness(heard("Markel"), heard("Mastel"))


def test_unwritten_vowels_cost_little_and_missing_ones_more() -> None:
    bare = (Reading("ktb", "arabic", vowelless=True),)
    written = (Reading("ktb", "bare"),)
    full = heard("katab")
    unwritten, missing = (
        tuple((sounds(reading), reading.vowelless) for reading in readings) for readings in (bare, written)
    )
    assert likeness(unwritten, full) > likeness(missing, full)


def test_no_cost_is_given_twice() -> None:
    pairs = [frozenset(pair.split("-")) for pairs in _COST_OF_EXCHANGE.values() for pair in pairs.split()]
    assert len(pairs) == len(set(pairs))


def test_what_has_no_letter_is_like_nothing() -> None:
    assert likeness((), heard("Anna")) == likeness((), ()) == 0.0


def test_many_agrees_with_one_by_one() -> None:
    names = ["Mohammed", "محمد", "Kim", "김", "毛泽东", "Martin", "Martinez", "Li"]
    packed = [(codes, bare) for name in names for codes, bare in heard(name)]
    flat = np.frombuffer(b"".join(codes for codes, _ in packed), np.uint8)
    bare = np.array([bare for _, bare in packed], np.uint8)
    ends = np.cumsum([0, *(len(codes) for codes, _ in packed)])
    for width in (np.uint32, np.int64):
        together = likeness_many(heard("Muhammad"), flat, ends.astype(width), bare)
        alone = [likeness(heard("Muhammad"), (reading,)) for reading in packed]
        assert together.dtype == np.float32
        np.testing.assert_allclose(together, alone, atol=1e-6)


@given(st.lists(st.text("abdeghiklmnorstuvwy", min_size=1, max_size=9), min_size=1), st.floats(0.1, 1.0))
def test_a_bar_leaves_out_what_is_below_it_and_nothing_else(names: list[str], least: float) -> None:
    packed = [reading for name in names for reading in heard(name)]
    flat = np.frombuffer(b"".join(codes for codes, _ in packed), np.uint8)
    bare = np.array([bare for _, bare in packed], np.uint8)
    ends = np.cumsum([0, *(len(codes) for codes, _ in packed)])
    for probe in (heard("Muhammad"), heard("محمد")):
        every = likeness_many(probe, flat, ends, bare)
        barred = likeness_many(probe, flat, ends, bare, least)
        np.testing.assert_array_equal(barred, np.where(every >= least, every, 0))


@pytest.mark.parametrize(
    ("initial", "word"), [("k", "Карл"), ("c", "Karl"), ("h", "حسن"), ("y", "Юрий"), ("i", "عمران")]
)
def test_an_initial_begins_the_word_in_any_script(initial: str, word: str) -> None:
    assert any(beginnings(initial)[codes[0]] for codes, _ in heard(word))


def test_another_initial_does_not_begin_it() -> None:
    for initial in "bmz龘":
        assert not any(beginnings(initial)[codes[0]] for codes, _ in heard("Karl"))


NAMES = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=1, max_size=70)


@given(NAMES, NAMES)
def test_likeness_is_a_symmetric_share(one: str, other: str) -> None:
    a, b = spoken(one), spoken(other)
    assert 0.0 <= likeness(a, b) <= 1.0
    assert likeness(a, b) == pytest.approx(likeness(b, a), abs=1e-5)
    assert likeness(a, a) == 1.0


@given(st.text(st.characters(), max_size=120))
def test_anything_written_has_sounds_or_none(text: str) -> None:
    for word in words(text):
        for codes, _ in spoken(word):
            assert 0 < len(codes) <= LONGEST
            assert all(1 <= code <= len(CODES) for code in codes)
            assert len(skeleton(codes)) <= len(codes)


def test_the_costs_are_handed_to_compiled_kernels_and_not_frozen_into_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tina, dina = spoken("tina"), spoken("dina")
    assert likeness(tina, dina) < 1
    costs = sounds_module._COSTS.copy()
    costs[2:] = 0
    monkeypatch.setattr(sounds_module, "_COSTS", costs)
    assert likeness(tina, dina) == 1
