"""Zones as they are scanned and typed, and how the unreadable ones are refused."""

import pytest

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats.mrz.lines import read_lines

TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")


@pytest.mark.parametrize("lines", [TD3, TD1, TD2])
@pytest.mark.parametrize("between", ["\n", "\r\n", "\r", "", "\n\n", "  \n\t"])
def test_line_breaks_of_any_kind_or_none(lines: tuple[str, ...], between: str) -> None:
    _, zone = read_lines(between.join(lines) + between)
    assert zone == "".join(lines)


def test_lower_case_and_spaces_between_characters_mean_nothing() -> None:
    spaced = "\n".join(" ".join((line[:9], line[9:20], line[20:])) for line in TD3)
    assert read_lines(spaced.lower())[1] == "".join(TD3)


@pytest.mark.parametrize(
    ("text", "error", "field"),
    [
        ("", MalformedInput, "mrz"),
        ("<" * 513, TooLarge, "mrz"),
        ("\n".join((TD3[0][:-1], TD3[1])), MalformedInput, "mrz"),
        ("\n".join((TD3[0] + "<", TD3[1][:-1])), MalformedInput, "mrz"),
        ("\n".join((*TD3, TD3[1])), MalformedInput, "mrz"),
        ("\n".join(TD3).replace("ANNA", "ÅNNA"), InvalidValue, "mrz.line1[16]"),
        ("\n".join(TD3).replace("ZE18", "Z/18"), InvalidValue, "mrz.line2[30]"),
        ("\n".join(TD3).replace("ERIKSSON", "ERIKßON"), InvalidValue, "mrz.line1[10]"),
        ("\n".join(("X" + TD3[0][1:], TD3[1])), InvalidValue, "mrz.document_code"),
        ("\n".join(("P" + TD2[0][1:], TD2[1])), InvalidValue, "mrz.document_code"),
    ],
)
def test_the_unreadable_is_refused_with_its_field(text: str, error: type[AllpointsError], field: str) -> None:
    with pytest.raises(error) as refused:
        read_lines(text)
    assert refused.value.field == field
    assert refused.value.remedy


def test_the_lengths_found_are_told() -> None:
    with pytest.raises(MalformedInput, match="lines of 43, 44 characters"):
        read_lines("\n".join((TD3[0][:-1], TD3[1])))
