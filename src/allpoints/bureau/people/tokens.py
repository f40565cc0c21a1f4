"""Random tokens, of which the node keeps the hash alone."""

import base64
import hashlib
import re
import secrets

TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """Draw 256 bits, in base64url."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Whether a text has the form of a token."""
    return _TOKEN.fullmatch(text) is not None


def hash_of(token: str) -> bytes:
    """What is stored of a token: nobody who reads it can use it."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def derived(token: str, purpose: str) -> str:
    """Another token, that only who has this one can compute."""
    digest = hashlib.sha256(f"{purpose}\n{token}".encode(errors="replace")).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()
