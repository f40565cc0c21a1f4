"""The identifiers of the large world: each follows from the number of its record, without looking anything up.

A record's number and the place of the identifier within it are mixed into one number, different for every
identifier, and that is written in the form of its scheme. So whoever knows how many records were loaded knows
which identifiers are held, and which are certainly not: those of records with higher numbers.
"""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allpoints.demo.cultures import STATES_OF_CULTURES
from allpoints.errors import InvalidValue, Unavailable
from allpoints.modalities.identifiers.keys import HASH_BITS, Keyring
from allpoints.records import Identifier, RawIdentifier, RecordKind, parse_identifier, scheme_named

OWNERS = STATES_OF_CULTURES[:24]
"""The bureaus that own the records."""
MAX_RECORDS = 1 << 27
"""Record numbers are 0 to MAX_RECORDS - 1; at most half of them are ever loaded, the others are certain misses."""
MAX_LOADED = MAX_RECORDS // 2
MAX_PLACES = 16

_PRIME = 2_147_483_659  # the first above 2**31: more than MAX_RECORDS * MAX_PLACES
_MULTIPLIER, _OFFSET = 1_654_435_769, 104_729
_LETTERS = np.frombuffer(b"ABCDEFGHJKLMNPRSTUVWXYZ", np.uint8)
_STATES = np.array([list(code.encode()) for code in OWNERS], np.uint8)

_VIN_VALUES = np.zeros(256, np.int64)
_VIN_VALUES[list(b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ")] = list(map(int, "012345678912345678123457923456789"))
_VIN_WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
_VIN_CHECK_PLACE = 8
_VIN_CHECKS = np.frombuffer(b"0123456789X", np.uint8)

Numbers = NDArray[np.int64]
Text = NDArray[np.uint8]
"""One row of characters for each record."""


class Form(NamedTuple):
    """How the identifiers of a kind are written: `$` the owner's state, `@` a letter, `#` a digit."""

    scheme: str
    pattern: str

    def columns(self, characters: str) -> list[int]:
        """Where these characters stand in the pattern."""
        return [at for at, character in enumerate(self.pattern) if character in characters]

    @property
    def verified(self) -> bool:
        """Whether the scheme's check is met: the same for all identifiers of a form."""
        return parse_identifier(_raw(self, text_of(self, np.zeros(1, np.int64), 0)), field="form").verified


class Layout(NamedTuple):
    """Records that look alike: their kind, what they say, and their identifiers."""

    kind: RecordKind
    particulars: str
    """JSON; a `%` stands for a person's name."""
    forms: tuple[Form, ...]


_P, _ID, _V = (Form("travel-document", f"$$$:{kind}:@@#######") for kind in ("P", "ID", "V"))
_PLATE = Form("plate", "$$$:@@####@@")
_MORE = _P

_DOCUMENT = '{"reason":"%s","names":[%%],"synthetic":true}'
_VEHICLE = '{"reason":"stolen","make":"%s","model":"%s","synthetic":true}'
_FIREARM = '{"reason":"stolen","make":"%s","model":"%s","calibre":"%s","synthetic":true}'


def _vehicle(maker: str, make: str, model: str) -> Layout:
    vin = Form("vin", f"{maker}@####0@@######")
    return Layout(RecordKind.VEHICLE, _VEHICLE % (make, model), (vin, _PLATE))


def _firearm(make: str, model: str, calibre: str) -> Layout:
    form = Form("firearm", f"{make}:{model}:{calibre}:@@#######".upper())
    return Layout(RecordKind.FIREARM, _FIREARM % (make, model, calibre), (form,))


LAYOUTS = (
    Layout(RecordKind.TRAVEL_DOCUMENT, _DOCUMENT % "stolen", (_P,)),
    Layout(RecordKind.TRAVEL_DOCUMENT, _DOCUMENT % "lost", (_ID,)),
    Layout(RecordKind.TRAVEL_DOCUMENT, _DOCUMENT % "revoked", (_V,)),
    _vehicle("WVW", "Volkswagen", "Golf"),
    _vehicle("5UX", "BMW", "X5"),
    _vehicle("VF1", "Renault", "Clio"),
    _vehicle("1FT", "Ford", "F-150"),
    _firearm("Glock", "17", "9x19mm"),
    _firearm("Pietro Beretta", "92FS", "9x19mm"),
    _firearm("Zastava", "M70", "7.62x39mm"),
    _firearm("Colt", "1911", ".45 ACP"),
    # +878 10 is a numbering plan that was set up for the whole world and that nobody took up.
    Layout(RecordKind.PERSON, _DOCUMENT % "wanted", (Form("phone", "+87810##########"),)),
    Layout(RecordKind.ITEM, '{"reason":"seized","description":"handset","synthetic":true}',
           (Form("imei", "0010##########"),)),
    Layout(RecordKind.VESSEL, '{"reason":"stolen","description":"boat","synthetic":true}',
           (Form("hull-number", "FR@@@@####D424"),)),
)  # fmt: skip

_TWENTY = (
    *((0, 0, 0, 3, 0, 11, 0, 1, 7, 0, 3, 0, 0, 12, 2, 0, 3, 1, 7, 11),),
    *((0, 0, 0, 4, 0, 11, 0, 1, 8, 0, 4, 0, 0, 13, 2, 0, 4, 1, 8, 11),),
    *((0, 0, 0, 5, 0, 11, 0, 1, 9, 0, 5, 0, 0, 12, 2, 0, 5, 1, 9, 11),),
    *((0, 0, 0, 6, 0, 11, 0, 1, 10, 0, 6, 0, 0, 13, 2, 0, 6, 1, 10, 11),),
)
_CYCLE = np.array([layout for twenty in _TWENTY for layout in twenty])
"""Of twenty records: 12 travel documents, 3 vehicles, 2 firearms, 2 persons, 1 item or vessel."""


def layout_numbers(records: Numbers) -> Numbers:
    """Which of `LAYOUTS` each record has."""
    return _CYCLE[records % len(_CYCLE)]


def forms_of(layout: Layout, per_record: int) -> tuple[Form, ...]:
    """The identifiers of a record, filled up with further travel documents to at least `per_record`."""
    return (*layout.forms, *[_MORE] * (per_record - len(layout.forms)))


def owner_numbers(records: Numbers) -> Numbers:
    """Which of `OWNERS` owns each record."""
    return _mixed(records, MAX_PLACES - 1) % len(OWNERS)


def text_of(form: Form, records: Numbers, place: int) -> Text:
    """The canonical values of the identifiers that these records have in this place."""
    text = np.tile(np.frombuffer(form.pattern.encode(), np.uint8), (len(records), 1))
    if state := form.columns("$"):
        text[:, state] = _STATES[owner_numbers(records)]
    rest = _mixed(records, place)
    for column in reversed(form.columns("@#")):
        radix = 10 if form.pattern[column] == "#" else len(_LETTERS)
        rest, digit = np.divmod(rest, radix)
        text[:, column] = digit + ord("0") if radix == 10 else _LETTERS[digit]
    if form.scheme == "vin":
        text[:, _VIN_CHECK_PLACE] = ord("0")
        text[:, _VIN_CHECK_PLACE] = _VIN_CHECKS[_VIN_VALUES[text] @ _VIN_WEIGHTS % 11]
    return text


def identifiers_of(records: Numbers, place: int = 0) -> list[RawIdentifier]:
    """The identifiers of these records, one each; place 0 is the first one of each record.

    Raises `InvalidValue` for a record number or place beyond what there can be.
    """
    if len(records) and not 0 <= records.min() <= records.max() < MAX_RECORDS:
        raise InvalidValue(f"records are numbered from 0 to {MAX_RECORDS - 1}", field="records")
    if not 0 <= place < MAX_PLACES:
        raise InvalidValue(f"a record has places 0 to {MAX_PLACES - 1}", field="place")
    found: list[RawIdentifier | None] = [None] * len(records)
    layouts = layout_numbers(records)
    for number in np.unique(layouts):
        form = forms_of(LAYOUTS[number], place + 1)[place]
        of_layout = np.flatnonzero(layouts == number)
        for at, row in zip(of_layout.tolist(), text_of(form, records[of_layout], place), strict=True):
            found[at] = RawIdentifier(form.scheme, row.tobytes().decode())
    return [identifier for identifier in found if identifier is not None]


def identifier_of(record: int, place: int = 0) -> RawIdentifier:
    """The identifier that this record has in this place. Raises as `identifiers_of`."""
    return identifiers_of(np.array([record], np.int64), place)[0]


class KeyMaker:
    """Makes the hub's keys (`modalities.identifiers.keys`) for whole columns of values.

    It hashes as `Keyring.key` does, without an object for each identifier; the first key of every column is
    compared with the keyring's own. Raises `Unavailable` should the two ever differ.
    """

    def __init__(self, secret: bytes) -> None:
        self._keyring = Keyring(secret)
        self._hash = hashlib.blake2b(digest_size=8, key=secret, person=b"key")

    def keys(self, form: Form, text: Text) -> NDArray[np.uint64]:
        """The key of each row."""
        columns = _key_columns(form)
        data, width = text[:, columns].tobytes(), len(columns)
        digests = []
        for start in range(0, len(data), width):
            hashing = self._hash.copy()
            hashing.update(data[start : start + width])
            digests.append(hashing.digest())
        scheme = np.uint64(scheme_named(form.scheme).number << HASH_BITS)
        keys = np.frombuffer(b"".join(digests), "<u8") & np.uint64((1 << HASH_BITS) - 1) | scheme
        if len(keys) and keys[0] != self._keyring.key(Identifier(form.scheme, text[0].tobytes().decode())):
            raise Unavailable("the large world's keys are not the hub's", remedy="Report this defect.")
        return keys


def _key_columns(form: Form) -> list[int]:
    """The columns of the parts that are hashed, with the colons between them."""
    scheme = scheme_named(form.scheme)
    if len(scheme.parts) == 1:
        return list(range(len(form.pattern)))
    columns: list[int] = []
    start = 0
    for part, written in zip(scheme.parts, form.pattern.split(":"), strict=True):
        if part in scheme.key:
            columns += [form.pattern.index(":")] if columns else []
            columns += range(start, start + len(written))
        start += len(written) + 1
    return columns


def _mixed(records: Numbers, place: int) -> Numbers:
    """A number below _PRIME for each record and place, no two alike: multiplying by less than a prime, modulo it,
    is one to one."""
    return ((records + place * MAX_RECORDS) * _MULTIPLIER + _OFFSET) % _PRIME


def _raw(form: Form, text: Text) -> RawIdentifier:
    return RawIdentifier(form.scheme, text[0].tobytes().decode())
