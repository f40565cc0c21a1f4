"""Every refusal says what was wrong and what to do, and survives the line."""

import msgspec
import pytest

from allpoints import errors
from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, Problem, QuotaExceeded, Unavailable


def kinds(kind: type[AllpointsError] = AllpointsError) -> list[type[AllpointsError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in kinds(child))]


def made(kind: type[AllpointsError]) -> AllpointsError:
    if issubclass(kind, QuotaExceeded):
        return kind("too much", retry_after_s=7, field="quota")
    return kind("it is wrong", field="the.field")


each_kind = pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)


@each_kind
def test_a_refusal_names_the_field_and_a_remedy(kind: type[AllpointsError]) -> None:
    error = made(kind)
    assert str(error) == f"{error.field}: {error.detail}"
    assert error.remedy
    assert error.remedy == (kind.__doc__ or "").split("\n")[0]
    assert 400 <= error.status < 600


def test_a_remedy_of_ones_own_replaces_that_of_the_kind() -> None:
    assert InvalidValue("wrong", remedy="Do this.").remedy == "Do this."
    assert str(InvalidValue("wrong")) == "wrong"


def test_codes_are_stable_names() -> None:
    assert [made(kind).code for kind in (InvalidValue, QuotaExceeded, errors.TooLarge)] == [
        "invalid-value",
        "quota-exceeded",
        "too-large",
    ]
    assert len({made(kind).code for kind in kinds()}) == len(kinds())


@each_kind
def test_a_refusal_is_the_same_on_both_ends_of_the_line(kind: type[AllpointsError]) -> None:
    error = made(kind)
    sent = msgspec.json.encode(Problem.of(error))
    read = msgspec.json.decode(sent, type=Problem).as_error(retry_after_s=7)
    assert type(read) is kind
    assert (read.detail, read.field, read.remedy) == (error.detail, error.field, error.remedy)
    if isinstance(read, QuotaExceeded):
        assert read.retry_after_s == 7


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, MalformedInput),
        (422, InvalidValue),
        (503, Unavailable),
        (429, QuotaExceeded),
        (418, AllpointsError),
        (520, AllpointsError),
        (299, AllpointsError),
    ],
)
def test_a_code_that_is_new_to_us_is_read_by_its_status(status: int, kind: type[AllpointsError]) -> None:
    assert type(Problem(status=status, code="brand-new", detail="x").as_error()) is kind
