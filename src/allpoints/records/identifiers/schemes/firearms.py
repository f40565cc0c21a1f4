"""Firearms: the serial is the key; make, model and calibre qualify it, for makers reuse serials."""

import re

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import fold_digits, partly_readable, words
from allpoints.records.identifiers.scheme import Canonical, Parts

MAX_WORDS = 80

_CALIBRES = {
    "5.45X39MM": ("5.45 SOVIET",),
    "5.56X45MM": ("5.56 NATO", ".223 REMINGTON", ".223 REM"),
    "6.35X16MM": ("6.35 BROWNING", ".25 ACP", ".25 AUTO"),
    "7.62X25MM": ("7.62 TOKAREV",),
    "7.62X39MM": ("7.62 SOVIET",),
    "7.62X51MM": ("7.62 NATO", ".308 WINCHESTER", ".308 WIN"),
    "7.62X54MMR": ("7.62X54",),
    "7.65X17MM": ("7.65 BROWNING", ".32 ACP", ".32 AUTO"),
    "7.65X21MM": ("7.65 PARABELLUM", "7.65 LUGER", ".30 LUGER"),
    "9X17MM": ("9 KURZ", "9 SHORT", "9 CORTO", "9 BROWNING", "9 BROWNING SHORT", ".380 ACP", ".380 AUTO"),
    "9X18MM": ("9 MAKAROV", "9X18 MAKAROV"),
    "9X19MM": ("9 LUGER", "9 PARABELLUM", "9 PARA", "9 NATO", "9X19 LUGER", "9X19 PARABELLUM", "9X19 NATO"),
    ".22 LR": (".22 LONG RIFLE", ".22 LFB", "5.6X15R"),
    ".357 MAGNUM": (".357 MAG", "9X33R"),
    ".38 SPECIAL": (".38 SPL", ".38 SPC", "9X29R"),
    ".40 S&W": (".40 SMITH & WESSON", "10X22"),
    ".44 MAGNUM": (".44 MAG", ".44 REMINGTON MAGNUM"),
    ".45 ACP": (".45 AUTO", "11.43X23"),
    "12 GAUGE": ("12 GA", "12 BORE", "12/70", "12/76"),
    "16 GAUGE": ("16 GA", "16 BORE", "16/70"),
    "20 GAUGE": ("20 GA", "20 BORE", "20/70", "20/76"),
}
"""One name for each cartridge and the others it goes by (C.I.P., SAAMI), found without spaces and `MM`."""

_PREFIX = re.compile(r"^CAL(?:IBRE|IBER)?(?:\. ?| |(?=\.))")
_BORE = re.compile(r"\.?([0-9]+(?:\.[0-9]+)?)(MM)?")
_CALIBRE_TEXT = re.compile(r"[\w.&/ ]*")


def firearm(parts: Parts) -> Canonical:
    """Make, model, calibre, serial; `?` in the serial is a character that was filed off."""
    make, model, calibre, serial = parts
    serial = partly_readable(serial, part="serial", longest=30)
    return Canonical(
        (_name(make, "make"), _name(model, "model"), _calibre(calibre), serial), "?" not in serial
    )


def shares_a_word(one: str, other: str) -> bool:
    """Whether two names of a maker or model can mean the same: `BERETTA`, `PIETRO BERETTA`; `17`, `G17`."""
    if set(one.split()) & set(other.split()):
        return True
    shorter, longer = sorted((one.replace(" ", ""), other.replace(" ", "")), key=len)
    return shorter in longer


def same_bore(one: str, other: str) -> bool:
    """Whether two calibres can mean the same: `9MM` is `9X18MM` or `9X19MM`, which are two."""
    bores = _BORE.match(one), _BORE.match(other)
    if not bores[0] or not bores[1] or bores[0][1] != bores[1][1]:
        return False
    return one == bores[0][0] or other == bores[1][0]


def _name(text: str, part: str) -> str:
    name = words(text)
    if len(name) > MAX_WORDS:
        raise InvalidValue(f"has more than {MAX_WORDS} characters", field=part)
    return name


def _looked_up(calibre: str) -> str:
    return calibre.replace(" ", "").replace("MM", "").removeprefix(".")


_CANONICAL_CALIBRES = {_looked_up(name): one for one, others in _CALIBRES.items() for name in (one, *others)}


def _calibre(text: str) -> str:
    spelled = " ".join(fold_digits(text.upper()).replace("×", "X").replace(",", ".").split())
    if len(spelled) > MAX_WORDS or not _CALIBRE_TEXT.fullmatch(spelled):
        raise InvalidValue("is not a calibre such as 9x19mm or .45 ACP", field="calibre")
    spelled = _PREFIX.sub("", spelled)
    return _CANONICAL_CALIBRES.get(_looked_up(spelled), spelled.replace(" ", ""))
