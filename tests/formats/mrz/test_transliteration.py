"""Rows, notes and examples of Doc 9303-3, sections 4.6 and 6 and appendix B."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.formats.mrz import transliterate
from allpoints.formats.mrz.transliteration_tables import Language


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("D'Artagnan", "DARTAGNAN"),
        ("O’Connor", "OCONNOR"),
        ("Marie-Elise", "MARIE<ELISE"),
        ("ANNA, MARIA", "ANNA<MARIA"),
        ("Van  der Müllen", "VAN<DER<MUELLEN"),
        ("Åse Ærø Ñandú Öz Çelik", "AASE<AEROE<NANDU<OEZ<CELIK"),
        ("Strauß Þór Đorđe Œuvre Ĳssel Łódź", "STRAUSS<THOR<DORDE<OEUVRE<IJSSEL<LODZ"),
        ("İpek ışık Şahin Ğ Ħal Ŋ Ŧ", "IPEK<ISIK<SAHIN<G<HAL<N<T"),
        ("St. John", "ST<JOHN"),
        ("", ""),
    ],
)
def test_latin_names(name: str, zone: str) -> None:
    assert transliterate(name) == zone


def test_a_decomposed_letter_counts_as_its_whole() -> None:
    assert (
        transliterate(unicodedata.normalize("NFD", "Müller Ångström Йовков")) == "MUELLER<AANGSTROEM<IOVKOV"
    )


def test_a_diacritic_outside_the_tables_is_dropped() -> None:
    assert transliterate("Nguyễn Thị Ánh Ștefan") == "NGUYEN<THI<ANH<STEFAN"


@pytest.mark.parametrize(
    ("name", "language", "zone"),
    [
        ("Щербаков Юрий Ёлкин Подъячев", None, "SHCHERBAKOV<IURII<ELKIN<PODIEIACHEV"),
        ("Ольга Цветаева Эхо Ы", None, "OLGA<TSVETAEVA<EKHO<Y"),
        ("Згурський Євген Їжакевич Йосип", "uk", "ZHURSKYI<YEVHEN<YIZHAKEVYCH<YOSYP"),
        ("Юрій Яна Ґалаґан Мар'яна", "uk", "YURII<YANA<GALAGAN<MARIANA"),
        ("Сергій Мусієнко", "uk", "SERHII<MUSIIENKO"),
        ("Ёсць Глеб Ўладзімір", "be", "IOSTS<HLEB<ULADZIMIR"),
        ("Щерев Христо", "bg", "SHTEREV<KHRISTO"),
        ("Живко Чачић Шушњар Хаџи Цеца Љиља", "sr", "ZIVKO<CACIC<SUSNJAR<HADZI<CECA<LJILJA"),
        ("Ѓорѓи Ќосе Џепароски Христо Цветан Ѕвезда", "mk", "GJORGJI<KJOSE<DJEPAROSKI<HRISTO<CVETAN<DZVEZDA"),
    ],
)
def test_cyrillic_names(name: str, language: Language | None, zone: str) -> None:
    assert transliterate(name, language=language) == zone


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("ابو بكر محمد بن زكريا الرازي", "ABW<BKR<MXHMD<BN<ZKRYA<ALRAZY"),
        ("سمير بادمكدوذيل", "SMYR<BADMKDWXDHYL"),
        ("جمال عبد الناصر", "JMAL<EBD<ALNAXSSR"),
        ("عبد العزيز بن متعب", "EBD<ALEZYZ<BN<MTEB"),
        ("عزّ الدين إسماعيل", "EZZ<ALDYN<ISMAEYL"),
        ("جميلة نعيمة", "JMYLXAH<NEYMXAH"),
        ("السفاح", "ALSFAXH"),
        ("عبّاس", "EBBAS"),
        ("فضّة", "FXDZXDZXAH"),
        ("مُحَمَّد", "MXHMMD"),
        ("فاطمتة ا", "FAXTTMTXAH<A"),
        ("پرویز گیتی", "PRWXYAZ<XGGXYATXYA"),
    ],
)
def test_arabic_names(name: str, zone: str) -> None:
    assert transliterate(name) == zone


def test_teh_marbuta_within_a_component_is_xta() -> None:
    assert transliterate("\u0629\u0628") == "XTAB"


@pytest.mark.parametrize("name", ["John 3", "王", "Παπαδόπουλος", "A<B", "😀"])
def test_what_the_tables_lack_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        transliterate(name)
    assert refused.value.field == "mrz.name"


@given(st.text(max_size=60))
def test_only_letters_and_single_fillers_come_out(name: str) -> None:
    try:
        zone = transliterate(name)
    except InvalidValue:
        return
    assert re.fullmatch("([A-Z]+(<[A-Z]+)*)?", zone)
