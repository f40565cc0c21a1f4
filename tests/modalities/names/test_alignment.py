"""Parts of two names side by side."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.alignment import align, assigned
from allpoints.modalities.names.alike import Agreement
from allpoints.modalities.names.parts import parse
from allpoints.records.people import Name, NameKind


def agreements(probe: str | Name, reference: str | Name) -> list[tuple[str, str, Agreement]]:
    one, other = (parse(Name(text=name) if isinstance(name, str) else name) for name in (probe, reference))
    return [
        (" ".join(p.word for p in pair.probe), " ".join(p.word for p in pair.reference), pair.agreement)
        for pair in align(one, other)
    ]


def test_parts_are_found_in_any_order() -> None:
    assert agreements("Rotenberg Arkady", "Arkady Rotenberg") == [
        ("rotenberg", "rotenberg", Agreement.EQUAL),
        ("arkady", "arkady", Agreement.EQUAL),
    ]


def test_a_part_that_one_side_lacks_is_missing() -> None:
    assert ("joachim", "", Agreement.MISSING) in agreements("Hans Joachim Meyer", "Hans Meyer")
    assert ("", "joachim", Agreement.MISSING) in agreements("Hans Meyer", "Hans Joachim Meyer")


def test_what_is_left_on_both_sides_contradicts() -> None:
    assert ("ivan", "oleg", Agreement.CONTRADICTING) in agreements("Ivan Sidorov", "Oleg Sidorov")


@pytest.mark.parametrize(
    ("probe", "reference", "joined"),
    [
        ("Jan Daniel Bothma", "JanDaniel Bothma", ("jan daniel", "jandaniel")),
        ("JanDaniel Bothma", "Jan Daniel Bothma", ("jandaniel", "jan daniel")),
        ("习近平", "Xi Jin Ping", ("近平", "jin ping")),
        ("김정은", "Kim Jong-un", ("정은", "jong un")),
    ],
)
def test_what_one_side_writes_together_is_joined(probe: str, reference: str, joined: tuple[str, str]) -> None:
    assert (*joined, Agreement.JOINED) in agreements(probe, reference)


def test_a_patronymic_is_no_piece_of_a_name_written_together() -> None:
    found = agreements("Ivan Petrovich Sidorov", "Пётр Иванович Сидоров")
    assert Agreement.JOINED not in [kind for *_, kind in found]


def test_neighbours_are_joined_where_another_name_is_left_out_too() -> None:
    found = agreements("Nikolai Patr ushev", "Nikolai Platonovich Patrushev")
    assert ("patr ushev", "patrushev", Agreement.JOINED) in found


def test_a_particle_may_be_written_together_with_its_word() -> None:
    assert agreements("Juan De La Cruz", "Juan Delacruz")[1] == ("cruz", "delacruz", Agreement.EQUAL)


def test_a_name_cut_off_by_a_document_lacks_nothing() -> None:
    cut = Name(text="PAPADOPOULOS<<THEOPHIL", truncated=True, kind=NameKind.DOCUMENT)
    found = agreements(cut, "Theophilos Ioannis Papadopoulos")
    assert ("theophil", "theophilos", Agreement.TRUNCATED) in found
    assert ("", "ioannis", Agreement.TRUNCATED) in found
    assert ("", "ioannis", Agreement.MISSING) in agreements(
        "Theophilos Papadopoulos", "Theophilos Ioannis Papadopoulos"
    )


def test_repeated_words_are_paired_once_each() -> None:
    found = agreements("Mostafa Kamel Mostafa", "Mostafa Kamel")
    assert [kind for *_, kind in found].count(Agreement.EQUAL) == 2


gains = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.just(0.0), st.floats(0.0, 1.0)), min_size=width, max_size=width), max_size=5
    )
)


@given(gains)
def test_the_assignment_gains_as_much_as_the_best_of_all(table: list[list[float]]) -> None:
    width = len(table[0]) if table else 0
    found = assigned(table, width)
    assert len(set(found.values())) == len(found)
    padded = [*range(width), *[-1] * len(table)]
    best = max(
        (
            sum(table[i][j] for i, j in enumerate(chosen) if j >= 0)
            for chosen in permutations(padded, len(table))
        ),
        default=0.0,
    )
    assert sum(table[i][j] for i, j in found.items()) == pytest.approx(best)


def test_a_longer_beginning_agrees_better() -> None:
    def cut(text: str) -> float:
        [pair] = align(parse(Name(text=text, truncated=True)), parse(Name(text="Mustermannschulze")))
        return pair.quality

    assert cut("Must") < cut("Musterm") < cut("Mustermanns") < 1
