"""Travel documents and the numbers that states give to persons."""

import re
from functools import cache
from importlib import import_module
from types import ModuleType

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import alphanumeric, compact, fold_digits
from allpoints.records.identifiers.scheme import Canonical, Identifier, Parts
from allpoints.records.states import ISSUING_AUTHORITIES, issuing_state

_PLAIN_DOCUMENT = re.compile(r"([A-Z]{3}):(?:([A-Z]{0,2}):)?([A-Z0-9]{1,30})")
_TYPE = re.compile(r"[A-Z]{0,2}")
_CARDS = frozenset("ACI")
_SEPARATORS = re.compile(r"[\s./]")


def travel_document(parts: Parts) -> Canonical:
    """Issuing state, type (the document code of ICAO 9303: P, PD, ID, V …) and number."""
    state, kind, number = parts
    kind = compact(kind)
    if not _TYPE.fullmatch(kind):
        raise InvalidValue("is not one or two letters", field="type")
    number = alphanumeric(number, part="number", longest=30)
    return Canonical((issuing_state(compact(state), field="issuing_state"), kind, number))


def plain_travel_document(text: str) -> Identifier | None:
    """A travel document that is written canonically, or without its type."""
    plain = _PLAIN_DOCUMENT.fullmatch(text)
    if plain is None:
        return None
    state, kind, number = plain.groups()
    if state not in ISSUING_AUTHORITIES:
        return None
    return Identifier("travel-document", text if kind is not None else f"{state}::{number}")


def same_kind_of_document(one: str, other: str) -> bool:
    """Whether two types can be one document: by the first letter, which says passport, visa or card.

    A, C and I are one kind: a state chooses any of them for its cards (ICAO 9303-5), and people cannot tell.
    """
    return one[0] == other[0] or (one[0] in _CARDS and other[0] in _CARDS)


def national_id(parts: Parts) -> Canonical:
    """State and number, checked as the state does where python-stdnum knows how.

    A number that fails the state's check is kept, unverified: registers hold numbers older than their check.
    """
    state, number = parts
    state = issuing_state(compact(state), field="state")
    number = _SEPARATORS.sub("", fold_digits(number.upper()))
    plain = alphanumeric(number.replace("+", ""), part="number", longest=30)
    # Finland and Sweden say the century by a hyphen or plus sign, so the number is tried as written first.
    for spelling in (number, plain):
        for check in _checks(state):
            if spelling.isascii() and check.is_valid(spelling):
                return Canonical((state, check.validate(spelling)))
    return Canonical((state, plain), verified=False)


_STATE_CHECKS = {
    "ARG": ("ar.dni",),
    "AUT": ("at.vnr",),
    "BEL": ("be.nn", "be.bis"),
    "BGR": ("bg.egn", "bg.pnf"),
    "BIH": ("si.emso",),
    "BRA": ("br.cpf",),
    "CAN": ("ca.sin",),
    "CHE": ("ch.ssn",),
    "CHL": ("cl.rut",),
    "CHN": ("cn.ric",),
    "CRI": ("cr.cpf", "cr.cr"),
    "CUB": ("cu.ni",),
    "CZE": ("cz.rc",),
    "DEU": ("de.idnr",),
    "DNK": ("dk.cpr",),
    "DOM": ("do.cedula",),
    "ECU": ("ec.ci",),
    "ESP": ("es.dni", "es.nie"),
    "EST": ("ee.ik",),
    "FIN": ("fi.hetu",),
    "FRA": ("fr.nir",),
    "GRC": ("gr.amka",),
    "HRV": ("hr.oib", "si.emso"),
    "IDN": ("id.nik",),
    "IND": ("in_.aadhaar",),
    "IRL": ("ie.pps",),
    "ISL": ("is_.kennitala",),
    "ISR": ("il.idnr",),
    "ITA": ("it.codicefiscale",),
    "JPN": ("jp.in_",),
    "KOR": ("kr.rrn",),
    "LTU": ("lt.asmens",),
    "LVA": ("lv.pvn",),
    "MEX": ("mx.curp",),
    "MKD": ("si.emso",),
    "MNE": ("si.emso",),
    "MUS": ("mu.nid",),
    "MYS": ("my.nric",),
    "NLD": ("nl.bsn",),
    "NOR": ("no.fodselsnummer",),
    "PAK": ("pk.cnic",),
    "PER": ("pe.cui",),
    "POL": ("pl.pesel",),
    "PRT": ("pt.cc",),
    "RKS": ("si.emso",),
    "ROU": ("ro.cnp",),
    "SLV": ("sv.nit",),
    "SRB": ("si.emso",),
    "SVK": ("sk.rc",),
    "SVN": ("si.emso",),
    "SWE": ("se.personnummer",),
    "THA": ("th.pin",),
    "TUR": ("tr.tckimlik",),
    "UKR": ("ua.rntrc",),
    "USA": ("us.ssn",),
    "ZAF": ("za.idnr",),
}
"""Modules of python-stdnum by state. The former Yugoslav states share Slovenia's EMŠO (JMBG)."""


@cache
def _checks(state: str) -> tuple[ModuleType, ...]:
    return tuple(import_module(f"stdnum.{name}") for name in _STATE_CHECKS.get(state, ()))
