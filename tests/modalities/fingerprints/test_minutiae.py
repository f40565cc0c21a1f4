"""A template keeps its minutiae exactly, and refuses what cannot be one."""

from contextlib import suppress
from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.modalities.fingerprints.minutiae import (
    MAX_MINUTIAE,
    MAX_TEMPLATE,
    FingerprintTemplate,
    Minutia,
    MinutiaKind,
    dump,
    load,
    template,
)

minutia = st.builds(
    Minutia,
    x=st.integers(0, 299),
    y=st.integers(0, 399),
    angle=st.floats(0, 6.28),
    quality=st.floats(0, 1),
    kind=st.sampled_from(MinutiaKind),
)
templates = st.builds(
    lambda minutiae, finger, quality: template(
        minutiae, width=300, height=400, finger=finger, quality=quality
    ),
    st.lists(minutia, max_size=MAX_MINUTIAE + 10),
    st.integers(0, 10),
    st.integers(0, 100) | st.just(255),
)


@given(templates)
def test_a_template_survives_storage_to_the_byte(made: FingerprintTemplate) -> None:
    written = dump(made)
    assert load(written) == made
    assert dump(load(written)) == written
    assert len(written) <= 1_000


@given(st.lists(minutia, min_size=1, max_size=MAX_MINUTIAE, unique_by=lambda m: (m.x, m.y)))
def test_minutiae_are_kept_as_finely_as_documented(minutiae: list[Minutia]) -> None:
    made = template(minutiae, width=300, height=400)
    given_at = {(m.x, m.y): m for m in minutiae}
    assert len(made) == len(minutiae)
    for kept in made.minutiae:
        told = given_at[kept.x, kept.y]
        assert kept.kind is told.kind
        assert abs((kept.angle - told.angle + pi) % (2 * pi) - pi) <= pi / 256 + 1e-9
        assert abs(kept.quality - told.quality) <= 0.5 / 255 + 1e-9


@given(templates)
def test_the_best_minutiae_come_first(made: FingerprintTemplate) -> None:
    qualities = made.geometry[:, 3].tolist()
    assert qualities == sorted(qualities, reverse=True)


def test_of_too_many_minutiae_the_best_are_kept() -> None:
    many = [Minutia(x, 5, 0.0, x / 299) for x in range(300)]
    made = template(many, width=300, height=10)
    assert len(made) == MAX_MINUTIAE
    assert min(m.x for m in made.minutiae) == 300 - MAX_MINUTIAE


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"finger": 11}, "finger"),
        ({"quality": 101}, "quality"),
        ({"width": 0}, "minutiae"),
        ({"width": 2_001}, "image"),
    ],
)
def test_what_is_no_print_is_refused(wrong: dict[str, int], field: str) -> None:
    fields = {"width": 100, "height": 100} | wrong
    with pytest.raises(InvalidValue) as refused:
        template([Minutia(1, 1, 0.0, 1.0)], **fields)
    assert refused.value.field == field


def test_a_minutia_beside_its_picture_is_refused() -> None:
    with pytest.raises(InvalidValue, match="within its picture"):
        template([Minutia(100, 1, 0.0, 1.0)], width=100, height=100)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_template_or_refused(data: bytes) -> None:
    try:
        made = load(data)
    except MalformedInput:
        return
    assert dump(made) == data


@given(templates, st.data())
def test_a_damaged_template_is_refused_or_another_one(made: FingerprintTemplate, data: st.DataObject) -> None:
    written = bytearray(dump(made))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    with suppress(MalformedInput):
        assert dump(load(bytes(written))) == bytes(written)


def test_more_bytes_than_a_template_has_are_refused() -> None:
    with pytest.raises(TooLarge):
        load(bytes(MAX_TEMPLATE + 1))
