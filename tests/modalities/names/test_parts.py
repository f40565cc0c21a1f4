"""Names taken into their parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.parts import (
    MAX_PARTS,
    PartRole,
    fathers_name,
    is_initial,
    is_written_as_a_chain,
    parse,
    parses,
)
from allpoints.records.people import Name

GIVEN, FAMILY, PATRONYMIC = PartRole.GIVEN, PartRole.FAMILY, PartRole.PATRONYMIC


def words(text: str) -> list[str]:
    return [part.word for part in parse(Name(text=text)).parts]


def roles(text: str) -> dict[str, PartRole]:
    return {part.word: part.role for part in parse(Name(text=text)).parts}


@pytest.mark.parametrize("text", ["ALIYEV, Mukhammed", "ALIYEV<<MUKHAMMED", "ALIYEV<<MUKHAMMED<<<<<<<<"])
def test_what_stands_before_the_comma_or_the_double_filler_is_the_family_name(text: str) -> None:
    assert roles(text) == {"mukhammed": GIVEN, "aliyev": FAMILY}
    assert parse(Name(text=text)).stated


def test_parts_that_are_stated_keep_their_roles() -> None:
    name = Name(family="Sidorov", given="Ivan", patronymic="Petrovich")
    assert [(part.word, part.role) for part in parse(name).parts] == [
        ("ivan", GIVEN),
        ("petrovich", PATRONYMIC),
        ("sidorov", FAMILY),
    ]


@pytest.mark.parametrize(
    ("titled", "bare"),
    [
        ("Mr. Peter Adams", "Peter Adams"),
        ("Dr Peter Adams Jr.", "Peter Adams"),
        ("Frau Petra Adams", "Petra Adams"),
        ("Sheikh Isa bin Tarif", "Isa bin Tarif"),
        ("Haji Bakar Ismail", "Bakar Ismail"),
        ("الدكتور محمود سالم", "محمود سالم"),
        ("Peter Adams LLC", "Peter Adams"),
    ],
)
def test_titles_and_company_forms_are_weightless(titled: str, bare: str) -> None:
    assert words(titled) == words(bare)


@pytest.mark.parametrize("text", ["Hafez Makhlouf", "Major", "Malik Riaz", "Sheikh Hasina"])
def test_a_title_that_is_a_name_too_stays_where_little_else_is_left(text: str) -> None:
    assert words(text) == text.lower().split()


@pytest.mark.parametrize(
    "forms",
    [
        ("Abdul Rahman", "Abdulrahman"),
        ("Abu Bakr", "Abubakr"),
        ("Zia ul Haq", "Ziaulhaq"),
        ("Nur al-Din", "Nur al Din"),
        ("Mac Donald", "Macdonald"),
        ("عبد الله", "عبدالله"),
    ],
)
def test_what_is_one_name_in_several_words_is_one_part(forms: tuple[str, str]) -> None:
    assert len(words(forms[0])) == 1
    assert words(forms[0]) == words(forms[1])


def test_particles_join_the_word_after_them() -> None:
    parts = parse(Name(text="Juan de la Cruz")).parts
    assert [(part.prefix, part.word) for part in parts] == [("", "juan"), ("dela", "cruz")]


@pytest.mark.parametrize("text", ["Ben Stiller", "Do Muoi", "Le Duan"])
def test_a_particle_that_opens_a_name_may_be_a_name(text: str) -> None:
    assert words(text) == text.lower().split()


@pytest.mark.parametrize(
    ("text", "father"),
    [
        ("Ivan Petrovich Sidorov", "petrovich"),
        ("Sidorov Ivan Petrovich", "petrovich"),
        ("Анна Сергеевна Орлова", "сергеевна"),
        ("Khalid bin Walid al-Amiri", "walid"),
        ("Heydar Aliyev Alirza oglu", "alirza"),
        ("Айбек Мамыт уулу", "мамыт"),
    ],
)
def test_the_fathers_name_is_recognised(text: str, father: str) -> None:
    assert [word for word, role in roles(text).items() if role is PATRONYMIC] == [father]


@pytest.mark.parametrize("text", ["Sidorov Ivan Petrovich", "Kim Jong-un", "Nguyen Van Thieu", "Xi Jinping"])
def test_the_family_name_leads_where_the_name_is_written_so(text: str) -> None:
    assert next(iter(roles(text).values())) is FAMILY


def test_initials_are_told_from_names() -> None:
    initials = {part.word: is_initial(part.word) for part in parse(Name(text="J.-C. Juncker")).parts}
    assert initials == {"j": True, "c": True, "juncker": False}
    assert words("JC Juncker") == ["j", "c", "juncker"]
    assert words("Ng Ming") == ["ng", "ming"]


def test_a_character_of_han_or_hangul_is_no_initial() -> None:
    assert not any(is_initial(part.word) for part in parse(Name(text="王 芳")).parts)
    assert not any(is_initial(part.word) for part in parse(Name(text="김 구")).parts)


@pytest.mark.parametrize(
    ("text", "cuts"),
    [
        ("王芳", [["王", "芳"]]),
        ("欧阳娜娜", [["欧阳", "娜娜"], ["欧", "阳娜娜"]]),
        ("佐藤健", [["佐", "藤健"], ["佐藤", "健"]]),
        ("김민준", [["김", "민준"]]),
        ("남궁민", [["남궁", "민"]]),
    ],
)
def test_a_name_without_spaces_is_cut_where_it_may_part(text: str, cuts: list[list[str]]) -> None:
    assert [[part.word for part in name.parts] for name in parses(Name(text=text))] == cuts


def test_an_article_does_not_part_what_is_written_together() -> None:
    assert [(part.prefix, part.word) for part in parse(Name(text="خالد الحربي")).parts][1] == ("ال", "حربي")


@given(st.text(max_size=200))
def test_no_text_is_too_odd_to_be_taken_apart(text: str) -> None:
    for name in parses(Name(text=text)):
        assert len(name.parts) <= MAX_PARTS
        assert all(part.word for part in name.parts)


@given(
    st.lists(st.sampled_from(["al", "bin", "abd", "abu", "van", "dr", "oglu", "x", "ul", "din"]), max_size=30)
)
def test_a_name_of_small_words_alone_is_still_a_name(small: list[str]) -> None:
    assert bool(parse(Name(text=" ".join(small))).parts) is bool(small)


def test_a_name_with_baltic_endings_may_be_a_foreigners() -> None:
    own, foreign = parses(Name(text="Sergejs Lavrovs"))
    assert [part.word for part in own.parts] == ["sergejs", "lavrovs"]
    assert [part.word for part in foreign.parts] == ["sergej", "lavrov"]
    assert len(parses(Name(text="James Brown"))) == 1


@pytest.mark.parametrize(
    ("name", "father"),
    [("Ivan Petrovich Sidorov", "petr"), ("Анна Сергеевна Орлова", "серге"), ("Ahmed bin Ali", "ali")],
)
def test_the_fathers_name_is_in_the_patronymic(name: str, father: str) -> None:
    (patronymic,) = (part for part in parse(Name(text=name)).parts if part.role is PartRole.PATRONYMIC)
    assert fathers_name(patronymic) == father


@pytest.mark.parametrize(
    ("name", "chained"), [("Ahmed al-Najjar", True), ("أحمد خالد", True), ("Anna Berg", False)]
)
def test_the_writing_tells_whether_fathers_names_follow(name: str, chained: bool) -> None:
    assert is_written_as_a_chain(parse(Name(text=name))) is chained
