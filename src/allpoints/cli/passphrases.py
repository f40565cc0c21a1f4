"""Passphrases: from a variable of the environment, or asked for at the terminal."""

import getpass
import os
import sys

from allpoints.errors import InvalidValue

PASSPHRASE = "ALLPOINTS_PASSPHRASE"  # noqa: S105 - the variable's name


def asked_passphrase(prompt: str, variable: str = PASSPHRASE) -> str:
    """A passphrase that there is. Raises `InvalidValue` without the variable and without a terminal."""
    if given := os.environ.get(variable):
        return given
    try:
        # Not stdin: what is to be checked may come from there.
        os.close(os.open(os.ctermid(), os.O_RDWR))
    except OSError:
        raise InvalidValue(
            "is missing, and there is no terminal to ask at", field="passphrase", remedy=f"Set {variable}."
        ) from None
    return getpass.getpass(prompt, stream=sys.stderr)


def new_passphrase(prompt: str, variable: str = PASSPHRASE) -> str:
    """A passphrase that is to be; at the terminal it is asked for twice. Raises as `asked_passphrase`."""
    passphrase = asked_passphrase(prompt, variable)
    if variable not in os.environ and asked_passphrase("The same again: ", variable) != passphrase:
        raise InvalidValue("the two are not the same", field="passphrase", remedy="Try again.")
    return passphrase
