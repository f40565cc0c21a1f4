"""One-time codes (TOTP, RFC 6238), each of which works once, and recovery codes for whoever lost the device."""

import hmac
import secrets
import time

import pyotp

RECOVERY_CODES = 8
STEP_S = 30
DRIFT = 1
"""Steps that a device's clock may be ahead or behind."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """Draw the secret that a device and the node share (160 bits in base32)."""
    return pyotp.random_base32()


def address_for_device(secret: str, *, name: str, node: str) -> str:
    """The `otpauth:` address that a device reads, mostly from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=node)


def step_of(secret: str, code: str, *, now: float | None = None) -> int | None:
    """The time step whose code it is, near to now; None for a wrong one."""
    totp = pyotp.TOTP(secret, interval=STEP_S)
    step = int((time.time() if now is None else now) // STEP_S)
    given = code.replace(" ", "")
    near = [s for s in range(step - DRIFT, step + DRIFT + 1) if _same(totp.generate_otp(s), given)]
    return near[-1] if near else None


def new_recovery_codes() -> list[str]:
    """Draw recovery codes of 50 bits each: nobody guesses one at the speed that sign-in allows."""
    return ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())
