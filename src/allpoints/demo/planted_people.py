"""The people that the demo asks for, and that everybody can try: they stand in every world, and none of them exists.

| record | owner | what it shows |
|---|---|---|
| `FRA-ALIYEV` | FRA | Kazakh Cyrillic, asked for in Latin letters with day and month of birth swapped |
| `UTO-KHELIFI` | UTO | Arabic without vowels, asked for as French spells it |
| `FRA-CHAN` | FRA | Han, asked for in Cantonese, in pinyin and after Wade and Giles |
| `ALB-RI` | ALB | Hangul: Lee, Ri and Yi are one name |
| `UTO-SOKOLOV`, `FRA-SOKOLOV-TWIN` | UTO, FRA | given name and patronymic swapped: born on one day, and two people |
| `FRA-SILVA-1979`, `FRA-SILVA-1983`, `UTO-SILVA-1983` | FRA, UTO | a very common name, which alone says little |
| `FRA-MORVAN` | FRA | a woman asked for by her maiden name |
| `UTO-CUT-PASSPORT`, `FRA-CUT-NAME` | UTO, FRA | a stolen passport whose zone cuts the name of a wanted person |
| `UTO-NOORZAI` | UTO | Pashto, born in a year of the solar Hijri calendar |
| `ALB-BERIDZE`, `ALB-BERIDZE-SISTER` | ALB | Georgian; a brother and a sister |
| `ALB-XYDAKIS`, `FRA-XYDAKIS` | ALB, FRA | Greek and Latin: one person in two bureaus' files, a link |
| `UTO-ABUTBUL` | UTO | Hebrew without vowels |
| `ALB-HARUTYUNYAN` | ALB | Armenian, asked for as Russian spells it |
| `FRA-CHAUDHARI` | FRA | Devanagari, asked for as it is spelled in Bengal |
| `UTO-SATO` | UTO | Japanese, in Han and in kana |
| `FRA-SELVARAJ` | FRA | Tamil |
| `UTO-GEBREMARIAM` | UTO | Ethiopic |
"""

from datetime import date
from typing import NamedTuple

from allpoints.formats import mrz
from allpoints.formats.mrz import Document, PartialDate
from allpoints.records import Contribution, Evaluation, Particulars, RawIdentifier, Reason, RecordKind
from allpoints.records.people import Name, NameKind, Person, Sex

CUT_PASSPORT = Document(
    format="TD3",
    document_code="P",
    issuing_state="UTO",
    document_number="UT5520946",
    nationality="UTO",
    surname="Nilavadhanananda",
    given_names="Chayapa Dejthamrong Krasuang",
    birth=PartialDate(1978, 11, 5),
    sex="M",
    expiry=PartialDate(2031, 2, 1),
)
"""A name that the zone has no room for: Doc 9303-3's example of one."""
CUT_ZONE = mrz.write(CUT_PASSPORT)


class Question(NamedTuple):
    """What to ask, and the record that must be found first."""

    asked: Person
    finds: str
    shows: str


def _ask(name: str, birth: str, finds: str, shows: str) -> Question:
    return Question(Person(names=(name,), birth=birth), finds, shows)


SWAPPED_DATE = _ask("Mohammed Aliyev", "1970-03-12", "FRA-ALIYEV", "day and month swapped, Kazakh Cyrillic")

QUESTIONS = (
    _ask("Mohamed Ben Abdelkader Khelifi", "1985-06-21", "UTO-KHELIFI", "Arabic without vowels"),
    _ask("Chan Kwok-keung", "1962-09-14", "FRA-CHAN", "Han in Cantonese"),
    _ask("Chen Guoqiang", "1962-09-14", "FRA-CHAN", "the same in pinyin"),
    _ask("Ch'en Kuo-ch'iang", "1962-09-14", "FRA-CHAN", "the same after Wade and Giles"),
    _ask("Lee Young-soo", "1958", "ALB-RI", "Hangul"),
    _ask("Ri Yong Su", "1958", "ALB-RI", "the same as the north spells it"),
    _ask("Elise Kerbrat", "1983-01-19", "FRA-MORVAN", "maiden name"),
    _ask("Abdul Rahim Noorzai", "1970", "UTO-NOORZAI", "a solar Hijri year"),
    _ask("Yaakov Aboutboul", "1966-08-02", "UTO-ABUTBUL", "Hebrew without vowels"),
    _ask("Vahagn Arutyunyan", "1974-03-27", "ALB-HARUTYUNYAN", "Armenian as Russian has it"),
    _ask("Suresh Chowdhury", "1969-12-25", "FRA-CHAUDHARI", "Devanagari"),
    _ask("Kenichi Sato", "1981-04-04", "UTO-SATO", "Japanese"),
    _ask("Murugan Selvaraj", "1977-10-13", "FRA-SELVARAJ", "Tamil"),
    _ask("Tesfaye Gebremariam", "1972", "UTO-GEBREMARIAM", "Ethiopic"),
)
"""Names in Latin letters that must find records in other scripts."""

TWINS = (
    (
        _ask("Ivan Petrovich Sokolov", "1968-04-17", "UTO-SOKOLOV", "given name and patronymic"),
        "FRA-SOKOLOV-TWIN",
    ),
    (_ask("Giorgi Beridze", "1980-05-11", "ALB-BERIDZE", "brother and sister"), "ALB-BERIDZE-SISTER"),
)
"""Questions, and beside the record that they are about the one that they could be taken to be about."""

LINKED = ("ALB-XYDAKIS", "FRA-XYDAKIS")
COMMON = Person(names=("Maria Silva",))
COMMON_REFERENCES = ("FRA-SILVA-1979", "FRA-SILVA-1983", "UTO-SILVA-1983")


def planted_people(bureau: str) -> tuple[Contribution, ...]:
    """The people that this bureau has a record of, and the passport of one of them."""
    return tuple(case for case in _CASES if case.reference.startswith(f"{bureau}-"))


class _Planted(NamedTuple):
    reference: str
    names: tuple[Name | str, ...]
    birth: str
    sex: Sex
    nationality: str
    birthplace: str = ""
    reason: Reason = "wanted"

    def contribution(self) -> Contribution:
        return Contribution(
            reference=self.reference,
            kind=RecordKind.PERSON,
            identifiers=(),
            particulars=Particulars(
                reason=self.reason,
                instructions="Detain and inform the owner." if self.reason == "wanted" else "",
                names=self.names,
                birth=self.birth,
                sex=self.sex,
                nationalities=(self.nationality,),
                birthplace=self.birthplace,
                synthetic=True,
            ),
            evaluation=Evaluation("A", 1),
        )


_PEOPLE = (
    _Planted("FRA-ALIYEV", ("Мұхаммед Әлиев",), "1970-12-03", "M", "KAZ", "Шымкент"),
    _Planted("UTO-KHELIFI", ("محمد بن عبد القادر الخليفي",), "1985-06-21", "M", "DZA", "وهران"),
    _Planted("FRA-CHAN", ("陳國強",), "1962-09-14", "M", "CHN", "香港"),
    _Planted("ALB-RI", ("이영수",), "1958-02-08", "M", "PRK"),
    _Planted(
        "UTO-SOKOLOV",
        (Name(family="Соколов", given="Иван", patronymic="Петрович"),),
        "1968-04-17",
        "M",
        "RUS",
    ),
    _Planted(
        "FRA-SOKOLOV-TWIN",
        (Name(family="Соколов", given="Пётр", patronymic="Иванович"),),
        "1968-04-17",
        "M",
        "RUS",
    ),
    _Planted("FRA-SILVA-1979", ("Maria Silva",), "1979-02-11", "F", "PRT"),
    _Planted("FRA-SILVA-1983", ("Maria da Silva",), "1983-09-30", "F", "BRA", reason="missing"),
    _Planted("UTO-SILVA-1983", ("Maria Silva",), "1983-06-14", "F", "AGO", reason="information"),
    _Planted(
        "FRA-MORVAN",
        (Name(family="Morvan", given="Élise"), Name(family="Kerbrat", kind=NameKind.MAIDEN)),
        "1983-01-19",
        "F",
        "FRA",
        "Quimper",
        "missing",
    ),
    _Planted(
        "FRA-CUT-NAME",
        (
            "ชยาภา เดชธำรง กระสวง นิลวัฒนานันท์",
            Name(family="Nilavadhanananda", given="Chayapa Dejthamrong Krasuang"),
        ),
        "1978-11-05",
        "M",
        "UTO",
    ),
    _Planted("UTO-NOORZAI", ("عبدالرحیم نورزی",), "AP 1349", "M", "AFG", "کندهار"),
    _Planted("ALB-BERIDZE", ("გიორგი ბერიძე",), "1980-05-11", "M", "GEO", "ქუთაისი"),
    _Planted("ALB-BERIDZE-SISTER", ("ნინო ბერიძე",), "1982-08-23", "F", "GEO", "ქუთაისი", "missing"),
    _Planted("ALB-XYDAKIS", ("Λεωνίδας Ξυδάκης",), "1975-07-30", "M", "GRC", "Χανιά"),
    _Planted("FRA-XYDAKIS", ("Leonidas Xydakis",), "1975-07-30", "M", "GRC", "Chania", "suspect"),
    _Planted("UTO-ABUTBUL", ("יעקב אבוטבול",), "1966-08-02", "M", "ISR"),
    _Planted("ALB-HARUTYUNYAN", ("Վահագն Հարությունյան",), "1974-03-27", "M", "ARM"),
    _Planted("FRA-CHAUDHARI", ("सुरेश चौधरी",), "1969-12-25", "M", "IND"),
    _Planted("UTO-SATO", ("佐藤 健一", "サトウ ケンイチ"), "1981-04-04", "M", "JPN", reason="missing"),
    _Planted("FRA-SELVARAJ", ("முருகன் செல்வராஜ்",), "1977-10-13", "M", "LKA"),
    _Planted("UTO-GEBREMARIAM", ("ተስፋዬ ገብረማርያም",), "1972", "M", "ETH", "ጎንደር"),
)

_STOLEN_PASSPORT = Contribution(
    reference="UTO-CUT-PASSPORT",
    kind=RecordKind.TRAVEL_DOCUMENT,
    identifiers=(RawIdentifier("travel-document", "UTO:P:UT5520946"),),
    particulars=Particulars(
        reason="blank-stolen",
        instructions="Seize the document and inform the owner.",
        description="One of forty blank passports.",
        since=date(2024, 3, 8),
        synthetic=True,
    ),
    evaluation=Evaluation("A", 1),
)

_CASES = (_STOLEN_PASSPORT, *(planted.contribution() for planted in _PEOPLE))
