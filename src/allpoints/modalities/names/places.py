"""Places, nationalities and sexes compared: small evidence beside a name, but it parts namesakes."""

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

from allpoints.modalities.names.gazetteer import (
    CODES,
    KINDS_OF_PLACE,
    compatible,
    state_called,
    state_code,
    town_called,
)
from allpoints.modalities.names.scripts import words
from allpoints.modalities.names.sounds import likeness, spoken


class PlaceKind(StrEnum):
    """How two places agree, by falling strength."""

    SAME_POSTCODE = "same postcode"
    SAME = "same place"
    POSTCODE_BESIDE = "postcode with one character different"
    SIMILAR = "similar place"
    """Its name sounds alike, half of its words agree, or the same town is put into another state."""
    CONTAINED = "one place within the other"
    """One side says more: `Basra` and `Basra, Az Zubayr`."""
    SAME_DISTRICT = "same postal district"
    SAME_STATE = "same state"
    NOT_STATED = "not stated"
    """On one side or both, or one names a town and the other only a state."""
    DIFFERENT = "different place"


class NationalityKind(StrEnum):
    """How two sets of nationalities agree."""

    SAME = "same nationality"
    """They share one."""
    COMPATIBLE = "compatible nationalities"
    """A former state and its successor, or a state and its territory: it says little."""
    NOT_STATED = "not stated"
    DIFFERENT = "different nationality"


class SexKind(StrEnum):
    """How two sexes agree; X and an empty one say nothing."""

    SAME = "same sex"
    NOT_STATED = "not stated"
    DIFFERENT = "different sex"


class PlaceAgreement(msgspec.Struct, frozen=True):
    """How two places agree, and what was compared."""

    kind: PlaceKind
    probe: str
    reference: str

    @property
    def remark(self) -> str:
        """What an officer reads: `Leningrad against Saint Petersburg: same place`."""
        return _remark(self.probe, self.reference, self.kind)


class NationalityAgreement(msgspec.Struct, frozen=True):
    """How two sets of nationalities agree, and the states in both."""

    kind: NationalityKind
    probe: tuple[str, ...]
    reference: tuple[str, ...]
    shared: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What an officer reads: `UZB against SUN: compatible nationalities`."""
        return _remark(", ".join(self.probe), ", ".join(self.reference), self.kind)


class SexAgreement(msgspec.Struct, frozen=True):
    """How two sexes agree."""

    kind: SexKind
    probe: str
    reference: str

    @property
    def remark(self) -> str:
        """What an officer reads: `F against M: different sex`."""
        return _remark(self.probe, self.reference, self.kind)


def compare_places(probe: str, reference: str) -> PlaceAgreement:
    """Compare two places: a state, a town, an address, in any script. Symmetric; never fails."""
    return PlaceAgreement(_place_kind(probe, reference), probe, reference)


def compare_nationalities(probe: tuple[str, ...], reference: tuple[str, ...]) -> NationalityAgreement:
    """Compare two sets of three-letter codes. One in common is agreement: many have two, and tell one."""
    a = {code for each in probe if (code := state_code(each))}
    b = {code for each in reference if (code := state_code(each))}
    shared = tuple(sorted(a & b))
    if not a or not b:
        kind = NationalityKind.NOT_STATED
    elif shared:
        kind = NationalityKind.SAME
    elif any(compatible(one, other) for one in a for other in b):
        kind = NationalityKind.COMPATIBLE
    else:
        kind = NationalityKind.DIFFERENT
    return NationalityAgreement(kind, probe, reference, shared)


def compare_sex(probe: str, reference: str) -> SexAgreement:
    """Compare F, M, X or an empty one. A contradiction counts, but is also a common slip of the pen."""
    if probe in _TELLING and reference in _TELLING:
        kind = SexKind.SAME if probe == reference else SexKind.DIFFERENT
    else:
        kind = SexKind.NOT_STATED
    return SexAgreement(kind, probe, reference)


class _Place(msgspec.Struct, frozen=True):
    postcode: str
    states: frozenset[str]
    towns: tuple[str, ...]
    """The words that tell the place from others."""


@lru_cache(maxsize=1 << 16)
def _place_kind(probe: str, reference: str) -> PlaceKind:
    """Cached, because many people share a few towns."""
    a, b = _place(probe), _place(reference)
    kinds = (_postcode_kind(a.postcode, b.postcode), _town_kind(a, b))
    return min(kinds, key=_RANK.__getitem__) if PlaceKind.DIFFERENT not in kinds else _unless_better(kinds)


def _unless_better(kinds: tuple[PlaceKind, PlaceKind]) -> PlaceKind:
    """A contradiction outweighs silence, and any agreement outweighs a contradiction."""
    return next((kind for kind in kinds if _RANK[kind] < _RANK[PlaceKind.NOT_STATED]), PlaceKind.DIFFERENT)


@lru_cache(maxsize=1 << 16)
def _place(text: str) -> _Place:
    found = _POSTCODE.search(text)
    postcode = re.sub("[ -]", "", found.group()).upper() if found else ""
    text = _POSTCODE.sub(" ", text) if found else text
    states: set[str] = set()
    towns: list[str] = []
    for component in re.split("[,;،、/()]", text):
        state, rest = _without_state(component)
        states |= {state} if state else set()
        towns += town_called(" ".join(rest)).split()
    towns = [_KIND_AT_END.sub("", word) for word in towns]
    kept = tuple(dict.fromkeys(word for word in towns if word not in KINDS_OF_PLACE))
    return _Place(postcode, frozenset(states), kept or tuple(towns))


def _without_state(component: str) -> tuple[str, list[str]]:
    """The state that ends a component or is the whole of it, and the words before it."""
    code = component.strip()
    last = code.rsplit(maxsplit=1)[-1:]
    if last and len(last[0]) == 3 and last[0].isupper() and last[0] in CODES:
        return state_code(last[0]), words(code[:-3])
    parts = words(component)
    for start in range(max(0, len(parts) - _LONGEST_STATE), len(parts)):
        if state := state_called(" ".join(parts[start:])):
            return state_code(state), parts[:start]
    return "", parts


def _postcode_kind(a: str, b: str) -> PlaceKind:
    if not a or not b:
        return PlaceKind.NOT_STATED
    if a == b:
        return PlaceKind.SAME_POSTCODE
    if len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1:
        return PlaceKind.POSTCODE_BESIDE
    return PlaceKind.SAME_DISTRICT if _district(a) == _district(b) else PlaceKind.DIFFERENT


def _district(postcode: str) -> str:
    """The outward code of a British postcode, the first half of another."""
    if postcode[0].isalpha() and postcode[-1].isalpha():
        return postcode[:-3]
    return postcode[: (len(postcode) + 1) // 2]


def _town_kind(a: _Place, b: _Place) -> PlaceKind:
    state = _state_kind(a.states, b.states)
    if not a.towns or not b.towns:
        return state if state is not PlaceKind.SAME_STATE or a.towns == b.towns else PlaceKind.CONTAINED
    kind = _by_words(a.towns, b.towns)
    if kind is PlaceKind.DIFFERENT:
        return PlaceKind.SAME_STATE if state is PlaceKind.SAME_STATE else kind
    return PlaceKind.SIMILAR if state is PlaceKind.DIFFERENT else kind


def _state_kind(a: frozenset[str], b: frozenset[str]) -> PlaceKind:
    if a & b:
        return PlaceKind.SAME_STATE
    if not a or not b or any(compatible(one, other) for one in a for other in b):
        return PlaceKind.NOT_STATED
    return PlaceKind.DIFFERENT


def _by_words(a: tuple[str, ...], b: tuple[str, ...]) -> PlaceKind:
    if set(a) == set(b):
        return PlaceKind.SAME
    if _alike("".join(a), "".join(b)) >= _ALIKE:
        return PlaceKind.SIMILAR
    shorter, longer = sorted((a, b), key=len)
    matched = sum(any(word == other or _alike(word, other) >= _ALIKE for other in longer) for word in shorter)
    if matched == len(shorter):
        return PlaceKind.SIMILAR if len(shorter) == len(longer) else PlaceKind.CONTAINED
    return PlaceKind.SIMILAR if matched * 2 >= len(longer) else PlaceKind.DIFFERENT


def _alike(a: str, b: str) -> float:
    return likeness(spoken(a), spoken(b))


def _remark(probe: str, reference: str, kind: StrEnum) -> str:
    if probe == reference:
        return f"{probe}: {kind}" if probe else str(kind)
    return f"{probe or '(not stated)'} against {reference or '(not stated)'}: {kind}"


_ALIKE = 0.8
_LONGEST_STATE = 5
"""Words of a state's name."""
_TELLING = frozenset("FM")
_RANK = {kind: rank for rank, kind in enumerate(PlaceKind)}
_KIND_AT_END = re.compile("(?<=..)(?:[市省县縣区區県府都]|시|특별시|광역시)$")
_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} ?[A-Z]{2}"
    r"|\d{2,5}-\d{3,4}|\d{3} \d{2}|\d{4,6})\b",
    re.IGNORECASE | re.ASCII,
)
"""Of Britain, Canada, the Netherlands; with a hyphen, as in Poland, Portugal, Japan, Brazil; and all of digits."""
