import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.access import Quota, Quotas
from allpoints.errors import InvalidValue, QuotaExceeded, TooLarge


def taken(quotas: Quotas, bureau: str, n: int, now: float) -> int:
    try:
        quotas.take(bureau, n, now)
    except QuotaExceeded:
        return 0
    return n


def test_a_burst_is_granted_at_once_and_then_the_rate():
    quotas = Quotas(Quota(rate=10, burst=100))
    quotas.take("ALB", 100, now=0)
    with pytest.raises(QuotaExceeded) as caught:
        quotas.take("ALB", 5, now=0)
    assert caught.value.retry_after_s == 1
    quotas.take("ALB", 5, now=0.5)


def test_waiting_as_long_as_told_is_enough():
    quotas = Quotas(Quota(rate=3, burst=100))
    quotas.take("ALB", 100, now=0)
    with pytest.raises(QuotaExceeded) as caught:
        quotas.take("ALB", 50, now=0)
    assert caught.value.retry_after_s == 17
    quotas.take("ALB", 50, now=17)


def test_a_long_pause_saves_up_no_more_than_one_burst():
    quotas = Quotas(Quota(rate=10, burst=100))
    quotas.take("ALB", 1, now=0)
    quotas.take("ALB", 100, now=3600)
    with pytest.raises(QuotaExceeded):
        quotas.take("ALB", 1, now=3600)


def test_a_refused_batch_costs_nothing():
    quotas = Quotas(Quota(rate=1, burst=10))
    quotas.take("ALB", 6, now=0)
    with pytest.raises(QuotaExceeded):
        quotas.take("ALB", 5, now=0)
    quotas.take("ALB", 4, now=0)


def test_more_at_once_than_ever_possible_is_too_large_rather_than_a_wait():
    with pytest.raises(TooLarge, match="allows 10"):
        Quotas(Quota(rate=1, burst=10)).take("ALB", 11, now=0)


def test_one_bureau_cannot_use_up_anothers_quota():
    quotas = Quotas(Quota(rate=1, burst=10))
    quotas.take("ALB", 10, now=0)
    quotas.take("ITA", 10, now=0)


def test_a_bureau_may_have_a_quota_of_its_own():
    quotas = Quotas(Quota(rate=1, burst=10), {"ITA": Quota(rate=1, burst=20)})
    quotas.take("ITA", 20, now=0)


@pytest.mark.parametrize(
    ("rate", "burst", "field"), [(0, 1, "quota.rate"), (float("nan"), 1, "quota.rate"), (1, 0, "quota.burst")]
)
def test_a_quota_of_nothing_is_refused(rate: float, burst: int, field: str):
    with pytest.raises(InvalidValue) as caught:
        Quota(rate=rate, burst=burst)
    assert caught.value.field == field


@given(st.lists(st.tuples(st.integers(1, 40), st.floats(0, 5)), max_size=60))
def test_no_pattern_of_asking_gets_more_than_the_burst_and_the_rate(asks: list[tuple[int, float]]):
    quotas, now, granted = Quotas(Quota(rate=7, burst=40)), 0.0, 0
    for n, pause in asks:
        now += pause
        granted += taken(quotas, "ALB", n, now)
        assert granted <= 40 + 7 * now + 1e-6


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 13), st.floats(0, 2)), max_size=60))
def test_workers_together_keep_to_the_quota(asks: list[tuple[int, int, float]]):
    quota = Quota(rate=9, burst=39)
    workers, now, granted = [Quotas(quota.share(3)) for _ in range(3)], 0.0, 0
    for worker, n, pause in asks:
        now += pause
        granted += taken(workers[worker], "ALB", n, now)
        assert granted <= 39 + 9 * now + 1e-6
