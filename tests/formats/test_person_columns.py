from hypothesis import given
from hypothesis import strategies as st

from allpoints.formats.person_columns import NAME_COLUMNS, NamesOfRow, field_of, several
from allpoints.records.people import NameKind


def row(*cells: tuple[str, str]) -> NamesOfRow:
    names = NamesOfRow()
    for field, cell in cells:
        names.add(field, cell, field.upper())
    return names


def test_names_stand_in_the_order_of_their_columns() -> None:
    names = row(("name_original", "Αλέξης Ζορμπάς"), ("name", "Alexis Zorbas"), ("alias", "Zorba|Αλέκος"))
    assert names.names == [
        "Αλέξης Ζορμπάς",
        "Alexis Zorbas",
        {"text": "Zorba", "kind": NameKind.ALIAS},
        {"text": "Αλέκος", "kind": NameKind.ALIAS},
    ]
    assert names.columns == ["NAME_ORIGINAL", "NAME", "ALIAS", "ALIAS"]


def test_parts_make_one_name_where_the_first_of_them_stands() -> None:
    names = row(("family", " Соколов "), ("maiden", "Иванова"), ("given", "Иван"), ("patronymic", "Петрович"))
    assert names.names == [
        {"family": "Соколов", "given": "Иван", "patronymic": "Петрович"},
        {"text": "Иванова", "kind": NameKind.MAIDEN},
    ]
    assert names.columns == ["FAMILY", "MAIDEN"]


def test_several_values_stand_between_bars_or_semicolons() -> None:
    assert several(" Abu Ali; Hamada |Hamo;;") == ["Abu Ali", "Hamada", "Hamo"]


def test_a_column_means_the_same_however_it_is_written() -> None:
    assert field_of("Weak Alias") == "weak_alias"
    assert field_of("Born") == field_of("birth") == "birth"
    assert field_of("NATIONALITY") == "nationalities"
    assert field_of("plate.number") == "plate.number"


@given(st.lists(st.tuples(st.sampled_from(NAME_COLUMNS), st.text(max_size=20))))
def test_every_name_knows_its_column(cells: list[tuple[str, str]]) -> None:
    names = row(*cells)
    assert len(names.names) == len(names.columns)
