import pytest

from allpoints.errors import InvalidValue
from allpoints.modalities.names import person
from allpoints.modalities.names.retrieval.entries import entry
from allpoints.modalities.names.retrieval.layers import Layer
from allpoints.modalities.names.retrieval.probes import Probe
from allpoints.modalities.names.retrieval.segments import Builder
from allpoints.records.people import Name, Person

HELD = (
    person("Angela Merkel", born="1954-07-17", sex="F"),
    person("Angela Davis", born="1944-01-26", sex="F"),
    person("Angelo Merkl", born="1954", sex="M"),
    person("Joachim Sauer", born="1949-04-19", sex="M"),
)


def scores(probe: Person, *, exhaustively: bool = False) -> dict[int, float]:
    builder = Builder()
    for record_id, held in enumerate(HELD, 1):
        builder.add(record_id, entry(held))
    found = Probe(probe, (Layer(builder.columns()),), len(HELD), exhaustively=exhaustively).found(0, 10)
    assert not found.more
    return dict(zip(found.records.tolist(), found.scores.tolist(), strict=True))


def test_what_covers_enough_of_a_name_is_found() -> None:
    found = scores(person("Angela Merkel"))
    assert {1, 3} <= set(found)
    assert found[1] == max(found.values())
    assert 4 not in found


def test_birth_and_sex_count_on_top_or_against() -> None:
    plain = scores(person("Angela Merkel"))
    told = scores(person("Angela Merkel", born="1954-07-17", sex="F"))
    assert told[1] > plain[1]
    assert told.get(2, -99) < plain.get(2, 0)
    assert told[3] - plain[3] < told[1] - plain[1]


def test_who_was_born_on_the_day_is_found_under_a_name_hardly_like_theirs() -> None:
    assert 4 in scores(person("Yoahimo Zaurer", born="1949-04-19"))
    assert 4 in scores(person("J. Lind", born="1949-04-19"))
    assert 4 not in scores(person("Petra Lind", born="1949-04-19"))
    assert 4 not in scores(person("J. Lind"))


def test_an_initial_tells_namesakes_apart() -> None:
    found = scores(person("Angela M."))
    assert found[1] > found[2]


def test_a_piece_tells_no_more_than_the_word_that_is_parted() -> None:
    builder = Builder()
    for record_id in range(1, 20):
        builder.add(record_id, entry(person("Zheng Dexiang")))
    builder.add(20, entry(person("Te Zheng")))
    found = Probe(person("Te-hsiang Zheng"), (Layer(builder.columns()),), 20).found(0, 30)
    of_record = dict(zip(found.records.tolist(), found.scores.tolist(), strict=True))
    assert of_record[1] > of_record.get(20, 0)


def test_a_probe_of_two_names_finds_the_people_of_both() -> None:
    assert {1, 4} <= set(scores(person("Angela Merkel", "Joachim Sauer")))


def test_the_kernels_find_what_trying_everybody_finds() -> None:
    for probe in HELD:
        assert scores(probe) == scores(probe, exhaustively=True)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidValue):
        scores(Person(names=("Angela Merkel",), birth="soon"))


@pytest.mark.parametrize("letter", ["ـ", "ʼ", "ʹ", "ꞌ", "ﾞ"])
def test_a_name_of_which_no_word_is_left_finds_nobody_and_hinders_no_other(letter: str) -> None:
    assert scores(Person(names=(letter,))) == {}
    assert scores(Person(names=(Name(text=letter), "Angela Merkel"))) == scores(person("Angela Merkel"))
