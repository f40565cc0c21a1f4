"""Signing requests to a hub, as `docs/signatures.md` describes."""

import re
import secrets
import time
from collections.abc import Mapping

from allpoints.bureau.keys import BureauKey
from allpoints.errors import InvalidValue
from allpoints.formats.http_signature import (
    HEADER_FIELDS,
    content_digest,
    cover,
    normal_authority,
    signature_base,
    write_asker,
    write_signature,
    write_signature_input,
)
from allpoints.records.bureaus import Asker

NONCE_BYTES = 18

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#@]+)(?P<path>(?:/[^?#]*)?)(?:\?(?P<query>[^#]*))?"
)


class Signer:
    """Signs requests with one bureau's key."""

    def __init__(self, bureau: str, key: BureauKey) -> None:
        if key.bureau != bureau:
            raise InvalidValue(f"{key.key_id} is not a key of {bureau}", field="bureau")
        self.bureau = bureau
        self._key = key

    def sign(
        self,
        method: str,
        url: str,
        *,
        asker: Asker,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        now: int | None = None,
        nonce: str | None = None,
    ) -> dict[str, str]:
        """Return `headers` (lower-case names) together with those that make the request signed.

        `url` is absolute and percent-encoded as it will be sent. `now` is in seconds since 1970; without
        `now` and `nonce` the clock is read and a nonce drawn. Raises `InvalidValue` for another bureau's
        asker or an unusable URL.
        """
        if asker.bureau != self.bureau:
            raise InvalidValue(f"{self.bureau} cannot sign for {asker.bureau}", field="asker.bureau")
        target = _URL.fullmatch(url)
        if target is None:
            raise InvalidValue("not an absolute http or https URL", field="url")
        sent = dict(headers or {})
        sent["content-digest"] = content_digest(body)
        sent["allpoints-asker"] = write_asker(asker)
        covered = {name: sent[name] for name in HEADER_FIELDS if name in sent}
        parameters = cover(
            covered,
            created=int(time.time()) if now is None else now,
            nonce=nonce or secrets.token_urlsafe(NONCE_BYTES),
            key_id=self._key.key_id,
        )
        base = signature_base(
            parameters,
            method=method,
            authority=normal_authority(target["authority"], target["scheme"]),
            path=target["path"],
            query=target["query"] or "",
        )
        sent["signature-input"] = write_signature_input(parameters)
        sent["signature"] = write_signature(self._key.sign(base))
        return sent
