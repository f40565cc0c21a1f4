"""Phones, mailboxes and handsets."""

import re
from functools import cache

import phonenumbers
from stdnum import luhn

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import digits, fold_digits
from allpoints.records.identifiers.scheme import Canonical, Identifier, Parts
from allpoints.records.identifiers.schemes.hosts import host_name

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MAILBOX = re.compile(r"[^\s@\"(),:;<>\[\]\\]{1,64}")
_MAX_PHONE = 40
_NOTHING = "(?!)"


def phone(parts: Parts) -> Canonical:
    """A phone number in international form (E.164); unverified where it is plausible but outside its plan."""
    text = fold_digits(parts[0])
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if not text.startswith("+") or len(text) > _MAX_PHONE:
        raise InvalidValue(
            "is not in international form",
            field="number",
            remedy="Start with + and the country's calling code.",
        )
    number = _parsed(text)
    canonical = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # A trunk prefix is dropped in parsing; where another one comes to light the number is none.
    if not _E164.fullmatch(canonical) or _parsed(canonical) != number:
        raise InvalidValue("is not a possible phone number", field="number")
    return Canonical((canonical,), phonenumbers.is_valid_number(number))


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise InvalidValue("is not a phone number", field="number") from None
    if number.extension:
        raise InvalidValue("has an extension, which E.164 cannot say", field="number", remedy="Leave it out.")
    if not phonenumbers.is_possible_number(number):
        raise InvalidValue("has too few or too many digits for its country", field="number")
    return number


def plain_phone(text: str) -> Identifier | None:
    """A number in E.164 that one regular expression proves valid.

    `phonenumbers` needs tens of microseconds a number, mostly to take apart free text.
    """
    if _E164.fullmatch(text):
        for end in (2, 3, 4):
            if plan := _numbering_plan(text[1:end]):
                return Identifier("phone", text) if plan.fullmatch(text[end:]) else None
    return None


@cache
def _numbering_plan(calling_code: str) -> re.Pattern[str] | None:
    """The national numbers that `phonenumbers` calls valid and leaves as they are; None for no calling code.

    Regions that share a calling code are told apart by their first digits, where they have some. Numbers
    that begin like a trunk prefix are left out, for `phonenumbers` may drop it.
    """
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(calling_code))
    if regions is None:
        return None
    plans = [plan for region in regions if (plan := _metadata(region, int(calling_code)))]
    begins = _any([plan.leading_digits for plan in plans if plan.leading_digits])
    trunk_prefix = plans[0].national_prefix_for_parsing if plans else None
    numbers = [f"(?={plan.leading_digits or f'(?!{begins})'}){_numbers(plan)}" for plan in plans]
    return re.compile(f"(?!(?:{trunk_prefix or _NOTHING})(?!^)){_any(numbers)}")


def _metadata(region: str, calling_code: int) -> phonenumbers.PhoneMetadata | None:
    if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY:
        return phonenumbers.PhoneMetadata.metadata_for_nongeo_region(calling_code, None)
    return phonenumbers.PhoneMetadata.metadata_for_region(region, None)


def _numbers(plan: phonenumbers.PhoneMetadata) -> str:
    kinds = (
        plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.shared_cost, plan.voip,
        plan.personal_number, plan.pager, plan.uan, plan.voicemail,
    )  # fmt: skip
    return f"(?={_any([_pattern(plan.general_desc)])}$){_any([_pattern(kind) for kind in kinds])}"


def _pattern(kind: phonenumbers.PhoneNumberDesc | None) -> str:
    return (kind and kind.national_number_pattern) or _NOTHING


def _any(patterns: list[str]) -> str:
    return f"(?:{'|'.join(patterns) or _NOTHING})"


def email(parts: Parts) -> Canonical:
    """A mailbox and its domain, both in lower case: no provider in use tells mailboxes apart by case."""
    mailbox, at, domain = parts[0].lower().rpartition("@")
    if not at or not _MAILBOX.fullmatch(mailbox):
        raise InvalidValue("is not a mailbox, @ and a domain", field="address")
    return Canonical((f"{mailbox}@{host_name(domain, part='address')}",))


def imei(parts: Parts) -> Canonical:
    """A handset's type allocation code and serial: 14 digits (3GPP TS 23.003).

    The last digit of 15 is a check or, as networks transmit it, 0; the last two of 16 are the version of the
    software. None of them tells two handsets apart.
    """
    number = digits(parts[0], part="number")
    if len(number) not in (14, 15, 16):
        raise InvalidValue("is not 14, 15 or 16 digits", field="number")
    if len(number) == 15 and number[14] not in ("0", luhn.calc_check_digit(number[:14])):
        raise InvalidValue(
            "has a wrong check digit", field="number", remedy="Correct it, or send the first 14 digits alone."
        )
    return Canonical((number[:14],))
