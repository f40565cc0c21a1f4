import pytest

from allpoints.modalities.names.keys import fingerprint, keys_of, keys_to, symbol_keys
from allpoints.modalities.names.slots import written_words


def led(probe: str, held: str) -> bool:
    return bool(frozenset().union(*keys_to(probe)) & frozenset().union(*keys_of(held)))


@pytest.mark.parametrize(
    ("probe", "held"),
    [
        ("Muhammad", "Mohammed"),
        ("محمد", "mohammed"),
        ("Мұхаммед", "muhammad"),
        ("Katherine", "Catherine"),
        ("Schmidt", "Schmitt"),
        ("Smith", "Smyth"),
        ("Smiht", "Smith"),
        ("Jonson", "Johnson"),
        ("习", "xi"),
        ("近平", "jinping"),
        ("רחל", "rachel"),
        ("Ali", "Aly"),
        ("Khaled", "Halid"),
    ],
)
def test_words_that_sound_or_are_written_alike_meet(probe: str, held: str) -> None:
    assert led(*(next(iter(written_words(word))) for word in (probe, held)))


def test_unlike_words_do_not_meet() -> None:
    assert not led("merkel", "putin")
    assert not led("rodriguez", "fernandez")


def test_forms_of_one_name_share_a_key() -> None:
    assert symbol_keys("william") & symbol_keys("bill")
    assert not symbol_keys("william") & symbol_keys("robert")


def test_the_fingerprint_stays_the_same() -> None:
    assert fingerprint() == fingerprint.__wrapped__()
