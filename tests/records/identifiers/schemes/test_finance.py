import pytest

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import Identifier, RawIdentifier, parse_identifier


def parse(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="x")


@pytest.mark.parametrize(
    "value", ["GB82 WEST 1234 5698 7654 32", "gb82west12345698765432", "GB82-WEST-1234-5698-7654-32"]
)
def test_an_iban_is_written_without_spaces(value: str) -> None:
    assert parse("iban", value) == Identifier("iban", "GB82WEST12345698765432")


@pytest.mark.parametrize(
    "value", ["GB83WEST12345698765432", "GB82", "", "QQ82WEST12345698765432", "GB82WEST1234569876543"]
)
def test_what_is_no_iban_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("iban", value)


def test_a_card_number_has_twelve_to_nineteen_digits_and_a_check_digit() -> None:
    assert parse("payment-card", "4242 4242-4242 4242") == Identifier("payment-card", "4242424242424242")
    for value in ["4242424242424241", "42424242424", "4" * 20, "4242x"]:
        with pytest.raises(InvalidValue):
            parse("payment-card", value)


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",  # the first block's
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",  # BIP 173
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",  # BIP 350
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",  # Tron: Base58Check
    ],
)
def test_an_address_with_its_checksum_is_verified(address: str) -> None:
    assert parse("crypto-address", address) == Identifier("crypto-address", address)


def test_a_bech32_address_may_be_written_in_capitals() -> None:
    address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    assert parse("crypto-address", address.upper()) == Identifier("crypto-address", address)


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1",
        "short",
        "with space in it",
    ],
)
def test_an_address_with_a_wrong_checksum_is_refused(address: str) -> None:
    with pytest.raises(InvalidValue):
        parse("crypto-address", address)


def test_an_ethereum_address_is_lower_case_and_unverified() -> None:
    address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    assert parse("crypto-address", address) == Identifier("crypto-address", address.lower(), False)


def test_an_address_of_an_unknown_chain_is_kept_as_it_is() -> None:
    address = "7EqQdEULxWcraVx3mXKFjc84LhCkMGZCkRuDpvcMwJeK"
    assert parse("crypto-address", address) == Identifier("crypto-address", address, False)
