"""What a notification says is shown line by line, whatever it says."""

from datetime import UTC, datetime

from allpoints.bureau.console.facts import facts


def test_codes_are_shown_by_their_words_and_times_as_times() -> None:
    shown = {
        fact.name[1]: (fact.value, fact.shown)
        for fact in facts("hit", {"purpose": "border-control", "at": "2026-05-01T00:00:00Z", "entry": "1.2"})
    }
    assert shown["Purpose"] == ("border-control", "purpose")
    assert shown["When it happened"] == (datetime(2026, 5, 1, tzinfo=UTC), "moment")
    assert shown["Log entry that proves it"] == ("1.2", "code")


def test_the_outcome_of_an_examination_is_not_a_release() -> None:
    [fact] = facts("examined", {"outcome": "refuted"})
    assert (fact.name[1], fact.shown) == ("Decided by examiners", "outcome")


def test_what_is_not_understood_is_left_out() -> None:
    assert list(facts("hit", {"at": "soon", "purpose": {"a": 1}, "unknown": 1, "reference": ""})) == []
