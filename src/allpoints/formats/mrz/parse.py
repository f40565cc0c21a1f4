"""Parse a zone: find its layout, repair what is provable, verify every check digit, read the fields."""

from datetime import date
from typing import Final

from allpoints.formats.mrz import repair
from allpoints.formats.mrz.check_digits import verify
from allpoints.formats.mrz.dates import PartialDate, impossible, read_birth, read_expiry
from allpoints.formats.mrz.layouts import Layout, layout_of
from allpoints.formats.mrz.lines import read_lines
from allpoints.formats.mrz.names import odd_name, read_name, truncated
from allpoints.formats.mrz.states import STATE_CODES
from allpoints.formats.mrz.zone import Doubt, MachineReadableZone, Repair, Sex

_SEXES: Final[dict[str, Sex]] = {"F": "F", "M": "M", "<": "X"}
# Doc 9303-5, note k, and 9303-6, note k: V is for visas, and AI is not to be used.
_RESERVED_CODES: Final = frozenset({"AV", "CV", "IV", "AI"})


def parse(text: str, *, today: date) -> MachineReadableZone:
    """Reads a machine-readable zone of ICAO Doc 9303: TD1, TD2, TD3, MRV-A or MRV-B.

    Line breaks may be missing, white space means nothing. Two-digit years are resolved against `today`. A
    wrong check digit does not raise: it stands in the result (`valid`, `check_digits`), for it may betray a
    forged document. Raises TooLarge, MalformedInput or InvalidValue when the zone cannot be read.
    """
    layout, zone = read_lines(text)
    layout = layout_of(layout, zone)
    repairs: tuple[Repair, ...] = ()
    if not repair.fits(layout, zone):
        zone, repairs = repair.by_place(layout, zone)
    digits = verify(layout, zone)
    if not all(digit.ok for digit in digits):
        zone, proved = repair.by_check_digits(layout, zone, digits)
        if proved:
            digits, repairs = verify(layout, zone), repairs + proved

    cut = layout.cut
    name = zone[cut["name"]]
    surname, given_names = read_name(name)
    birth = read_birth(zone[cut["birth"]], today)
    expiry = read_expiry(zone[cut["expiry"]], today)
    width = layout.width
    return MachineReadableZone(
        format=layout.format,
        document_code=zone[:2].rstrip("<"),
        issuing_state=zone[2:5].rstrip("<"),
        document_number=(zone[cut["document_number"]] + zone[cut["document_number_rest"]]).rstrip("<"),
        nationality=zone[cut["nationality"]].rstrip("<"),
        surname=surname,
        given_names=given_names,
        birth=birth,
        sex=_SEXES.get(zone[cut["sex"]], "X"),
        expiry=expiry,
        optional_data=zone[cut["optional_data"]].strip("<"),
        optional_data_2=zone[cut["optional_data_2"]].strip("<"),
        text="\n".join([zone[start : start + width] for start in range(0, len(zone), width)]),
        names_truncated=truncated(name),
        check_digits=digits,
        repairs=repairs,
        warnings=_doubts(layout, zone, birth, expiry),
    )


def _doubts(layout: Layout, zone: str, birth: PartialDate, expiry: PartialDate) -> tuple[Doubt, ...]:
    cut = layout.cut
    doubts = []
    if zone[:2] in _RESERVED_CODES:
        doubts.append(Doubt("document_code", f"{zone[:2]} is not to be used for this format"))
    for field in ("issuing_state", "nationality"):
        code = zone[cut[field]].rstrip("<")
        if code not in STATE_CODES:
            doubts.append(Doubt(field, f"{code or 'nothing'} is no code of ISO 3166-1 or Doc 9303-3"))
    if oddity := odd_name(zone[cut["name"]]):
        doubts.append(Doubt("name", oddity))
    for field, read in (("birth", birth), ("expiry", expiry)):
        if impossible(zone[cut[field]], read):
            doubts.append(Doubt(field, f"{zone[cut[field]]} is no day of the calendar; kept in part"))
    if zone[cut["sex"]] not in _SEXES:
        doubts.append(Doubt("sex", f"{zone[cut['sex']]} is none of F, M and <; taken as unspecified"))
    return tuple(doubts)
