import numpy as np
import pytest

from allpoints.modalities.names.retrieval.entries import Entry
from allpoints.modalities.names.retrieval.keys import word_hash
from allpoints.modalities.names.retrieval.layers import LEAST_LIKENESS, SYMBOL_LIKENESS, Layer
from allpoints.modalities.names.retrieval.segments import Builder

HELD = [
    "mohammed",
    "muhammad",
    "محمد",
    "maria",
    "marie",
    "merkel",
    "smith",
    "smyth",
    "william",
    "xi",
    "jinping",
    "近平",
    "龘",
]


@pytest.fixture
def layer() -> Layer:
    builder = Builder()
    for number, word in enumerate(HELD, 1):
        for _ in range(number):
            builder.add(number, Entry((word,), (), 0))
    return Layer(builder.columns())


def similar(layer: Layer, word: str) -> dict[str, float]:
    texts = {word_hash(held): held for held in HELD}
    found = layer.similar(word)
    return {
        texts[int(layer.columns.words[number])]: float(likeness)
        for number, likeness in zip(found.words, found.likeness, strict=True)
    }


def test_similar_words_come_most_alike_first(layer: Layer) -> None:
    found = similar(layer, "mohammed")
    assert {"mohammed", "muhammad", "محمد"} <= set(found)
    assert next(iter(found)) == "mohammed"
    assert found["mohammed"] == 1
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert min(found.values()) >= LEAST_LIKENESS
    assert "merkel" not in found


def test_a_form_of_the_same_name_is_similar_however_it_sounds(layer: Layer) -> None:
    assert similar(layer, "bill")["william"] >= SYMBOL_LIKENESS


def test_han_meets_latin(layer: Layer) -> None:
    assert {"jinping", "近平"} <= set(similar(layer, "近平"))


def test_a_word_without_a_reading_is_like_itself(layer: Layer) -> None:
    assert similar(layer, "龘")["龘"] == 1


def test_trying_every_reading_finds_no_less(layer: Layer) -> None:
    for word in HELD:
        assert set(layer.similar(word).words.tolist()) <= set(layer.similar_exhaustively(word).words.tolist())


def test_people_are_counted_for_each_word(layer: Layer) -> None:
    assert layer.frequency("muhammad") == 2
    assert layer.frequency("nobody") == 0
    assert layer.similar("smith").people >= layer.frequency("smith") + layer.frequency("smyth")


def test_marks_are_lent_to_one_search_at_a_time(layer: Layer) -> None:
    first, second = layer.take_marks(), layer.take_marks()
    assert first is not second
    assert len(first) == len(layer)
    layer.give_back(first)
    assert layer.take_marks() is first
    assert not np.any(first)


def test_words_are_tried_whatever_their_keys(layer: Layer) -> None:
    numbers = np.flatnonzero(np.isin(layer.columns.words, [word_hash(w) for w in ("maria", "smith")]))
    texts = [word_hash("maria") == layer.columns.words[number] for number in numbers]
    maria, smith = layer.likenesses(numbers.astype(np.uint32), ["mria", "smid"], 0.4)
    assert [share > 0 for share in maria] == texts
    assert [share > 0 for share in smith] == [not is_maria for is_maria in texts]
    assert not np.any(layer.likenesses(numbers.astype(np.uint32), ["olga"], 0.4)[0])
