import pytest

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import Identifier, RawIdentifier, parse_identifier


def parse(value: str) -> Identifier:
    return parse_identifier(RawIdentifier("firearm", value), field="x")


def calibre(text: str) -> str:
    return parse(f"::{text}:A1").value.split(":")[2]


@pytest.mark.parametrize(
    "names",
    [
        ("9x19mm", "9mm Luger", "9 mm Parabellum", "9 x 19", "9×19 mm", "9MM PARA", "cal. 9x19", "9 mm x 19"),
        ("9x18 mm", "9mm Makarov"),
        ("9x17", ".380 ACP", "9mm kurz", "9 mm Short"),
        ("7,62x39", "7.62 x 39 mm", "7.62mm Soviet"),
        (".45 ACP", "45 ACP", ".45 Auto", "CAL.45 ACP", "calibre .45acp"),
        (".22 LR", "22lr", ".22 Long Rifle"),
        ("12 gauge", "12 ga", "12/70", "12 bore"),
        (".308 Win", "7.62x51", "7.62mm NATO"),
    ],
)  # fmt: skip
def test_the_names_of_one_cartridge_are_one_calibre(names: tuple[str, ...]) -> None:
    assert len({calibre(name) for name in names}) == 1


def test_different_cartridges_stay_different() -> None:
    names = ["9x19", "9x18", "9x17", "9mm", ".38 Special", ".357 Magnum", "7.62x39", "7.62x51", "7.62x54R"]
    assert len({calibre(name) for name in names}) == len(names)


def test_an_unknown_calibre_is_kept() -> None:
    assert calibre("4.73 x 33 mm") == "4.73X33MM"


def test_all_parts_are_spelled_one_way() -> None:
    value = parse("Ceska  zbrojovka, a.s.: cz-75 B :9 mm luger: a 12-345 ").value
    assert value == "CESKA ZBROJOVKA A.S.:CZ 75 B:9X19MM:A12345"


@pytest.mark.parametrize(
    "value", ["", ":::", "Glock:17:9x19:", "???", "Glock:ABC123", "a:b:c:d:e", "::<script>:A1"]
)
def test_a_firearm_needs_a_serial(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse(value)
