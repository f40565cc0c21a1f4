"""Names as a modality; `tests/contract` holds the doors that all modalities share."""

from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.modalities.names.modality import EXAMPLES, MAX_TEMPLATE, Names
from allpoints.modalities.names.scripts import script_of
from allpoints.records.people import MAX_NAME, MAX_NAMES, Name, Person, named

NAMES = Names()


def test_the_examples_are_of_many_scripts_and_nobody_is_another() -> None:
    assert len({script_of(str(named(name))) for example in EXAMPLES for name in example.names}) >= 10
    templates = [NAMES.encode(example) for example in EXAMPLES]
    for i, probe in enumerate(templates):
        assert NAMES.compare(probe, probe).score > 0.95
        assert all(NAMES.compare(probe, other).score < 0.5 for other in templates[i + 1 :])


def test_the_longest_person_fits_a_template() -> None:
    part = "界" * MAX_NAME
    longest = Person(
        names=tuple(Name(text=part, family=part, given=part, patronymic=part) for _ in range(MAX_NAMES))
    )
    assert len(NAMES.dump(NAMES.encode(longest))) <= MAX_TEMPLATE


@pytest.mark.parametrize(
    "data", [b"\x02\x80", b"\x01", b"\x01\xc1", b"\x01" + msgspec.msgpack.encode({"names": 3})]
)
def test_what_no_version_wrote_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        NAMES.load(data)


def test_a_template_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(TooLarge):
        NAMES.load(b"\x01" + bytes(MAX_TEMPLATE))


def test_stored_evidence_is_checked_again() -> None:
    with pytest.raises(InvalidValue):
        NAMES.load(b"\x01" + msgspec.msgpack.encode(Person(names=("12",))))


def test_a_template_that_cannot_be_read_does_not_stop_a_rebuild(tmp_path: Path) -> None:
    good = NAMES.encode(Person(names=("Angela Merkel",), birth="1954-07-17"))
    broken = [
        b"",
        b"\x01\xc1",
        b"\x01" + bytes(MAX_TEMPLATE),
        b"\x01" + msgspec.msgpack.encode(Person(names=("Angela Merkel",), birth="never")),
    ]
    with capture_logs() as logs:
        built = NAMES.build_index(
            tmp_path, b"", iter([(1, broken), (2, [broken[0], NAMES.dump(good)]), (3, [])]), "7"
        )
    assert [candidate.record_id for candidate in built.search(good).candidates] == [2]
    assert (built.size, built.cursor) == (1, "7")
    assert logs == [{"event": "templates.unreadable", "log_level": "error", "modality": "names", "count": 5}]
