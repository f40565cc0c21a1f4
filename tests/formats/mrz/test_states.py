"""Doc 9303-3, section 5, and ISO 3166-1."""

import pycountry

from allpoints.formats.mrz.states import DOC_9303, STATE_CODES


def test_every_iso_country_has_its_code() -> None:
    assert {each.alpha_3 for each in pycountry.countries} == STATE_CODES - DOC_9303.keys()


def test_the_codes_of_the_standard_are_known() -> None:
    codes = (
        "D GBD GBN GBO GBP GBS RKS EUE UNO UNA UNK XBA XIM XCC XCE XCO XEC XPO XES XMP XOM XDC"
        " XXA XXB XXC XXX ANT NTZ UTO IAO"
    )
    assert set(codes.split()) == set(DOC_9303)
