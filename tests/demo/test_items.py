"""Things that lead to people, none of whom can be reached."""

import re

from allpoints.demo import items
from allpoints.demo.draw import draw
from allpoints.records import parse_identifier

FICTIONAL = re.compile(
    r"\+1\d{3}55501\d{2}"
    r"|\+44(1\d{2}4960\d{3}|2079460\d{3}|1632960\d{3}|7700900\d{3})"
    r"|\+33(19900|26191|35301|46571|53649|63998)\d{4}"
    r"|\+49(3023125|6990009|4066969|2214710|8999998)\d{3}"
)
"""As NANPA, Ofcom, ARCEP and BNetzA publish the numbers for films and plays."""


def test_phones_come_from_ranges_that_nobody_is_ever_given() -> None:
    for number in range(500):
        assert FICTIONAL.fullmatch(items.phone(draw("seed", number)).value)


def test_every_item_can_be_contributed() -> None:
    schemes = set()
    for name, make in items.ITEMS:
        for number in range(20):
            schemes.add(parse_identifier(make(draw("seed", number)), field=name).scheme)
    assert len(schemes) == len(items.ITEMS)


def test_numbers_with_a_check_digit_meet_it() -> None:
    for make in (items.account, items.card, items.container, items.handset):
        assert parse_identifier(make(draw("seed")), field="item").verified


def test_mailboxes_and_pages_lead_nowhere() -> None:
    assert items.email(draw("seed")).value.endswith(".example")
    assert ".example/" in items.page(draw("seed")).value
