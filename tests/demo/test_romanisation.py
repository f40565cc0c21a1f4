"""Names in Latin letters."""

import pytest

from allpoints.demo.romanisation import romanised


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        # ELOT 743
        ("Παπαδόπουλος", "Papadopoulos"),
        ("Αγγελική", "Angeliki"),
        ("Χρήστος", "Christos"),
        # Georgia's national system
        ("შოთა", "Shota"),
        ("ჭავჭავაძე", "Chavchavadze"),
        # BGN/PCGN
        ("Արմեն", "Armen"),
        ("Մհեր", "Mher"),
        # Revised Romanization of Korea
        ("한", "Han"),
        ("지현", "Jihyeon"),
        ("동현", "Donghyeon"),
        # Devanagari, as usual in Indian passports
        ("राम", "Ram"),
        ("यादव", "Yadav"),
        ("महात्मा", "Mahatma"),
    ],
)
def test_a_name_is_written_as_its_state_writes_it(native: str, latin: str) -> None:
    assert romanised(native) == latin


@pytest.mark.parametrize("name", ["Müller", "Иванова", "Jean-Pierre", "Van Gelder", "王"])
def test_a_name_in_another_script_stays_as_it_is(name: str) -> None:
    assert romanised(name) == name
