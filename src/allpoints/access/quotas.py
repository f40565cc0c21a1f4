"""How much a bureau may ask: a token bucket for each, counted in identifiers checked."""

from collections.abc import Mapping
from math import ceil

import msgspec

from allpoints.errors import InvalidValue, QuotaExceeded, TooLarge


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """A lasting rate in identifiers a second, and how many may come at once after a pause.

    Raises `InvalidValue` where one of them is not positive.
    """

    rate: float
    burst: int

    def __post_init__(self) -> None:
        for name in ("rate", "burst"):
            if not getattr(self, name) > 0:
                raise InvalidValue("a quota is greater than nought", field=f"quota.{name}")

    def share(self, workers: int) -> "Quota":
        """Return what one of `workers` enforces, so that all of them together keep to the quota."""
        return Quota(rate=self.rate / workers, burst=ceil(self.burst / workers))


class _Bucket(msgspec.Struct):
    tokens: float
    at: float


class Quotas:
    """The buckets of one worker; not shared between threads.

    Workers do not ask each other, which would cost more than a check: each keeps its share of every quota
    (`Quota.share`). A bureau whose requests all reach one worker gets that worker's share only.
    """

    def __init__(self, default: Quota, exceptions: Mapping[str, Quota] | None = None) -> None:
        self._default = default
        self._exceptions = dict(exceptions or {})
        self._buckets: dict[str, _Bucket] = {}

    def take(self, bureau: str, n: int, now: float) -> None:
        """Take `n` identifiers from the quota of an authenticated bureau, or none of them.

        `now` is a clock in seconds that only runs forward (`time.monotonic`). Raises `QuotaExceeded` with the
        whole seconds to wait, and `TooLarge` for more at once than the quota could ever give.
        """
        quota = self._exceptions.get(bureau, self._default)
        if n > quota.burst:
            raise TooLarge(f"{n} identifiers at once; {bureau}'s quota allows {quota.burst}")
        bucket = self._buckets.setdefault(bureau, _Bucket(quota.burst, now))
        bucket.tokens = min(quota.burst, bucket.tokens + (now - bucket.at) * quota.rate)
        bucket.at = now
        if bucket.tokens < n:
            wait = ceil((n - bucket.tokens) / quota.rate)
            raise QuotaExceeded(
                f"{bureau} checks more than {quota.rate:g} identifiers a second", retry_after_s=wait
            )
        bucket.tokens -= n
