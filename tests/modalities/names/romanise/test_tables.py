"""The short form of the tables means what it says."""

from allpoints.modalities.names.romanise.tables import in_order, letters


def test_a_letter_may_be_silent() -> None:
    assert letters("ш:sh ь:") == {"ш": "sh", "ь": ""}


def test_places_are_counted_and_may_be_empty() -> None:
    assert in_order("a - c", first=5) == {5: "a", 6: "", 7: "c"}
