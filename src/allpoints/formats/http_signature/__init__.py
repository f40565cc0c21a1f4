"""Signed requests: Allpoints' profile of RFC 9421 with Ed25519, the asker's header and public keys as text.

Parse and write only. Whether a key is enrolled, a time is near enough or a nonce is new, the hub decides.
`docs/signatures.md` describes the profile with an example.
"""

from allpoints.formats.http_signature.asker import parse_asker, write_asker
from allpoints.formats.http_signature.public_key import (
    key_id,
    parse_public_key,
    rotation_statement,
    write_public_key,
)
from allpoints.formats.http_signature.signature import (
    HEADER_FIELDS,
    SignatureParameters,
    check_content,
    content_digest,
    cover,
    normal_authority,
    parse,
    signature_base,
    verify,
    write_signature,
    write_signature_input,
)

__all__ = [
    "HEADER_FIELDS",
    "SignatureParameters",
    "check_content",
    "content_digest",
    "cover",
    "key_id",
    "normal_authority",
    "parse",
    "parse_asker",
    "parse_public_key",
    "rotation_statement",
    "signature_base",
    "verify",
    "write_asker",
    "write_public_key",
    "write_signature",
    "write_signature_input",
]
