"""What is refused of fingerprints and faces before anything is decoded."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, TooLarge
from allpoints.records import FINGERS, Biometric, Face, Fingerprint, NistFile, check_biometric
from allpoints.records.biometrics import MAX_PICTURE


def test_the_fingers_are_numbered_as_in_ansi_nist_itl() -> None:
    assert (FINGERS[1], FINGERS[6]) == ("right thumb", "left thumb")
    assert (FINGERS[5], FINGERS[10]) == ("right little finger", "left little finger")
    assert sorted(FINGERS) == list(range(11))


@pytest.mark.parametrize("piece", [Fingerprint(image=b"1"), Face(image=b"1"), NistFile(file=b"1")])
def test_what_could_be_a_picture_passes_unseen(piece: Biometric) -> None:
    check_biometric(piece, field="evidence[0]")


@pytest.mark.parametrize(
    ("piece", "field", "error"),
    [
        (Fingerprint(image=b""), "evidence[0].image", InvalidValue),
        (Face(image=b""), "evidence[0].image", InvalidValue),
        (NistFile(file=b""), "evidence[0].file", InvalidValue),
        (Face(image=bytes(MAX_PICTURE + 1)), "evidence[0].image", TooLarge),
        (NistFile(file=bytes(MAX_PICTURE + 1)), "evidence[0].file", TooLarge),
        (Fingerprint(image=b"1", finger=11), "evidence[0].finger", InvalidValue),
        (Fingerprint(image=b"1", finger=-1), "evidence[0].finger", InvalidValue),
        (Fingerprint(image=b"1", dpi=49), "evidence[0].dpi", InvalidValue),
        (Fingerprint(image=b"1", dpi=5_001), "evidence[0].dpi", InvalidValue),
    ],
)
def test_what_no_decoder_should_see_is_refused_by_name(
    piece: Biometric, field: str, error: type[AllpointsError]
) -> None:
    with pytest.raises(error) as refused:
        check_biometric(piece, field="evidence[0]")
    assert refused.value.field == field


@given(st.binary(), st.integers(0, 10), st.none() | st.integers(50, 5_000))
def test_evidence_survives_the_line(image: bytes, finger: int, dpi: int | None) -> None:
    for piece in (Fingerprint(image=image, finger=finger, dpi=dpi), Face(image=image), NistFile(file=image)):
        assert msgspec.json.decode(msgspec.json.encode(piece), type=Biometric) == piece
