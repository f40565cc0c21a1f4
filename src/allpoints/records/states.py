"""States and other authorities that issue documents, plates and numbers."""

import pycountry

from allpoints.errors import InvalidValue

STATES = frozenset(country.alpha_3 for country in pycountry.countries) | {"RKS"}
"""ISO 3166-1 alpha-3, and RKS, which Kosovo's documents carry and ISO does not list."""

SYNTHETIC_CODES = frozenset({"UTO"})
"""Utopia, the specimen state of ICAO 9303: only ever synthetic records."""

_OTHER_AUTHORITIES = """
GBD GBN GBO GBP GBS EUE UNA UNK UNO IAO XBA XCC XCE XCO XDC XEC XES XIM XMP XOM XPO XXA XXB XXC XXX ANT NTZ
"""
"""Britain's, organisations', and those of persons without a nationality (ICAO 9303-3, section 5)."""

ISSUING_AUTHORITIES = STATES | SYNTHETIC_CODES | frozenset(_OTHER_AUTHORITIES.split())
"""Everything that can stand as a document's issuing state."""

_ALIASES = {"D": "DEU", "XKX": "RKS"}
"""Germany is a bare D in machine-readable zones (ICAO 9303-3); the European Union writes Kosovo as XKX."""


def issuing_state(text: str, *, field: str) -> str:
    """Return an issuing state's three letters. Raises `InvalidValue`."""
    code = _ALIASES.get(text, text)
    if code in ISSUING_AUTHORITIES:
        return code
    country = pycountry.countries.get(alpha_2=text) if len(text) == 2 else None
    raise InvalidValue(
        "not the code of an issuing state",
        field=field,
        remedy=f"Write {country.alpha_3}." if country else "Use an ISO 3166 alpha-3 code such as ALB.",
    )
