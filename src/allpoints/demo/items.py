"""Phones, accounts, devices and other things that lead to people.

Phone numbers come from the ranges that regulators keep free for films and plays, mail and pages from `.example`,
handsets, cards and banks from what is set apart for tests: nobody can be reached by any of them.
"""

import hashlib
from collections.abc import Callable
from random import Random

from stdnum import iban, iso6346, luhn

from allpoints.demo.draw import filled
from allpoints.records import RawIdentifier

_PHONES = (
    *(f"+1{area}55501##" for area in (202, 212, 305, 312, 415, 503, 617, 702)),
    *(f"+44{area}4960###" for area in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)),
    *("+442079460###", "+441632960###", "+447700900###"),
    *(f"+33{block}####" for block in (19900, 26191, 35301, 46571, 53649, 63998)),
    *("+493023125###", "+496990009###", "+494066969###", "+492214710###", "+498999998###"),
)
"""North America's 555-01XX (NANPA); for drama in Britain (Ofcom), France (ARCEP), Germany (BNetzA)."""

_ROOM = [10 ** pattern.count("#") for pattern in _PHONES]


def phone(chance: Random) -> RawIdentifier:
    """A number that nobody will ever have."""
    [pattern] = chance.choices(_PHONES, _ROOM)
    return RawIdentifier("phone", filled(chance, pattern))


def email(chance: Random) -> RawIdentifier:
    """A mailbox in a domain that cannot exist (RFC 2606)."""
    return RawIdentifier("email", f"{filled(chance, '@@@@@.####').lower()}@mail.example")


def handset(chance: Random) -> RawIdentifier:
    """An IMEI whose type allocation code begins with 00: a handset for tests (3GPP TS 23.003)."""
    number = filled(chance, "00101#########")
    return RawIdentifier("imei", number + luhn.calc_check_digit(number))


def account(chance: Random) -> RawIdentifier:
    """An IBAN of the bank TEST."""
    rest = filled(chance, "TEST##############")
    return RawIdentifier("iban", f"GB{iban.calc_check_digits(f'GB00{rest}')}{rest}")


def card(chance: Random) -> RawIdentifier:
    """A card of a range that shops use for tests."""
    number = filled(chance, "424242#########")
    return RawIdentifier("payment-card", number + luhn.calc_check_digit(number))


def wallet(chance: Random) -> RawIdentifier:
    """An address as Ethereum writes it."""
    return RawIdentifier("crypto-address", f"0x{chance.getrandbits(160):040x}")


def file_hash(chance: Random) -> RawIdentifier:
    """The hash of a file that says nothing but a number."""
    digest = hashlib.sha256(f"synthetic file {chance.getrandbits(64)}".encode()).hexdigest()
    return RawIdentifier("file-hash", f"sha256:{digest}")


def page(chance: Random) -> RawIdentifier:
    """A page in a domain that cannot exist (RFC 2606)."""
    return RawIdentifier(
        "url", f"https://shop-{chance.getrandbits(32):08x}.example/offer?id={chance.getrandbits(20)}"
    )


def container(chance: Random) -> RawIdentifier:
    """A freight container's number with its check digit (ISO 6346)."""
    number = filled(chance, "@@@") + "U" + filled(chance, "######")
    return RawIdentifier("container", number + iso6346.calc_check_digit(number))


ITEMS: tuple[tuple[str, Callable[[Random], RawIdentifier]], ...] = (
    ("mobile phone", phone),
    ("handset", handset),
    ("bank account", account),
    ("payment card", card),
    ("wallet", wallet),
    ("file", file_hash),
    ("web shop", page),
    ("freight container", container),
    ("mailbox", email),
)
"""Everything that can be a record of an item, by what it is called."""
