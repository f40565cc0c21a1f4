import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.cli import screen


@given(st.text())
def test_nothing_printable_acts_on_a_terminal(text: str) -> None:
    shown = screen.printable(text)
    assert len(shown) == len(text)
    acting = [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t"]
    assert acting == []


def test_scripts_of_all_directions_stay_as_they_are() -> None:
    for name in ("Анна Эрикссон", "آنا", "李安娜", "Ánna-María Ærø"):
        assert screen.printable(name) == name


def test_a_text_that_turns_the_direction_of_writing_is_made_visible() -> None:
    assert screen.printable("a\u202eb\x1b[2J") == "a�b�[2J"


def test_a_table_never_cuts_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    long = "ALB-csid7nN-lS7IIsbHS0g5Hg"
    screen.table(("key", "text"), [(long, "word " * 40)], empty="-")
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "".join(line.split(" ")[0] for line in shown.splitlines()[1:]).startswith(long)


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table(("a",), [], empty="Nothing.")
    assert capsys.readouterr().out == "Nothing.\n"


def test_markup_in_a_value_is_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    screen.table(("a",), [("[red]x[/red]",)], empty="-")
    screen.say("[bold]y[/bold]")
    screen.out.print(screen.facts([("a", "[u]z[/u]")]))
    shown = capsys.readouterr().out
    assert "[red]x[/red]" in shown
    assert "[bold]y[/bold]" in shown
    assert "[u]z[/u]" in shown
