"""Write a zone: transliterate and truncate the name, fill the fields, compute every check digit."""

import re
from typing import Final

from allpoints.errors import InvalidValue
from allpoints.formats.mrz.check_digits import verify
from allpoints.formats.mrz.dates import write_date
from allpoints.formats.mrz.layouts import LAYOUTS, Layout, with_long_number
from allpoints.formats.mrz.names import write_name
from allpoints.formats.mrz.transliteration import transliterate
from allpoints.formats.mrz.transliteration_tables import LANGUAGE_OF_STATE
from allpoints.formats.mrz.zone import Document

_CODE: Final = re.compile("[A-Z][A-Z0-9]?")
_STATE: Final = re.compile("[A-Z]{1,3}")
_SPECIAL: Final = re.compile("[^A-Z0-9]")
_PRINCIPAL: Final = 9


def write(document: Document) -> str:
    """The zone of a document, its lines separated by a line feed.

    Names are transliterated (with the exceptions for the issuing State's language) and truncated by the Doc's
    rules; special characters in numbers become fillers; a long document number of TD1 or TD2 runs over into
    the optional data. Raises InvalidValue naming the field that cannot be written.
    """
    number = _number(document.document_number, "document_number")
    layout = _layout_for(document, number)
    name_width = layout.cut["name"].stop - layout.cut["name"].start
    language = LANGUAGE_OF_STATE.get(document.issuing_state)
    surname = transliterate(document.surname, language=language)
    given_names = transliterate(document.given_names, language=language)
    if not surname:
        raise InvalidValue(
            "the primary identifier is empty",
            field="mrz.surname",
            remedy="Write a name that has one part as the surname.",
        )
    values = {
        "document_code": _matching(_CODE, document.document_code, "document_code"),
        "issuing_state": _matching(_STATE, document.issuing_state, "issuing_state"),
        "document_number": number[:_PRINCIPAL],
        "document_number_rest": number[_PRINCIPAL:],
        "nationality": _matching(_STATE, document.nationality, "nationality"),
        "name": write_name(surname, given_names, name_width),
        "birth": write_date(document.birth, "mrz.birth"),
        "sex": document.sex.replace("X", "<"),
        "expiry": write_date(document.expiry, "mrz.expiry"),
        "optional_data": _optional(document.optional_data, layout),
        "optional_data_2": _number(document.optional_data_2, "optional_data_2"),
    }
    zone = ["<"] * (layout.lines * layout.width)
    for field, value in values.items():
        span = layout.cut.get(field, slice(0, 0))
        room = span.stop - span.start
        if len(value) > room:
            raise InvalidValue(
                f"{len(value)} characters; {layout.format} has room for {room}",
                field=f"mrz.{field}",
                remedy="Shorten the value or choose another format.",
            )
        zone[span] = value.ljust(room, "<")
    # In the layout's order: the composite digit is computed from the others.
    for i, guard in enumerate(layout.guards):
        zone[guard.digit] = verify(layout, "".join(zone))[i].expected
    text = "".join(zone)
    return "\n".join(text[start : start + layout.width] for start in range(0, len(text), layout.width))


def _layout_for(document: Document, number: str) -> Layout:
    layout = LAYOUTS[document.format]
    if document.document_code[:1] not in tuple(layout.begins):
        raise InvalidValue(
            f"the document code of {layout.format} begins with one of {layout.begins}",
            field="mrz.document_code",
            remedy="Correct the document code or the format.",
        )
    if not number:
        raise InvalidValue("the document number is empty", field="mrz.document_number")
    if len(number) <= _PRINCIPAL:
        return layout
    # One position for the check digit of the long number, one for the filler behind it.
    optional = layout.cut["optional_data"]
    room = _PRINCIPAL + optional.stop - optional.start - 2 if layout.format in ("TD1", "TD2") else _PRINCIPAL
    if len(number) > room:
        raise InvalidValue(
            f"{len(number)} characters; {layout.format} has room for {room}",
            field="mrz.document_number",
            remedy="Shorten the number to its principal characters.",
        )
    return with_long_number(layout.format, len(number) - _PRINCIPAL)


def _optional(value: str, layout: Layout) -> str:
    """After a long document number a filler comes first."""
    written = _number(value, "optional_data")
    return f"<{written}" if layout.cut["document_number_rest"].stop and written else written


def _number(value: str, field: str) -> str:
    """Upper case, with a filler for each space or special character."""
    if not value.isascii():
        raise InvalidValue(
            "A-Z and 0-9 only", field=f"mrz.{field}", remedy="Write it in Latin letters and digits."
        )
    return _SPECIAL.sub("<", value.strip().upper()).rstrip("<")


def _matching(pattern: re.Pattern[str], value: str, field: str) -> str:
    if not pattern.fullmatch(value):
        raise InvalidValue(
            "not in the form that Doc 9303 gives it",
            field=f"mrz.{field}",
            remedy="Use capital letters, without fillers.",
        )
    return value
