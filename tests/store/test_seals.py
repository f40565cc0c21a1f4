"""What stands in the database of a body: sealed, each for its record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue, Unavailable
from allpoints.records import Face, Fingerprint
from allpoints.store.seals import Seals

KEY = bytes(range(32))
SEALS = Seals(KEY)
NAME = "fingerprints"


@given(body=st.binary(max_size=200), record_id=st.integers(1, 2**32 - 1))
def test_what_is_sealed_is_opened_by_the_same_key_alone(body: bytes, record_id: int) -> None:
    sealed = SEALS.sealed(record_id, NAME, body)
    assert len(body) < 8 or body not in sealed
    assert SEALS.opened(record_id, NAME, sealed) == body
    assert Seals(bytes(32)).opened(record_id, NAME, sealed) is None


def test_what_is_sealed_for_one_record_is_no_other_records() -> None:
    sealed = SEALS.sealed(1, NAME, b"template")
    assert SEALS.opened(2, NAME, sealed) is None
    assert SEALS.opened(1, "faces", sealed) is None


def test_one_that_cannot_be_opened_leaves_the_others() -> None:
    held = {
        NAME: (SEALS.sealed(1, NAME, b"one"), b"spoiled", SEALS.sealed(1, NAME, b"two")),
        "names": (b"n",),
    }
    assert SEALS.opened_all(1, held) == {NAME: (b"one", b"two"), "names": (b"n",)}


def test_names_are_not_sealed() -> None:
    assert SEALS.sealed(1, "names", b"template") == b"template"
    assert SEALS.opened(1, "names", b"template") == b"template"


@pytest.mark.parametrize(
    ("modality", "piece"),
    [(NAME, Fingerprint(image=b"ridges" * 9, finger=2, dpi=500)), ("faces", Face(image=b"a face" * 9))],
)
def test_a_picture_comes_back_with_all_that_was_said_of_it(modality: str, piece: Fingerprint | Face) -> None:
    sealed = SEALS.sealed_picture(7, modality, piece)
    assert piece.image not in sealed
    assert SEALS.opened_picture(7, modality, sealed) == piece
    for seals, record_id in ((SEALS, 8), (Seals(bytes(32)), 7)):
        with pytest.raises(Unavailable):
            seals.opened_picture(record_id, modality, sealed)


def test_a_picture_is_no_template() -> None:
    with pytest.raises(Unavailable):
        SEALS.opened_picture(7, NAME, SEALS.sealed(7, NAME, b"template"))


def test_each_purpose_has_a_key_of_its_own() -> None:
    secret = b"s" * 32
    assert SEALS.index_secret("names", secret) == secret
    keys = {KEY, secret, SEALS.fingerprint, *(SEALS.index_secret(name, secret) for name in (NAME, "faces"))}
    assert len(keys) == 5
    assert SEALS.fingerprint == Seals(KEY).fingerprint != Seals(bytes(32)).fingerprint


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidValue):
        Seals(bytes(16))
