"""Words that a reviewer should look at, in five languages, and those that look like them."""

import pytest

from allpoints.records.neutrality import STEMS, hints
from allpoints.records.review import Item


def found(text: str) -> set[Item]:
    return {item for item, _, _ in hints([("grounds.facts", text)])}


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("He organised protests of the opposition.", Item.POLITICAL),
        ("Militant d'un parti, il a pris part à des MANIFESTATIONS.", Item.POLITICAL),
        ("Acusado de traicion por sus artículos.", Item.POLITICAL),
        ("شارك في المظاهرات ضد الحكومة", Item.POLITICAL),
        ("участие в несанкционированном митинге", Item.POLITICAL),
        ("Charged with desertion in time of war", Item.MILITARY),
        ("DÉSERTION", Item.MILITARY),
        ("deserción del servicio militar", Item.MILITARY),
        ("الفرار من الخدمة", Item.MILITARY),
        ("Blasphemy against the prophets", Item.RELIGIOUS),
        ("blasphème", Item.RELIGIOUS),
        ("وازدراء الأديان", Item.RELIGIOUS),
        ("of gypsy descent", Item.RACIAL),
        ("appartenance ethnique", Item.RACIAL),
        ("de raza", Item.RACIAL),
    ],
)
def test_a_word_that_may_matter_is_shown(text: str, item: Item) -> None:
    assert item in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "On 2 January 2026 he shot a guard in Utopolis.",
        "Le tribunal de première instance de Paris l'a condamné pour vol.",
        "El tribunal lo condenó por estafa.",
        "القتل العمد في المدينة",
        "Fraud by false weddings, convicted three times; section 12, sector 4.",
        "",
    ],
)
def test_an_ordinary_crime_brings_no_hint(text: str) -> None:
    assert found(text) == set()


def test_a_hint_names_the_word_as_it_is_found_and_its_field_once() -> None:
    texts = [("grounds.facts", "Protest, protest and more protests"), ("pictures[0].caption", "At a protest")]
    assert hints(texts) == [
        (Item.POLITICAL, "protest", "grounds.facts"),
        (Item.POLITICAL, "protests", "grounds.facts"),
        (Item.POLITICAL, "protest", "pictures[0].caption"),
    ]


def test_only_the_items_of_neutrality_have_words() -> None:
    assert {*STEMS} == {*Item} - {Item.QUALITY, Item.PURPOSE}
