"""The name examples of Doc 9303, parts 4 to 7: TD3 and MRV-A have 39 positions, TD2 and MRV-B 31, TD1 30."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.formats.mrz.names import odd_name, read_name, truncated, write_name
from allpoints.formats.mrz.transliteration import transliterate

BENNELONG = ("BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO")
KRASUANG = ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG")

EXAMPLES = [
    ("ERIKSSON", "ANNA MARIA", 39, "ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
    ("HENG", "DEBORAH MING LO", 39, "HENG<<DEBORAH<MING<LO<<<<<<<<<<<<<<<<<<"),
    ("SMITH-JONES", "SUSIE MARGARET", 39, "SMITH<JONES<<SUSIE<MARGARET<<<<<<<<<<<<"),
    ("O'CONNOR", "ENYA SIOBHAN", 39, "OCONNOR<<ENYA<SIOBHAN<<<<<<<<<<<<<<<<<<"),
    ("VAN DER MUELLEN", "MARTIN", 39, "VAN<DER<MUELLEN<<MARTIN<<<<<<<<<<<<<<<<"),
    ("AL-BASRI", "HUDA MUHAMMAD JAWAD", 39, "AL<BASRI<<HUDA<MUHAMMAD<JAWAD<<<<<<<<<<"),
    ("VILARCHAO FERNANDEZ", "JOSE RAMON", 39, "VILARCHAO<FERNANDEZ<<JOSE<RAMON<<<<<<<<"),
    ("ARKFREITH", "", 39, "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
    ("SATRIYA SUDARPA", "", 39, "SATRIYA<SUDARPA<<<<<<<<<<<<<<<<<<<<<<<<"),
    (*KRASUANG, 39, "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"),
    ("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG", 39, "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU"),
    (*BENNELONG, 39, "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<W<<DI"),
    ("PAPANDROPOULOUS", "JONATHON WARREN TREVOR", 39, "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
    ("SMITH-JONES", "SUSIE MARGARET", 31, "SMITH<JONES<<SUSIE<MARGARET<<<<"),
    (*KRASUANG, 31, "NILAVADHANANANDA<<CHAYAPA<DEJ<K"),
    (*BENNELONG, 31, "BENNELONG<WOOLOOMOOLOO<W<W<<D<P"),
    ("PAPANDROPOULOUS", "JONATHOON ALEC", 31, "PAPANDROPOULOUS<<JONATHOON<ALEC"),
    ("PAPANDROPOULOUS", "STEPHEN TREVOR", 31, "PAPANDROPOULOUS<<STEPHEN<TREVOR"),
    ("VILARCHAO FERNANDEZ", "JOSE RAMON", 31, "VILARCHAO<FERNANDEZ<<JOSE<RAMON"),
    (*KRASUANG, 30, "NILAVADHANANANDA<<CHAYAPA<DE<K"),
    (*BENNELONG, 30, "BENNELONG<WOOLOOMOOLOO<W<W<<DI"),
    ("PAPANDROPOULOUS", "JONATHON ALEC", 30, "PAPANDROPOULOUS<<JONATHON<ALEC"),
    ("VAN DER MUELLEN", "MARTIN", 30, "VAN<DER<MUELLEN<<MARTIN<<<<<<<"),
    ("AL-BASRI", "HUDA MUHAMMAD JAWAD", 30, "AL<BASRI<<HUDA<MUHAMMAD<JAWAD<"),
    ("VILARCHAO FERNANDEZ", "JOSE RAMON", 30, "VILARCHAO<FERNANDEZ<<JOSE<RAMO"),
]

# The other methods of truncation that the Doc offers: not written here, but read.
OTHER_METHODS = [
    ("BENNELONG<WOOLOOM<WARRAND<WARNAM<<DINGO", "BENNELONG WOOLOOM WARRAND WARNAM", "DINGO"),
    ("BENNEL<WOOLOO<WARRAN<WARNAM<<DINGO<POTO", "BENNEL WOOLOO WARRAN WARNAM", "DINGO POTO"),
    ("NILAVADHANANANDA<<ARNPOL<PE<CH", "NILAVADHANANANDA", "ARNPOL PE CH"),
    ("BENNELONG<WOOLOOMOOLOO<WAR<W<<D", "BENNELONG WOOLOOMOOLOO WAR W", "D"),
    ("BENN<WOOL<WARR<WARN<<DINGO<POTO", "BENN WOOL WARR WARN", "DINGO POTO"),
]

names = st.lists(st.text(alphabet="ABCXYZ", min_size=1, max_size=25), min_size=1, max_size=8).map("<".join)


@pytest.mark.parametrize(("surname", "given_names", "width", "field"), EXAMPLES)
def test_the_examples_of_the_standard_are_written(
    surname: str, given_names: str, width: int, field: str
) -> None:
    assert write_name(transliterate(surname), transliterate(given_names), width) == field


@pytest.mark.parametrize(("field", "surname", "given_names"), OTHER_METHODS)
def test_other_truncations_are_read_as_truncated(field: str, surname: str, given_names: str) -> None:
    assert read_name(field) == (surname, given_names)
    assert truncated(field)


def test_a_name_that_just_fits_counts_as_truncated() -> None:
    assert truncated("PAPANDROPOULOUS<<JONATHON<ALEC")
    assert not truncated("VAN<DER<MUELLEN<<MARTIN<<<<<<<")


@given(names, names | st.just(""), st.sampled_from([30, 31, 39]))
def test_a_name_fills_its_field_and_keeps_what_fits(primary: str, secondary: str, width: int) -> None:
    field = write_name(primary, secondary, width)
    assert len(field) == width
    whole = f"{primary}<<{secondary}" if secondary else primary
    if len(whole) <= width:
        assert read_name(field) == (primary.replace("<", " "), secondary.replace("<", " "))
    else:
        assert truncated(field)
        assert bool(read_name(field)[1]) == bool(secondary)


@pytest.mark.parametrize(
    "field", ["<" * 30, "<<ANNA".ljust(30, "<"), "ERIKSSON<<ANNA<<<MARIA".ljust(30, "<")]
)
def test_a_name_against_the_rules_is_odd(field: str) -> None:
    assert odd_name(field)


def test_a_regular_name_is_not_odd() -> None:
    assert odd_name("ERIKSSON<<ANNA<MARIA<<<<<<<<<<") is None
