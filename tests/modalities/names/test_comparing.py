"""Two people compared."""

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.base import Outcome
from allpoints.modalities.names import compare, explain, person
from allpoints.modalities.names import model as m
from allpoints.records.people import Name, NameKind, Person


def weight(probe: Person | str, reference: Person | str) -> float:
    """What the recipe weighs, whatever the calibration of the day makes of it."""
    one, other = (person(who) if isinstance(who, str) else who for who in (probe, reference))
    score = compare(one, other).score
    return log10(score / (1 - score))


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("Мұхаммед Алиев", "Mohammed Aliyev"),
        ("عبد الرحمن السديس", "Abdulrahman Al Sudais"),
        ("محمود احمدی نژاد", "Mahmoud Ahmadinejad"),
        ("习近平", "Xi Jinping"),
        ("習近平", "Xi Jinping"),
        ("김정은", "Kim Jong-un"),
        ("安倍晋三", "Shinzo Abe"),
        ("בנימין נתניהו", "Benjamin Netanyahu"),
        ("Αλέξης Τσίπρας", "Alexis Tsipras"),
        ("ทักษิณ ชินวัตร", "Thaksin Shinawatra"),
        ("नरेन्द्र मोदी", "Narendra Modi"),
        ("მიხეილ სააკაშვილი", "Mikheil Saakashvili"),
        ("Նիկոլ Փաշինյան", "Nikol Pashinyan"),
        ("ዐቢይ አሕመድ", "Abiy Ahmed"),
        ("শেখ হাসিনা", "Sheikh Hasina"),
        ("Nguyễn Phú Trọng", "NGUYEN, Phu Trong"),
    ],
)
def test_one_person_is_known_in_two_scripts(native: str, latin: str) -> None:
    assert weight(native, latin) > 1


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Arkady Rotenberg", "Rotenberg Arkady Romanovich"),
        ("V. V. Putin", "Vladimir Vladimirovich Putin"),
        ("Khalid Ibrahim", "Khalid Ibrahim al-Turkmani"),
        ("Khalid al-Turkmani", "Abu Omar Khalid al-Turkmani"),
        ("Bill Clinton", "William Jefferson Clinton"),
        ("Juan Delacruz", "Juan de la Cruz"),
        ("Mr. Recep Tayyip Erdoğan", "Recep Tayyip Erdogan"),
        ("Boris Johnson", "Alexander Boris de Pfeffel Johnson"),
    ],
)
def test_a_good_alias_speaks_for_one_person(alias: str, name: str) -> None:
    assert weight(alias, name) > 0.5


@pytest.mark.parametrize(
    ("probe", "reference"),
    [
        ("Ivan Petrovich Sidorov", "Oleg Petrovich Sidorov"),
        ("Ivan Petrovich Sidorov", "Pyotr Ivanovich Sidorov"),
        ("Ahmed bin Mohammed al-Rashid", "Mohammed bin Ahmed al-Rashid"),
        ("Kim Yong-chol", "Kim Yong-chun"),
        ("Recep Tayyip Erdem", "Recep Tayyip Erdoğan"),
        ("Barack Obama", "Michelle Obama"),
        ("Omar", "Omar Hassan al-Bashir"),
        ("A", "Ahmed Khan"),
        ("王芳", "李娜"),
    ],
)
def test_a_relative_or_a_namesake_in_part_is_somebody_else(probe: str, reference: str) -> None:
    assert weight(probe, reference) < 0


@pytest.mark.parametrize(
    ("father", "child"),
    [
        ("Ivan Petrovich Sidorov", "Пётр Иванович Сидоров"),
        ("Taras Mykolayovych Koval", "Mykola Tarasovych Koval"),
        ("Сергей Андреевич Орлов", "Andrey Sergeevich Orlov"),
    ],
)
def test_not_even_one_day_of_birth_makes_one_person_of_father_and_son(father: str, child: str) -> None:
    assert weight(person(father, born="1968-04-17"), person(child, born="1968-04-17")) < 0


@pytest.mark.parametrize(
    ("child", "father"),
    [
        ("Ahmed bin Mohammed al-Rashid", "Mohammed al-Rashid"),
        ("Qasim Walid al-Najjar", "Walid al-Najjar"),
        ("قاسم وليد النجار", "Walid al-Najjar"),
        ("Farid Khalid Osman", "Khaled Osman"),
        ("Dawit Girma Bekele", "Girma Bekele"),
        ("Yaqub Farid Walid al-Najjar", "Walid al-Najjar"),
    ],
)
def test_who_bears_the_fathers_name_alone_is_likely_the_father(child: str, father: str) -> None:
    assert weight(child, father) < -0.5
    assert weight(father, child) < -0.5
    assert weight(person(child, born="1968-04-17"), person(father, born="1968-04-17")) > 0.5


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("Alexander Boris de Pfeffel Johnson", "Boris Johnson"),
        ("Muhammad Hosni Mubarak", "Hosni Mubarak"),
        ("محمد حسني مبارك", "Hosni Mubarak"),
        ("James Joseph Walsh", "Joseph Walsh"),
        ("Abu Omar Khalid al-Turkmani", "Khalid al-Turkmani"),
        ("Khalid Walid al-Najjar", "Khalid al-Najjar"),
        ("Maria Teresa Garcia Lopez", "Teresa Garcia Lopez"),
    ],
)
def test_who_goes_by_a_later_given_name_is_still_one_person(long: str, short: str) -> None:
    assert weight(long, short) > 1


@pytest.mark.parametrize(
    ("initials", "name"),
    [
        ("SM Tufail", "Sultani Makenga"),
        ("Tufail, S.M.", "Sylvestre Mudacumura"),
        ("N.N.", "Nursultan Nazarbayev"),
        ("A. B. C.", "Anna Berta Christensen"),
    ],
)
def test_initials_alone_speak_for_nobody(initials: str, name: str) -> None:
    assert weight(initials, name) < -1.5


def test_a_maiden_name_is_borne_with_the_given_names() -> None:
    married = person("Elise Morvan", Name(family="Kerbrat", kind=NameKind.MAIDEN))
    assert weight(person("Elise Kerbrat"), married) > 2
    assert weight(married, person("Elise Kerbrat")) > 2
    assert weight(person("Jeanne Kerbrat"), married) < 0


@pytest.mark.parametrize(
    ("baltic", "own"),
    [
        ("Sergejs Lavrovs", "Sergey Lavrov"),
        ("Vladimiras Putinas", "Владимир Путин"),
        ("Aleksandrs Lukašenko", "Alexander Lukashenko"),
        ("Dmitrijs Šostakovičs", "Dmitri Shostakovich"),
    ],
)
def test_baltic_endings_are_no_difference(baltic: str, own: str) -> None:
    assert weight(baltic, own) > 1


@pytest.mark.parametrize(("hangul", "russian"), [("박근혜", "Пак Кын Хе"), ("김정은", "Ким Чен Ын")])
def test_korean_names_are_known_as_russian_writes_them(hangul: str, russian: str) -> None:
    assert weight(hangul, russian) > 0


def test_siblings_of_one_year_are_not_one_person() -> None:
    assert weight(person("Ivan Sidorov", born="1970"), person("Oleg Sidorov", born="1970")) < 0


def test_rare_names_say_more_than_common_ones() -> None:
    assert (
        weight("Stanislaw Chudzikiewicz", "Stanislaw Chudzikiewicz")
        > weight("Mohammed Ali", "Mohammed Ali") + 0.5
    )


def test_a_very_common_name_does_not_survive_another_date_of_birth() -> None:
    assert weight(person("Mohammed Ali", born="1970-03-12"), person("Mohammed Ali", born="1985-07-01")) < 0


def test_missing_data_is_neutral_and_contradicting_data_counts_against() -> None:
    plain = person("Andrea Rossi")
    for said in ({"born": "1970-03-12"}, {"sex": "F"}, {"nationalities": ("ITA",)}, {"birthplace": "Rome"}):
        assert weight(plain, person("Andrea Rossi", **said)) == weight(plain, plain)
    for said, other in (
        ({"born": "1970-03-12"}, {"born": "1961-10-30"}),
        ({"sex": "F"}, {"sex": "M"}),
        ({"nationalities": ("ITA",)}, {"nationalities": ("BRA",)}),
        ({"birthplace": "Rome"}, {"birthplace": "Manila"}),
    ):
        contradicted = weight(person("Andrea Rossi", **said), person("Andrea Rossi", **other))
        agreed = weight(person("Andrea Rossi", **said), person("Andrea Rossi", **said))
        assert contradicted < weight(plain, plain) < agreed


def test_a_name_alone_never_identifies() -> None:
    everything = person(
        "Stanislaw Chudzikiewicz", "Станислав Худзикевич", born="1970-03-12", birthplace="Torun"
    )
    nameless = person("Stanislaw Chudzikiewicz", "Станислав Худзикевич")
    assert weight(nameless, nameless) < 3.1
    assert weight(nameless, nameless) + 1 < weight(everything, everything) < m.UPPER


def test_the_best_pair_of_names_counts() -> None:
    reference = person("Osama Khalifa", "Abu Dujana al-Masri")
    assert weight(person("Abu Dujana al-Masri"), reference) == pytest.approx(
        weight(person("Abu Dujana al-Masri"), person("Abu Dujana al-Masri"))
    )


def test_a_weak_alias_supports_little() -> None:
    weak = person(Name(text="Abu Dujana al-Masri", kind=NameKind.WEAK_ALIAS))
    assert 0 < weight(weak, weak) <= m.WEAK_ALIAS_AT_MOST


def test_the_explanation_is_a_sentence_that_an_officer_reads() -> None:
    explanation = explain(
        person("Мұхаммед Алиев", born="1970-03-12"), person("Mohammed Aliyev", born="1970-12-03")
    )
    assert str(explanation) == (
        "Мұхаммед = Mohammed (transliteration); Алиев = Aliyev (transliteration); "
        "born 1970, 12 March against 3 December: day and month swapped"
    )


def test_the_explanation_names_what_is_missing_and_what_differs() -> None:
    told = str(explain(person("Hans Joachim Meyer"), person("Hans Schmitz")))
    assert "Meyer ≠ Schmitz (different)" in told
    assert "Joachim only in the probe" in told


@pytest.mark.parametrize(
    ("probe", "reference", "told"),
    [
        ("Λεωνίδας Ξυδάκης", "LEONIDAS XYDAKIS", "Λεωνίδας = LEONIDAS"),
        ("Sean O'Neil", "Sean O’NEIL", "O'Neil = O’NEIL"),
        ("Abd al-Rahman Khan", "Abdulrahman Khan", "Abd al-Rahman = Abdulrahman"),
        ("國 王", "王国", "國 = 国"),
        ("Sergejs Lavrovs", "Sergey Lavrov", "Sergejs = Sergey"),
        ("DE LA CRUZ<<JUAN", "Juan de la Cruz", "CRUZ = Cruz"),
    ],
)
def test_the_explanation_shows_the_words_as_they_are_written(probe: str, reference: str, told: str) -> None:
    assert told in str(explain(person(probe), person(reference)))


def test_every_finding_tells_its_weight() -> None:
    explanation = explain(person("Anna Berg", born="1970"), person("Anna Holm", born="1970"))
    weights = {finding.what: finding.weight for finding in explanation.findings}
    assert weights["given name"] > 0 > weights["family name"]
    assert weights["born"] == m.BIRTH["same year"]  # type: ignore[index]


names = st.sampled_from(
    [
        "Ivan Sidorov",
        "Иван Сидоров",
        "Ivan Petrovich Sidorov",
        "王芳",
        "Wang Fang",
        "محمد علي",
        "Mohammed Ali",
        "M. Ali",
        "Abu Ali",
        "佐藤健",
    ]
)
born = st.sampled_from(["", "1970", "1970-03-12", "1970-12-03", "1969-03-12"])
people = st.builds(lambda name, other, born: person(name, other, born=born), names, names, born)


@given(people, people)
def test_scores_are_bounded_and_rise_with_the_strength(one: Person, other: Person) -> None:
    comparison, itself = compare(one, other), compare(one, one)
    assert 0 < comparison.score < 1
    assert m.LOWER <= comparison.llr <= m.UPPER
    assert comparison.llr <= itself.llr + 0.5


@given(people, people)
def test_comparing_is_symmetric(one: Person, other: Person) -> None:
    assert compare(one, other).llr == pytest.approx(compare(other, one).llr)


def test_the_best_candidates_are_not_tied() -> None:
    distinct = ["Anna Berg", "Ana Berg", "Anna Bergh", "Анна Берг", "Berg Anna", "Anna Maria Berg", "A. Berg"]
    scores = [compare(person("Anna Berg"), person(name)).score for name in distinct]
    assert len(set(scores)) == len(scores)
    assert max(scores) == scores[0]


@pytest.mark.parametrize(
    "nobody",
    [
        "FNU LNU",
        "UNKNOWN, Unknown",
        "No Name",
        "Baby Boy",
        "Неизвестный",
        "مجهول",
        "غير معروف",
        "佚名",
        "미상",
    ],
)
def test_two_who_lack_a_name_agree_in_nothing(nobody: str) -> None:
    assert weight(nobody, nobody) <= 0


def test_a_placeholder_adds_nothing_to_the_name_beside_it() -> None:
    assert weight("FNU Ahmadi", "FNU Ahmadi") == weight("Ahmadi", "Ahmadi")


def test_a_script_without_readings_does_not_contradict() -> None:
    assert weight("བསྟན་འཛིན་", "Tenzin Gyatso") > -2
    [first, *_] = explain(person("ᠴᠢᠩᠭᠢᠰ"), person("Genghis")).findings
    assert first.outcome is Outcome.NOT_STATED


@pytest.mark.parametrize(
    ("native", "latin"),
    [("이지원", "Yi Ji-won"), ("이순신", "Yi Sun-sin"), ("류지원", "Yoo Ji-won"), ("오지원", "Oh Ji-won")],
)
def test_korean_family_names_are_known_in_their_usual_spellings(native: str, latin: str) -> None:
    assert weight(native, latin) > 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("حسن روحاني", "Hossein Rouhani"),
        ("حسن روحاني", "حسين روحاني"),
        ("Hassan Rouhani", "Hossein Rouhani"),
        ("محمد علی", "Mahmoud Ali"),
    ],
)
def test_well_known_names_that_are_nearly_alike_are_different(one: str, other: str) -> None:
    assert weight(one, other) < 0


def test_another_vowel_in_hangul_agrees_less() -> None:
    assert weight("Kim Min-su", "김민서") < weight("Kim Min-su", "김민수")
