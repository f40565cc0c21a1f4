"""Synthetic people, each made from a seed and a number."""

from collections import Counter
from datetime import date
from itertools import islice

import pytest

from allpoints.demo.humans import Human, Humans
from allpoints.demo.humans.languages import LANGUAGES
from allpoints.errors import InvalidValue
from allpoints.records.births import parse_birth
from allpoints.records.people import checked_names, checked_nationalities

HUMANS = Humans("seed")
PEOPLE = list(HUMANS.draw(6_000))


def speakers(language: str) -> list[Human]:
    return [human for human in PEOPLE if human.language == language]


def roles(human: Human) -> list[str]:
    return [word.role for word in human.words]


def test_a_person_is_the_same_alone_as_among_many_and_from_any_start() -> None:
    assert [HUMANS.human(number) for number in (0, 17, 5_999)] == [
        PEOPLE[number] for number in (0, 17, 5_999)
    ]
    assert list(HUMANS.draw(20, start=500)) == PEOPLE[500:520]
    assert list(Humans("other").draw(20)) != PEOPLE[:20]


def test_what_the_first_person_is_called_does_not_change_between_machines_and_releases_of_numpy() -> None:
    numbers = [slots for _, slots in islice(Humans("x")._slots(1, 0), 1)]
    key = int(Humans("x")._key)
    state = (0x9E3779B97F4A7C15 + key) % 2**64
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % 2**64
    state ^= state >> 31
    assert numbers[0][:2] == [state % 2**32, state >> 32]


def test_texts_are_the_peoples_names_and_births() -> None:
    expected = [(human.text, int(human.birth.strftime("%Y%m%d"))) for human in PEOPLE[100:400]]
    assert list(HUMANS.texts(300, start=100)) == expected


def test_every_language_is_spoken_and_the_scripts_are_many() -> None:
    assert {human.language for human in PEOPLE} == {language.name for language in LANGUAGES}
    assert len({human.script for human in PEOPLE}) >= 15


def test_everything_said_of_a_person_can_be_contributed() -> None:
    for human in PEOPLE[:500]:
        person = human.person
        assert checked_names(person.names, field="names") == person.names
        assert str(parse_birth(person.birth)) == person.birth
        assert checked_nationalities(person.nationalities, field="nationalities") == person.nationalities
        assert human.latin.isascii() or human.language == "ukrainian" or human.language == "chinese", (
            human.latin
        )


def test_russians_have_patronymics_that_agree_in_gender() -> None:
    told = [human for human in speakers("russian") if "patronymic" in roles(human)]
    assert len(told) > 100
    for human in told:
        fathers = next(word.native for word in human.words if word.role == "patronymic")
        assert fathers.endswith(("на",) if human.sex == "F" else ("ич",))


def test_spaniards_have_two_family_names_and_indonesians_often_one_name() -> None:
    assert sum(roles(human).count("family") == 2 for human in speakers("spanish")) > 100
    assert (
        10 < sum(len(human.words) == 1 for human in speakers("indonesian")) < len(speakers("indonesian")) / 2
    )


def test_family_names_come_first_where_they_do_and_unspaced_scripts_have_no_blank() -> None:
    for language in ("chinese", "cantonese", "korean", "vietnamese", "japanese", "russian"):
        assert all(human.words[0].role == "family" for human in speakers(language))
    for language in ("chinese", "cantonese", "korean", "japanese"):
        assert all(" " not in human.native for human in speakers(language))


def test_arabs_have_chains_of_fathers() -> None:
    chained = [human for human in speakers("arabic") if "particle" in roles(human)]
    assert chained
    for human in chained:
        assert human.words[1].native == ("بن" if human.sex == "M" else "بنت")


def test_common_names_are_common_and_there_are_many_rare_ones() -> None:
    families = Counter(
        word.native for human in speakers("english") for word in human.words if word.role == "family"
    )
    assert families["Smith"] == max(families.values())
    assert sum(count == 1 for count in families.values()) > len(families) / 2


def test_the_first_of_january_stands_in_where_registers_are_young() -> None:
    def share(language: str) -> float:
        people = speakers(language)
        return sum((human.birth.month, human.birth.day) == (1, 1) for human in people) / len(people)

    assert share("pashto") > 0.3 > 0.1 > share("german")
    assert all(date(1935, 1, 1) <= human.birth <= date(2008, 12, 31) for human in PEOPLE)


@pytest.mark.parametrize(("n", "start"), [(-1, 0), (1, -1)])
def test_numbers_below_zero_are_refused(n: int, start: int) -> None:
    with pytest.raises(InvalidValue):
        next(HUMANS.draw(n, start))
