import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import (
    Difference,
    Pattern,
    RawIdentifier,
    fold_confusables,
    key_text,
    matches,
    parse_identifier,
    parse_pattern,
)

PAIRS = {frozenset(pair) for pair in ("0O", "1I", "5S", "8B", "2Z")}


def pattern(scheme: str, value: str, *, confusable: bool = False) -> Pattern:
    return parse_pattern(RawIdentifier(scheme, value), field="probe", confusable=confusable)


def value(scheme: str, text: str) -> str:
    return parse_identifier(RawIdentifier(scheme, text), field="x").value


@pytest.mark.parametrize(
    ("scheme", "text", "canonical"),
    [
        ("plate", "alb:aa ?23 *", "ALB:AA?23*"),
        ("plate", "aa?23*", ":AA?23*"),
        ("plate", "*:aa?23*", ":AA?23*"),
        ("plate", ":aa?23* -*", ":AA?23*"),
        ("plate", "RUS:А?23 ВС＊", "RUS:A?23BC*"),
        ("firearm", "*ab-12?", ":::*AB12?"),
        ("firearm", "Glock:*:9 mm luger:ab?12", "GLOCK::9X19MM:AB?12"),
        ("vin", "wvw*0o1", "WVW*001"),
        ("engine-number", "g4fc*", "G4FC*"),
    ],
)
def test_a_pattern_is_spelled_like_an_identifier(scheme: str, text: str, canonical: str) -> None:
    found = pattern(scheme, text)
    assert found.value == canonical
    assert found.text == canonical.rpartition(":")[2]
    assert pattern(scheme, found.value) == found


@pytest.mark.parametrize("text", ["ALB:A?*1", "ALB:??????", "ALB:*", "ALB:", "", "A*B"])
def test_fewer_than_three_known_characters_are_too_unspecific(text: str) -> None:
    with pytest.raises(InvalidValue, match="unspecific") as refused:
        pattern("plate", text)
    assert refused.value.field == "probe.value"
    assert "at least 3" in refused.value.remedy


@pytest.mark.parametrize(
    ("scheme", "text", "field"),
    [
        ("phone", "+3556?", "probe.scheme"),
        ("travel-document", "ALB:BA12*", "probe.scheme"),
        ("nothing", "ABC*", "probe.scheme"),
        ("plate", "QQQ:ABC*", "probe.value"),
        ("plate", "ALB:A:BC*", "probe.value"),
        ("firearm", "Glock:ABC*", "probe.value"),
        ("plate", "ALB:ABC[*", "probe.value"),
        ("plate", "ALB:ABC\x00*", "probe.value"),
        ("vin", "ABCDEFGH*ABCDEFGHJ", "probe.value"),
    ],
)
def test_what_cannot_be_searched_is_refused_by_field(scheme: str, text: str, field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        pattern(scheme, text)
    assert refused.value.field == field


@given(
    st.sampled_from(["plate", "vin", "engine-number", "firearm"]),
    st.text() | st.text("AB12?*: :", max_size=30),
)
def test_any_text_is_a_pattern_or_refused(scheme: str, text: str) -> None:
    try:
        found = pattern(scheme, text)
    except InvalidValue:
        return
    assert pattern(scheme, found.value) == found
    assert matches(found, found.value.replace("*", "")) is not None


def test_a_record_cannot_hold_a_star_but_may_hold_an_unreadable_character() -> None:
    with pytest.raises(InvalidValue) as refused:
        value("firearm", "ABC*")
    assert "?" in refused.value.remedy
    with pytest.raises(InvalidValue):
        value("plate", "ALB:???")
    identifier = parse_identifier(RawIdentifier("firearm", "ABC?23"), field="x")
    assert not identifier.verified
    assert key_text(identifier) == "ABC?23"


def test_each_difference_is_explained() -> None:
    found = matches(pattern("plate", "ALB:A?O*3B", confusable=True), "ALB:AA01238")
    assert found == [
        Difference("?", "A", "any one character"),
        Difference("O", "0", "easily taken for each other"),
        Difference("*", "12", "any run of characters"),
        Difference("B", "8", "easily taken for each other"),
    ]
    assert matches(pattern("plate", "ALB:AA123"), "ALB:AA123") == []
    assert matches(pattern("plate", "ALB:AA123"), "ALB:AA?23") == [
        Difference("1", "?", "unreadable in the record")
    ]


def test_confusable_characters_differ_unless_asked() -> None:
    assert matches(pattern("firearm", "B00"), ":::8OO") is None
    assert matches(pattern("firearm", "B00", confusable=True), ":::8OO") is not None


def test_the_state_counts_where_it_is_known_and_qualifiers_do_not() -> None:
    assert matches(pattern("plate", "ALB:AA12?"), "ALB:AA123")
    assert matches(pattern("plate", "AA12?"), "ITA:AA123")
    assert matches(pattern("plate", "ALB:AA12?"), "ITA:AA123") is None
    assert matches(pattern("firearm", "Glock:::AB12?"), "BERETTA:92::AB123")


def matches_by_definition(asked: str, stated: str, confusable: bool) -> bool:
    """The meaning of a pattern, written down: every character consumed one way or another."""
    if not asked:
        return not stated
    if asked[0] == "*":
        return any(matches_by_definition(asked[1:], stated[n:], confusable) for n in range(len(stated) + 1))
    if not stated:
        return False
    same = asked[0] in (stated[0], "?") or stated[0] == "?"
    same = same or (confusable and frozenset((asked[0], stated[0])) in PAIRS)
    return same and matches_by_definition(asked[1:], stated[1:], confusable)


@given(st.text("0OA?*", max_size=8), st.text("0OAB?", min_size=1, max_size=10), st.booleans())
def test_matching_is_what_its_definition_says(asked: str, stated: str, confusable: bool) -> None:
    probe = Pattern(scheme="vin", value=asked, confusable=confusable)
    found = matches(probe, stated)
    assert (found is not None) == matches_by_definition(asked, stated, confusable)


def test_many_stars_do_not_multiply_the_work() -> None:
    probe = pattern("engine-number", "*A" * 14 + "*C")
    assert matches(probe, "A" * 30) is None


@given(st.text("0O1I5S8B2ZAX", min_size=1), st.data())
def test_folding_makes_equal_what_may_be_taken_for_each_other_and_nothing_else(
    text: str, data: st.DataObject
) -> None:
    other = data.draw(st.text("0O1I5S8B2ZAX", min_size=len(text), max_size=len(text)))
    alike = all(a == b or frozenset((a, b)) in PAIRS for a, b in zip(text, other, strict=True))
    assert (fold_confusables(text) == fold_confusables(other)) == alike
