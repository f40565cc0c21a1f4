"""Words that are found: the same in whatever script, case and marks they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.bureau.mailbox.search_words import asked, indexed, part, plain


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("ПАСПОРТ", "паспорт"),
        ("Ёлкин", "елкин"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("Straße", "STRASSE"),
        ("Müller", "muller"),
        ("ＡＢ１２", "ab12"),
        ("Ηλίας", "ηλιας"),
        ("٢٠٢٦", "2026"),
    ],
)
def test_the_same_word_is_the_same(written: str, same: str) -> None:
    assert plain(written) == plain(same)


def test_different_words_stay_different() -> None:
    assert plain("محمد") != plain("أحمد")
    assert plain("Іван") != plain("Иван")


def test_words_are_split_at_whatever_is_no_letter_in_any_script() -> None:
    assert indexed("جواز سفر، رقم BA-123؛ مسروق") == "جواز سفر رقم ba 123 مسروق"
    assert indexed("Паспорт №7 (украден)") == "паспорт no7 украден"


def test_a_script_without_spaces_is_found_by_any_row_of_its_letters() -> None:
    assert indexed("旅券AB12盗難") == "旅 券 ab12 盗 難"
    assert asked("盗難") == "(盗 <-> 難:*)"


def test_a_question_is_all_of_its_words_and_each_may_go_on() -> None:
    assert asked("stolen pass") == "(stolen:*) & (pass:*)"
    assert asked("?!") == ""


def test_a_part_is_taken_literally() -> None:
    assert part(r"50%_\ ") == r"%50\%\_\\%"


@given(st.text(max_size=300))
def test_a_question_is_never_an_operator(text: str) -> None:
    outside = asked(text)
    for known in (" & ", " <-> ", ":*", "(", ")"):
        outside = outside.replace(known, " ")
    assert all(word.isalnum() for word in outside.split())
