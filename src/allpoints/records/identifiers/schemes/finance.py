"""Accounts, cards and wallets."""

import re
from hashlib import sha256

from stdnum import bitcoin, iban, luhn
from stdnum.exceptions import ValidationError

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import compact, digits
from allpoints.records.identifiers.scheme import Canonical, Parts

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_ETHEREUM = re.compile(r"0[xX][0-9a-fA-F]{40}")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{25,36}")
_BECH32 = re.compile(r"([a-z]{2,10})1([02-9ac-hj-np-z]{6,87})")
_BITCOIN = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{24,33}|(?:bc1|BC1)[0-9A-Za-z]*")
_ANY_ADDRESS = re.compile(r"[0-9A-Za-z._-]{10,120}")

_BECH32_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_CHECKS = (1, 0x2BC830A3)
"""What the checksum must come to in Bech32 (BIP 173) and Bech32m (BIP 350)."""


def account(parts: Parts) -> Canonical:
    """An IBAN (ISO 13616): no bank has one with wrong check digits, so such a one is refused."""
    number = compact(parts[0])
    if not _IBAN.fullmatch(number):
        raise InvalidValue("is not an IBAN", field="number")
    try:
        return Canonical((iban.validate(number),))
    except ValidationError as error:
        raise InvalidValue(f"is not an IBAN: {error}", field="number") from None


def payment_card(parts: Parts) -> Canonical:
    """A card number (ISO/IEC 7812): no issuer has one with a wrong check digit, so such a one is refused."""
    number = digits(parts[0], part="number")
    if not 12 <= len(number) <= 19:
        raise InvalidValue("is not 12 to 19 digits", field="number")
    if not luhn.is_valid(number):
        raise InvalidValue("has a wrong check digit", field="number")
    return Canonical((number,))


def crypto_address(parts: Parts) -> Canonical:
    """An address on any chain, verified where it carries a Base58Check or Bech32 checksum.

    An Ethereum address is kept in lower case: its checksum is the case of its letters, and many drop it.
    """
    text = parts[0]
    if _ETHEREUM.fullmatch(text):
        return Canonical((text.lower(),), verified=False)
    bech32 = _BECH32.fullmatch(text.lower())
    if bech32 and _bech32_checks(*bech32.groups()):
        return Canonical((text.lower(),))
    if _BASE58.fullmatch(text) and _base58_checks(text):
        return Canonical((text,))
    if _BITCOIN.fullmatch(text):
        raise InvalidValue("has a wrong checksum", field="address")
    if not _ANY_ADDRESS.fullmatch(text):
        raise InvalidValue("is not an address on a chain", field="address")
    return Canonical((text,), verified=False)


def _base58_checks(text: str) -> bool:
    address = bitcoin.b58decode(text)
    return len(address) == 25 and sha256(sha256(address[:-4]).digest()).digest()[:4] == address[-4:]


def _bech32_checks(prefix: str, data: str) -> bool:
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    return bitcoin.bech32_checksum(expanded + [_BECH32_ALPHABET.index(c) for c in data]) in _BECH32_CHECKS
