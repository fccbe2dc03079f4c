"""Intervals, against published tables and, where it is installed, against scipy."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.tuning.evaluate.intervals import garwood, quantile, wilson


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [  # Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_of_a_share_is_the_published_one(count: int, of: int, low: float, high: float):
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [  # Exact 95 % limits of a Poisson mean as printed in tables, e.g. Ulm, Am. J. Epidemiol. 131 (1990)
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (2, 0.2422, 7.225),
        (3, 0.6187, 8.767),
        (5, 1.6235, 11.668),
        (10, 4.7954, 18.390),
        (100, 81.364, 121.627),
    ],
)
def test_the_interval_of_a_rate_is_the_published_one(count: int, low: float, high: float):
    assert garwood(count, 1.0) == pytest.approx((low, high), abs=5e-4)


def test_the_interval_of_a_rate_is_that_of_scipy():
    chi2 = pytest.importorskip("scipy.stats", reason="scipy, the referee here, is not installed").chi2
    for count in [*range(60), 100, 365, 1000, 12_345, 1_000_000]:
        low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
        high = chi2.ppf(0.975, 2 * count + 2) / 2
        assert garwood(count, 2.5) == pytest.approx((low / 2.5, high / 2.5), rel=1e-8)


def test_the_interval_of_a_share_is_that_of_scipy():
    stats = pytest.importorskip("scipy.stats", reason="scipy, the referee here, is not installed")
    for of in (1, 2, 7, 33, 393, 10_000):
        for count in {0, 1, of // 3, of - 1, of}:
            interval = stats.binomtest(count, of).proportion_ci(0.95, method="wilson")
            assert wilson(count, of) == pytest.approx((interval.low, interval.high), abs=1e-12)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.floats(0, of), st.just(of))))
def test_a_share_lies_in_its_interval(pair: tuple[float, int]):
    count, of = pair
    low, high = wilson(count, of)
    assert 0 <= low <= count / of + 1e-12
    assert count / of - 1e-12 <= high <= 1


@given(st.integers(0, 400))
def test_the_ends_of_a_rate_are_where_the_tails_are_one_in_forty(count: int):
    def cdf(k: int, mean: float) -> float:
        return math.fsum(math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(k + 1))

    low, high = garwood(count, 1.0)
    assert cdf(count, high) == pytest.approx(0.025, abs=1e-9)
    if count:
        assert 1 - cdf(count - 1, low) == pytest.approx(0.025, abs=1e-9)


def test_nothing_counted_says_nothing():
    assert wilson(0, 0) == (0.0, 1.0)
    assert garwood(0, 0.0) == (0.0, math.inf)
    assert quantile([], 0.5) is None


def test_certain_shares_end_exactly_at_0_and_1():
    assert wilson(0, 7)[0] == 0.0
    assert wilson(7, 7)[1] == 1.0


@pytest.mark.parametrize(("count", "of"), [(-1, 5), (6, 5), (1, 0)])
def test_what_is_not_a_share_is_refused(count: int, of: int):
    with pytest.raises(ValueError, match="not a share"):
        wilson(count, of)


def test_quantiles_are_values_that_were_measured():
    values = [3.0, 1.0, 2.0, math.inf]
    assert [quantile(values, share) for share in (0.0, 0.25, 0.5, 0.75, 0.76, 1.0)] == [1, 1, 2, 3, math.inf, math.inf]
    assert quantile(list(range(1, 21)), 0.95) == 19
    assert quantile(list(range(1, 101)), 0.95) == 95
